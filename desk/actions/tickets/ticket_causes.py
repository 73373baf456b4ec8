"""Why a customer had to ask: a colleague says it, beside resolving or by itself, and the desk learns to suggest it.

Suggestions come from the company's own choices alone (`policies/causes.py`); nothing is chosen by itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.tickets import tickets
from desk.actions.tickets.announce import announce
from desk.actions.tickets.bulk import BulkResult, one_by_one
from desk.actions.tickets.tickets import locked
from desk.actions.tickets.timeline import record
from desk.causes.models import Cause, CauseWord, TicketCause
from desk.causes.tree import Place, Tree
from desk.common.errors import Conflict, Invalid
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.tickets.models import Message, Ticket
from policies.causes import Guess, Known, guess, words_in
from policies.ticket_states import Event, State, possible_events

MESSAGES_READ = 3  # of the customer, the first: what they had to ask


@dataclass(frozen=True, slots=True)
class Suggested:
    """A cause that the words of a ticket speak for."""

    place: Place
    guess: Guess


def choose(
    actor: User,
    ticket_id: int,
    cause_id: int | None,
    *,
    resolve: bool = False,
    keep: bool = False,
    now: datetime | None = None,
) -> Ticket:
    """Say what a ticket was about (None: nobody knows), and resolve it in the same step where that is wished.

    `keep`: where somebody has said so already, that stays. Raises Invalid, Conflict, Missing.
    """
    require(actor, Permission.WORK_TICKETS)
    now = now or timezone.now()
    with transaction.atomic():
        ticket = locked(ticket_id)
        if ticket.merged_into_id:
            raise Conflict(
                _("This ticket was merged into %(number)s. Work on that one.") % {"number": ticket.merged_into_id},
                code="merged",
            )
        if ticket.inbox.drill and cause_id is not None:
            raise Conflict(_("This is a drill: nothing caused it."))
        cause = _offered(cause_id)
        if not (keep and TicketCause.objects.filter(ticket=ticket).exists()):
            _keep(actor, ticket, cause, now)
        if resolve and Event.RESOLVE in possible_events(ticket.state):
            ticket = tickets.transition(actor, ticket_id, Event.RESOLVE, now=now)
        elif resolve and ticket.state != State.RESOLVED:
            tickets.transition(actor, ticket_id, Event.RESOLVE, now=now)  # which says why that is impossible
    return ticket


def choose_for_many(
    actor: User, ticket_ids: Sequence[int], cause_id: int | None, *, resolve: bool = False, keep: bool = False
) -> BulkResult:
    """The same cause for many tickets, each by itself. Raises Invalid."""
    require(actor, Permission.BULK)
    return one_by_one(ticket_ids, lambda ticket_id: choose(actor, ticket_id, cause_id, resolve=resolve, keep=keep))


def suggestions(ticket: Ticket, tree: Tree) -> list[Suggested]:
    """The likeliest causes on offer, with the words that speak for them, the likeliest first."""
    places = {place.cause.pk: place for place in tree.places()}
    said = words_in(_said(ticket))
    return [Suggested(places[one.id], one) for one in guess(said, _known(said, tree, places.values()))]


def cause_of(ticket_id: int) -> TicketCause | None:
    """What was said of it, with who said it. One query."""
    return TicketCause.objects.select_related("cause", "by").filter(ticket=ticket_id).first()


# ── keeping and learning ─────────────────────────────────────────────────────
def _offered(cause_id: int | None) -> Cause | None:
    if cause_id is None:
        return None
    offered = {place.cause.pk: place.cause for place in Tree().places()}
    if cause_id not in offered:
        words = _("This cause is not on offer. Choose another one.")
        raise Invalid(words, errors={"cause": [words]})
    return offered[cause_id]


def _keep(actor: User, ticket: Ticket, cause: Cause | None, now: datetime) -> None:
    before = TicketCause.objects.filter(ticket=ticket).first()
    if (before and before.cause_id) == (cause and cause.pk):
        return
    counts: list[tuple[int, Sequence[int], int]] = []
    if before is not None:
        counts.append((before.cause_id, before.words, -1))
        before.delete()
    if cause is not None:
        tree = Tree()
        said = words_in(_said(ticket))
        places = tree.places()
        suggested = cause.pk in {one.id for one in guess(said, _known(said, tree, places))}
        words = sorted(said)
        TicketCause.objects.create(ticket=ticket, cause=cause, by=actor, at=now, suggested=suggested, words=words)
        counts.append((cause.pk, words, 1))
    for one in sorted(counts, key=lambda count: count[0]):  # two choices the other way round never wait in a ring
        _count(*one)
    told = {"before": before and before.cause_id, "cause": cause and cause.pk}
    record(ticket, "cause_chosen", at=now, actor=actor, **told)
    audit(actor, "cause_chosen", ticket, **told)
    announce([(ticket, "change")])


def _said(ticket: Ticket) -> list[str]:
    """What its customer wrote first, as it reads now."""
    rows = Message.objects.filter(ticket=ticket, outgoing=False, deleted_at=None).order_by("created_at", "id")
    return list(rows.values_list("text", flat=True)[:MESSAGES_READ])


def _count(cause_id: int, words: Sequence[int], by: int) -> None:
    """One ticket more (1) or less (-1) of a cause held these words."""
    if not words:
        return
    Cause.objects.filter(pk=cause_id).update(learned=F("learned") + by)
    if by < 0:
        counted = CauseWord.objects.filter(cause=cause_id, number__in=words)
        counted.filter(tickets__lte=1).delete()
        counted.update(tickets=F("tickets") - 1)
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO causes_causeword (cause_id, number, tickets)
            SELECT %s, number, 1 FROM unnest(%s::bigint[]) AS number
            ON CONFLICT (number, cause_id) DO UPDATE SET tickets = causes_causeword.tickets + 1""",
            [cause_id, list(words)],
        )


def _known(said: Iterable[int], tree: Tree, places: Iterable[Place]) -> list[Known]:
    """Every cause on offer with what was taught of these words, also to those that were merged into it. One query."""
    places = list(places)
    counted: dict[int, dict[int, int]] = {}
    for cause_id, number, many in CauseWord.objects.filter(number__in=list(said)).values_list(
        "cause", "number", "tickets"
    ):
        words = counted.setdefault(tree.now(cause_id).pk, {})
        words[number] = words.get(number, 0) + many
    learned = tree.learned()
    return [
        Known(
            place.cause.pk,
            learned.get(place.cause.pk, 0),
            counted.get(place.cause.pk, {}),
            frozenset(words_in([place.cause.name_nl, place.cause.name_en])),
        )
        for place in places
    ]
