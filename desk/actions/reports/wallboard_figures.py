"""What a wallboard shows: eight set-based queries, kept for a few seconds, so that ten screens cost what one costs.

Nothing a customer wrote and no customer's name is read here, so no screen can show it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import starmap
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from desk.common.kept import kept_a_while
from desk.inboxes.coverage import gaps_between
from desk.inboxes.models import CoverageGap, Inbox
from desk.people import duty
from desk.people.models import Team, User
from desk.people.permissions import Permission, Role, permissions_of
from desk.sla.models import Clock
from desk.tickets.models import NO_DUE, OPEN_STATES, Ticket
from desk.wallboards.models import Wallboard
from policies.duty import Duty, Standing
from policies.ticket_states import State

KEPT = timedelta(seconds=3)
_CLOCK = ("clock_started_at", "warn_at", "due_at")
ROWS = 7  # as many as are legible at five metres
ANSWERING = tuple(role for role in Role.values if Permission.REPLY in permissions_of(role))
SILENT_AFTER = timedelta(minutes=2)  # without a look at the network, though it is asked much more often


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of the desk: everything, or what belongs to one of these teams or came in by one of these inboxes."""

    everything: bool = True
    teams: tuple[int, ...] = ()
    inboxes: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        return "wallboard:all" if self.everything else f"wallboard:{self.teams}:{self.inboxes}".replace(" ", "")

    def tickets(self, prefix: str = "") -> Q:
        """The tickets of it, `prefix` being the way to the ticket; drills are on no wall."""
        real = Q(**{f"{prefix}inbox__drill": False})
        if self.everything:
            return real
        return real & (Q(**{f"{prefix}team__in": self.teams}) | Q(**{f"{prefix}inbox__in": self.inboxes}))

    def connections(self) -> Q:
        """The inboxes of it: those named, and those of the teams named."""
        return Q(drill=False) & (Q() if self.everything else Q(team__in=self.teams) | Q(pk__in=self.inboxes))

    def people(self) -> Q:
        """Who works for it: the teams named and those of the inboxes named; everybody where an inbox has no team."""
        if self.everything:
            return Q()
        named = Inbox.objects.filter(pk__in=self.inboxes)
        return Q(Exists(named.filter(team=None))) | Q(
            Exists(
                Team.members.through.objects.filter(user=OuterRef("pk")).filter(
                    Q(team__in=self.teams) | Q(team__in=named.filter(team__isnull=False).values("team"))
                )
            )
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """One ticket that is among the first in turn, without a word of its customer."""

    number: int
    network: str
    inbox: str
    private: bool
    priority: int
    started_at: datetime  # of the clock that ends first
    warn_at: datetime
    due_at: datetime
    holder: str  # a colleague's first name, "" for nobody


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who is at work, or is not and has work left open."""

    name: str
    duty: Duty
    load: int  # open tickets, of the whole desk
    cap: int | None  # of what the desk gives by itself

    @property
    def on_duty(self) -> bool:
        return Standing(self.duty).on_duty


class Health(StrEnum):
    """How a connection really is, the worst first; `SILENT`: we ourselves have not looked for too long."""

    SIGNED_OUT = "signed_out"
    BLIND = "blind"
    FAULTS = "faults"
    SILENT = "silent"
    PAUSED = "paused"
    WELL = "well"


@dataclass(frozen=True, slots=True)
class Connection:
    """One account; `since` is when it last told us something, or for trouble when that began, as far as is known."""

    network: str
    name: str
    health: Health
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Blind:
    """When an account could not see, and why in the words of `CoverageGap.Reason`."""

    network: str
    name: str
    since: datetime
    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Today:
    """First responses to what came in since midnight. `breached` counts who is overdue and still waits, too, and who
    was resolved, merged or deleted after that; what was cancelled in time and spam count nowhere."""

    met: int
    breached: int
    unanswered: int
    median: timedelta | None  # of the answered only

    @property
    def compliance(self) -> int | None:
        """Whole per cent, rounded down, so that 100 means all of them; None where nothing is decided yet."""
        decided = self.met + self.breached
        return self.met * 100 // decided if decided else None


@dataclass(frozen=True, slots=True)
class BoardFigures:
    now: datetime
    open: int
    overdue: int
    at_risk: int
    unassigned: int
    waiting_since: datetime | None  # of whoever waits longest
    longest_is_overdue: bool
    rows: list[Waiting]
    today: Today
    people: list[Colleague]
    connections: list[Connection]
    gaps: list[Blind]  # of today, the latest first


def scope_of(board: Wallboard) -> Scope:
    """What a board shows, as its row says."""
    if board.everything:
        return Scope()
    teams = board.teams.order_by("pk").values_list("pk", flat=True)
    inboxes = board.inboxes.order_by("pk").values_list("pk", flat=True)
    return Scope(False, tuple(teams), tuple(inboxes))


def figures_of(scope: Scope, *, now: datetime | None = None) -> BoardFigures:
    """At most a few seconds old. When they grow old one question works them out and the others go on with the old."""
    moment = now or timezone.now()
    return kept_a_while(scope.key, moment, KEPT, lambda: work_out(scope, moment))


def work_out(scope: Scope, now: datetime) -> BoardFigures:
    """From the rows as they are now."""
    counted = _counts(scope, now)
    oldest = counted["oldest"]
    return BoardFigures(
        now=now,
        open=counted["open"],
        overdue=counted["overdue"],
        at_risk=counted["at_risk"],
        unassigned=counted["unassigned"],
        waiting_since=oldest,
        longest_is_overdue=oldest is not None and oldest == counted["oldest_overdue"],
        rows=_first_in_turn(scope),
        today=_today(scope, now),
        people=_people(scope, now),
        connections=_connections(scope, now),
        gaps=_gaps(scope, now),
    )


def _counts(scope: Scope, now: datetime) -> dict[str, Any]:
    """Whoever waits for us, in one pass over the open tickets. At risk is amber: the last fifth of the target."""
    overdue = Q(due_at__lt=now)
    return Ticket.objects.filter(scope.tickets(), state__in=OPEN_STATES).aggregate(
        open=Count("pk"),
        overdue=Count("pk", filter=overdue),
        at_risk=Count("pk", filter=Q(due_at__gte=now, warn_at__lte=now)),
        unassigned=Count("pk", filter=Q(assignee=None)),
        oldest=Min("waiting_since"),
        oldest_overdue=Min("waiting_since", filter=overdue),
    )


def _first_in_turn(scope: Scope) -> list[Waiting]:
    rows = (
        Ticket.objects.filter(
            scope.tickets(),
            state__in=OPEN_STATES,
            due_at__lt=NO_DUE,
            warn_at__isnull=False,
            clock_started_at__isnull=False,
        )
        .order_by("due_at", "id")
        .annotate(holder=Coalesce(NullIf("assignee__first_name", Value("")), "assignee__username", Value("")))
        .values_list("pk", "inbox__network", "inbox__name", "private", "priority", *_CLOCK, "holder")
    )
    return list(starmap(Waiting, rows[:ROWS]))


class _Median(Aggregate):
    """Half of the values are smaller."""

    name = "median"
    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


def _today(scope: Scope, now: datetime) -> Today:
    """A first response belongs to the day on which the customer wrote, as in all figures of the desk."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return first_responses(
        Clock.objects.filter(scope.tickets("ticket__"), started_at__gte=midnight, started_at__lte=now), now
    )


def first_responses(clocks: QuerySet[Clock], now: datetime) -> Today:
    """Those among these clocks, added up."""
    in_time = Q(met_at__lte=F("due_at"))
    counted = (
        clocks.filter(metric=Clock.Metric.FIRST_RESPONSE)
        .exclude(Q(state=Clock.State.CANCELLED) & (Q(breached_at=None) | Q(ticket__state=State.SPAM)))
        .aggregate(
            met=Count("pk", filter=in_time),
            breached=Count("pk", filter=Q(met_at__gt=F("due_at")) | Q(met_at=None, due_at__lt=now)),
            unanswered=Count("pk", filter=Q(met_at=None, cancelled_at=None)),
            median=_Median(F("met_at") - F("started_at"), filter=Q(met_at__isnull=False), output_field=DurationField()),
        )
    )
    return Today(**counted)


def _people(scope: Scope, now: datetime) -> list[Colleague]:
    """Who is at work, then who is not and still holds something; others than agents only with work of their own."""
    own = Ticket.objects.filter(assignee=OuterRef("pk"), state__in=OPEN_STATES, inbox__drill=False)
    held = own.order_by().values("assignee")
    rows = list(
        User.objects.filter(scope.people(), is_active=True, role__in=ANSWERING)
        .annotate(load=Coalesce(Subquery(held.annotate(count=Count("pk")).values("count")), 0))
        .filter(Q(load__gt=0) | Q(role=Role.AGENT))
    )
    standing = duty.standings(rows, now)
    found = [
        Colleague(row.first_name or row.username, standing[row.pk].duty, row.load, row.ticket_cap)
        for row in rows
        if row.load or standing[row.pk].on_duty
    ]
    return sorted(found, key=lambda one: (not one.on_duty, -one.load, one.name.casefold()))


def _connections(scope: Scope, now: datetime) -> list[Connection]:
    """In the order of trouble."""
    gap = CoverageGap.objects.filter(inbox=OuterRef("pk"), stream="", ended_at=None).values("started_at")[:1]
    rows = Inbox.objects.filter(scope.connections()).annotate(blind_since=Subquery(gap)).defer("sealed_credentials")
    found = [connection_of(inbox, inbox.blind_since, now) for inbox in rows]
    return sorted(found, key=lambda one: list(Health).index(one.health))


def _gaps(scope: Scope, now: datetime) -> list[Blind]:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    inboxes = Inbox.objects.filter(scope.connections()).values_list("pk", flat=True)
    found = gaps_between(midnight, now, now, inboxes=None if scope.everything else inboxes)
    return [Blind(one.inbox.network, one.what, one.started_at, one.ended_at, one.reason) for one in reversed(found)]


def connection_of(inbox: Inbox, blind_since: datetime | None, now: datetime) -> Connection:
    """How an account really is: what happened, not what is configured."""
    health, since = Health.WELL, inbox.last_event_at
    if inbox.state == Inbox.State.NEEDS_REAUTHORISATION:
        health, since = Health.SIGNED_OUT, blind_since
    elif inbox.state == Inbox.State.PAUSED:
        health, since = Health.PAUSED, blind_since
    elif blind_since is not None:
        health, since = Health.BLIND, blind_since
    elif inbox.failures_in_a_row:
        health, since = Health.FAULTS, inbox.last_poll_at
    elif (inbox.last_poll_at or inbox.created_at) < now - max(SILENT_AFTER, timedelta(seconds=3 * inbox.poll_seconds)):
        health, since = Health.SILENT, inbox.last_poll_at
    return Connection(inbox.network, inbox.name, health, since)
