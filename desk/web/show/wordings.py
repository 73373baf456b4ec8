"""What a message said: each wording that it had, what was deleted of it, and what was masked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desk.actions.customers.masking import Eyes
from desk.replies.models import ReplyAttachment
from desk.tickets.models import Attachment, Message
from desk.web.show import stars, text, times
from desk.web.show.changes import difference

File = TypeVar("File", Attachment, ReplyAttachment)


@dataclass(frozen=True, slots=True)
class Version:
    until: str
    stars: SafeString
    change: SafeString


@dataclass(frozen=True, slots=True)
class Kept:
    """What a message said that was deleted or masked, newest wording first."""

    wordings: Sequence[SafeString]
    attachments: Sequence[Attachment]
    language: str


def edited(message: Message, versions: Sequence[Version], now: datetime) -> str:
    if message.edited_at is None or message.deleted_at is not None:
        return ""
    when = times.exact(message.edited_at, now)
    if not versions:
        return _("edited %(time)s") % {"time": when}
    count = len(versions) + 1
    return ngettext("edited %(time)s, %(count)d version", "edited %(time)s, %(count)d versions", count) % {
        "time": when,
        "count": count,
    }


def versions_of(message: Message, whole: str, eyes: Eyes, now: datetime) -> list[Version]:
    """Newest first: what each edit changed, up to the whole text as it reads now."""
    if message.edited_at is None or message.deleted_at is not None:
        return []
    earlier = [
        (version.replaced_at, version.rating, eyes.read(version.text, by=message.sender_id))
        for version in message.versions.all()
    ]
    later = [*(words for _at, _rating, words in earlier[1:]), whole]
    return [
        Version(times.exact(at, now), stars.drawn(rating), difference(words, after))
        for (at, rating, words), after in zip(earlier, later, strict=True)
    ][::-1]


def kept(message: Message, eyes: Eyes) -> Kept:
    """A deleted message, for who may see it."""
    stored = message.attachments.filter(state=Attachment.State.STORED)
    return Kept(_wordings(message, eyes.read), readable(stored, eyes), message.language)


def unmasked(message: Message) -> Kept:
    """A message of which something was masked, for who said why they look."""
    return Kept(_wordings(message, str), [], message.language)


def _wordings(message: Message, read: Callable[[str], str]) -> list[SafeString]:
    earlier = [version.text for version in message.versions.all()]
    return [text.said(read(wording)) for wording in dict.fromkeys([message.text, *earlier[::-1]])]


def readable(files: Iterable[File], eyes: Eyes, *, by: int | None = None) -> list[File]:
    """Files with their descriptions as this reader sees them. Captions are read where they are asked for."""
    found = list(files)
    for file in found:
        file.alt_text = eyes.read(file.alt_text, by=by)
    return found
