"""One thing for many tickets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from desk.actions.tickets.tickets import assign, claim, set_priority, snooze, tag, transition
from desk.common.errors import DeskError, Invalid
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.tickets.models import Ticket

MOST_IN_BULK = 200


@dataclass(slots=True)
class BulkResult:
    """What became of each ticket; `refused` says why in a sentence."""

    done: list[int] = field(default_factory=list)
    refused: dict[int, "str | Promise"] = field(default_factory=dict)


def bulk(actor: User, ticket_ids: Sequence[int], verb: str, **arguments: Any) -> BulkResult:
    """One verb on many tickets, each by itself: what is refused for one does not stop the others."""
    require(actor, Permission.BULK)
    verbs: dict[str, Callable[..., Ticket]] = {
        "claim": claim, "assign": assign, "transition": transition, "snooze": snooze, "tag": tag,
        "set_priority": set_priority,
    }  # fmt: skip
    if verb not in verbs:
        raise Invalid(_("This can't be done to many tickets at once."))
    return one_by_one(ticket_ids, lambda ticket_id: verbs[verb](actor, ticket_id, **arguments))


def one_by_one(ticket_ids: Sequence[int], verb: Callable[[int], Ticket]) -> BulkResult:
    """Do it to each ticket: what is refused for one does not stop the others. Raises Invalid for too many."""
    if len(ticket_ids) > MOST_IN_BULK:
        raise Invalid(_("Choose at most %(count)d tickets at a time.") % {"count": MOST_IN_BULK})
    result = BulkResult()
    for ticket_id in dict.fromkeys(ticket_ids):
        try:
            verb(ticket_id)
        except DeskError as refused:
            result.refused[ticket_id] = refused.message
        else:
            result.done.append(ticket_id)
    return result
