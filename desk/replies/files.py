"""Files that go along with replies, as rows: moved, copied, deleted so that each has its bytes and none are left over.

Every function that changes something runs in the caller's transaction; bytes go once that is certain.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from desk.common.files import named
from desk.common.media import Clean
from desk.people.models import User
from desk.replies.models import CannedResponse, Draft, Reply, ReplyAttachment
from desk.tickets.models import Attachment as MessageAttachment
from desk.tickets.models import Message

KEPT = timedelta(days=30)  # what was never sent
ERASED = gettext_noop("This file was erased.")
Owner = Draft | Reply | CannedResponse


def keep(
    owner: Owner,
    clean: Clean,
    name: str,
    alt_text: str,
    by: User | None,
    now: datetime,
    captions: tuple[str, str] = ("", ""),
) -> ReplyAttachment:
    """Store a file behind what its owner has already. `captions` are WebVTT and its language, of a film."""
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
        captions=captions[0],
        captions_language=captions[1],
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
    return [
        keep(owner, clean_of(row), row.name, row.alt_text, by, now, (row.captions, row.captions_language))
        for row in rows
    ]


def hand_over(rows: Iterable[ReplyAttachment], owner: Owner, now: datetime) -> None:
    """They belong to another from now on, in the order in which they are given, behind what that one has."""
    first = next_position(owner)
    for position, row in enumerate(rows, first):
        columns = {"draft": None, "reply": None, "canned_response": None, **belonging_to(owner, now)}
        ReplyAttachment.objects.filter(pk=row.pk).update(**columns, position=position)


def put_in_order(rows: Iterable[ReplyAttachment], wanted: Sequence[int]) -> list[ReplyAttachment]:
    """These as their numbers are given; those that are not named come behind, as they were."""
    place = {number: position for position, number in enumerate(wanted)}
    ordered = sorted(rows, key=lambda row: place.get(row.pk, len(place)))
    for position, row in enumerate(ordered):
        row.position = position
    ReplyAttachment.objects.bulk_update(ordered, ["position"])
    return ordered


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


def of_tickets(ticket_ids: Collection[int]) -> "QuerySet[ReplyAttachment]":
    """Whatever was attached to answers on these tickets, sent or not."""
    return ReplyAttachment.objects.filter(Q(reply__ticket__in=ticket_ids) | Q(draft__ticket__in=ticket_ids))


def erase(rows: "QuerySet[ReplyAttachment]") -> int:
    """For whoever erases a customer; how many. First the bytes: a worker that is killed leaves none behind.

    A message that showed them says from then on that a file was here.
    """
    found = list(rows.select_for_update(of=("self",)))
    names = {row.file.name for row in found if row.file.name}
    for name in names:
        default_storage.delete(name)
    gone = {"file": "", "alt_text": "", "captions": "", "state": MessageAttachment.State.REFUSED, "reason": ERASED}
    MessageAttachment.objects.filter(file__in=names).update(**gone)
    ReplyAttachment.objects.filter(pk__in=[row.pk for row in found]).delete()
    return len(found)


def show_on(message: Message, rows: Iterable[ReplyAttachment]) -> None:
    """What went along is part of the thread: the message shows the very bytes that were sent."""
    MessageAttachment.objects.bulk_create(
        MessageAttachment(
            message=message,
            kind=row.kind,
            alt_text=row.alt_text,
            captions=row.captions,
            captions_language=row.captions_language,
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


def clean_of(row: ReplyAttachment) -> Clean:
    """As it was when it was taken. Raises FileNotFoundError."""
    suffix = (row.file.name or "").rpartition(".")[2]
    return Clean(row.kind, row.content_type, suffix, content_of(row), row.width, row.height)


def name_outside(row: ReplyAttachment) -> str:
    """What the network is told: nothing of whoever made it."""
    return f"{row.kind}-{row.pk}.{(row.file.name or '').rpartition('.')[2]}"


def digest_of(reply: Reply) -> str:
    """A name for exactly these files with exactly these descriptions and captions, in this order; empty for none."""
    rows = list(reply.attachments.values_list("digest", "alt_text", "captions", "captions_language"))
    return hashlib.sha256(repr(rows).encode()).hexdigest() if rows else ""


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
