"""Files that colleagues hand to each other: told by their bytes, written anew, rows and bytes always together.

Whoever has such files makes a table of `KeptFile`. What changes something runs in the caller's transaction; bytes go
once that is certain, but for an erasure, which takes them first.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Any, TypeVar
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.common.errors import Invalid
from desk.common.media import Clean, Refused, cleaned

MOST = 5  # that one word takes along
LARGEST = 10 * 1024 * 1024  # bytes of each
LARGEST_REQUEST = MOST * LARGEST + 1024 * 1024  # bytes of all that one request brings
LONGEST_NAME = 100  # characters
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4"})  # by browsers; the rest is saved
_MB = 1024 * 1024


def kept_as(row: "KeptFile", name: str) -> str:
    """Under a name that nobody can guess, and that says nothing of whoever made it."""
    return f"{row._meta.app_label}/{timezone.now():%Y/%m}/{uuid4().hex}{PurePosixPath(name).suffix}"


class KeptFile(models.Model):
    """A file as it was taken. Who may see it is said by what it belongs to."""

    name = models.CharField(max_length=LONGEST_NAME)  # as its author knows it
    kind = models.CharField(max_length=10)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()  # bytes
    width = models.PositiveIntegerField(default=0)  # pixels; 0 where it is no picture
    height = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64)  # SHA-256 of the content
    file = models.FileField(upload_to=kept_as)
    created_at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def shown(self) -> bool:
        """Whether a browser may show it in place; the rest is saved."""
        return self.content_type in SHOWN


Row = TypeVar("Row", bound=KeptFile)


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as somebody hands it in. `content` may end one byte behind what is taken: that is too large."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """The same as it may be kept."""

    name: str
    clean: Clean
    digest: str


def taken(handed: Sequence[Handed]) -> list[Taken]:
    """What may be kept of these: all of them, or Invalid with what to do. Nothing is stored yet."""
    if len(handed) > MOST:
        raise refusal(_("At most %(count)d files go along with one word.") % {"count": MOST})
    return [_taken(one) for one in handed]


def keep(rows: type[Row], files: Sequence[Taken], now: datetime, made: list[Row], **owner: Any) -> None:
    """Store them for their owner. `made` is the list of `gone_if_refused`, which gets each as soon as it is there."""
    for one in files:
        row = _kept(rows(**owner), one, now)
        made.append(row)  # before the next, which may be refused


@contextmanager
def gone_if_refused() -> Iterator[list[Any]]:
    """Around a transaction that keeps files and may yet be refused: of what is put into the list the bytes go too."""
    made: list[Any] = []
    try:
        yield made
    except BaseException:
        for row in made:
            default_storage.delete(row.file.name or "")
        raise


def remove(rows: "QuerySet[Row]") -> int:
    """Delete rows, and their bytes once that is certain; how many."""
    found = list(rows.select_for_update(of=("self",)))
    rows.model._default_manager.filter(pk__in=[row.pk for row in found]).delete()
    for row in found:
        transaction.on_commit(partial(default_storage.delete, row.file.name or ""))
    return len(found)


def erase(rows: "QuerySet[Row]") -> int:
    """For whoever erases a customer; how many. First the bytes: a worker that is killed leaves none behind."""
    found = list(rows.select_for_update(of=("self",)))
    for row in found:
        default_storage.delete(row.file.name or "")
    rows.model._default_manager.filter(pk__in=[row.pk for row in found]).delete()
    return len(found)


def named(name: str, suffix: str) -> str:
    """A name without folders, control characters or more letters than fit."""
    words = "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable()).strip()
    return words[-LONGEST_NAME:] or f"file.{suffix}"


def refusal(words: str) -> Invalid:
    return Invalid(words, code="attachment_refused", errors={"files": [words]})


def too_large() -> str:
    """What to say of a request that brings more than one may."""
    return _("Send %(count)d files of %(size)d MB at most.") % {"count": MOST, "size": LARGEST // _MB}


def _taken(one: Handed) -> Taken:
    if len(one.content) > LARGEST:
        words = _("This file is larger than %(limit)d MB. Make it smaller.") % {"limit": LARGEST // _MB}
        raise refusal(f"{named(one.name, '')}: {words}")
    try:
        clean = cleaned(one.content)
    except Refused as refused:
        raise refusal(f"{named(one.name, '')}: {refused.reason}") from refused
    return Taken(named(one.name, clean.suffix), clean, hashlib.sha256(clean.content).hexdigest())


def _kept(row: Row, one: Taken, now: datetime) -> Row:
    clean = one.clean
    row.name, row.kind, row.content_type, row.digest = one.name, clean.kind, clean.content_type, one.digest
    row.size, row.width, row.height, row.created_at = len(clean.content), clean.width, clean.height, now
    row.file.save(f"file.{clean.suffix}", ContentFile(clean.content), save=False)
    try:
        with transaction.atomic():
            row.save()
    except BaseException:
        default_storage.delete(row.file.name or "")
        raise
    return row
