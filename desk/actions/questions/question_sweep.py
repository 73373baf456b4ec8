"""Questions that wait: a reminder half-way, a deputy once the time is over, a word to who asked when nobody answers.

`Question.look_at` says when there is something to do. Whoever moves it owes what is due, in the same transaction.
"""

from datetime import datetime, timedelta

from django.db import transaction

from desk.actions.questions import question_moves as moves
from desk.actions.questions.question_people import deputy
from desk.actions.questions.questions import end
from desk.actions.tickets.opening import after, hours_for
from desk.actions.tickets.tickets import locked
from desk.common.logs import logger
from desk.questions.models import Question
from desk.tickets.models import Ticket
from policies.question_states import Event

PORTION = 100
LATER = timedelta(minutes=5)


def sweep(now: datetime) -> int:
    """Do what is due for some of the questions that wait; how many were looked at."""
    due = Question.objects.filter(look_at__lte=now).order_by("look_at")
    found = list(due.values_list("pk", "ticket_id")[:PORTION])
    for question_id, ticket_id in found:
        try:
            with transaction.atomic():
                _look(question_id, locked(ticket_id), now)
        except Exception:
            logger.exception("a question could not be looked after", question=question_id)
            Question.objects.filter(pk=question_id).update(look_at=now + LATER)  # it holds up no other
    return len(found)


def _look(question_id: int, ticket: Ticket, now: datetime) -> None:
    rows = Question.objects.filter(pk=question_id, look_at__lte=now, ticket=ticket)
    question = rows.select_related("asked_by", "holder", "team").select_for_update(of=("self",)).first()
    if question is None:  # somebody else was quicker, or the ticket was merged: the next sweep finds it there
        return
    if question.state != Question.State.WAITING:
        Question.objects.filter(pk=question.pk).update(look_at=None)
    elif moves.is_over(ticket):
        moves.step(question, Event.WITHDRAW)
        end(question, ticket, None, now)
    elif now < question.due_at:
        _remind(question, ticket, now)
    elif question.escalated_at is None:
        _escalate(question, ticket, now)
    else:
        _give_up(question, ticket, now)


def _remind(question: Question, ticket: Ticket, now: datetime) -> None:
    if question.reminded_at is None and question.holder is not None:
        question.reminded_at = now
        moves.tell_asked(question, ticket, question.holder, now, kind="question_reminder", by=question.asked_by)
    question.look_at = question.due_at
    question.save(update_fields=["reminded_at", "look_at"])


def _escalate(question: Question, ticket: Ticket, now: datetime) -> None:
    """A deputy is asked as well and has as much time; whoever had it may still answer, and the first word counts."""
    stands_in = deputy(question, now)
    if stands_in is None:
        _give_up(question, ticket, now)
        return
    was = question.holder_id
    question.escalated_at = now
    moves.give(question, ticket, stands_in, now, kind="question_escalated", by=question.asked_by)
    question.look_at = question.due_at = after(now, question.minutes, hours_for(ticket, now))
    question.save()
    moves.note(ticket, None, now, question, "question_escalated", to=stands_in.pk, last_owner=was)


def _give_up(question: Question, ticket: Ticket, now: datetime) -> None:
    """Who asked hears that nobody has answered; whoever was asked still may."""
    question.escalated_at, question.look_at = question.escalated_at or now, None
    question.save(update_fields=["escalated_at", "look_at"])
    moves.note(ticket, None, now, question, "question_overdue")
    moves.tell_asker(question, ticket, now, kind="question_overdue", by=None)
