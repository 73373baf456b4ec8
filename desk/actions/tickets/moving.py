"""From public to private and back, as one case: the invitation, the answer that follows it, and the public last word.

A customer whom we asked to write in private is awaited: what they write there goes on with the ticket that asked them,
under the clock that runs (`intake/batch/known.py`). How many moved, and how long that took, is in the reports.
"""

from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from desk.actions.forms.form_links import is_offered, spoken_with
from desk.inboxes.gateway import private_link
from desk.tickets.models import Ticket

INVITED_FOR = timedelta(days=30)  # as long as somebody who comes late still means the same thing


def invitation(ticket: Ticket) -> str:
    """Words in the customer's language that ask them to write in private, with the way there.

    Empty where the network has no such address, or the case is private already.
    """
    link = private_link(ticket.inbox)
    if not link or ticket.private or ticket.moved_private_at is not None:
        return ""
    with translation.override(spoken_with(ticket)):
        return _("We are glad to help. Please send us a private message, so that nobody reads along: %(link)s") % {
            "link": link
        }


def closing_note(ticket: Ticket) -> str:
    """Words that end a case in public which was answered in private; empty while there is nothing to end."""
    if ticket.moved_private_at is None or not ticket.private or not ticket.preview_outgoing:
        return ""
    with translation.override(spoken_with(ticket)):
        return _("We have answered you in a private message. Thank you for letting us know.")


def answered(ticket: Ticket, text: str, at: datetime, *, private: bool) -> None:
    """Our reply is out: it may have moved the case, or asked its customer to. The caller saves the ticket."""
    if not private:
        link = private_link(ticket.inbox)
        if (link and link in text) or is_offered(text):
            ticket.invited_at = at
    elif ticket.moved_private_at is None and not ticket.conversation.private:
        ticket.moved_private_at = at
