"""Response clocks: when an answer is due, how near that is, and what starts, meets and cancels a clock.

All times are aware. `start` is the network's time of the customer's message, so that a slow connection never flatters
the figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

ZERO = timedelta(0)
TICK = timedelta(microseconds=1)  # the least that PostgreSQL tells apart
WARN_SHARE = 0.8  # of the target; the last fifth is amber


class Calendar(Protocol):
    """When time counts: round the clock, or opening hours (`policies.calendars`)."""

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The earliest instant at which `amount` of counted time has passed since `start`."""

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The counted time from `start` to `end`; zero where `end` is earlier."""

    def explain(self, start: datetime, end: datetime, limit: int | None = None) -> Sequence[tuple[datetime, datetime]]:
        """Each interval that counts from `start` to `end`, in order, at most `limit` of them."""


@dataclass(frozen=True, slots=True)
class Always:
    """Round the clock, every day."""

    def add(self, start: datetime, amount: timedelta) -> datetime:
        return start + amount

    def between(self, start: datetime, end: datetime) -> timedelta:
        return max(end - start, ZERO)

    def explain(self, start: datetime, end: datetime, limit: int | None = None) -> Sequence[tuple[datetime, datetime]]:
        return [(start, end)][:limit] if start < end else []


ALWAYS = Always()


class Phase(StrEnum):
    OK = "ok"
    WARN = "warn"
    LATE = "late"


def due_at(start: datetime, target_seconds: float, calendar: Calendar = ALWAYS) -> datetime:
    """The instant (UTC) at which the target is used up. An answer at that very instant is still in time.

    Raises ValueError for a naive time, a negative target, or a target beyond the calendar's end.
    """
    if target_seconds < 0:
        raise ValueError(f"A target can't be negative, and this is {target_seconds} s. Give 0 or more.")
    try:
        return calendar.add(_aware(start), timedelta(seconds=target_seconds)).astimezone(UTC)
    except OverflowError:
        raise ValueError(f"A target of {target_seconds} s ends after the year 9999. Give a shorter one.") from None


def used(now: datetime, start: datetime, paused: timedelta = ZERO, calendar: Calendar = ALWAYS) -> timedelta:
    """How much of the target is gone, in counted time; `paused` is the counted time that was spent in pauses."""
    return max(calendar.between(_aware(start), _aware(now)) - paused, ZERO)


def phase(now: datetime, warn_at: datetime, due_at: datetime) -> Phase:
    """Green until 80 % of the target is used, amber for the last fifth, red once it has passed.

    Both instants are stored with the clock (`policies.sla.deadline`), so that screens, browsers and sweeps need no
    calendar to agree.
    """
    if now > due_at:
        return Phase.LATE
    return Phase.WARN if now >= warn_at else Phase.OK


def share(now: datetime, start: datetime, warn_at: datetime, due_at: datetime) -> float:
    """How full the bar of a clock is, 0 to 1: 80 % of it until amber begins, the rest until it is due.

    Round the clock that is the share of the target that is used; with opening hours it creeps while they are closed,
    and is right at the three instants that matter.
    """
    if now >= due_at:
        return 1.0
    if now >= warn_at:
        return WARN_SHARE + (1 - WARN_SHARE) * ((now - warn_at) / (due_at - warn_at))
    return max((now - start) / (warn_at - start), 0.0) * WARN_SHARE


class ClockStatus(StrEnum):
    IDLE = "idle"  # nobody waits
    RUNNING = "running"
    MET = "met"  # a person answered, in time or late
    CANCELLED = "cancelled"  # there is nothing left to answer


class Happening(StrEnum):
    CUSTOMER_WROTE = "customer_wrote"
    HUMAN_REPLIED = "human_replied"  # in public, in private, or typed in the network's own app
    MACHINE_REPLIED = "machine_replied"  # a bot or an automatic acknowledgement: answers nobody


@dataclass(frozen=True, slots=True)
class Clock:
    """One cycle: from the first unanswered customer message to the first human reply after it.

    `replied_at` is the latest human reply known, also before any message: networks deliver out of order.
    """

    status: ClockStatus = ClockStatus.IDLE
    started_at: datetime | None = None
    ended_at: datetime | None = None
    replied_at: datetime | None = None


def response_clock(clock: Clock, happening: Happening, at: datetime) -> Clock:
    """The clock after something happened at `at`, the network's time.

    A later customer message never moves an unanswered start; an earlier one that arrives late does. A customer message
    older than the last human reply counts as answered by it. After a met or cancelled cycle a new message begins the
    next. Decisions of colleagues and deletions want the whole history: `policies.story`, which says the same as this
    for what happens in the order of time.
    """
    _aware(at)
    match happening:
        case Happening.CUSTOMER_WROTE:
            return _customer_wrote(clock, at)
        case Happening.HUMAN_REPLIED:
            return _human_replied(clock, at)
        case Happening.MACHINE_REPLIED:
            return clock


def _customer_wrote(clock: Clock, at: datetime) -> Clock:
    if clock.replied_at is not None and at < clock.replied_at:
        if clock.started_at is None:
            return replace(clock, status=ClockStatus.MET, started_at=at, ended_at=clock.replied_at)
        return clock
    if clock.status is ClockStatus.RUNNING and clock.started_at is not None:
        return replace(clock, started_at=min(clock.started_at, at))
    return replace(clock, status=ClockStatus.RUNNING, started_at=at, ended_at=None)


def _human_replied(clock: Clock, at: datetime) -> Clock:
    latest = at if clock.replied_at is None else max(clock.replied_at, at)
    if clock.started_at is None or at < clock.started_at:
        return replace(clock, replied_at=latest)
    if clock.status is ClockStatus.RUNNING:
        return replace(clock, status=ClockStatus.MET, ended_at=at, replied_at=latest)
    if clock.status is ClockStatus.MET and clock.ended_at is not None:
        return replace(clock, ended_at=min(clock.ended_at, at), replied_at=latest)
    return replace(clock, replied_at=latest)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone. Give an aware time, best in UTC.")
    return moment
