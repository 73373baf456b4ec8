"""The answer to what came by a form, as an e-mail to whoever left an address; and what they write back to it."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from desk.actions.alerts import mails
from desk.actions.forms import form_links
from desk.actions.intake.attachments import elsewhere, kind_of
from desk.actions.intake.inbound_mail import Enclosed, InboundMail, reply_address, takes
from desk.actions.intake.ingest import store
from desk.alerts.models import FormMail
from desk.forms.models import THREAD, FormLink
from desk.inboxes.gateway import Attachment, Author, Item, ItemKind

KIND = "f"  # of the addresses to which such a mail is answered


def send_due(now: datetime) -> int:
    """Send some of the mails that wait; how many were tried."""
    return mails.deliver(FormMail, letter, now)


def letter(mail: FormMail) -> EmailMultiAlternatives | None:
    """As it leaves. None where it is wanted no more: revoked, erased, or the answer was taken back."""
    link, message = mail.link, mail.message
    if not link.email or link.revoked_at is not None or message.erased_at or message.deleted_at:
        return None
    with translation.override(link.language):
        who = who_asks(link)
        words = {"text": message.text, "address": form_links.page_address(link), "who": who}
        written = EmailMultiAlternatives(
            _("Answer from %(who)s") % {"who": who},
            render_to_string("alerts/form_answer.txt", words),
            to=[link.email],
            headers={**_headers(mail), "Auto-Submitted": "auto-generated"},
        )
        if back := reply_address(KIND, link.pk):
            written.reply_to = [back]
        written.attach_alternative(render_to_string("alerts/form_answer.html", words), "text/html")
    return written


@takes(KIND)
def wrote_back(mail: InboundMail) -> bool:
    """What the customer answers by e-mail goes on in the same case. From any other address it is a mail of its own."""
    rows = FormLink.objects.select_related("ticket__inbox", "ticket__profile")
    link = rows.filter(pk=mail.number, revoked_at=None, used_at__isnull=False).first()
    if link is None or not link.email or mail.sender != link.email:
        return False
    profile = link.ticket.profile
    item = Item(
        network=link.ticket.inbox.network,
        kind=ItemKind.DIRECT_MESSAGE,
        external_id=f"{THREAD}{link.pk}:{mail.external_id}",
        thread_id=f"{THREAD}{link.pk}",
        created_at=mail.written_at,
        author=Author(profile.external_id, profile.handle, profile.name, profile.avatar_url, profile.followers),
        text=mail.text,
        language=link.language,
        private=True,
        doubt="link" if mail.proven else "sender",
        attachments=tuple(
            Attachment(elsewhere(mail.inbox, one.url), kind_of(one.content_type), one.content_type)
            for one in mail.files
        ),
    )
    store(link.ticket.inbox_id, [item], source="form", received_at=mail.written_at)
    return True


def _file(mail: InboundMail, file: Enclosed) -> Attachment:
    return Attachment(elsewhere(mail.inbox, file.url), kind_of(file.content_type), file.content_type)


def who_asks(link: FormLink) -> str:
    """The company as the customer knows it: the brand of the account, or its name."""
    return link.ticket.inbox.brand or link.ticket.inbox.name


def _headers(mail: FormMail) -> dict[str, str]:
    """All mails about one form are one conversation."""
    host = urlsplit(settings.WEB_URL).hostname or "localhost"
    return {"Message-ID": f"<form-answer-{mail.pk}@{host}>", "References": f"<form-{mail.link_id}@{host}>"}
