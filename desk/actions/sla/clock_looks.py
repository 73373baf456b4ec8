"""When to look at a clock, because it runs late or somebody is to be alerted: planned whenever clocks are saved.

A clock's `look_at` is a hint. What was marked stands on the clock, and what was taken, acknowledged or stopped in the
alerts themselves, so a hint that is too early costs a look and nothing more; one that is too late does not exist.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from desk.alerts.chains import ChainsNow, chain_by, chains_now
from desk.sla.clocks import ClockBook, save_books
from desk.sla.models import Clock, SlaPolicyVersion
from desk.sla.promises import calendar_by
from policies.alerts import Chain, ClockFacts, first_look
from policies.clocks import TICK, ZERO, Calendar

_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class Promised(Protocol):
    """A clock, or as much of one as its alerts hang on."""

    metric: str
    state: str
    started_at: datetime
    target_seconds: int | None
    due_at: datetime | None
    breached_at: datetime | None
    policy_version_id: int
    calendar_version_id: int
    alert_chain_version_id: int | None


def save_clocks(books: Iterable[ClockBook]) -> None:
    """Write what happened to clocks, and when to look at them next. One query more for however many."""
    books = list(books)
    if any(book.added or book.changed for book in books):
        _plan(books)
    save_books(books)


def _plan(books: Iterable[ClockBook]) -> None:
    chains = chains_now()
    for book in books:
        for row in book.added:
            row.alert_chain_version_id = _chain_of(row, book, chains)
            row.look_at = _look_at(row)
        for row in book.changed:  # one that does not run is looked at once more: its open alerts are to be stopped
            row.look_at = _look_at(row) if row.state == Clock.State.RUNNING else row.started_at


def _chain_of(row: Clock, book: ClockBook, chains: ChainsNow) -> int:
    promised = (one.alert_chain_id for one in book.promises.policies if one.policy_version_id == row.policy_version_id)
    return chains.of(next(promised, None))


def _look_at(row: Clock) -> datetime | None:
    """Of a clock whose chain is not chosen yet: at once."""
    facts = facts_of(row)
    if facts is None:
        return None
    if row.alert_chain_version_id is None:
        return row.started_at
    return earliest(first_look(chain_of(row), facts, calendar_of(row)), late_from(row))


def earliest(*moments: datetime | None) -> datetime | None:
    """The first of those that are known."""
    return min((moment for moment in moments if moment is not None), default=None)


def late_from(row: Promised) -> datetime | None:
    """The first moment at which a clock that runs is late; None where it can't be, or is marked already."""
    if row.state != Clock.State.RUNNING or row.due_at is None or row.breached_at is not None:
        return None
    return row.due_at + TICK if row.due_at < _END_OF_TIME else None


def choose_chains(rows: Sequence[Promised]) -> None:
    """Of clocks that got another promise: the newest version of the chain that their policy names now."""
    if not rows:
        return
    chains = chains_now()
    versions = SlaPolicyVersion.objects.filter(pk__any_of={row.policy_version_id for row in rows})
    named = dict(versions.values_list("pk", "alert_chain_id"))
    for row in rows:
        row.alert_chain_version_id = chains.of(named[row.policy_version_id])


def chain_of(row: Promised) -> Chain:
    """The chain that was chosen for a clock."""
    return chain_by(row.alert_chain_version_id or 0)


def facts_of(row: Promised) -> ClockFacts | None:
    """What a chain asks of a clock; None where nothing was promised, and so nobody is alerted."""
    if row.target_seconds is None or row.due_at is None:
        return None
    return ClockFacts(row.started_at, row.target_seconds, row.due_at, _paused(row), row.state == Clock.State.RUNNING)


def _paused(row: Promised) -> timedelta:
    """What its pauses have added to a due time; response clocks have none."""
    if row.metric != Clock.Metric.RESOLUTION or row.due_at is None:
        return ZERO
    return calendar_of(row).between(row.started_at, row.due_at) - timedelta(seconds=row.target_seconds or 0)


def calendar_of(row: Promised) -> Calendar:
    """The calendar that a clock counts by."""
    return calendar_by(row.calendar_version_id)
