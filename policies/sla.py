"""Service levels: which policy speaks for a ticket, what it promises, and when a promise is due where time stood still.

A policy is chosen once for each clock cycle, when that begins. What was promised then stays promised: a new priority, a
tag, another tier of the customer, a move to a private thread or another profile that a crisis brings counts for the
cycles that begin later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from policies.clocks import WARN_SHARE, ZERO, Calendar, due_at
from policies.ticket_states import State, info

LONGEST_TARGET = 366 * 24 * 3600  # seconds; a year


class Metric(StrEnum):
    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"  # each later turn of the customer is a cycle of its own
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a policy may ask of a ticket. `private`: the message that starts the clock is. `language` may be empty."""

    network: str
    inbox: int
    private: bool
    priority: int
    language: str
    tags: frozenset[str] = frozenset()
    tier: int = 0  # of the customer
    profile: str = ""  # that the plan of a crisis brings for the ticket; "" where none does
    rating: int = 0  # stars of the review that it is about, 1 to 5; 0 where it is about none


@dataclass(frozen=True, slots=True)
class Conditions:
    """Whom a policy is for. What is empty asks nothing; of several values one is enough; everything asked must hold."""

    networks: frozenset[str] = frozenset()
    inboxes: frozenset[int] = frozenset()
    private: bool | None = None
    priorities: frozenset[int] = frozenset()
    languages: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    tiers: frozenset[int] = frozenset()
    profiles: frozenset[str] = frozenset()  # the policy speaks only where a crisis plan brings one of them
    ratings: frozenset[int] = frozenset()  # only for reviews with so many stars

    def hold(self, facts: Facts) -> bool:
        return (
            (not self.networks or facts.network in self.networks)
            and (not self.inboxes or facts.inbox in self.inboxes)
            and (self.private is None or facts.private is self.private)
            and (not self.priorities or facts.priority in self.priorities)
            and (not self.languages or facts.language in self.languages)
            and (not self.tags or not self.tags.isdisjoint(facts.tags))
            and (not self.tiers or facts.tier in self.tiers)
            and (not self.profiles or facts.profile in self.profiles)
            and (not self.ratings or facts.rating in self.ratings)
        )

    @property
    def ask_nothing(self) -> bool:
        return self == Conditions()

    def as_json(self) -> dict[str, Any]:
        """As it is kept; what asks nothing is left out."""
        lists = {name: sorted(getattr(self, name)) for name in _LISTS if getattr(self, name)}
        return lists if self.private is None else {**lists, "private": self.private}

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> "Conditions":
        lists = {name: frozenset(form.get(name, ())) for name in _LISTS}
        return cls(private=form.get("private"), **lists)


_LISTS = ("networks", "inboxes", "priorities", "languages", "tags", "tiers", "profiles", "ratings")


@dataclass(frozen=True, slots=True)
class Targets:
    """Seconds of counted time for each metric; None promises nothing."""

    first_response: int | None = None
    next_response: int | None = None
    resolution: int | None = None

    def of(self, metric: Metric | str) -> int | None:
        seconds: int | None = getattr(self, metric)
        return seconds


class Conditional(Protocol):
    @property
    def conditions(self) -> Conditions: ...


C = TypeVar("C", bound=Conditional)


def choose(policies: Sequence[C], facts: Facts) -> C:
    """The first whose conditions hold. Raises ValueError where none does: the last one must ask nothing."""
    for policy in policies:
        if policy.conditions.hold(facts):
            return policy
    raise ValueError("No policy is for this ticket. The last policy must have no conditions.")


def stands_still(metric: Metric | str, state: State | str) -> bool:
    """Whether a clock pauses while its ticket is in this state.

    The state table says which states pause. A response clock never does: it runs while a customer waits for a word,
    and nothing but a human's word may stop it.
    """
    return metric == Metric.RESOLUTION and info(state).pauses_sla


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count; `until` is None while it lasts."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """When amber begins and when the target is used up, in UTC."""

    warn_at: datetime
    due_at: datetime


def deadline(started_at: datetime, target_seconds: int, pauses: Sequence[Pause], calendar: Calendar) -> Deadline:
    """Counted from `started_at` in the calendar's time, with the pauses that are over put in between, oldest first.

    A pause that still lasts moves nothing yet: while it lasts the clock stands, and can't be late. One that began after
    the target was used up moves nothing either: what is late has been late since then.
    Raises ValueError like `policies.clocks.due_at`.
    """
    target = timedelta(seconds=target_seconds)
    due = _used_up(started_at, target, pauses, calendar)
    return Deadline(_used_up(started_at, target * WARN_SHARE, pauses, calendar), due)


def _used_up(started_at: datetime, amount: timedelta, pauses: Sequence[Pause], calendar: Calendar) -> datetime:
    at = due_at(started_at, amount.total_seconds(), calendar)
    for pause in pauses:
        if pause.since >= at:
            break
        amount += pause_length(started_at, pause, calendar)
        at = due_at(started_at, amount.total_seconds(), calendar)
    return at


def pause_length(started_at: datetime, pause: Pause, calendar: Calendar, now: datetime | None = None) -> timedelta:
    """Counted time of a pause, as far as it lies after the start; of one that lasts, up to `now`."""
    until = pause.until or now
    return calendar.between(max(pause.since, started_at), until) if until is not None else ZERO
