"""When to look whether somebody is to be alerted: planned whenever clocks are saved.

A clock's `next_alert_at` is a hint. What was taken, acknowledged or stopped stands in the alerts themselves, so a hint
that is too early costs a look and nothing more; one that is too late does not exist.
"""

from collections.abc import Iterable
from datetime import datetime

from desk.alerts.chains import chains_now, rules_of
from desk.sla.clocks import ClockBook, save_books
from desk.sla.models import Clock
from policies.alerts import Chain, ClockFacts, first_look
from policies.clocks import ALWAYS, Calendar


def save_clocks(books: Iterable[ClockBook]) -> None:
    """Write what happened to clocks, with when to look at them next. One query more for however many."""
    books = list(books)
    rows = [row for book in books for row in book.moved_rows]
    if rows:
        _plan(rows)
    save_books(books)


def _plan(rows: list[Clock]) -> None:
    chains = chains_now()
    for row in rows:
        if row.alert_chain_version_id is None:
            row.alert_chain_version_id = chains.default
    rules = rules_of(row.alert_chain_version_id for row in rows if row.alert_chain_version_id is not None)
    for row in rows:
        row.next_alert_at = _look_at(row, rules[row.alert_chain_version_id or chains.default])


def _look_at(row: Clock, chain: Chain) -> datetime | None:
    if row.state == Clock.State.RUNNING:
        return first_look(chain, facts_of(row), calendar_of(row))
    return None if row._state.adding else row.started_at  # at once: alerts that are open for it are to be stopped


def facts_of(row: Clock) -> ClockFacts:
    """What a chain asks of a clock."""
    return ClockFacts(row.started_at, row.target_seconds, row.due_at, running=row.state == Clock.State.RUNNING)


def calendar_of(row: Clock) -> Calendar:
    """The calendar that a clock counts by."""
    return ALWAYS
