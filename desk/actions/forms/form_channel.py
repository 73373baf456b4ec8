"""An answer to what came by a form goes to the page of whoever sent it, and by e-mail where they left an address."""

from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from desk.actions.forms import form_links
from desk.alerts.models import FormMail
from desk.common.background import enqueue
from desk.forms.models import FormLink, is_by_form
from desk.inboxes.gateway import (
    LengthRule,
    MediaRule,
    Outgoing,
    OutgoingFile,
    RecipientUnavailable,
    SendResult,
)
from desk.replies.models import Reply
from desk.tickets.models import Message, Ticket

LABEL = _("Web form")
LENGTH = LengthRule(5_000)
_FILE = 10 * 1024 * 1024  # bytes
FILES = MediaRule(
    5,
    dict.fromkeys(("image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf"), _FILE),
    longest_alt=1_000,
)
"""What an answer takes along to the customer's page."""
CLOSED = _("The customer's page is closed, and no e-mail address was left. Answer in public.")


class FormChannel:
    """The part of a connector that an answer needs. Nothing leaves the desk, so nothing can be lost on the way."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def send(self, message: Outgoing) -> SendResult:
        """RecipientUnavailable where nobody could read it any more."""
        found = link_of(self._reply.answers)
        if found is None or closed(found, timezone.now()):
            raise RecipientUnavailable("The customer's page is closed, and no e-mail address was left.")
        return self._result(message)

    def find_sent(self, message: Outgoing) -> SendResult | None:
        """A sender that died before it was written down has told nobody anything: to do it now is to do it once."""
        return self._result(message)

    def upload(self, file: OutgoingFile, *, private: bool) -> str:
        return file.name  # it stays where it is: the page shows what the message has

    def _result(self, message: Outgoing) -> SendResult:
        return SendResult(f"form:reply:{self._reply.pk}", message.now, message.thread_id)


def by_form(reply: Reply) -> bool:
    """Whether a reply goes to a customer's page instead of to a network."""
    return reply.visibility == Reply.Visibility.PRIVATE and is_by_form(reply.answers)


def goes_by_form(ticket: Ticket) -> bool:
    """Whether somebody reads the private answers to this ticket on a page of ours."""
    if not getattr(ticket, "some_form", True):
        return False
    return FormLink.objects.filter(ticket=ticket, revoked_at=None, used_at__isnull=False).exists()


def link_of(message: Message | None) -> FormLink | None:
    """The form by which a message came."""
    if message is None or not is_by_form(message):
        return None
    return FormLink.objects.filter(conversation=message.conversation_id).first()


def closed(link: FormLink, now: datetime) -> "str | Promise":
    """Why nobody would read an answer; "" where somebody can."""
    state = link.state(now)
    if state is FormLink.State.REVOKED or (state is FormLink.State.OVER and not link.email):
        return CLOSED
    return ""


def answered(reply: Reply, message: Message, now: datetime) -> None:
    """Our answer stands on the customer's page from now on, in the caller's transaction; an e-mail says so too."""
    link = link_of(reply.answers) if by_form(reply) else None
    if link is None or link.revoked_at is not None:
        return
    FormLink.objects.filter(pk=link.pk).update(expires_at=max(link.expires_at, now + form_links.PAGE_LASTS))
    if link.email and not reply.drill:
        FormMail.objects.create(link=link, message=message, created_at=now, next_attempt_at=now)
        enqueue("desk.tasks.send_form_mails")
