"""What is said in a thread: written, written anew by its author, and taken back. Earlier wordings are kept.

Files go along with a word. They are told by their bytes (`desk.common.files`), read by whoever reads the thread, and go
with the word that is taken back.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.threads.thread_tells import follow, named, tell, tell_named
from desk.actions.threads.threads import LONGEST, refuse_closed, start, taken
from desk.common import files
from desk.common.errors import Conflict, Invalid, Missing, NotPermitted
from desk.common.files import Handed
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.threads.models import Thread, Word, WordFile
from desk.threads.reading import now_seen, readable, to_followers
from desk.tickets.models import Ticket

TWICE = timedelta(seconds=10)  # within which the same words are the same word: a button pressed twice
MOST_TICKETS = 20  # that one word names
_TICKET = re.compile(r"(?:(?<![\w#&/])#|/tickets/)([0-9]{1,18})\b")


def write(
    actor: User,
    thread_id: int,
    text: str,
    *,
    handed: Sequence[Handed] = (),
    by_mail: bool = False,
    now: datetime | None = None,
) -> Word:
    """Say something, or hand in files. Who is named as @username or @team follows and hears of it; so does who writes,
    follow.

    Raises Invalid, Missing, and Conflict where the swarm is over.
    """
    require(actor, Permission.WRITE_NOTES)
    now, text, given = now or timezone.now(), _text(text, alone=not handed), files.taken(handed)
    with files.gone_if_refused() as made, transaction.atomic():
        thread = taken(actor, thread_id)
        refuse_closed(thread)
        last = thread.words.filter(author=actor, deleted_at=None).order_by("-id").first()
        if last is not None and _just_said(last, text, given, now):
            return last
        people = named(thread, text)
        word = thread.words.create(author=actor, text=text, by_mail=by_mail, created_at=now)
        files.keep(WordFile, given, now, made, word=word)
        word.tickets.set(tickets_in(text))
        thread.last_at = now
        thread.save(update_fields=["last_at"])
        follow(thread, [actor])
        tell_named(thread, word, people, actor, now)
        followers = to_followers(thread, word)
        now_seen(thread, actor)
        audit(actor, "thread_word", thread, word=word.pk)
        tell(thread, word=word.pk, followers=followers)
    return word


def begin(
    actor: User, *, first: str = "", handed: Sequence[Handed] = (), now: datetime | None = None, **wish: Any
) -> Thread:
    """A thread with its first word, both or neither; what `threads.start` takes. Raises what both raise."""
    with transaction.atomic():
        thread = start(actor, now=now, **wish)
        if first.strip() or handed:
            write(actor, thread.pk, first, handed=handed, now=now)
    return thread


def edit(actor: User, word_id: int, text: str, *, now: datetime | None = None) -> Word:
    """Its author says it in other words. Raises Invalid, Missing, NotPermitted, Conflict."""
    require(actor, Permission.WRITE_NOTES)
    now = now or timezone.now()
    with transaction.atomic():
        word, thread = _own(actor, word_id)
        text = _text(text, alone=not word.files.exists())
        if text == word.text:
            return word
        refuse_closed(thread)
        before, people = {one.pk for one in named(thread, word.text)}, named(thread, text)
        word.versions.create(thread=thread, text=word.text, by=actor, at=now)
        word.text, word.edited_at = text, now
        word.save(update_fields=["text", "edited_at"])
        word.tickets.set(tickets_in(text))
        tell_named(thread, word, [one for one in people if one.pk not in before], actor, now)
        audit(actor, "thread_word_edited", thread, word=word.pk)
        tell(thread)
    return word


def delete(actor: User, word_id: int, *, now: datetime | None = None) -> Word:
    """Its author takes it back: that something was said stays, what it said and its files do not.

    Raises Missing, NotPermitted.
    """
    require(actor, Permission.WRITE_NOTES)
    with transaction.atomic():
        word, thread = _own(actor, word_id)
        word.versions.all().delete()
        word.tickets.clear()
        files.remove(word.files.all())
        word.text, word.left_out, word.deleted_at = "", [], now or timezone.now()
        word.save(update_fields=["text", "left_out", "deleted_at"])
        audit(actor, "thread_word_deleted", thread, word=word.pk)
        tell(thread)
    return word


def one_word(reader: User, word_id: int) -> Word:
    """One that this person may read. Raises Missing."""
    rows = Word.objects.select_related("thread", "author").filter(pk=word_id, thread__in=readable(reader))
    word = rows.first()
    if word is None:
        raise Missing(_("There is no such word."))
    return word


def open_file(actor: User, file_id: int) -> WordFile:
    """What went along with a word that this person may read. Raises Missing."""
    require(actor, Permission.READ_TICKETS)
    row = WordFile.objects.filter(pk=file_id, word__deleted_at=None, word__thread__in=readable(actor)).first()
    if row is None:
        raise Missing(_("This file is not here (any more)."))
    return row


def tickets_in(text: str) -> list[Ticket]:
    """The tickets that a text names, as #12 or by their address."""
    numbers = list(dict.fromkeys(map(int, _TICKET.findall(text))))[:MOST_TICKETS]
    return list(Ticket.objects.filter(pk__in=numbers, erased_at=None)) if numbers else []


def _own(actor: User, word_id: int) -> tuple[Word, Thread]:
    """A word of this person that is still there, and its thread, which is held."""
    thread = taken(actor, one_word(actor, word_id).thread_id)
    word = thread.words.select_for_update().get(pk=word_id)
    if word.author_id != actor.pk:
        raise NotPermitted(_("Only who wrote it changes it."))
    if word.deleted_at is not None:
        raise Conflict(_("It was taken back already."), code="deleted")
    return word, thread


def _just_said(last: Word, text: str, given: Sequence[files.Taken], now: datetime) -> bool:
    """The same words with the same files: a button pressed twice."""
    if last.text != text or now - last.created_at >= TWICE:
        return False
    return [one.digest for one in given] == list(last.files.values_list("digest", flat=True))


def _text(text: str, *, alone: bool) -> str:
    """`alone`: no file goes along, so that it has to say something. Raises Invalid."""
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if (alone and not text) or len(text) > LONGEST:
        words = _("A word has 1 to 10,000 characters.")
        raise Invalid(words, errors={"text": [words]})
    return text
