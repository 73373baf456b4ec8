"""What the verbs on questions have in common. Everything here runs in their transaction, with the ticket locked."""

from datetime import datetime

from django.utils.translation import gettext as _

from desk.actions.questions.question_links import grant
from desk.actions.tickets.announce import announce
from desk.actions.tickets.opening import after, hours_for
from desk.actions.tickets.tickets import follow_questions, locked
from desk.actions.tickets.timeline import record
from desk.alerts.notices import Notice, notify
from desk.common.errors import Conflict, Missing
from desk.people.models import User, audit
from desk.questions.models import Entry, Question
from desk.tickets.models import Ticket
from policies import question_states
from policies.question_states import Event
from policies.ticket_states import Event as TicketEvent
from policies.ticket_states import State as TicketState

REMIND_AT = 0.5  # of the time that somebody has


def taken(question_id: int) -> tuple[Question, Ticket]:
    """A question and its ticket, both locked, the ticket first as everywhere. Raises Missing."""
    ticket_id = Question.objects.filter(pk=question_id).values_list("ticket_id", flat=True).first()
    if ticket_id is None:
        raise Missing(_("There is no such question."))
    ticket = locked(ticket_id)
    rows = Question.objects.select_related("asked_by", "holder", "team").select_for_update(of=("self",))
    question = rows.filter(pk=question_id, ticket=ticket).first()
    if question is None:  # its ticket was merged while we waited
        raise Conflict(_("This question has moved to another ticket. Look again."))
    return question, ticket


def step(question: Question, event: Event) -> None:
    """Its next state, on the row in hand. Raises Conflict with what is possible instead."""
    try:
        question.state = Question.State(question_states.next_state(question.state, event))
    except question_states.TransitionRefused as refused:
        raise Conflict(
            _("This question is over: %(state)s.") % {"state": question.get_state_display()}, code="over"
        ) from refused


def give(question: Question, ticket: Ticket, holder: User, now: datetime, *, kind: str, by: User | None) -> None:
    """From now on this person has it: a link, a time of their own, and a notice. The caller saves the question."""
    question.holder, question.held_since, question.reminded_at = holder, now, None
    question.due_at = after(now, question.minutes, hours_for(ticket, now))
    question.look_at = reminder_of(question, ticket, now)
    tell_asked(question, ticket, holder, now, kind=kind, by=by)


def reminder_of(question: Question, ticket: Ticket, now: datetime) -> datetime:
    """When whoever has it is reminded: half-way through their time, by the same opening hours."""
    minutes = max(int(question.minutes * REMIND_AT), 1)
    return min(after(now, minutes, hours_for(ticket, now)), question.due_at)


def tell_asked(question: Question, ticket: Ticket, person: User, now: datetime, *, kind: str, by: User | None) -> None:
    """Somebody who is asked hears of it, with the link that lets them in."""
    link = grant(question, person, now)
    notify([Notice(person.pk, kind, params=_params(question, ticket, by) | {"link": link.pk})], now)


def tell_over(question: Question, ticket: Ticket, person: User, now: datetime, *, by: User | None) -> None:
    """Somebody who was asked hears that nobody needs their word any more."""
    notify([Notice(person.pk, "question_withdrawn", params=_params(question, ticket, by))], now)


def tell_asker(
    question: Question, ticket: Ticket, now: datetime, *, kind: str, by: User | None, entry: Entry | None = None
) -> None:
    """Whoever asked hears of it, and so does who has the ticket by now."""
    people = dict.fromkeys(filter(None, [question.asked_by_id, ticket.assignee_id]))
    params = _params(question, ticket, by) | ({"entry": entry.pk} if entry is not None else {})
    readers = [one for one in people if by is None or one != by.pk]
    notify([Notice(one, kind, ticket_id=ticket.pk, params=params) for one in readers], now)


def asked(ticket: Ticket, actor: User, now: datetime, question: Question) -> None:
    """The ticket waits for a colleague. Its clocks run on. Raises Conflict where it can't."""
    follow_questions(ticket, TicketEvent.ASK_COLLEAGUE, actor, now, "question_asked", question=question.pk)


def no_longer_asked(ticket: Ticket, actor: User | None, now: datetime, question: Question, kind: str) -> None:
    """Once nobody's word is waited for any more the ticket is open again; the question is saved by now."""
    waits = ticket.questions.filter(state=Question.State.WAITING).exists()
    if waits or ticket.state != TicketState.WAITING_FOR_COLLEAGUE:
        note(ticket, actor, now, question, kind)
    else:
        follow_questions(ticket, TicketEvent.COLLEAGUE_ANSWERED, actor, now, kind, question=question.pk)


def note(ticket: Ticket, actor: User | None, now: datetime, question: Question, kind: str, **data: object) -> None:
    """A line on the timeline and in the audit trail; the ticket stays as it is."""
    record(ticket, kind, at=now, actor=actor, question=question.pk, **data)
    if actor is not None:
        audit(actor, kind, ticket, question=question.pk, **data)
    announce([(ticket, "change")])


def is_over(ticket: Ticket) -> bool:
    """Nobody needs an answer any more."""
    return ticket.state in (TicketState.RESOLVED, TicketState.SPAM)


def _params(question: Question, ticket: Ticket, by: User | None) -> dict[str, object]:
    return {
        "question": question.pk,
        "ticket": ticket.pk,
        "by_name": by.name if by is not None else "",
        "due_at": question.due_at.isoformat(),
        **({"drill": True} if ticket.inbox.drill else {}),
    }
