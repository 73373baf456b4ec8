"""What a rule does on a ticket, by itself: each step for itself, with what became of it.

No step sends anything, and none stops a response clock: a ticket whose customer waits for an answer is not resolved.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from desk.actions.automation.canned_words import put_in_draft
from desk.actions.questions import questions
from desk.actions.tickets.tickets import MOST_TAGS, change_by_itself, colleague_for, locked, move_by_itself, team_for
from desk.actions.tickets.timeline import record
from desk.alerts.notices import Notice, notify
from desk.causes.asking import lacks_cause
from desk.causes.models import TicketCause
from desk.causes.tree import Tree
from desk.common.errors import Conflict, DeskError, Invalid
from desk.common.logs import logger
from desk.people.duty import standings
from desk.people.models import Team, User
from desk.people.permissions import Permission
from desk.tickets.models import Note, Priority, Tag, Ticket
from policies.automation import Rule
from policies.automation_steps import NOBODY, OWNER, Do, Step
from policies.ticket_states import Event, State, next_state


class Became(StrEnum):
    DONE = "done"
    UNCHANGED = "unchanged"  # it was so already
    REFUSED = "refused"  # with a reason
    FAILED = "failed"  # the desk broke; its log says why


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step."""

    step: Step
    became: Became
    why: "str | Promise" = ""

    def as_json(self) -> dict[str, str]:
        return {**self.step.as_json(), "became": str(self.became), **({"why": str(self.why)} if self.why else {})}


def carry_out(ticket_id: int, rule: Rule, now: datetime) -> list[Outcome]:
    """Every step of the rule, in its order. In a transaction."""
    return [_carried_out(ticket_id, step, rule, now) for step in rule.steps]


def _carried_out(ticket_id: int, step: Step, rule: Rule, now: datetime) -> Outcome:
    try:
        with transaction.atomic():
            changed = _STEPS[step.do](locked(ticket_id), step, rule, now)
    except DeskError as refused:
        return Outcome(step, Became.REFUSED, refused.message)
    except Exception:  # one broken step must not keep all other tickets waiting for ever
        logger.exception("a step of automation broke", rule=rule.key, ticket=ticket_id, step=str(step.do))
        return Outcome(step, Became.FAILED)
    return Outcome(step, Became.DONE if changed else Became.UNCHANGED)


# ── one function for each kind of step: whether anything changed ─────────────
def _tag(ticket: Ticket, step: Step, rule: Rule, now: datetime) -> bool:
    present = set(ticket.tags.values_list("name", flat=True))
    if step.value in present:
        return False
    if len(present) >= MOST_TAGS:
        raise Invalid(_("A ticket has at most %(count)d tags.") % {"count": MOST_TAGS})
    Tag.objects.bulk_create([Tag(name=step.value)], ignore_conflicts=True)
    ticket.tags.add(Tag.objects.get(name=step.value))
    change_by_itself(ticket, "tagged", now, added=[step.value], removed=[])
    return True


def _untag(ticket: Ticket, step: Step, rule: Rule, now: datetime) -> bool:
    tag = ticket.tags.filter(name=step.value).first()
    if tag is None:
        return False
    ticket.tags.remove(tag)
    change_by_itself(ticket, "tagged", now, added=[], removed=[step.value])
    return True


def _priority(ticket: Ticket, step: Step, rule: Rule, now: datetime) -> bool:
    before, ticket.priority = ticket.priority, Priority(int(step.value))
    if before == ticket.priority:
        return False
    change_by_itself(ticket, "priority", now, before=before, after=int(ticket.priority))
    return True


def _team(ticket: Ticket, step: Step, rule: Rule, now: datetime) -> bool:
    team = team_for(int(step.value))
    if team is None or ticket.team_id == team.pk:
        return False
    ticket.team = team
    change_by_itself(ticket, "assigned", now, team=team.pk)
    return True


def _assignee(ticket: Ticket, step: Step, rule: Rule, now: datetime) -> bool:
    person = colleague_for(None if step.value == NOBODY else int(step.value))
    if ticket.assignee_id == (person and person.pk):
        return False
    ticket.assignee = person
    if person is not None and ticket.state == State.NEW:
        ticket.state = next_state(State.NEW, Event.OPEN)
    change_by_itself(ticket, "assigned", now, assignee=person and person.pk)
    return True


def _cause(ticket: Ticket, step: Step, rule: Rule, now: datetime) -> bool:
    """Where nobody has said one; the desk learns nothing from what it chose itself."""
    if ticket.inbox.drill:
        raise Conflict(_("This is a drill: nothing caused it."))
    if TicketCause.objects.filter(ticket=ticket).exists():
        return False
    offered = {place.cause.pk for place in Tree().places()}
    if int(step.value) not in offered:
        raise Invalid(_("This cause is not on offer. Choose another one."))
    TicketCause.objects.create(ticket=ticket, cause_id=int(step.value), by=None, at=now)
    change_by_itself(ticket, "cause_chosen", now, before=None, cause=int(step.value))
    return True


def _note(ticket: Ticket, step: Step, rule: Rule, now: datetime) -> bool:
    note = Note.objects.create(ticket=ticket, author=None, text=step.text, created_at=now)
    change_by_itself(ticket, "note", now, note=note.pk)
    return True


def _ask(ticket: Ticket, step: Step, rule: Rule, now: datetime) -> bool:
    """In the name of whoever has the ticket, who gets the answer."""
    whom, _colon, number = step.value.partition(":")
    questions.ask(
        _owner(ticket), ticket.pk, text=step.text, now=now,
        user_id=int(number) if whom == "user" else None, team_id=int(number) if whom == "team" else None,
    )  # fmt: skip
    return True


def _draft(ticket: Ticket, step: Step, rule: Rule, now: datetime) -> bool:
    owner = _owner(ticket)
    put_in_draft(owner, ticket, step.value)
    record(ticket, "draft_put", at=now, shortcut=step.value, assignee=owner.pk)
    return True


def _alert(ticket: Ticket, step: Step, rule: Rule, now: datetime) -> bool:
    people = _told(ticket, step.value, now)
    if not people:
        raise Conflict(_("There is nobody who could be told."))
    params = {"rule": rule.name, "text": step.text, "drill": ticket.inbox.drill}
    notify([Notice(person.pk, "automation", ticket_id=ticket.pk, params=params) for person in people], now)
    record(ticket, "told", at=now, people=[person.pk for person in people])
    return True


def _snooze(ticket: Ticket, step: Step, rule: Rule, now: datetime) -> bool:
    ticket.snoozed_until = until = now + timedelta(minutes=int(step.value))
    move_by_itself(ticket, Event.SNOOZE, now, kind="snoozed", until=until.isoformat())
    return True


def _resolve(ticket: Ticket, step: Step, rule: Rule, now: datetime) -> bool:
    if ticket.state == State.RESOLVED:
        return False
    if ticket.waiting_since is not None:
        raise Conflict(_("The customer waits for an answer: only a person stops that clock."))
    if lacks_cause(ticket):
        raise Conflict(_("Say first what it was about: nothing is resolved without a cause."), code="cause_missing")
    move_by_itself(ticket, Event.RESOLVE, now, kind="transition")
    return True


_STEPS: Mapping[Do, Callable[[Ticket, Step, Rule, datetime], bool]] = {
    Do.TAG: _tag,
    Do.UNTAG: _untag,
    Do.PRIORITY: _priority,
    Do.TEAM: _team,
    Do.ASSIGNEE: _assignee,
    Do.CAUSE: _cause,
    Do.NOTE: _note,
    Do.ASK: _ask,
    Do.DRAFT: _draft,
    Do.ALERT: _alert,
    Do.SNOOZE: _snooze,
    Do.RESOLVE: _resolve,
}


def _owner(ticket: Ticket) -> User:
    if ticket.assignee is None:
        raise Conflict(_("Nobody has this ticket, so there is nobody in whose name this could be done."))
    return ticket.assignee


def _told(ticket: Ticket, whom: str, now: datetime) -> list[User]:
    """Of a team whoever is on duty, and everybody where nobody is."""
    if whom == OWNER:
        return [_owner(ticket)]
    kind, _colon, number = whom.partition(":")
    if kind == "user":
        return _readers(User.objects.filter(pk=int(number)))
    team = Team.objects.filter(pk=int(number)).first()
    members = _readers(team.members.all()) if team is not None else []
    at_work = standings(members, now)
    return [person for person in members if at_work[person.pk].on_duty] or members


def _readers(people: Iterable[User]) -> list[User]:
    return [person for person in people if person.may(Permission.READ_TICKETS)]
