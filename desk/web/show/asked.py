"""A question as whoever was asked sees it by their link: the conversation without names, and what was said between us.

Everything is masked, whatever this person's role would see at the desk: the link may be opened anywhere.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from desk.actions.customers.masking import Eyes
from desk.actions.questions.question_links import token_of
from desk.people.models import User
from desk.questions.models import Entry, Link, Question
from desk.tickets.models import Message, Ticket
from desk.tickets.queries import newest_messages
from desk.web.show import files, text, times
from policies.masking import masked
from policies.question_states import Event, possible_events

MOST_MESSAGES = 30  # of the conversation, the newest
_PARTICLES = frozenset({"van", "von", "den", "der", "ter", "ten", "het", "the"})  # of names, and words like any other


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the conversation."""

    pk: int
    name: str
    ours: bool
    private: bool
    at: datetime
    when: str
    words: SafeString
    language: str


@dataclass(frozen=True, slots=True)
class Word:
    """What a colleague said on the question."""

    pk: int
    name: str
    mine: bool
    answers: bool
    via: str
    at: datetime
    when: str
    words: str
    used: bool
    became: str  # the reply that left with it
    files: Sequence[files.Shown]
    left_out: Sequence[str]  # files that were not taken, and why


@dataclass(frozen=True, slots=True)
class Asked:
    """The whole page."""

    question: Question
    asker: str
    text: str
    due: str
    late: bool
    conversation: Sequence[Said]
    words: Sequence[Word]
    may_answer: bool
    may_pass_on: bool
    drill: bool


def asked(link: Link, now: datetime) -> Asked:
    """What the holder of a link sees."""
    question, eyes = link.question, Eyes(link.user, masked=True)
    possible = possible_events(question.state)
    waits = question.state == Question.State.WAITING
    return Asked(
        question=question,
        asker=question.asked_by.name if question.asked_by else _("A colleague"),
        text=eyes.read(question.text),
        due=times.exact(question.due_at, now) if waits else "",
        late=waits and now > question.due_at,
        conversation=conversation(question.ticket, eyes, now),
        words=words(_entries(question), link.user, eyes, now, lambda number: _file_url(link, number)),
        may_answer=Event.ANSWER in possible,
        may_pass_on=Event.PASS_ON in possible,
        drill=question.ticket.inbox.drill,
    )


def conversation(ticket: Ticket, eyes: Eyes, now: datetime) -> list[Said]:
    """The newest messages that are still there, oldest first. Nobody outside the company is named."""
    rows = newest_messages(ticket, MOST_MESSAGES)
    shown = [one for one in rows if one.deleted_at is None and one.erased_at is None]
    return [_said(one, ticket, eyes, now) for one in shown]


def words(
    entries: Iterable[Entry], reader: User, eyes: Eyes, now: datetime, file_url: Callable[[int], str]
) -> list[Word]:
    """What was said on a question, and what became of each answer; entries come with author, reply and files."""
    return [
        Word(
            pk=one.pk,
            name=one.author.name if one.author else _("A colleague"),
            mine=one.author_id == reader.pk,
            answers=one.answers,
            via=one.get_via_display() if one.via != Entry.Via.DESK else "",
            at=one.created_at,
            when=times.exact(one.created_at, now),
            words=eyes.read(one.text, by=one.author_id),
            used=one.used_at is not None,
            became=eyes.read(one.reply.text) if one.reply is not None else "",
            files=files.shown(one.files.all(), eyes, one.author_id, file_url),
            left_out=[eyes.read(line, by=one.author_id) for line in one.left_out],
        )
        for one in entries
    ]


def _entries(question: Question) -> "QuerySet[Entry]":
    return question.entries.select_related("author", "reply").prefetch_related("files")


def _file_url(link: Link, file_id: int) -> str:
    return reverse("asked-file", args=[token_of(link.pk), file_id])


def _said(message: Message, ticket: Ticket, eyes: Eyes, now: datetime) -> Said:
    return Said(
        pk=message.pk,
        name=ticket.inbox.name if message.outgoing else _customer(message, ticket),
        ours=message.outgoing,
        private=message.private,
        at=message.created_at,
        when=times.exact(message.created_at, now),
        words=text.said(_unnamed(eyes.read(message.text), ticket)),
        language=message.language or ticket.language,
    )


def _customer(message: Message, ticket: Ticket) -> str:
    return _("The customer") if message.profile_id == ticket.profile_id else _("Somebody else")


def _unnamed(words: str, ticket: Ticket) -> str:
    """Without the handle by which the customer would be found, and their name as the profile has it."""
    handle, name = ticket.profile.handle.lstrip("@"), ticket.profile.name
    if handle:
        words = re.sub(rf"@?\b{re.escape(handle)}\b", _hidden, words, flags=re.IGNORECASE)
    parts = [part for part in re.findall(r"[^\W\d_]{3,}", name) if part[0].isupper() and part.lower() not in _PARTICLES]
    return re.sub(rf"\b(?:{'|'.join(parts)})\b", _hidden, words) if parts else words


def _hidden(found: re.Match[str]) -> str:
    return masked(found.group())
