"""Forms for customers who should go on in private and have no account for it: the agent's half, and both links.

The form's link stands in a public reply. It is signed, good for one use and a week, and tells nothing of the case. Who
used it first gets a link of their own, to the page with the conversation. Whoever else saw the first one may have been
quicker, so what comes in by it is marked (`desk.tickets.doubts`), and an agent can revoke both.
"""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from desk.actions.tickets.announce import announce
from desk.actions.tickets.timeline import record
from desk.common.errors import Conflict, Missing
from desk.forms.models import THREAD, FormFile, FormLink
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.tickets.models import Conversation, Ticket

FORM_LASTS = timedelta(days=7)
PAGE_LASTS = timedelta(days=30)  # since the last word of either side


def make(actor: User, ticket_id: int, *, now: datetime | None = None) -> FormLink:
    """A form for this case; the one that is open where there is one. Raises Conflict for a private case."""
    require(actor, Permission.REPLY)
    now = now or timezone.now()
    with transaction.atomic():
        ticket = Ticket.objects.select_related("inbox").select_for_update(of=("self",)).filter(pk=ticket_id).first()
        if ticket is None:
            raise Missing(_("There is no ticket %(number)s.") % {"number": ticket_id})
        if found := open_form(ticket, now):
            return found
        if ticket.private or ticket.erased_at is not None or ticket.customer.erased_at is not None:
            raise Conflict(_("A form is for a case that stands in public."))
        link = FormLink.objects.create(
            ticket=ticket, made_by=actor, made_at=now, expires_at=now + FORM_LASTS, language=spoken_with(ticket),
            nonce=secrets.token_hex(8),
        )  # fmt: skip
        link.conversation = Conversation.objects.create(
            inbox=ticket.inbox, thread_id=f"{THREAD}{link.pk}", private=True, current_ticket=ticket
        )
        link.save(update_fields=["conversation"])
        record(ticket, "form_made", at=now, actor=actor, form=link.pk)
        audit(actor, "form_made", ticket, form=link.pk)
        announce([(ticket, "change")])
    return link


def revoke(actor: User, link_id: int, *, now: datetime | None = None) -> FormLink:
    """Neither the form nor the customer's page opens any more. Again does no harm."""
    require(actor, Permission.REPLY)
    now = now or timezone.now()
    with transaction.atomic():
        link = FormLink.objects.select_related("ticket").select_for_update(of=("self",)).filter(pk=link_id).first()
        if link is None:
            raise Missing(_("There is no such form."))
        if link.revoked_at is None:
            link.revoked_at = now
            link.save(update_fields=["revoked_at"])
            record(link.ticket, "form_revoked", at=now, actor=actor, form=link.pk)
            audit(actor, "form_revoked", link.ticket, form=link.pk)
            announce([(link.ticket, "change")])
    return link


def close_all(ticket_ids: Collection[int], now: datetime) -> int:
    """Of tickets that are erased: nobody gets in any more, and what the forms held is gone. How many there were."""
    for file in FormFile.objects.filter(link__ticket__in=ticket_ids):
        file.file.delete(save=False)
        file.delete()
    rows = FormLink.objects.filter(ticket__in=ticket_ids)
    rows.filter(revoked_at=None).update(revoked_at=now)
    return rows.update(email="")


def open_form(ticket: Ticket, now: datetime) -> FormLink | None:
    """The form that waits for this case's customer."""
    rows = FormLink.objects.filter(ticket=ticket, used_at=None, revoked_at=None, expires_at__gt=now)
    return rows.first()


def some_form() -> Exists:
    """Read with a ticket, so that most of them are asked nothing more."""
    return Exists(FormLink.objects.filter(ticket=OuterRef("pk"), revoked_at=None))


def forms_of(ticket: Ticket, now: datetime) -> list[FormLink]:
    """Those that somebody can use now: the form itself, or the page behind it."""
    if not getattr(ticket, "some_form", True):
        return []
    return list(FormLink.objects.filter(ticket=ticket, revoked_at=None, expires_at__gt=now)[:5])


def spoken_with(ticket: Ticket) -> str:
    """The language in which the desk speaks to this customer."""
    spoken = ticket.language or ticket.inbox.language
    return spoken if spoken in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def invitation(link: FormLink) -> str:
    """Words that ask the customer to use the form."""
    with translation.override(link.language):
        return _("We are glad to help. You can tell us more here, so that nobody reads along: %(link)s") % {
            "link": address_of(link)
        }


# ── links ────────────────────────────────────────────────────────────────────
def starts() -> str:
    """How each link begins: on the list of links that replies may hold."""
    return f"{settings.WEB_URL}/f/"


def address_of(link: FormLink) -> str:
    """Of the form: what stands in the public reply."""
    return f"{starts()}{_signer('form').sign(str(link.pk))}/"


def page_address(link: FormLink) -> str:
    """Of the page with the conversation, for whoever used the form."""
    return f"{settings.WEB_URL}{page_path(link)}"


def page_path(link: FormLink) -> str:
    return f"/f/page/{_signer('page').sign(f'{link.pk}-{link.nonce}')}/"


def is_offered(text: str) -> bool:
    """Whether a reply has the link of a form in it."""
    return starts() in text


def form_of(token: str) -> FormLink:
    """The form of a link, in whatever state. Raises Missing for one that we never gave."""
    try:
        number = int(_signer("form").unsign(token))
    except (BadSignature, ValueError):
        number = 0
    return _found(number)


def page_of(token: str) -> FormLink:
    """The same for the page behind it."""
    try:
        number, nonce = _signer("page").unsign(token).split("-", 1)
        link = _found(int(number))
    except (BadSignature, ValueError):
        link = _found(0)
    if not secrets.compare_digest(nonce, link.nonce) or link.used_at is None:
        return _found(0)
    return link


def _found(number: int) -> FormLink:
    rows = FormLink.objects.select_related("ticket__inbox", "ticket__profile", "ticket__customer", "conversation")
    link = rows.filter(pk=number).first()
    if link is None:
        raise Missing(_("This link is damaged. Copy all of it, or ask us for a new one."))
    return link


def _signer(what: str) -> Signer:
    return Signer(salt=f"desk.forms.{what}", sep=".")  # which every telephone takes for a part of the address
