"""Taking in the files of messages, because a network's address for them expires."""

from datetime import datetime, timedelta
from pathlib import PurePosixPath

import filetype
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop

from desk.actions.announce import announce
from desk.inboxes.gateway import AddressRefused, InvalidContent, NetworkError, fetch_file
from desk.tickets.models import Attachment

LARGEST = 25 * 1024 * 1024  # bytes
MOST_ATTEMPTS = 5
LEASE = timedelta(minutes=2)
SHOWN = frozenset(
    "image/jpeg image/png image/gif image/webp video/mp4 video/webm audio/mpeg audio/mp4 audio/ogg audio/aac "
    "application/pdf".split()
)
"""What may be kept, by its own first bytes: what a server claims is not believed."""


def fetch_due(now: datetime, limit: int = 20) -> int:
    """Fetch some of the files that are waiting; how many were tried."""
    with transaction.atomic():
        due = Attachment.objects.filter(state=Attachment.State.PENDING, next_attempt_at__lte=now).order_by(
            "next_attempt_at"
        )
        rows = list(due.select_for_update(skip_locked=True, of=("self",)).select_related("message__ticket")[:limit])
        Attachment.objects.filter(pk__in=[row.pk for row in rows]).update(
            next_attempt_at=now + LEASE, attempts=F("attempts") + 1
        )
    for attachment in rows:
        attachment.attempts += 1
        _fetch(attachment, now)
    return len(rows)


def _fetch(attachment: Attachment, now: datetime) -> None:
    try:
        downloaded = fetch_file(attachment.source_url, max_bytes=LARGEST)
    except AddressRefused:
        _refuse(attachment, gettext_noop("The address of this file is not on the public internet."))
    except InvalidContent:
        _refuse(attachment, gettext_noop("This file is larger than 25 MB."))
    except NetworkError as problem:
        if problem.permanent or attachment.attempts >= MOST_ATTEMPTS:
            _refuse(attachment, gettext_noop("The network no longer has this file."))
        else:
            later = now + timedelta(seconds=10 * 4**attachment.attempts)
            Attachment.objects.filter(pk=attachment.pk).update(next_attempt_at=later)
    else:
        _keep(attachment, downloaded.content)


def _keep(attachment: Attachment, content: bytes) -> None:
    guess = filetype.guess(content)
    if guess is None or guess.mime not in SHOWN:
        _refuse(attachment, gettext_noop("This kind of file is not taken in."))
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
