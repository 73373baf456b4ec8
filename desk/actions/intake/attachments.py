"""Taking in the files of messages, because a network's address for them expires."""

from datetime import datetime
from pathlib import PurePosixPath

import filetype
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_noop

from desk.actions.intake.waiting_files import MOST_ATTEMPTS, again_at, leased
from desk.actions.tickets.announce import announce
from desk.common.media import draws_too_much
from desk.forms.models import THREAD, FormFile, is_by_form
from desk.inboxes.gateway import AddressRefused, InvalidContent, NetworkError, NotFound, fetch_file
from desk.inboxes.models import Inbox
from desk.tickets.models import Attachment

LARGEST = 25 * 1024 * 1024  # bytes
STORY = "story"  # Meta: “you must not store the media content on your server” (Story Mention)
_ELSEWHERE = "inbox:"
SHOWN = frozenset(
    "image/jpeg image/png image/gif image/webp video/mp4 video/webm audio/mpeg audio/mp4 audio/ogg audio/aac "
    "application/pdf".split()
)
"""What may be kept, by its own first bytes: what a server claims is not believed."""


def fetch_due(now: datetime, limit: int = 20) -> int:
    """Fetch some of the files that are waiting; how many were tried."""
    pending = Attachment.objects.filter(state=Attachment.State.PENDING)
    rows = leased(pending.select_related("message__ticket", "message__inbox"), now, limit)
    for attachment in rows:
        _fetch(attachment, now)
    return len(rows)


def _fetch(attachment: Attachment, now: datetime) -> None:
    if attachment.kind == STORY:
        _refuse(attachment, gettext_noop("A story may not be kept. It can be seen on the network while it lasts."))
        return
    by_form = is_by_form(attachment.message)  # by nothing else does an address lead into the desk itself
    if by_form and attachment.source_url.startswith(THREAD):
        _from_form(attachment)
        return
    try:
        inbox, url = _where(attachment) if by_form else (attachment.message.inbox, attachment.source_url)
        downloaded = fetch_file(inbox, url, max_bytes=LARGEST)
    except AddressRefused:
        _refuse(attachment, gettext_noop("The address of this file is not on the public internet."))
    except InvalidContent:
        _refuse(attachment, gettext_noop("This file is larger than 25 MB."))
    except NetworkError as problem:
        if problem.permanent or attachment.attempts >= MOST_ATTEMPTS:
            _refuse(attachment, gettext_noop("The network no longer has this file."))
        else:
            later = again_at(attachment.attempts, now)
            Attachment.objects.filter(pk=attachment.pk).update(next_attempt_at=later)
    else:
        _keep(attachment, downloaded.content)


def elsewhere(inbox: Inbox, url: str) -> str:
    """The address of a file that lies behind another inbox than its message's: in a mailbox, of a mail to a form."""
    return f"{_ELSEWHERE}{inbox.pk}/{url}"


def kind_of(content_type: str) -> str:
    """Of a file by what is claimed of it."""
    kind = content_type.partition("/")[0]
    return kind if kind in ("image", "video", "audio") else "file"


def _where(attachment: Attachment) -> tuple[Inbox, str]:
    """Behind which inbox it lies, and under which address."""
    number, _, url = attachment.source_url.removeprefix(_ELSEWHERE).partition("/")
    if not attachment.source_url.startswith(_ELSEWHERE) or not number.isdecimal():
        return attachment.message.inbox, attachment.source_url
    inbox = Inbox.objects.filter(pk=int(number)).first()
    if inbox is None:
        raise NotFound("The mailbox of this file is not connected any more.")
    return inbox, url


def _from_form(attachment: Attachment) -> None:
    """It came with a form and was written anew there; from now on the message has it."""
    name = attachment.source_url.removeprefix(THREAD)
    row = FormFile.objects.filter(pk=int(name)).first() if name.isdigit() else None
    if row is None:
        _refuse(attachment, gettext_noop("The network no longer has this file."))
        return
    with row.file.open("rb") as kept:
        _keep(attachment, kept.read())
    row.file.delete(save=False)
    row.delete()


def _keep(attachment: Attachment, content: bytes) -> None:
    guess = filetype.guess(content)
    if guess is None or guess.mime not in SHOWN:
        _refuse(attachment, gettext_noop("This kind of file is not taken in."))
        return
    if guess.mime.startswith("image/") and draws_too_much(content):
        _refuse(attachment, gettext_noop("This picture would be too large to look at."))
        return
    attachment.content_type, attachment.size, attachment.state = guess.mime, len(content), Attachment.State.STORED
    name = PurePosixPath(f"{attachment.pk}").with_suffix(f".{guess.extension}")
    with transaction.atomic():
        if not Attachment.objects.select_for_update().filter(pk=attachment.pk).exists():
            return  # erased meanwhile
        attachment.file.save(str(name), ContentFile(content), save=False)
        attachment.save(update_fields=["content_type", "size", "state", "file"])
        _tell(attachment)


def _refuse(attachment: Attachment, reason: str) -> None:
    with transaction.atomic():
        Attachment.objects.filter(pk=attachment.pk).update(state=Attachment.State.REFUSED, reason=reason)
        _tell(attachment)


def _tell(attachment: Attachment) -> None:
    if attachment.message.ticket is not None:
        announce([(attachment.message.ticket, "change")])
