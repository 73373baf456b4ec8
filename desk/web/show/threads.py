"""Threads between colleagues as lines of a list and as a page; what they say is masked as a note is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from desk.actions.customers.masking import Eyes
from desk.actions.threads.thread_tells import of_drill
from desk.people.models import User
from desk.people.permissions import Permission
from desk.threads.models import Thread, Version, Word
from desk.threads.reading import MOST_COUNTED, people_in
from desk.threads.reading import words_of as rows_of
from desk.tickets.models import preview_of
from desk.tickets.queries import visible_tickets
from desk.web.show import files, text, times
from desk.web.show.rows import STATE_WORDS
from desk.web.show.tiles import Tile, tile
from policies.ticket_states import State

MOST_WORDS = 100  # on one page
MOST_VERSIONS = 20


@dataclass(frozen=True, slots=True)
class Card:
    """A ticket that was named, for whoever may read it."""

    ticket: int
    tile: Tile
    name: str
    state: str
    preview: str


@dataclass(frozen=True, slots=True)
class Line:
    """A thread in a list."""

    pk: int
    topic: str
    at_what: str  # “ticket 12”, the name of a crisis; "" where it stands alone
    private: bool
    drill: bool
    swarm: str  # what to say of it as a swarm
    summary: str
    finding: str
    running: bool
    unread: str
    following: bool
    when: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Earlier:
    """How something read before."""

    name: str
    when: str
    text: SafeString


@dataclass(frozen=True, slots=True)
class Shown:
    """A word."""

    pk: int
    name: str
    initials: str
    mine: bool
    via_mail: bool
    at: datetime
    when: str
    text: SafeString
    plain: str  # for the field in which its author changes it
    edited: str
    gone: bool
    earlier: Sequence[Earlier]
    cards: Sequence[Card]
    files: Sequence[files.Shown]
    left_out: Sequence[str]  # files that were not taken, and why
    may_log: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A thread as its page shows it."""

    line: Line
    thread: Thread
    words: Sequence[Shown]
    before: int  # the number of the oldest word that is shown, where there are earlier ones
    people: Sequence[User]  # who is let in
    summary: SafeString
    summary_words: str
    summary_by: str
    summaries: Sequence[Earlier]
    finding: SafeString
    closed_by: str
    may_write: bool
    may_close: bool
    may_suggest: bool
    started: str


def counted(number: int) -> str:
    """As a badge writes it; "" for none."""
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number or "")


def lines(threads: Iterable[Thread], reader: User, now: datetime) -> list[Line]:
    """They come `with_own`."""
    eyes = Eyes(reader)
    return [_line(one, eyes, now) for one in threads]


def of_ticket(rows: Iterable[Thread], reader: User, now: datetime) -> list[Line]:
    """Those at a ticket, what runs first."""
    return sorted(lines(rows, reader, now), key=lambda one: (not one.running, -one.pk))


def page(thread: Thread, reader: User, now: datetime, *, before: int = 0) -> Page:
    """One with its newest words, or those before a number; it comes `with_own`. Nine queries for however many."""
    eyes = Eyes(reader)
    rows = rows_of(thread).prefetch_related("versions__by", "tickets", "files")
    found = list((rows.filter(pk__lt=before) if before else rows).order_by("-id")[: MOST_WORDS + 1])
    words = found[:MOST_WORDS][::-1]
    cards = _cards(words, reader, eyes)
    may_write = reader.may(Permission.WRITE_NOTES) and not (thread.swarm and thread.closed_at)
    leads = Permission.MANAGE_CRISES if thread.crisis_id else Permission.WORK_TICKETS
    may_log = thread.crisis_id is not None and not thread.private and reader.may(Permission.MANAGE_CRISES)
    summaries = thread.versions.filter(word=None).select_related("by")[:MOST_VERSIONS]
    return Page(
        line=_line(thread, eyes, now),
        thread=thread,
        words=[_shown(one, reader, eyes, now, cards, may_log=may_log) for one in words],
        before=words[0].pk if words and len(found) > MOST_WORDS else 0,
        people=people_in(thread),
        summary=text.said(eyes.read(thread.summary, by=thread.summary_by_id)),
        summary_words=eyes.read(thread.summary, by=thread.summary_by_id),
        summary_by=_by(thread.summary_by, thread.summary_at, now),
        summaries=[_earlier(one, eyes, now) for one in summaries],
        finding=text.said(eyes.read(thread.finding, by=thread.closed_by_id)),
        closed_by=_by(thread.closed_by, thread.closed_at, now),
        may_write=may_write,
        may_close=thread.swarming and reader.may(leads),
        may_suggest=thread.ticket_id is not None,
        started=_by(thread.started_by, thread.created_at, now) if thread.started_by else _("The desk opened it"),
    )


def _line(thread: Thread, eyes: Eyes, now: datetime) -> Line:
    at_what = ""
    if thread.ticket_id is not None:
        at_what = _("ticket %(number)s") % {"number": thread.ticket_id}
    elif thread.crisis is not None:
        at_what = thread.crisis.name
    return Line(
        pk=thread.pk,
        topic=eyes.start(thread.topic),
        at_what=at_what,
        private=thread.private,
        drill=of_drill(thread),
        swarm=(_("Swarm") if thread.swarming else _("Swarm, over")) if thread.swarm else "",
        summary=preview_of(eyes.read(thread.summary, by=thread.summary_by_id)),
        finding=eyes.read(thread.finding, by=thread.closed_by_id),
        running=thread.swarming,
        unread=counted(getattr(thread, "unread", 0)),
        following=getattr(thread, "following", False),
        when=times.exact(thread.last_at, now),
        at=thread.last_at,
    )


def _shown(word: Word, reader: User, eyes: Eyes, now: datetime, cards: dict[int, Card], *, may_log: bool) -> Shown:
    read = eyes.read(word.text, by=word.author_id)
    gone = word.deleted_at is not None
    return Shown(
        pk=word.pk,
        name=word.author.name if word.author else _("A colleague who left"),
        initials=word.author.initials if word.author else "–",
        mine=word.author_id == reader.pk,
        via_mail=word.by_mail,
        at=word.created_at,
        when=times.exact(word.created_at, now),
        text=text.said(read),
        plain=word.text if word.author_id == reader.pk else "",
        edited=times.exact(word.edited_at, now) if word.edited_at and not gone else "",
        gone=gone,
        earlier=[_earlier(one, eyes, now) for one in list(word.versions.all())[:MOST_VERSIONS]],
        cards=[cards[one.pk] for one in word.tickets.all() if one.pk in cards],
        files=files.shown(word.files.all(), eyes, word.author_id, _file_url),
        left_out=[eyes.read(line, by=word.author_id) for line in word.left_out],
        may_log=may_log and not gone,
    )


def _file_url(file_id: int) -> str:
    return reverse("thread-file", args=[file_id])


def _cards(words: Sequence[Word], reader: User, eyes: Eyes) -> dict[int, Card]:
    """Of all tickets that are named, by number: those that the reader may see. One query."""
    wanted = {ticket.pk for word in words for ticket in word.tickets.all()}
    if not wanted:
        return {}
    rows = visible_tickets(reader).filter(pk__any_of=wanted).select_related("inbox", "profile")
    return {
        one.pk: Card(
            one.pk,
            tile(one.inbox.network, private=one.private),
            text.name(one.profile.name, one.profile.handle, one.profile.external_id),
            str(STATE_WORDS[State(one.state)]),
            eyes.start(one.preview),
        )
        for one in rows
    }


def _earlier(version: Version, eyes: Eyes, now: datetime) -> Earlier:
    name = version.by.name if version.by else _("A colleague who left")
    return Earlier(name, times.exact(version.at, now), text.said(eyes.read(version.text, by=version.by_id)))


def _by(who: User | None, at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    return _("%(name)s, %(time)s") % {"name": who.name if who else _("the desk"), "time": times.exact(at, now)}
