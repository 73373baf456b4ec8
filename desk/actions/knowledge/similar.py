"""Tickets of customers who asked the like, with what we said: shown to whoever may read them, masked as ever."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from desk.actions.customers.masking import Eyes
from desk.actions.knowledge.article_use import language_of, question_of
from desk.common.errors import Missing
from desk.knowledge.search import Ranked, find_messages
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.tickets import queries
from desk.tickets.models import Message, Ticket

MOST = 3  # beside a ticket
LEAST = 0.3  # of what was asked that must stand in the other ticket, for it to be shown unasked
_LOOKED_AT = 4  # messages for each ticket that is wanted: one ticket has several, and some are not for everybody


@dataclass(frozen=True, slots=True)
class Similar:
    """A ticket by the message that fits best; the text is masked for whoever asked."""

    ticket: Ticket
    said: str
    language: str
    score: float
    share: float


def similar_tickets(reader: User, asked: str, *, language: str, most: int) -> list[Similar]:
    """The best message of each ticket that this person may see, the best first. Raises NotPermitted."""
    require(reader, Permission.READ_TICKETS)
    return _readable(reader, find_messages(asked, language=language, most=_LOOKED_AT * most), most=most)


def beside(reader: User, ticket: Ticket, *, most: int = MOST) -> list[Similar]:
    """Others who asked what this ticket's customer asks: no drill beside a real one, and never the other way round."""
    require(reader, Permission.READ_TICKETS)
    ranked = find_messages(question_of(ticket), language=language_of(ticket), most=2 * _LOOKED_AT * most)
    near = [one for one in ranked if one.share >= LEAST]
    return _readable(reader, near, most=most, drill=ticket.inbox.drill, but=ticket.pk)


def answered_by(reader: User, ticket_id: int) -> tuple[Similar, str]:
    """A ticket's first question and our last answer, both masked. Raises Missing."""
    ticket = queries.visible_tickets(reader).select_related("inbox").filter(pk=ticket_id).first()
    said = Message.objects.filter(ticket=ticket_id, deleted_at=None, erased_at=None).defer("search")
    asked = said.filter(outgoing=False).order_by("created_at", "id").first()
    if ticket is None or asked is None:
        raise Missing(_("There is no ticket %(number)s.") % {"number": ticket_id})
    eyes = Eyes(reader)
    ours = said.filter(outgoing=True).order_by("-created_at", "-id").first()
    answer = eyes.read(ours.text, by=ours.sender_id) if ours is not None else ""
    return Similar(ticket, eyes.read(asked.text), asked.language, 0.0, 0.0), answer


def _readable(
    reader: User, ranked: Sequence[Ranked], *, most: int, drill: bool | None = None, but: int | None = None
) -> list[Similar]:
    rows: Mapping[int, Message] = Message.objects.defer("search").in_bulk([one.id for one in ranked])
    tickets = queries.visible_tickets(reader).filter(pk__in=[one.ticket_id for one in rows.values()], erased_at=None)
    if drill is not None:
        tickets = tickets.filter(inbox__drill=drill)
    if but is not None:
        tickets = tickets.exclude(pk=but)
    seen = {one.pk: one for one in tickets.select_related("inbox")}
    eyes, found = Eyes(reader), dict[int, Similar]()
    for one in ranked:
        message = rows.get(one.id)
        ticket = seen.get(message.ticket_id or 0) if message is not None else None
        if message is None or ticket is None or ticket.pk in found:
            continue
        words = " ".join(eyes.read(message.text).split())
        found[ticket.pk] = Similar(ticket, words, message.language, one.score, min(one.share, 1.0))
    return list(found.values())[:most]
