"""Which tickets of a crisis a batch of answers is for."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Left
from django.utils.translation import gettext as _

from desk.actions.crises.crisis_levels import LETTERS_READ
from desk.actions.crises.crisis_likeness import LEAST
from desk.common.errors import Invalid
from desk.crises.models import Crisis
from desk.replies.models import Reply
from desk.tickets.models import OPEN_STATES, WAITING_STATES, Message, Ticket, TicketEvent
from policies.near_duplicates import Digest, digest, similarity
from policies.reply_states import State

MOST = 2_000  # tickets of one batch
MOST_COMPARED = 5_000  # tickets whose words are compared
UNDECIDED = (State.HELD, State.QUEUED, State.SENDING, State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is empty asks nothing. `tickets`: these and no others; `like`: whose words almost repeat those of it."""

    networks: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    unanswered: bool = True  # the customer waits for an answer
    like: int | None = None
    tickets: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def tickets_for(crisis: Crisis, chosen: Chosen) -> "QuerySet[Ticket]":
    """Those that fit, in no order, likeness apart. What has an answer of ours on its way is none of them."""
    on_its_way = Reply.objects.filter(ticket=OuterRef("pk"), state__in=UNDECIDED)
    rows = Ticket.objects.filter(
        ~Exists(on_its_way),
        crises__crisis=crisis.pk,
        crises__left_at=None,
        merged_into=None,
        state__in=OPEN_STATES if chosen.unanswered else (*OPEN_STATES, *WAITING_STATES),
    )
    if chosen.unanswered:
        rows = rows.filter(waiting_since__isnull=False)
    if chosen.networks:
        rows = rows.filter(inbox__network__in=chosen.networks)
    if chosen.languages:
        spoken = Q(language__in=chosen.languages) | Q(language="", inbox__language__in=chosen.languages)
        rows = rows.filter(spoken)
    if chosen.tickets:
        rows = rows.filter(pk__any_of=list(chosen.tickets))
    return rows


def lines_for(crisis: Crisis, chosen: Chosen, *, cut: bool = False) -> list[tuple[int, int, int]]:
    """Ticket, inbox, and the newest event of its timeline; whoever waits longest first. Raises Invalid.

    `cut`: of more than fit, those.
    """
    newest = TicketEvent.objects.filter(ticket=OuterRef("pk")).order_by("-id").values("pk")[:1]
    rows = tickets_for(crisis, chosen).order_by("waits_from", "pk").annotate(newest=Coalesce(Subquery(newest), 0))
    found = list(rows.values_list("pk", "inbox_id", "newest")[: MOST_COMPARED if chosen.like else MOST + 1])
    if chosen.like is not None:
        alike = _alike(chosen.like, [row[0] for row in found])
        found = [row for row in found if row[0] in alike]
    if not found:
        raise Invalid(_("No ticket of this crisis fits. Ask for less."), code="nothing_chosen")
    if cut:
        return found[:MOST]
    if len(found) > MOST:
        raise Invalid(_("These are more than %(most)d tickets. Ask for fewer.") % {"most": MOST}, code="too_many")
    return found


def _alike(like: int, ticket_ids: list[int]) -> set[int]:
    """Those of these tickets that began with almost the same words as that one, which is one of them itself."""
    first = _first_words([like, *ticket_ids])
    shape = first.get(like, ())
    if not shape:
        errors = {"like": [_("What its customer wrote first is too short to be compared.")]}
        raise Invalid(_("There is nothing to compare with."), errors=errors)
    return {pk for pk in ticket_ids if similarity(shape, first.get(pk, ())) >= LEAST}


def _first_words(ticket_ids: Iterable[int]) -> dict[int, Digest]:
    """The shape of what the customer said first, by ticket. One query."""
    said = Message.objects.filter(ticket__any_of=list(ticket_ids), outgoing=False, deleted_at=None)
    rows = said.order_by("ticket_id", "created_at", "id").distinct("ticket_id")
    return {
        pk: digest(text)
        for pk, text in rows.annotate(start=Left("text", LETTERS_READ)).values_list("ticket_id", "start")
    }
