"""Files of mails that answer something of the desk: fetched later, because no network is called inside a transaction.

They go through the checks of files that somebody hands in on a page. What is refused is named beside the words that it
came with, and its sender hears of it, since a mail has nobody to show an error to.

    expect(KIND, entry.pk, mail)  # by whoever took the mail, in the same transaction
    keeps(KIND, Keeper(EntryFile, "entry", held, came, refused))
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from desk.actions.intake.inbound_mail import InboundMail
from desk.actions.intake.waiting_files import MOST_ATTEMPTS, again_at, leased
from desk.common import files
from desk.common.background import enqueue
from desk.common.errors import Invalid
from desk.common.files import LARGEST, MOST, Handed, KeptFile
from desk.common.logs import logger
from desk.inboxes.gateway import InvalidContent, NetworkError, fetch_file
from desk.inboxes.models import MailedFile
from desk.people.models import User


@dataclass(frozen=True, slots=True)
class Keeper:
    """Whose files they become: rows of `rows` by their column `owner`, which has an author and `left_out`.

    `held` locks an owner, or says that it is gone; the others are told in the same transaction.
    """

    rows: type[KeptFile]
    owner: str
    held: Callable[[int], Any]
    came: Callable[[Any], None]
    refused: Callable[[Any, User, datetime], None]


_KEEPERS: dict[str, Keeper] = {}


def keeps(kind: str, keeper: Keeper) -> None:
    """Register who keeps the files of answers of a kind."""
    _KEEPERS[kind] = keeper


def expect(kind: str, owner: int, mail: InboundMail) -> None:
    """Have the files of a mail fetched for a row of `kind`, in the caller's transaction."""
    wanted = [one for one in mail.files if not one.decoration]
    MailedFile.objects.bulk_create(
        MailedFile(
            inbox=mail.inbox, kind=kind, owner=owner, url=one.url, name=one.name, next_attempt_at=mail.written_at
        )
        for one in wanted
    )
    if wanted:
        enqueue("desk.tasks.fetch_attachments")


def expect_none(kind: str, owners: Collection[int]) -> None:
    """What is still to be fetched for these is not any more; for whoever erases a customer, before files go."""
    MailedFile.objects.filter(kind=kind, owner__any_of=list(owners)).delete()


def fetch_due(now: datetime, limit: int = 20) -> int:
    """Fetch some of the files that are waiting; how many were tried."""
    rows = leased(MailedFile.objects.select_related("inbox"), now, limit)
    for row in rows:
        _fetch(row, now)
    return len(rows)


def _fetch(row: MailedFile, now: datetime) -> None:
    """What goes wrong here holds up no other file: its lease ends, and it is tried again."""
    try:
        content = fetch_file(row.inbox, row.url, max_bytes=LARGEST).content
    except InvalidContent:
        content = bytes(LARGEST + 1)  # by which the check says that it is too large
    except NetworkError as problem:
        if not problem.permanent and row.attempts < MOST_ATTEMPTS:
            MailedFile.objects.filter(pk=row.pk).update(next_attempt_at=again_at(row.attempts, now))
            return
        content = None
    try:
        _settle(row, content, now)
    except Exception:
        logger.exception("a file of a mail could not be kept", mailed_file=row.pk)
        if row.attempts >= MOST_ATTEMPTS:
            MailedFile.objects.filter(pk=row.pk).delete()


def _settle(row: MailedFile, content: bytes | None, now: datetime) -> None:
    keeper = _KEEPERS[row.kind]
    with files.gone_if_refused() as made, transaction.atomic():
        owner = keeper.held(row.owner)
        if not MailedFile.objects.select_for_update().filter(pk=row.pk).exists():
            return  # erased meanwhile, or settled by another
        if owner is not None:
            _keep(keeper, owner, row.name, content, now, made)
        row.delete()
        last = not MailedFile.objects.filter(kind=row.kind, owner=row.owner).exists()
        if last and owner is not None and owner.left_out and owner.author is not None:
            keeper.refused(owner, owner.author, now)


def _keep(keeper: Keeper, owner: Any, name: str, content: bytes | None, now: datetime, made: list[Any]) -> None:
    with translation.override(owner.author.language if owner.author is not None else None):
        try:
            given = _checked(owner, name, content)
        except Invalid as refused:
            called = files.named(name, "")
            words = {"name": called, "problem": str(refused.message).removeprefix(f"{called}: ")}
            owner.left_out = [*owner.left_out, _("%(name)s was not taken: %(problem)s") % words]
            owner.save(update_fields=["left_out"])
            given = []
    files.keep(keeper.rows, given, now, made, **{keeper.owner: owner})
    keeper.came(owner)


def _checked(owner: Any, name: str, content: bytes | None) -> list[files.Taken]:
    """What may be kept; nothing where the same file is there already, of a mail that came twice. Raises Invalid."""
    if content is None:
        raise files.refusal(_("It is no longer in the mailbox."))
    given = files.taken([Handed(name, content)])
    kept = list(owner.files.values_list("digest", flat=True))
    if given[0].digest in kept:
        return []
    if len(kept) >= MOST:
        raise files.refusal(_("At most %(count)d files go along with one word.") % {"count": MOST})
    return given
