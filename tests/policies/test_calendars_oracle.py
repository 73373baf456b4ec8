"""The arithmetic against an oracle that reads a clock at every minute.

10,000 cases run with all tests, 1,000,000 with `make test-oracle`. A case is a start and a target in a calendar, and is
asked for everything that must hold.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest

from policies.business_time import OpeningHours
from policies.calendar_problems import CalendarProblem
from policies.calendars import parse
from tests.policies.minute_oracle import MINUTE, Form, Oracle, clock, utc
from tests.policies.random_calendars import a_form, a_window

WINDOW = 30  # days
CASES = 40  # in one calendar
CALENDARS = 5  # in one window
WINDOWS = 5  # in one test: 1,000 cases
ALL, EVERY_TIME = 1_000, 10


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=[pytest.mark.long] if seed >= EVERY_TIME else []) for seed in range(ALL)]
)
def test_against_the_oracle(seed: int) -> None:
    dice = Random(seed)
    for _ in range(WINDOWS):
        zone, first = a_window(dice)
        for _ in range(CALENDARS):
            form, hours, oracle = a_calendar(dice, zone, first)
            replayed = replace(hours)
            for _ in range(CASES):
                start = a_start(dice, oracle)
                target = a_target(dice, oracle, start)
                try:
                    due = check(dice, hours, oracle, start, target)
                    assert replayed.add(oracle.moment(start), target * MINUTE) == oracle.moment(due)
                except AssertionError as problem:
                    problem.add_note(f"{form} from {oracle.moment(start)}, {target} min")
                    raise


@pytest.mark.parametrize("seed", range(3))
def test_against_the_oracle_over_a_whole_year(seed: int) -> None:
    dice = Random(seed)
    zone, first = a_window(dice)
    reading = clock(zone, first, 400)
    for _ in range(3):
        form = {**a_form(dice, zone, first), "exceptions": {}}
        hours, oracle = parse(form), Oracle(form, reading)
        whole = oracle.between(0, oracle.edges[-1])
        for _ in range(10):
            start, target = dice.randint(4_000, 30_000), dice.randint(whole // 2, whole)
            due = oracle.due(start, target)
            if due is not None and due < oracle.edges[-1]:
                assert hours.add(oracle.moment(start), target * MINUTE) == oracle.moment(due), (form, start, target)
                assert hours.between(oracle.moment(start), oracle.moment(due)) == target * MINUTE


def a_calendar(dice: Random, zone: str, first: datetime) -> tuple[Form, OpeningHours, Oracle]:
    """One that is open now and then. Both sides have to agree on which exceptions overlap."""
    while True:
        form = a_form(dice, zone, first)
        oracle = Oracle(form, clock(zone, first, WINDOW))
        if oracle.overlapping:
            with pytest.raises(CalendarProblem, match="overlaps"):
                parse(form)
            continue
        hours = parse(form)
        if sum(oracle.open[: 20 * 1440]) > 60:
            return form, hours, oracle


def a_start(dice: Random, oracle: Oracle) -> int:
    """Somewhere in the first ten whole days, often on an edge or beside one."""
    if dice.random() < 0.4:
        near = [edge for edge in oracle.edges if 4_000 < edge < 15_000]
        if near:
            return dice.choice(near) + dice.randint(-1, 1)
    return dice.randint(4_000, 15_000)


def a_target(dice: Random, oracle: Oracle, start: int) -> int:
    """Minutes that the window can hold; now and then none, or exactly up to an edge."""
    if dice.random() < 0.3:
        later = [edge for edge in oracle.edges if start < edge < 30_000]
        if later:
            return oracle.between(start, dice.choice(later))
    return dice.randint(0, min(oracle.between(start, 30_000), dice.choice((5, 60, 600, 30_000))))


def check(dice: Random, hours: OpeningHours, oracle: Oracle, start: int, target: int) -> int:
    """Everything that must hold of one start and one target; the due minute."""
    due = oracle.due(start, target)
    assert due is not None
    began, amount, ends = oracle.moment(start), target * MINUTE, oracle.moment(due)

    assert hours.add(began, amount) == ends
    assert hours.between(began, ends) == amount

    assert hours.add(began, amount + timedelta(microseconds=1)) > ends - MINUTE
    assert hours.add(began, amount + MINUTE) > ends
    later = began + dice.random() * timedelta(days=2)
    assert hours.add(later, amount) >= min(ends, later)
    if target:
        assert hours.add(later, amount) >= ends

    middle = dice.randint(start, due)
    first = oracle.between(start, middle)
    assert hours.between(began, oracle.moment(middle)) == first * MINUTE
    assert hours.between(oracle.moment(middle), ends) == (target - first) * MINUTE
    assert hours.add(hours.add(began, first * MINUTE), (target - first) * MINUTE) == ends

    check_explanation(hours, oracle, start, due)
    check_pause(dice, hours, oracle, start, due)
    return due


def check_explanation(hours: OpeningHours, oracle: Oracle, start: int, due: int) -> None:
    """Exactly the open minutes, in order and apart."""
    counted = bytearray(due - start)
    for stretch in hours.explain(oracle.moment(start), oracle.moment(due)):
        assert stretch.start < stretch.end
        begin, end = (stretch.start - oracle.moment(start)) // MINUTE, (stretch.end - oracle.moment(start)) // MINUTE
        assert not any(counted[begin:])
        counted[begin:end] = bytes([1]) * (end - begin)
    assert counted == oracle.open[start:due]


def check_pause(dice: Random, hours: OpeningHours, oracle: Oracle, start: int, due: int) -> None:
    """A pause of p business minutes moves due by p business minutes, and what is used stays the target."""
    begin, end = sorted((dice.randint(start, due), dice.randint(start, due)))
    paused = hours.between(oracle.moment(begin), oracle.moment(end))
    assert paused == oracle.between(begin, end) * MINUTE
    target = hours.between(oracle.moment(start), oracle.moment(due))
    moved = hours.add(oracle.moment(start), target + paused)
    assert moved == hours.add(oracle.moment(due), paused)
    assert hours.between(oracle.moment(start), moved) - paused == target


def test_the_oracle_knows_an_office() -> None:
    """By hand: 25 October 2026 has its night twice, and the office opens at nine on Monday."""
    form = {"timezone": "Europe/Amsterdam", "week": {"sat": [["22:00", "02:30"]], "mon": [["09:00", "10:00"]]},
            "holidays": None, "exceptions": {}}  # fmt: skip
    oracle = Oracle(form, clock("Europe/Amsterdam", utc(2026, 10, 20), 10))
    saturday = (utc(2026, 10, 24) - utc(2026, 10, 20)) // MINUTE
    assert oracle.between(saturday, saturday + 2 * 1440) == 5 * 60 + 30
    due = oracle.due(saturday, 5 * 60 + 31)
    assert due is not None
    assert oracle.moment(due) == utc(2026, 10, 26) + timedelta(hours=8, minutes=1)
    assert oracle.due(saturday, 1_000) is None
