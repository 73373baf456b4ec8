"""Files that go along with replies, as rows: moved, copied, deleted so that each has its bytes and none are left over.

Every function that changes something runs in the caller's transaction; bytes go once that is certain.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from desk.common.media import Clean
from desk.people.models import User
from desk.replies.models import CannedResponse, Draft, Reply, ReplyAttachment
from desk.tickets.models import Attachment as MessageAttachment
from desk.tickets.models import Message

KEPT = timedelta(days=30)  # what was never sent
LONGEST_NAME = 100  # characters
ERASED = gettext_noop("This file was erased.")
Owner = Draft | Reply | CannedResponse


def keep(owner: Owner, clean: Clean, name: str, alt_text: str, by: User | None, now: datetime) -> ReplyAttachment:
    """Store a file behind what its owner has already."""
    row = ReplyAttachment(
        **belonging_to(owner, now),
        position=next_position(owner),
        name=named(name, clean.suffix),
        kind=clean.kind,
        content_type=clean.content_type,
        size=len(clean.content),
        width=clean.width,
        height=clean.height,
        digest=hashlib.sha256(clean.content).hexdigest(),
        alt_text=alt_text,
        uploaded_by=by,
        created_at=now,
    )
    row.file.save(f"file.{clean.suffix}", ContentFile(clean.content), save=False)
    try:
        with transaction.atomic():
            row.save()
    except BaseException:
        default_storage.delete(row.file.name or "")
        raise
    return row


def copied(rows: Iterable[ReplyAttachment], owner: Owner, by: User, now: datetime) -> list[ReplyAttachment]:
    """The same files once more, for another owner."""
    made = []
    for row in rows:
        suffix = (row.file.name or "").rpartition(".")[2]
        clean = Clean(row.kind, row.content_type, suffix, content_of(row), row.width, row.height)
        made.append(keep(owner, clean, row.name, row.alt_text, by, now))
    return made


def hand_over(rows: Iterable[ReplyAttachment], owner: Owner, now: datetime) -> None:
    """They belong to another from now on, in the order in which they are given, behind what that one has."""
    first = next_position(owner)
    for position, row in enumerate(rows, first):
        columns = {"draft": None, "reply": None, "canned_response": None, **belonging_to(owner, now)}
        ReplyAttachment.objects.filter(pk=row.pk).update(**columns, position=position)


def let_expire(reply: Reply, now: datetime) -> None:
    """It was dropped: what was attached is kept for a while and no longer."""
    reply.attachments.update(expires_at=now + KEPT)


def remove(rows: "QuerySet[ReplyAttachment]") -> int:
    """Delete rows and bytes; how many. Bytes that a message of a thread shows stay with that message."""
    found = list(rows.select_for_update(of=("self",)))
    names = {row.file.name for row in found if row.file.name}
    ReplyAttachment.objects.filter(pk__in=[row.pk for row in found]).delete()
    _forget(names - set(MessageAttachment.objects.filter(file__in=names).values_list("file", flat=True)))
    return len(found)


def remove_expired(now: datetime, limit: int = 200) -> int:
    """What was never sent and is too old; how many, at most `limit`."""
    with transaction.atomic():
        due = ReplyAttachment.objects.filter(expires_at__lte=now).order_by("expires_at")
        chosen = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
        return remove(ReplyAttachment.objects.filter(pk__in=chosen))


def erase_of(ticket_ids: Iterable[int]) -> int:
    """Whatever was attached to answers on these tickets, sent or not; how many. For whoever erases a customer.

    The bytes go in any case: a message that shows them shows from then on that a file was here.
    """
    ids = list(ticket_ids)
    rows = ReplyAttachment.objects.filter(Q(reply__ticket__in=ids) | Q(draft__ticket__in=ids))
    found = list(rows.select_for_update(of=("self",)))
    names = {row.file.name for row in found if row.file.name}
    gone = {"file": "", "alt_text": "", "state": MessageAttachment.State.REFUSED, "reason": ERASED}
    MessageAttachment.objects.filter(file__in=names).update(**gone)
    ReplyAttachment.objects.filter(pk__in=[row.pk for row in found]).delete()
    _forget(names)
    return len(found)


def show_on(message: Message, rows: Iterable[ReplyAttachment]) -> None:
    """What went along is part of the thread: the message shows the very bytes that were sent."""
    MessageAttachment.objects.bulk_create(
        MessageAttachment(
            message=message,
            kind=row.kind,
            alt_text=row.alt_text,
            state=MessageAttachment.State.STORED,
            file=row.file.name,
            content_type=row.content_type,
            size=row.size,
        )
        for row in rows
    )


def content_of(row: ReplyAttachment) -> bytes:
    """Raises FileNotFoundError."""
    with row.file.open("rb") as file:
        return bytes(file.read())


def name_outside(row: ReplyAttachment) -> str:
    """What the network is told: nothing of whoever made it."""
    return f"{row.kind}-{row.pk}.{(row.file.name or '').rpartition('.')[2]}"


def digest_of(reply: Reply) -> str:
    """A name for exactly these files with exactly these descriptions, in this order; empty for none."""
    rows = list(reply.attachments.values_list("digest", "alt_text"))
    return hashlib.sha256(repr(rows).encode()).hexdigest() if rows else ""


def named(name: str, suffix: str) -> str:
    """A name without folders, control characters or more letters than fit."""
    words = "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable()).strip()
    return words[-LONGEST_NAME:] or f"file.{suffix}"


def belonging_to(owner: Owner, now: datetime) -> dict[str, object]:
    """The columns that say whose it is, and until when it waits to be sent."""
    if isinstance(owner, Draft):
        return {"draft": owner, "expires_at": now + KEPT}
    return {"reply" if isinstance(owner, Reply) else "canned_response": owner, "expires_at": None}


def next_position(owner: Owner) -> int:
    last = owner.attachments.order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1


def _forget(names: Iterable[str]) -> None:
    """The bytes, once it is certain that no row names them."""
    for name in names:
        transaction.on_commit(partial(default_storage.delete, name))
