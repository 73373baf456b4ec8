"""What a canned response staged is done when the reply is on the network: by its author, in the same transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.tickets import tickets
from desk.actions.tickets.timeline import record
from desk.common.errors import Conflict, DeskError, Invalid
from desk.people.models import Team
from desk.replies.models import CannedResponse, Reply
from policies.canned_actions import Do, Staged, parse
from policies.canned_problems import CannedRefused
from policies.ticket_states import Event

_STATES: Mapping[str, Promise] = {
    Event.RESOLVE: gettext_lazy("resolve"),
    Event.ASK_COLLEAGUE: gettext_lazy("wait for a colleague"),
    Event.OPEN: gettext_lazy("keep it open"),
}


def staged_for(canned_response_id: int | None, wanted: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What a reply keeps of what its author wants done. Raises Conflict where the canned response stages it no more."""
    if not wanted:
        return []
    try:
        chosen = parse(wanted)
    except CannedRefused as refused:
        errors = {"staged": [words for _path, words in refused.said(translation.get_language() or "en")]}
        raise Invalid(_("Some values can't be used: %(names)s.") % {"names": "staged"}, errors=errors) from None
    actions = CannedResponse.objects.filter(pk=canned_response_id or 0).values_list("actions", flat=True).first() or []
    if any(one.as_json() not in actions for one in chosen):
        raise Conflict(_("What this canned response stages was changed meanwhile. Insert it again."), code="changed")
    return [one.as_json() for one in chosen]


def run_staged(reply: Reply, now: datetime) -> None:
    """Do it, each for itself: what is refused by now stands on the timeline and stops nothing else."""
    for one in parse(reply.staged):
        try:
            _do(reply, one, now)
        except DeskError as refused:
            record(
                reply.ticket,
                "staged_refused",
                at=now,
                actor=reply.author,
                reply=reply.pk,
                why=str(refused.message),
                **one.as_json(),
            )


def in_words(actions: Iterable[Staged], teams: Mapping[int, str]) -> list[str]:
    """Each as an agent reads it before sending."""
    return [_words(one, teams) for one in actions]


def team_names(actions: Collection[Staged]) -> dict[int, str]:
    """The names of the teams among them; no query where there is none."""
    ids = [int(one.value) for one in actions if one.do is Do.TEAM]
    return dict(Team.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _do(reply: Reply, one: Staged, now: datetime) -> None:
    author, ticket_id = reply.author, reply.ticket_id
    match one.do:
        case Do.TAG:
            tickets.tag(author, ticket_id, add=[one.value], now=now)
        case Do.TEAM:
            tickets.assign(author, ticket_id, team_id=int(one.value), now=now)
        case Do.OWNER:
            tickets.assign(author, ticket_id, assignee_id=author.pk, now=now)
        case Do.STATE:
            tickets.transition(author, ticket_id, one.value, now=now)


def _words(one: Staged, teams: Mapping[int, str]) -> str:
    match one.do:
        case Do.TAG:
            return _("tag %(name)s") % {"name": one.value}
        case Do.TEAM:
            return _("to team %(name)s") % {"name": teams.get(int(one.value), f"#{one.value}")}
        case Do.OWNER:
            return _("to me")
        case Do.STATE:
            return str(_STATES[one.value])
