"""Questions to colleagues as an open ticket shows them, and as lines of a list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from desk.actions.customers.masking import Eyes
from desk.actions.questions.questions import TARGETS
from desk.people.models import User
from desk.people.permissions import Permission
from desk.questions.models import Question
from desk.tickets.models import preview_of
from desk.web.show import times
from desk.web.show.asked import Word, words
from policies.question_states import Event, possible_events


@dataclass(frozen=True, slots=True)
class Shown:
    """One question on an open ticket."""

    pk: int
    whom: str
    text: str
    state: str
    waits: bool
    answered: bool
    due: str
    late: bool
    words: Sequence[Word]
    answers: Sequence[Word]
    for_me: bool
    may_withdraw: bool
    may_answer: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One question in a list."""

    pk: int
    ticket: int
    asker: str
    whom: str
    text: str
    state: str
    waits: bool
    due: str
    late: bool
    when: str
    at: datetime
    for_me: bool


def of_ticket(questions: Iterable[Question], reader: User, now: datetime) -> list[Shown]:
    """Those that are alive or answered; they come with who they are about and what was said."""
    eyes = Eyes(reader)
    return [_shown(one, reader, eyes, now) for one in questions if one.state != Question.State.WITHDRAWN]


def lines(questions: Iterable[Question], reader: User, now: datetime) -> list[Line]:
    """For whoever asked them or was asked."""
    eyes = Eyes(reader)
    return [
        Line(
            pk=one.pk,
            ticket=one.ticket_id,
            asker=one.asked_by.name if one.asked_by else _("A colleague"),
            whom=_whom(one),
            text=preview_of(eyes.read(one.text, by=one.asked_by_id)),
            state=one.get_state_display(),
            waits=one.state == Question.State.WAITING,
            due=times.exact(one.due_at, now),
            late=one.state == Question.State.WAITING and now > one.due_at,
            when=times.exact(one.created_at, now),
            at=one.created_at,
            for_me=one.holder_id == reader.pk,
        )
        for one in questions
    ]


def targets() -> list[tuple[int, str]]:
    """How long somebody gets: minutes of opening time, and the words."""
    names = {30: _("half an hour"), 60: _("an hour"), 240: _("four hours"), 480: _("a working day")}
    return [(minutes, names[minutes]) for minutes in TARGETS]


def _shown(question: Question, reader: User, eyes: Eyes, now: datetime) -> Shown:
    said = words(question.entries.all(), reader, eyes, now, _file_url)
    possible = possible_events(question.state)
    waits = question.state == Question.State.WAITING
    return Shown(
        pk=question.pk,
        whom=_whom(question),
        text=eyes.read(question.text, by=question.asked_by_id),
        state=question.get_state_display(),
        waits=waits,
        answered=question.state == Question.State.ANSWERED,
        due=times.exact(question.due_at, now) if waits else "",
        late=waits and now > question.due_at,
        words=said,
        answers=[word for word in said if word.answers],
        for_me=question.holder_id == reader.pk,
        may_withdraw=reader.may(Permission.WORK_TICKETS) and Event.WITHDRAW in possible,
        may_answer=Event.ANSWER in possible,
    )


def _file_url(file_id: int) -> str:
    return reverse("answer-file", args=[file_id])


def _whom(question: Question) -> str:
    if question.holder is not None and question.team is not None:
        return _("%(name)s of %(team)s") % {"name": question.holder.name, "team": question.team.name}
    if question.holder is not None:
        return question.holder.name
    return question.team.name if question.team is not None else _("nobody")
