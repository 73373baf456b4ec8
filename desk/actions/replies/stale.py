"""A reply to what is no longer the whole story is stopped until its writer has read the rest."""

from collections.abc import Sequence

from django.utils.translation import ngettext

from desk.common.errors import Conflict
from desk.people.models import User
from desk.tickets.models import Ticket, TicketEvent, TicketView

NEWS = (
    "message_received", "message_edited", "message_deleted", "reply_sent", "replied_on_network", "reply_submitted",
    "split",
)  # fmt: skip


class StaleReply(Conflict):
    """Something happened on the ticket that the writer has not seen."""

    code = "stale"

    def __init__(self, newer: Sequence[TicketEvent]) -> None:
        self.newer = list(newer)
        count = len(self.newer)
        super().__init__(
            ngettext(
                "%(count)d thing happened since you began. Read it first, or send anyway.",
                "%(count)d things happened since you began. Read them first, or send anyway.",
                count,
            )
            % {"count": count}
        )


def refuse_if_stale(ticket: Ticket, writer: User, seen_event_id: int | None) -> None:
    """Raises StaleReply with what is new since `seen_event_id`; where that is not known, since they last looked."""
    if seen_event_id is None:
        view = TicketView.objects.filter(ticket=ticket, user=writer).first()
        if view is None:
            return
        seen_event_id = view.seen_event_id
    newer = ticket.events.filter(pk__gt=seen_event_id, kind__in=NEWS).exclude(actor=writer).order_by("id")
    if found := list(newer[:20]):
        raise StaleReply(found)
