"""Reading on while a draft lies open."""

from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.replies.models import Draft
from desk.tickets.models import TicketEvent


def read_on(actor: User, ticket_id: int) -> None:
    """The writer has read everything up to now, so the draft counts as begun now."""
    require(actor, Permission.WRITE_NOTES)
    newest = TicketEvent.objects.filter(ticket=ticket_id).order_by("-id").values_list("pk", flat=True).first() or 0
    Draft.objects.filter(ticket=ticket_id, author=actor).update(seen_event_id=newest)
