"""Giving tickets to people: what nobody has in a team that assigns, and what somebody who went away has left behind.

Both are set-based and level-triggered: they look at what is there now, so that a hint that was lost, a task that ran
twice or a worker that was killed changes nothing. One assigner works at a time over the whole desk, because a colleague
of two teams must not be filled beyond their cap from both sides; agents who claim meanwhile are never waited for.
"""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet

from desk.actions.alerts import notices
from desk.actions.crises.crisis_levels import tickets_not_assigned
from desk.actions.tickets.announce import announce
from desk.alerts.models import Notification
from desk.alerts.notices import Notice, notify
from desk.common.background import enqueue
from desk.common.bulk import insert_rows
from desk.common.paging import slice_after
from desk.people.duty import away_ids, standings
from desk.people.models import Team, User
from desk.people.permissions import Permission
from desk.tickets.models import OPEN_STATES, Ticket, TicketEvent
from policies.assignment import Candidate, Choice, Method, Wanted, share_out, skills_asked
from policies.ticket_states import Event, State, next_state

PAGE = 500  # tickets in one transaction
MOST_PAGES = 20  # in one run: what nobody can take stands at the head of the queue and is looked at again each time
MOST_NAMED = 100  # tickets in one notice
ORDER = ("urgency", "due_at", "id")  # the queue's own, so the most urgent ticket goes first
LOCK = 0x1B1  # advisory lock of the one assigner
OWNERSHIP = ("claimed", "assigned", "given", "handed_over", "released", "found_nobody")  # events that tell who had it
MOVED = "handed_over"  # the kind of the notice to whoever was away


@dataclass(frozen=True, slots=True)
class Crew:
    """A team that assigns, with everybody in it who works on tickets, as they stand at this moment."""

    team: Team
    candidates: tuple[Candidate, ...]

    @property
    def someone_free(self) -> bool:
        return any(one.on_duty and one.has_room for one in self.candidates)


@dataclass(frozen=True, slots=True)
class Past:
    """What the timeline says of a ticket without owner: whose it was, who handed it back, why nobody was found."""

    last_owner: int | None = None
    not_for: frozenset[int] = frozenset()
    reason: str = ""


def wake(team_id: int) -> None:
    """Assign soon after the commit: one task for however many batches come in before it starts."""
    transaction.on_commit(partial(_wake, team_id), robust=True)


def sweep(now: datetime) -> int:
    """Whatever lies with people who are away, then whatever nobody has; how many tickets found somebody."""
    teams = Team.objects.exclude(assignment=Method.NONE)
    if not teams.exists():
        return 0
    hand_over(now)
    unassigned = Ticket.objects.filter(team=OuterRef("pk"), state__in=OPEN_STATES, assignee=None)
    ids = list(teams.filter(Exists(unassigned)).order_by("pk").values_list("pk", flat=True))
    return sum(assign(team_id, now) for team_id in ids)


def assign(team_id: int, now: datetime) -> int:
    """Give the open tickets of a team that nobody has to its people; how many found somebody. None without a policy."""
    cache.delete(_woken(team_id))  # before the first look: what is stored from now on wakes another worker
    given, cursor = 0, ""
    for _page in range(MOST_PAGES):
        with transaction.atomic():
            _take_turns()
            crew = _crew(team_id, now)
            if crew is None or not crew.someone_free:
                return given
            count, cursor = _assign_page(crew, cursor, now)
        given += count
        if not cursor:
            break
    return given


def hand_over(now: datetime) -> int:
    """Move the open tickets that wait for an answer away from people who are not there; how many were moved.

    Only in teams that assign. Each goes to the next colleague, or back to nobody, where the sweep finds it again.
    """
    moved = 0
    while True:
        with transaction.atomic():
            _take_turns()
            away = away_ids(now)
            rows = Ticket.objects.filter(
                state__in=OPEN_STATES, waiting_since__isnull=False, assignee_id__any_of=away,
            ).exclude(team=None).exclude(team__assignment=Method.NONE)  # fmt: skip
            tickets = list(_for_us(rows.select_related("inbox").order_by(*ORDER))[:PAGE])
            for team_id in sorted({ticket.team_id for ticket in tickets if ticket.team_id is not None}):
                crew = _crew(team_id, now)
                if crew is not None:
                    _move(crew, [ticket for ticket in tickets if ticket.team_id == team_id], now)
        moved += len(tickets)
        if len(tickets) < PAGE:
            return moved


def moved_meanwhile(actor: User, now: datetime) -> int:
    """How many tickets went from a person to others while they were away; told once."""
    rows = Notification.objects.filter(user=actor, kind=MOVED, seen_at=None)
    found = list(rows.values_list("pk", "params"))
    if found:
        notices.see(actor, [pk for pk, _params in found], now=now)
    return sum(int(params.get("count", 0)) for _pk, params in found)


# ── one page ─────────────────────────────────────────────────────────────────
def _assign_page(crew: Crew, cursor: str, now: datetime) -> tuple[int, str]:
    """How many of this page found somebody, and where the next page starts ("" where there is none)."""
    rows = Ticket.objects.filter(team=crew.team, state__in=OPEN_STATES, assignee=None).select_related("inbox")
    if (paused := tickets_not_assigned(now)) is not None:
        rows = rows.exclude(pk__in=paused)
    page = slice_after(_for_us(rows), ORDER, cursor, PAGE)
    pasts = _pasts(page.rows)
    wishes = _wanted(crew, page.rows, lambda ticket: pasts.get(ticket.pk, Past()))
    choices, after = share_out(crew.candidates, wishes, Method(crew.team.assignment), crew.team.turn_after)
    chosen = list(zip(page.rows, choices, strict=True))
    taken = _update([(ticket, choice.id) for ticket, choice in chosen if choice.id is not None])
    events: list[tuple[Ticket, str, dict[str, object]]] = []
    for ticket, choice in chosen:
        past = pasts.get(ticket.pk, Past())
        if ticket.pk in taken:
            before = _now_has(ticket, choice)
            moved = {} if before == ticket.state else {"from": before, "to": ticket.state}
            events.append((ticket, "given", {"assignee": choice.id, "reason": choice.reason, **moved}))
        elif choice.id is None and choice.reason != past.reason:  # said once, not at each sweep
            kept = {"last_owner": past.last_owner, "not_for": sorted(past.not_for)}
            events.append((ticket, "found_nobody", {"reason": choice.reason, **kept}))
    _write(events, now)
    _remember_turn(crew.team, after)
    return len(taken), page.next


def _move(crew: Crew, tickets: Sequence[Ticket], now: datetime) -> None:
    owners = {ticket.pk: ticket.assignee_id for ticket in tickets}
    wishes = _wanted(crew, tickets, lambda _ticket: Past())
    choices, after = share_out(crew.candidates, wishes, Method(crew.team.assignment), crew.team.turn_after)
    chosen = list(zip(tickets, choices, strict=True))
    taken = _update([(ticket, choice.id) for ticket, choice in chosen], leaving=owners)
    events: list[tuple[Ticket, str, dict[str, object]]] = []
    left: dict[int, list[int]] = {}
    for ticket, choice in chosen:
        owner = owners[ticket.pk]
        if ticket.pk in taken and owner is not None:
            _now_has(ticket, choice)
            events.append(
                (ticket, "handed_over", {"last_owner": owner, "assignee": choice.id, "reason": choice.reason})
            )
            left.setdefault(owner, []).append(ticket.pk)
    _write(events, now)
    _remember_turn(crew.team, after)
    _tell(left, now)


def _for_us(rows: "QuerySet[Ticket]") -> "QuerySet[Ticket]":
    """Locked for us; what somebody else is changing at this moment is theirs, and the next sweep looks again."""
    return rows.select_for_update(of=("self",), skip_locked=True, no_key=True)


def _wanted(crew: Crew, tickets: Sequence[Ticket], past_of: Callable[[Ticket], Past]) -> list[Wanted]:
    """What each ticket asks of people. Languages and skills only where the team matches by them."""
    tags: dict[int, list[str]] = {}
    if crew.team.match_skills:
        through = Ticket.tags.through.objects.filter(ticket_id__any_of=[ticket.pk for ticket in tickets])
        for ticket_id, name in through.values_list("ticket_id", "tag__name"):
            tags.setdefault(ticket_id, []).append(name)
    skills = [one.skills for one in crew.candidates]
    wishes = []
    for ticket in tickets:
        past = past_of(ticket)
        about = [*tags.get(ticket.pk, ()), ticket.inbox.network]
        wishes.append(
            Wanted(
                language=ticket.language if crew.team.match_language else "",
                skills=skills_asked(about, skills) if crew.team.match_skills else frozenset(),
                last_owner=past.last_owner,
                not_for=past.not_for,
            )
        )
    return wishes


def _pasts(tickets: Sequence[Ticket]) -> dict[int, Past]:
    """The newest word of each timeline about who has the ticket, in one query."""
    ids = [ticket.pk for ticket in tickets]
    rows = TicketEvent.objects.filter(ticket_id__any_of=ids, kind__in=OWNERSHIP).order_by("ticket_id", "-id")
    newest = rows.distinct("ticket_id").values_list("ticket_id", "kind", "actor_id", "data")
    return {ticket_id: _past(kind, actor_id, data) for ticket_id, kind, actor_id, data in newest}


def _past(kind: str, actor_id: int | None, data: dict[str, object]) -> Past:
    match kind:
        case "assigned" if "assignee" in data and actor_id is not None:  # to nobody, or somebody would have it
            return Past(not_for=frozenset({actor_id}))
        case "handed_over" | "released" | "found_nobody":
            owner, not_for = data.get("last_owner"), data.get("not_for") or ()
            return Past(
                last_owner=owner if isinstance(owner, int) else None,
                not_for=frozenset(not_for) if isinstance(not_for, Collection) else frozenset(),
                reason=str(data.get("reason", "")),
            )
    return Past()


def _crew(team_id: int, now: datetime) -> Crew | None:
    """The team and its people with their load, in six queries; None where it does not assign."""
    team = Team.objects.filter(pk=team_id).exclude(assignment=Method.NONE).first()
    if team is None:
        return None
    members = [user for user in User.objects.filter(teams=team, is_active=True) if user.may(Permission.REPLY)]
    at_work = standings(members, now)
    loads = _loads([user.pk for user in members])
    candidates = (
        Candidate(
            id=user.pk,
            on_duty=at_work[user.pk].on_duty,
            open_tickets=loads.get(user.pk, 0),
            cap=user.ticket_cap,
            languages=frozenset(user.languages),
            skills=frozenset(user.skills),
        )
        for user in members
    )
    return Crew(team, tuple(candidates))


def _loads(user_ids: Sequence[int]) -> dict[int, int]:
    """Open tickets of each, of all teams."""
    rows = Ticket.objects.filter(assignee_id__any_of=user_ids, state__in=OPEN_STATES).order_by()
    return dict(rows.values_list("assignee_id").annotate(number=Count("id")))


def _update(chosen: Sequence[tuple[Ticket, int | None]], *, leaving: dict[int, int | None] | None = None) -> set[int]:
    """Write the new owners where the old one (nobody, or whom `leaving` names) still has the ticket; which it was."""
    if not chosen:
        return set()
    opened = next_state(State.NEW, Event.OPEN)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE tickets_ticket AS ticket SET assignee_id = chosen.owner,
                state = CASE WHEN ticket.state = %s AND chosen.owner IS NOT NULL THEN %s ELSE ticket.state END
            FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS chosen (id, owner, before)
            WHERE ticket.id = chosen.id AND ticket.assignee_id IS NOT DISTINCT FROM chosen.before
                AND ticket.state = ANY(%s)
            RETURNING ticket.id""",
            [
                State.NEW,
                opened,
                [ticket.pk for ticket, _owner in chosen],
                [owner for _ticket, owner in chosen],
                [(leaving or {}).get(ticket.pk) for ticket, _owner in chosen],
                list(OPEN_STATES),
            ],
        )
        return {row[0] for row in cursor.fetchall()}


def _now_has(ticket: Ticket, choice: Choice) -> str:
    """Bring the row in hand up to what was written; the state before."""
    before = str(ticket.state)
    ticket.assignee_id = choice.id
    if choice.id is not None and ticket.state == State.NEW:
        ticket.state = next_state(State.NEW, Event.OPEN)
    return before


def _write(events: Sequence[tuple[Ticket, str, dict[str, object]]], now: datetime) -> None:
    """The lines of the timelines, and one live event for all."""
    insert_rows(
        TicketEvent,
        ("ticket_id", "kind", "at", "data"),
        ((ticket.pk, kind, now, json.dumps(data)) for ticket, kind, data in events),
    )
    announce([(ticket, "change") for ticket, _kind, _data in events])


def _remember_turn(team: Team, after: int) -> None:
    if after != team.turn_after:
        Team.objects.filter(pk=team.pk).update(turn_after=after)


def _tell(left: dict[int, list[int]], now: datetime) -> None:
    """A notice for each person from whom tickets went, to be read on return."""
    notify(
        [
            Notice(user_id, MOVED, params={"count": len(ids), "tickets": ids[:MOST_NAMED]})
            for user_id, ids in left.items()
        ],
        now,
    )


def _take_turns() -> None:
    """One assigner at a time, until the transaction ends, however it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _woken(team_id: int) -> str:
    return f"assign:{team_id}"


def _wake(team_id: int) -> None:
    if cache.add(_woken(team_id), 1, timeout=5):
        enqueue("desk.tasks.assign_tickets", team_id)
