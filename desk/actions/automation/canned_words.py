"""The words of a canned response for a ticket, as a rule or a macro puts them in somebody's draft. Nothing is sent."""

from django.utils.translation import gettext as _

from desk.actions.replies import drafts, offers
from desk.common.errors import Conflict
from desk.people.models import User
from desk.replies.models import CannedResponse, Draft, Reply
from desk.tickets.models import Ticket


def put_in_draft(writer: User, ticket: Ticket, shortcut: str) -> None:
    """What stands there already stays: a text that somebody began is not touched. Raises Conflict, Missing.

    In a transaction.
    """
    words, visibility = words_for(writer, ticket, shortcut)
    begun = Draft.objects.select_for_update().filter(ticket=ticket, author=writer).first()
    if begun is not None and begun.text.strip():
        raise Conflict(_("%(name)s has begun a text here, so nothing was put before it.") % {"name": writer.name})
    drafts.save(writer, ticket.pk, text=words, visibility=visibility)


def words_for(writer: User, ticket: Ticket, shortcut: str) -> tuple[str, str]:
    """Filled in for this ticket, and whether it is a public or a private text. Raises Conflict, Missing."""
    visibility = Reply.Visibility.PRIVATE if ticket.private else Reply.Visibility.PUBLIC
    canned_id = CannedResponse.objects.filter(shortcut=shortcut).values_list("pk", flat=True).first()
    offer = offers.ask(writer, ticket, canned_id or 0, visibility)
    if offer.asks:
        names = ", ".join(question.variable.name for question in offer.asks)
        raise Conflict(_("“%(shortcut)s” asks for what the desk does not know: %(names)s.") % {
            "shortcut": shortcut, "names": names,
        })  # fmt: skip
    return offer.text, visibility
