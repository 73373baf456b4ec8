"""Forms for customers without an account: the customer's half. What they write is a private message of the same case.

It takes the way of every other message (`ingest.store`), so that clock, queue, rules and reports know it.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.signing import BadSignature, TimestampSigner
from django.core.validators import validate_email
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from desk.actions.forms.form_links import PAGE_LASTS
from desk.actions.intake.ingest import store
from desk.common import media
from desk.common.errors import Conflict, Invalid, TooOften
from desk.common.rates import times_in_window
from desk.forms.models import THREAD, FormFile, FormLink
from desk.inboxes.gateway import Attachment, Author, Item, ItemKind
from desk.tickets.models import Message

LONGEST = 5_000  # characters of a message
LONGEST_NAME, LONGEST_ORDER = 100, 60
MOST_FILES, LARGEST = 5, 10 * 1024 * 1024  # bytes of each
LARGEST_REQUEST = 52 * 1024 * 1024  # bytes of all that one request brings
QUICKEST = timedelta(seconds=3)  # in which no person fills in a form
SLOWEST = timedelta(hours=12)
MOST_WORDS = 40  # messages by one form
_TRIES, _WINDOW = 20, 600  # from one address, seconds


@dataclass(frozen=True, slots=True)
class Written:
    """What a customer filled in. `begun` is what `begin` gave the page, `trap` a field that no person sees."""

    text: str
    name: str = ""
    email: str = ""
    order: str = ""
    files: Sequence[bytes] = ()
    begun: str = ""
    trap: str = ""


def begin(link: FormLink) -> str:
    """A mark in the page that says when it was made."""
    return _marks().sign(str(link.pk))


def send(link: FormLink, written: Written, *, place: str, now: datetime) -> FormLink:
    """Use the form, once. `place` is the address of whoever does. Raises Invalid, Conflict, TooOften."""
    _refuse_crowds(place)
    with translation.override(link.language):
        _refuse_machines(link, written)
    return take(link, written, now)


def take(link: FormLink, written: Written, now: datetime) -> FormLink:
    """The same without asking who it is. Raises Invalid, Conflict."""
    with translation.override(link.language):
        said = _checked(written)
        with transaction.atomic():
            link = _locked(link, FormLink.State.OPEN, now)
            link.used_at, link.email = now, said.email
            link.expires_at = now + PAGE_LASTS
            link.save(update_fields=["used_at", "email", "expires_at"])
            _take_in(link, _words(said), said.files, now)
    return link


def add(link: FormLink, written: Written, *, place: str, now: datetime) -> FormLink:
    """Write on, on the page behind the form. Raises Invalid, Conflict, TooOften."""
    _refuse_crowds(place)
    with translation.override(link.language):
        _refuse_machines(link, written, quickest=timedelta(0))
        said = _checked(written)
        with transaction.atomic():
            link = _locked(link, FormLink.State.USED, now)
            if link.conversation is not None and link.conversation.messages.count() >= MOST_WORDS:
                raise TooOften(_("There is no room for more here. Ask us for a new form."))
            link.expires_at = now + PAGE_LASTS
            link.save(update_fields=["expires_at"])
            _take_in(link, said.text, said.files, now)
    return link


def conversation(link: FormLink, now: datetime) -> list[Message]:
    """What both sides wrote by this form and nothing else of the case, oldest first. It is noted that they looked."""
    FormLink.objects.filter(pk=link.pk).update(looked_at=now)
    rows = Message.objects.filter(conversation=link.conversation_id, private=True, deleted_at=None, erased_at=None)
    return list(rows.defer("search").prefetch_related("attachments").order_by("created_at", "id")[: 2 * MOST_WORDS])


def waiting_words(link: FormLink) -> int:
    """How many messages are kept and not yet in the conversation: a worker takes them in within seconds."""
    prefix = f"created:{THREAD}{link.pk}:"
    return link.ticket.inbox.raw_items.filter(event_key__startswith=prefix, processed_at=None).count()


def too_large() -> str:
    """What to say of a request that brings more than one may."""
    return _("Send %(count)d files of %(size)d MB at most.") % {"count": MOST_FILES, "size": LARGEST // 1024**2}


def _locked(link: FormLink, wanted: "FormLink.State", now: datetime) -> FormLink:
    locked = (
        FormLink.objects.select_for_update(of=("self",))
        .select_related("ticket__inbox", "ticket__profile")
        .get(pk=link.pk)
    )
    if locked.state(now) is not wanted:
        raise Conflict(_("This form has been used already, or its time is over."))
    return locked


def _take_in(link: FormLink, text: str, files: Sequence[bytes], now: datetime) -> None:
    profile = link.ticket.profile
    name = f"{THREAD}{link.pk}:{secrets.token_hex(8)}"
    item = Item(
        network=link.ticket.inbox.network,
        kind=ItemKind.DIRECT_MESSAGE,
        external_id=name,
        thread_id=f"{THREAD}{link.pk}",
        created_at=now,
        author=Author(profile.external_id, profile.handle, profile.name, profile.avatar_url, profile.followers),
        text=text,
        language=link.language,
        private=True,
        doubt="link",
        attachments=tuple(_kept(link, content, now) for content in files),
    )
    store(link.ticket.inbox_id, [item], source="form", received_at=now)


def _kept(link: FormLink, content: bytes, now: datetime) -> Attachment:
    """A file that was written anew, kept until it hangs on its message."""
    clean = media.cleaned(content)
    row = FormFile(link=link, content_type=clean.content_type, made_at=now)
    row.file.save(f"{secrets.token_hex(16)}.{clean.suffix}", ContentFile(clean.content), save=False)
    row.save()
    return Attachment(f"{THREAD}{row.pk}", clean.kind, clean.content_type)


def _checked(written: Written) -> Written:
    errors: dict[str, list[str]] = {}
    text, name, order = (" ".join(part.split(" ")).strip() for part in (written.text, written.name, written.order))
    email = written.email.strip().lower()
    if not text:
        errors["text"] = [_("Write what we can help you with.")]
    elif len(text) > LONGEST:
        errors["text"] = [_("This is longer than %(count)d characters. Shorten it.") % {"count": LONGEST}]
    if len(name) > LONGEST_NAME:
        errors["name"] = [_("This is too long.")]
    if len(order) > LONGEST_ORDER:
        errors["order"] = [_("This is too long.")]
    if email:
        try:
            validate_email(email)
        except ValidationError:
            errors["email"] = [_("This is no e-mail address. Check it, or leave it empty.")]
    if objection := _objection(written.files):
        errors["files"] = [objection]
    if any("\x00" in part for part in (text, name, order, email)):
        errors["text"] = [_("Write what we can help you with.")]
    if errors:
        raise Invalid(_("Something has to be put right before we can take this."), errors=errors)
    one_line = (" ".join(part.split()) for part in (name, order))
    return Written(text, next(one_line), email, next(one_line), written.files)


def _objection(files: Sequence[bytes]) -> str:
    if len(files) > MOST_FILES:
        return _("Send %(count)d files at most.") % {"count": MOST_FILES}
    for content in files:
        if len(content) > LARGEST:
            return _("A file may have %(size)d MB at most.") % {"size": LARGEST // 1024**2}
        try:
            media.cleaned(content)
        except media.Refused as refused:
            return str(refused.reason)
    return ""


def _words(said: Written) -> str:
    """As the agent reads it: the e-mail address stays with the form."""
    lines = [said.text]
    if said.name or said.order:
        lines.append("")
    if said.name:
        lines.append(_("Name: %(name)s") % {"name": said.name})
    if said.order:
        lines.append(_("Order number: %(number)s") % {"number": said.order})
    return "\n".join(lines)


def _refuse_machines(link: FormLink, written: Written, *, quickest: timedelta = QUICKEST) -> None:
    if written.trap:
        raise Invalid(_("Leave the field empty that says so, and send it again."))
    try:
        number = _marks().unsign(written.begun, max_age=SLOWEST)
        young = quickest and _is_younger(written.begun, quickest)
    except BadSignature:
        number, young = "", False
    if number != str(link.pk):
        raise Invalid(_("This page was open for very long. Look through what you wrote, and send it again."))
    if young:
        raise Invalid(_("That was very quick. Look through what you wrote, and send it again."))


def _is_younger(mark: str, than: timedelta) -> bool:
    try:
        _marks().unsign(mark, max_age=than)
    except BadSignature:
        return False
    return True


def _refuse_crowds(place: str) -> None:
    try:
        often = times_in_window(f"form:{place}", _WINDOW) > _TRIES
    except RedisError:  # the form itself takes one message and its page forty
        often = False
    if often:
        raise TooOften(_("Too many tries from here. Wait ten minutes and send it again."))


def _marks() -> TimestampSigner:
    return TimestampSigner(salt="desk.forms.begun", sep=".")
