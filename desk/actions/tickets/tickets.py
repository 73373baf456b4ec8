"""What colleagues do with a ticket.

Each verb checks the role, takes the row, changes it, writes timeline and audit, and tells the screens.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.tickets.announce import announce
from desk.actions.tickets.follow import CLOCK_COLUMNS, pause_clocks, replay_clocks
from desk.actions.tickets.merging import hand_over
from desk.actions.tickets.timeline import record
from desk.causes.asking import lacks_cause
from desk.common.errors import Conflict, Invalid, Missing
from desk.people.models import Team, User, audit
from desk.people.permissions import Permission, require
from desk.replies.outbox import show_problem
from desk.tickets.models import Message, Priority, Profile, Tag, Ticket
from policies.story import decided
from policies.ticket_states import (
    FACTS,
    Event,
    State,
    TransitionRefused,
    event_towards,
    info,
    next_state,
    possible_events,
)

MOST_TAGS = 20
REFUSED = "transition_refused"
MOST_TAKEN_OVER = 200  # messages of one turn that a merge names on the timeline: the earliest decides
BY_PEOPLE = tuple(event for event in Event if event in {wish for state in State for wish in possible_events(state)})


class Keep(Enum):
    """Leave this as it is (None means nobody)."""

    AS_IT_IS = "as it is"


def claim(actor: User, ticket_id: int, *, now: datetime | None = None) -> Ticket:
    """Take a ticket that nobody has. Of two who click at once one gets it, the other is told who. Raises Conflict."""
    require(actor, Permission.WORK_TICKETS)
    now = now or timezone.now()
    with transaction.atomic():
        ticket = locked(ticket_id)
        if ticket.assignee_id == actor.pk:
            return ticket
        if ticket.assignee is not None:
            raise Conflict(
                _("%(name)s was quicker and has this ticket.") % {"name": ticket.assignee.name}, code="taken"
            )
        ticket.assignee = actor
        _take(ticket, Event.CLAIM, actor, now, kind="claimed", assignee=actor.pk)
    return ticket


def assign(
    actor: User,
    ticket_id: int,
    *,
    assignee_id: int | Keep | None = Keep.AS_IT_IS,
    team_id: int | Keep | None = Keep.AS_IT_IS,
    now: datetime | None = None,
) -> Ticket:
    """Give a ticket to a colleague or a team, or to nobody (None)."""
    require(actor, Permission.WORK_TICKETS)
    if not isinstance(assignee_id, Keep) and assignee_id not in (None, actor.pk):
        require(actor, Permission.ASSIGN_OTHERS)
    now = now or timezone.now()
    with transaction.atomic():
        ticket = locked(ticket_id)
        data: dict[str, Any] = {}
        if not isinstance(assignee_id, Keep):
            ticket.assignee = _colleague(assignee_id)
            data["assignee"] = assignee_id
        if not isinstance(team_id, Keep):
            ticket.team = _team(team_id)
            data["team"] = team_id
        if not data:
            raise Invalid(_("Say to whom: a colleague, a team, or nobody."))
        if ticket.assignee_id and ticket.state == State.NEW:
            ticket.state = next_state(ticket.state, Event.OPEN)
        _save(ticket, actor, "assigned", now, **data)
    return ticket


def transition(actor: User, ticket_id: int, event: str, *, now: datetime | None = None) -> Ticket:
    """Resolve, reopen, wait for the customer, mark as spam … Raises Conflict with what is possible instead."""
    require(actor, Permission.WORK_TICKETS)
    now = now or timezone.now()
    with transaction.atomic():
        ticket = locked(ticket_id)
        if ticket.merged_into_id:
            raise Conflict(
                _("This ticket was merged into %(number)s. Work on that one.") % {"number": ticket.merged_into_id},
                code="merged",
            )
        if event not in possible_events(ticket.state):
            _refuse(ticket)
        if event == Event.CLAIM:
            raise Invalid(_("Use claim to take a ticket."))
        if event == Event.RESOLVE and lacks_cause(ticket):
            raise Conflict(_("Say first what it was about: nothing is resolved without a cause."), code="cause_missing")
        if event == Event.SNOOZE:
            raise Invalid(_("Use snooze, with the time at which it should come back."))
        _take(ticket, Event(event), actor, now, kind="transition")
        if event in (Event.MARK_SPAM, Event.NOT_SPAM):  # of the account too: what it writes next is the same
            spam_at = now if event == Event.MARK_SPAM else None
            Profile.objects.filter(pk=ticket.profile_id).update(spam_at=spam_at)
    return ticket


def set_aside(actor: User, ticket_id: int, now: datetime) -> None:
    """As spam, without a word on whether its account writes any: its customer was muted. In a transaction."""
    require(actor, Permission.BLOCK_CUSTOMERS)
    ticket = locked(ticket_id)
    if Event.MARK_SPAM in possible_events(ticket.state):
        _take(ticket, Event.MARK_SPAM, actor, now, kind="transition", why="muted")


def transition_to(actor: User, ticket_id: int, state: str, *, now: datetime | None = None) -> Ticket:
    """The same for callers who name the state they want."""
    require(actor, Permission.WORK_TICKETS)
    ticket = _get(ticket_id)
    try:
        event = event_towards(ticket.state, state)
    except TransitionRefused as refused:
        raise Conflict(
            _("This ticket can't go there. From here it can become: %(states)s.")
            % {"states": ", ".join(refused.possible)},
            code=REFUSED,
        ) from refused
    return transition(actor, ticket_id, event, now=now)


def snooze(actor: User, ticket_id: int, until: datetime, *, now: datetime | None = None) -> Ticket:
    """Put a ticket away until a time. Its clock runs on; a word of the customer brings it back at once."""
    require(actor, Permission.WORK_TICKETS)
    now = now or timezone.now()
    if until <= now:
        raise Invalid(_("Choose a time in the future."), errors={"until": [_("Choose a time in the future.")]})
    with transaction.atomic():
        ticket = locked(ticket_id)
        if Event.SNOOZE not in possible_events(ticket.state):
            _refuse(ticket)
        ticket.snoozed_until = until
        _take(ticket, Event.SNOOZE, actor, now, kind="snoozed", until=until.isoformat())
    return ticket


def set_priority(actor: User, ticket_id: int, priority: int, *, now: datetime | None = None) -> Ticket:
    """Low 0, normal 1, high 2, urgent 3."""
    require(actor, Permission.WORK_TICKETS)
    if priority not in Priority.values:
        raise Invalid(
            _("Choose low, normal, high or urgent."), errors={"priority": [_("Choose low, normal, high or urgent.")]}
        )
    with transaction.atomic():
        ticket = locked(ticket_id)
        before, ticket.priority = ticket.priority, Priority(priority)
        if before != priority:
            _save(ticket, actor, "priority", now or timezone.now(), before=before, after=priority)
    return ticket


def tag(
    actor: User, ticket_id: int, *, add: Sequence[str] = (), remove: Sequence[str] = (), now: datetime | None = None
) -> Ticket:
    """Put tags on and take tags off, by name. New names become tags."""
    require(actor, Permission.WORK_TICKETS)
    wanted = list(dict.fromkeys(" ".join(name.split()) for name in add))
    if any(not name or len(name) > 50 or "\x00" in name for name in wanted):
        raise Invalid(_("A tag has 1 to 50 characters."), errors={"add": [_("A tag has 1 to 50 characters.")]})
    with transaction.atomic():
        ticket = locked(ticket_id)
        present = set(ticket.tags.values_list("name", flat=True))
        if len(present | set(wanted)) > MOST_TAGS:
            raise Invalid(_("A ticket has at most %(count)d tags.") % {"count": MOST_TAGS})
        Tag.objects.bulk_create([Tag(name=name) for name in wanted], ignore_conflicts=True)
        ticket.tags.add(*Tag.objects.filter(name__in=wanted))
        added, removed = [name for name in wanted if name not in present], [name for name in remove if name in present]
        ticket.tags.remove(*Tag.objects.filter(name__in=removed))
        if added or removed:
            _save(ticket, actor, "tagged", now or timezone.now(), added=added, removed=removed)
    return ticket


def merge(actor: User, ticket_id: int, into_id: int, *, now: datetime | None = None) -> Ticket:
    """Make two tickets one: the first is resolved and points at the second, which gets all that hung on it."""
    require(actor, Permission.WORK_TICKETS)
    now = now or timezone.now()
    if ticket_id == into_id:
        raise Invalid(_("A ticket can't be merged into itself."))
    with transaction.atomic():
        first, second = sorted((ticket_id, into_id))
        rows = {first: locked(first), second: locked(second)}
        ticket, into = rows[ticket_id], rows[into_id]
        if ticket.merged_into_id or into.merged_into_id:
            raise Conflict(_("One of these tickets has been merged already."))
        if into.state == State.SPAM and ticket.state != State.SPAM:
            raise Conflict(_("This would become spam. Say first that the other ticket is none."))
        if ticket.inbox_id != into.inbox_id:
            raise Conflict(_("Only tickets of the same inbox can be merged, because one answer has to reach them."))
        waiting = _waiting(ticket)
        last_word = ticket.last_message_at.isoformat()
        hand_over(ticket, into)
        if waiting and into.state == State.RESOLVED:
            _take(into, Event.REOPEN, actor, now, kind="transition")  # somebody still waits
        elif waiting and into.state == State.WAITING_FOR_CUSTOMER:
            _take(into, Event.OPEN, actor, now, kind="transition")  # and it is not the customer who should act
        if ticket.state not in (State.RESOLVED, State.SPAM):
            _move(ticket, Event.RESOLVE, now)
        for one in (ticket, into):
            show_problem(one.pk)
            one.refresh_from_db(fields=["problem"])
        _save(ticket, actor, "merged_into", now, into=into.pk)
        _save(into, actor, "merged", now, **{"from": ticket.pk, "waiting": waiting, "last_word": last_word})
    return into


def wake(now: datetime, limit: int = 500) -> int:
    """Bring back the snoozed tickets whose time has come; how many."""
    due = Ticket.objects.filter(state=State.SNOOZED, snoozed_until__lte=now).order_by("snoozed_until")
    with transaction.atomic():
        rows = list(due.select_for_update(skip_locked=True, of=("self",))[:limit])
        for ticket in rows:
            ticket.snoozed_until = None
            _take(ticket, Event.WAKE, None, now, kind="woken")
    return len(rows)


def follow_questions(ticket: Ticket, event: Event, actor: User | None, now: datetime, kind: str, **data: Any) -> None:
    """Go to and from waiting for a colleague, with a line on the timeline. In a transaction, the ticket locked."""
    if event not in FACTS and event not in possible_events(ticket.state):
        _refuse(ticket)
    _take(ticket, event, actor, now, kind=kind, **data)


def change_by_itself(ticket: Ticket, kind: str, now: datetime, **data: Any) -> None:
    """What the desk itself changed on it, with a line on the timeline. In a transaction, the ticket locked."""
    _save(ticket, None, kind, now, **data)


def move_by_itself(ticket: Ticket, event: Event, now: datetime, *, kind: str, **data: Any) -> None:
    """The same with another state. Raises Conflict where it can't go there."""
    if event not in possible_events(ticket.state):
        _refuse(ticket)
    _take(ticket, event, None, now, kind=kind, **data)


def colleague_for(user_id: int | None) -> User | None:
    """Somebody who may have tickets. Raises Invalid."""
    return _colleague(user_id)


def team_for(team_id: int | None) -> Team | None:
    """A team that there is. Raises Invalid."""
    return _team(team_id)


# ── steps that the verbs share ───────────────────────────────────────────────
def _take(ticket: Ticket, event: Event, actor: User | None, now: datetime, *, kind: str, **data: Any) -> None:
    before = ticket.state
    _move(ticket, event, now)
    if kind == "transition":
        data["event"] = event
    _save(ticket, actor, kind, now, **{"from": before, "to": ticket.state, **data})


def _move(ticket: Ticket, event: Event, now: datetime) -> None:
    ticket.state = next_state(ticket.state, event)
    ticket.resolved_at = now if ticket.state == State.RESOLVED else None
    if ticket.state != State.SNOOZED:
        ticket.snoozed_until = None


def _save(ticket: Ticket, actor: User | None, kind: str, now: datetime, **data: Any) -> None:
    """Timeline first: the clocks are worked out from it."""
    record(ticket, kind, at=now, actor=actor, **data)
    if kind in ("merged", "merged_into") or decided(data.get("from"), data.get("to")):
        replay_clocks(ticket, now)
    elif "from" in data and info(data["from"]).pauses_sla is not info(ticket.state).pauses_sla:
        pause_clocks(ticket, now)
    ticket.save(
        update_fields=[
            "state", "assignee", "team", "priority", *CLOCK_COLUMNS, "snoozed_until", "resolved_at", "merged_into",
            "last_reply_at", "last_message_at", "unread", "preview", "preview_outgoing", "private", "original_gone",
            "invited_at", "moved_private_at", "swarming_since",
        ]
    )  # fmt: skip
    if actor is not None:
        audit(actor, kind, ticket, **data)
    announce([(ticket, "change")])


def _waiting(ticket: Ticket) -> list[int]:
    """The customer's messages that wait for an answer: what another ticket takes over in a merge."""
    if ticket.waiting_since is None:
        return []
    asked = Message.objects.filter(ticket=ticket, outgoing=False, deleted_at=None, created_at__gte=ticket.waiting_since)
    return list(asked.order_by("created_at", "id").values_list("pk", flat=True)[:MOST_TAKEN_OVER])


def _refuse(ticket: Ticket) -> None:
    words = {"state": ticket.state.replace("_", " "), "possible": ", ".join(possible_events(ticket.state))}
    raise Conflict(_("A ticket that is %(state)s can't do this. Possible: %(possible)s.") % words, code=REFUSED)


def _get(ticket_id: int) -> Ticket:
    ticket = Ticket.objects.filter(pk=ticket_id).first()
    if ticket is None:
        raise Missing(_("There is no ticket %(number)s.") % {"number": ticket_id})
    return ticket


def locked(ticket_id: int) -> Ticket:
    """The owner is not joined: after a wait for the lock the ticket is read anew, what was joined to it is not."""
    rows = Ticket.objects.select_related("inbox").select_for_update(of=("self",))
    ticket = rows.filter(pk=ticket_id).first()
    if ticket is None:
        raise Missing(_("There is no ticket %(number)s.") % {"number": ticket_id})
    return ticket


def _colleague(user_id: int | None) -> User | None:
    if user_id is None:
        return None
    person = User.objects.filter(pk=user_id, is_active=True).first()
    if person is None:
        raise Invalid(_("There is no such colleague."), errors={"assignee": [_("There is no such colleague.")]})
    if not person.may(Permission.WORK_TICKETS):
        raise Invalid(_("%(name)s does not work on tickets.") % {"name": person.name})
    return person


def _team(team_id: int | None) -> Team | None:
    if team_id is None:
        return None
    team = Team.objects.filter(pk=team_id).first()
    if team is None:
        raise Invalid(_("There is no such team."), errors={"team": [_("There is no such team.")]})
    return team
