"""How many due times a second one process works out, whatever the target."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from policies.calendars import parse
from tests.benchmarks.tables import show

CALLS = 100_000
DESK = {  # a webcare team: long days, short Saturdays, a late night, holidays, a year of exceptions
    "timezone": "Europe/Amsterdam",
    "week": {
        **{day: [["08:00", "12:30"], ["13:00", "21:00"]] for day in ("mon", "tue", "wed", "thu")},
        "fri": [["08:00", "12:30"], ["13:00", "18:00"], ["22:00", "02:00"]],
        "sat": [["10:00", "16:00"]],
    },
    "holidays": {"country": "NL", "subdivision": None},
    "exceptions": {f"2026-{month:02}-11": [["09:00", "13:00"]] for month in range(1, 13)},
}
MONDAY = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
TARGETS = {"1 hour": timedelta(hours=1), "1 week": timedelta(days=7), "1 year": timedelta(days=365)}


def test_calendars() -> None:
    hours = parse(DESK)
    starts = [MONDAY + timedelta(minutes=37 * number) for number in range(CALLS)]
    rows, dues = [], starts
    for name, target in TARGETS.items():
        hours.add(starts[-1], target)  # the years are laid out once
        dues, speed = measured(lambda asked: hours.add(*asked), [(start, target) for start in starts])
        assert all(hours.between(start, due) == target for start, due in zip(starts[::997], dues[::997], strict=True))
        rows.append((f"due after {name} of opening time", "", speed))
    spent, speed = measured(lambda pair: hours.between(*pair), list(zip(starts, dues, strict=True)))
    assert set(spent) == {target}
    rows.append(("opening time between start and due", "", speed))
    began = time.perf_counter()
    replace(hours).add(MONDAY, timedelta(hours=1))
    rows.append(("the first answer of a calendar", "", f"{(time.perf_counter() - began) * 1000:.1f} ms"))
    show("Opening hours, one process", rows)


def measured(ask: Callable[[Any], Any], questions: list[Any]) -> tuple[list[Any], str]:
    """The answers, and how many of them a second."""
    began = time.perf_counter()
    answers = [ask(question) for question in questions]
    return answers, f"{len(answers) / (time.perf_counter() - began):,.0f}/s"
