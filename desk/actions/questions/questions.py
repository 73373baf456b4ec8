"""Asking a colleague about a ticket, and what colleagues do with a question. The ticket keeps its owner and its clocks.

Whoever holds a live link to a question may speak on it, with a seat or without; others need a role that reads tickets.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.questions import question_links as links
from desk.actions.questions import question_moves as moves
from desk.actions.questions.question_people import already_asked, in_turn, somebody
from desk.actions.tickets.opening import after, hours_for
from desk.actions.tickets.tickets import locked
from desk.common import files
from desk.common.errors import Conflict, Invalid, Missing, NotPermitted
from desk.common.files import Handed
from desk.people.models import Team, User
from desk.people.permissions import Permission, require
from desk.questions.models import LONGEST_ABOUT, Entry, EntryFile, Link, Question
from desk.tickets.models import Ticket
from desk.tickets.queries import visible_tickets
from policies.question_states import Event

LONGEST = 5_000  # characters
TARGETS = (30, 60, 240, 480)  # minutes of opening time that are offered
DEFAULT_TARGET = 60
TWICE = timedelta(minutes=10)  # within which the same words are the same word
LONGEST_TARGET = 10 * 8 * 60  # two working weeks


def ask(
    actor: User,
    ticket_id: int,
    *,
    text: str,
    user_id: int | None = None,
    team_id: int | None = None,
    about: str = "",
    minutes: int = DEFAULT_TARGET,
    now: datetime | None = None,
) -> Question:
    """Ask one person, or whoever's turn it is in a team. They have `minutes` of opening time for their word.

    Raises Invalid, Missing, and Conflict where nobody of the team is there or the ticket is done.
    """
    require(actor, Permission.WORK_TICKETS)
    now = now or timezone.now()
    text, about = _words(text, _("A question has 1 to 5,000 characters.")), _subject(about)
    if not 1 <= minutes <= LONGEST_TARGET:
        raise Invalid(_("Give 1 to %(most)d minutes.") % {"most": LONGEST_TARGET}, errors={"minutes": [_("Too long.")]})
    if (user_id is None) == (team_id is None):
        raise Invalid(_("Say whom to ask: a colleague or a team."), errors={"to": [_("Choose one.")]})
    with transaction.atomic():
        ticket = locked(ticket_id)
        team = _team(team_id) if team_id is not None else None
        holder = in_turn(team, now, not_for={actor.pk}) if team is not None else somebody(user_id or 0)
        if holder.pk == actor.pk:
            raise Invalid(_("Ask somebody else than yourself."), errors={"to": [_("That is you.")]})
        question = Question.objects.create(
            ticket=ticket, asked_by=actor, text=text, about=about, team=team, holder=holder, minutes=minutes,
            created_at=now, held_since=now, due_at=after(now, minutes, hours_for(ticket, now)),
        )  # fmt: skip
        moves.asked(ticket, actor, now, question)
        moves.give(question, ticket, holder, now, kind="question_asked", by=actor)
        question.save()
    return question


def answer(
    actor: User,
    question_id: int,
    text: str,
    *,
    handed: Sequence[Handed] = (),
    via: str = Entry.Via.DESK,
    now: datetime | None = None,
) -> Entry:
    """Say what one knows, or hand in files that do. It drops beside the draft of whoever asked.

    Raises Invalid, Missing, Conflict.
    """
    now = now or timezone.now()
    text, given = _words(text, _("An answer has 1 to 5,000 characters."), alone=not handed), files.taken(handed)
    with files.gone_if_refused() as made, transaction.atomic():
        question, ticket = moves.taken(question_id)
        _may_speak(actor, question, now)
        if (said := _said_just_now(actor, question, text, given, now)) is not None:
            return said
        moves.step(question, Event.ANSWER)
        entry = question.entries.create(author=actor, text=text, answers=True, via=via, created_at=now)
        files.keep(EntryFile, given, now, made, entry=entry)
        question.answered_at, question.look_at = question.answered_at or now, None
        question.save(update_fields=["state", "answered_at", "look_at"])
        announce_answer(question, ticket, entry, now)
    return entry


def announce_answer(question: Question, ticket: Ticket, entry: Entry, now: datetime) -> None:
    """Everything that follows from an answer, in its transaction: who asked hears of it, the ticket is open again."""
    moves.no_longer_asked(ticket, entry.author, now, question, "question_answered")
    moves.tell_asker(question, ticket, now, kind="question_answered", by=entry.author, entry=entry)


def say(
    actor: User,
    question_id: int,
    text: str,
    *,
    handed: Sequence[Handed] = (),
    via: str = Entry.Via.DESK,
    now: datetime | None = None,
) -> Entry:
    """A word between colleagues on a question, such as what is still missing. It answers nothing."""
    now = now or timezone.now()
    text, given = _words(text, _("A word has 1 to 5,000 characters."), alone=not handed), files.taken(handed)
    with files.gone_if_refused() as made, transaction.atomic():
        question, ticket = moves.taken(question_id)
        _may_speak(actor, question, now)
        if question.state == Question.State.WITHDRAWN:
            raise Conflict(
                _("This question is over: %(state)s.") % {"state": question.get_state_display()}, code="over"
            )
        if (said := _said_just_now(actor, question, text, given, now)) is not None:
            return said
        entry = question.entries.create(author=actor, text=text, via=via, created_at=now)
        files.keep(EntryFile, given, now, made, entry=entry)
        moves.note(ticket, actor, now, question, "question_word")
        if question.holder is not None and question.holder.pk != actor.pk:
            moves.tell_asked(question, ticket, question.holder, now, kind="question_word", by=actor)
        moves.tell_asker(question, ticket, now, kind="question_word", by=actor, entry=entry)
    return entry


def pass_on(
    actor: User,
    question_id: int,
    *,
    user_id: int | None = None,
    team_id: int | None = None,
    now: datetime | None = None,
) -> Question:
    """Whoever was asked, or who works on tickets, gives it to somebody who knows better. Their own link ends."""
    now = now or timezone.now()
    if (user_id is None) == (team_id is None):
        raise Invalid(_("Say whom to ask: a colleague or a team."), errors={"to": [_("Choose one.")]})
    with transaction.atomic():
        question, ticket = moves.taken(question_id)
        _may_give_away(actor, question, now)
        moves.step(question, Event.PASS_ON)
        if team_id is not None:
            team = _team(team_id)
            holder, question.team = in_turn(team, now, not_for=already_asked(question)), team
        else:
            holder = somebody(user_id or 0)
        if holder.pk in (question.asked_by_id, question.holder_id, actor.pk):
            raise Invalid(_("Choose somebody who has not had it."), errors={"to": [_("Choose somebody else.")]})
        _let_go(actor, question, now)
        moves.give(question, ticket, holder, now, kind="question_passed", by=actor)
        question.escalated_at = None
        question.save()
        moves.note(ticket, actor, now, question, "question_passed", to=holder.pk)
    return question


def not_mine(actor: User, question_id: int, *, now: datetime | None = None) -> Question:
    """Whoever was asked does not know. The next of the team that was asked gets it, or it goes back."""
    now = now or timezone.now()
    with transaction.atomic():
        question, ticket = moves.taken(question_id)
        if not _holds(actor, question, now):
            raise NotPermitted(_("You were not asked this."))
        links.revoke(question, now, user=actor)
        if question.holder_id != actor.pk:  # a deputy has it as well: it goes on waiting for them
            moves.note(ticket, actor, now, question, "question_not_theirs")
            return question
        moves.step(question, Event.GIVE_BACK)
        holder = _next_of_team(question, now)
        if holder is not None:
            moves.step(question, Event.PASS_ON)
            moves.give(question, ticket, holder, now, kind="question_asked", by=question.asked_by)
            question.save()
            moves.note(ticket, actor, now, question, "question_not_theirs", to=holder.pk)
            return question
        question.look_at, question.holder = None, None
        question.save()
        moves.no_longer_asked(ticket, actor, now, question, "question_not_theirs")
        moves.tell_asker(question, ticket, now, kind="question_returned", by=actor)
    return question


def withdraw(actor: User, question_id: int, *, now: datetime | None = None) -> Question:
    """Nobody needs an answer any more: every link to it ends. Raises Missing, Conflict."""
    require(actor, Permission.WORK_TICKETS)
    now = now or timezone.now()
    with transaction.atomic():
        question, ticket = moves.taken(question_id)
        moves.step(question, Event.WITHDRAW)
        end(question, ticket, actor, now)
    return question


def end(question: Question, ticket: Ticket, actor: User | None, now: datetime) -> None:
    """A question that was withdrawn: its links end and whoever had it hears that they need not answer."""
    question.look_at = None
    question.save(update_fields=["state", "look_at"])
    links.revoke(question, now)
    moves.no_longer_asked(ticket, actor, now, question, "question_withdrawn")
    if question.holder is not None:
        moves.tell_over(question, ticket, question.holder, now, by=actor)


def use(actor: User, entry_id: int, *, now: datetime | None = None) -> Entry:
    """An answer goes into the reply that `actor` writes: the timeline says whose words they are. Raises Missing."""
    require(actor, Permission.REPLY)
    now = now or timezone.now()
    with transaction.atomic():
        found = Entry.objects.filter(pk=entry_id, answers=True).first()
        if found is None:
            raise Missing(_("There is no such answer."))
        question, ticket = moves.taken(found.question_id)
        entry = question.entries.select_for_update().get(pk=entry_id)
        entry.used_at, entry.used_by = now, actor
        entry.save(update_fields=["used_at", "used_by"])
        moves.note(ticket, actor, now, question, "answer_used", entry=entry.pk, author=entry.author_id)
    return entry


def mine(reader: User) -> "QuerySet[Question]":
    """What waits for this person's word, or was asked by them, newest first."""
    rows = Question.objects.filter(holder=reader) | Question.objects.filter(asked_by=reader)
    return rows.select_related("holder", "asked_by", "team").order_by("-id")


def with_words(rows: "QuerySet[Question] | None" = None) -> "QuerySet[Question]":
    """These questions, or all, with their people and what was said on each: three queries for however many."""
    entries = Entry.objects.select_related("author", "used_by", "reply").prefetch_related("files").order_by("id")
    rows = Question.objects.all() if rows is None else rows
    return rows.select_related("holder", "asked_by", "team").prefetch_related(Prefetch("entries", queryset=entries))


def of_ticket(ticket: Ticket) -> list[Question]:
    """The questions of a ticket as its page shows them, oldest first."""
    return list(with_words(ticket.questions.all()).order_by("id"))


def open_file(actor: User, file_id: int) -> EntryFile:
    """What went along with a word on a question, for whoever reads its ticket. Raises Missing."""
    require(actor, Permission.READ_TICKETS)
    return _file(EntryFile.objects.filter(entry__question__ticket__in=visible_tickets(actor)), file_id)


def open_file_by_link(link: Link, file_id: int) -> EntryFile:
    """The same for who holds a live link to that very question. Raises Missing."""
    return _file(EntryFile.objects.filter(entry__question=link.question_id), file_id)


def _file(rows: "QuerySet[EntryFile]", file_id: int) -> EntryFile:
    row = rows.filter(pk=file_id).first()
    if row is None:
        raise Missing(_("This file is not here (any more)."))
    return row


def _said_just_now(
    actor: User, question: Question, text: str, given: Sequence[files.Taken], now: datetime
) -> Entry | None:
    """The same words and files of the same person: a button pressed twice, or a mail that came twice."""
    digests = [one.digest for one in given]
    for one in question.entries.filter(author=actor, text=text, created_at__gt=now - TWICE).prefetch_related("files"):
        if [file.digest for file in one.files.all()] == digests:
            return one
    return None


def _may_speak(actor: User, question: Question, now: datetime) -> None:
    if not _holds(actor, question, now):
        require(actor, Permission.WRITE_NOTES)


def _may_give_away(actor: User, question: Question, now: datetime) -> None:
    if not _holds(actor, question, now):
        require(actor, Permission.WORK_TICKETS)


def _holds(actor: User, question: Question, now: datetime) -> bool:
    return actor.is_active and links.live(now).filter(question=question, user=actor).exists()


def _let_go(actor: User, question: Question, now: datetime) -> None:
    """Whoever had it needs no link any more, and neither does who gave it away."""
    links.revoke(question, now, user=actor)
    if question.holder is not None:
        links.revoke(question, now, user=question.holder)


def _next_of_team(question: Question, now: datetime) -> User | None:
    if question.team is None:
        return None
    try:
        return in_turn(_team(question.team.pk), now, not_for=already_asked(question))
    except Conflict:
        return None


def _team(team_id: int) -> Team:
    """Held, so that two questions at once go to two of its people. Raises Invalid."""
    team = Team.objects.select_for_update().filter(pk=team_id).first()
    if team is None:
        raise Invalid(_("There is no such team."), errors={"to": [_("There is no such team.")]})
    return team


def _words(text: str, wrong: str, *, alone: bool = True) -> str:
    """`alone`: no file goes along, so that it has to say something. Raises Invalid."""
    text = text.replace("\x00", "").strip()
    if (alone and not text) or len(text) > LONGEST:
        raise Invalid(wrong, errors={"text": [wrong]})
    return text


def _subject(about: str) -> str:
    return " ".join(about.replace("\x00", "").split())[:LONGEST_ABOUT]
