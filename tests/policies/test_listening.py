"""The listener, the buckets of time, and a past that is read once for every setting."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from policies.backtest import Row, read_past
from policies.crisis_scope import Scope
from policies.detector import Detector
from policies.listening import Heard, Listener, Measure, overlap
from policies.signals import Sensitivity, Settings
from policies.time_buckets import FIVE, MINUTE, beginning_of, place

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
counts = some.lists(some.tuples(some.integers(0, 80), some.integers(0, 80)), max_size=80)


def row(number: int, messages: int, negative: int) -> Row:
    return Row(MONDAY + FIVE * number, messages, negative)


def weeks(count: float, *, bursts: dict[int, int] | None = None, silent: range = range(0)) -> list[Row]:
    chance, made = random.Random(4), []
    for number in range(round(count * 2016)):
        said = chance.randint(1, 9) + (bursts or {}).get(number, 0)
        said = 0 if number in silent else said
        made.append(row(number, said, said // 3))
    return made


@settings(max_examples=30)
@given(counts, some.integers(0, 80))
def test_what_comes_later_changes_no_earlier_finding(told: list[tuple[int, int]], first: int) -> None:
    def hear(rows: list[tuple[int, int]]) -> list[object]:
        listener = Listener(Settings(Sensitivity.SENSITIVE, floor=0))
        return [listener.hear(MONDAY + MINUTE * number, *one) for number, one in enumerate(rows)]

    assert hear(told)[:first] == hear(told[:first])


@settings(max_examples=30)
@given(counts, some.integers(0, 80))
def test_it_goes_on_from_json_as_if_it_had_never_stopped(told: list[tuple[int, int]], first: int) -> None:
    whole, part = Listener(), Listener()
    expected = [whole.hear(MONDAY + MINUTE * number, *one) for number, one in enumerate(told)]
    for number, one in enumerate(told[:first]):
        part.hear(MONDAY + MINUTE * number, *one)
    part = Listener.restore(json.loads(json.dumps(part.as_json())))
    rest = [part.hear(MONDAY + MINUTE * (first + number), *one) for number, one in enumerate(told[first:])]
    assert rest == expected[first:]


def test_both_measures_are_heard_and_only_all_of_it_can_be_silent() -> None:
    listener, heard = Listener(), set()
    for one in weeks(2, bursts={3_500: 200}, silent=range(3_800, 4_032)):
        heard |= {(f.heard, f.measure) for f in listener.hear(one.at, one.messages, one.negative)}
    assert (Heard.SURGE, Measure.MESSAGES) in heard
    assert (Heard.SURGE, Measure.NEGATIVE) in heard
    assert {measure for kind, measure in heard if kind is Heard.SILENCE} == {Measure.MESSAGES}


@pytest.mark.parametrize("sensitivity", list(Sensitivity))
@pytest.mark.parametrize(("floor", "cooldown"), [(0, 0), (10, 20), (60, 2), (10, 200)])
def test_a_past_that_is_read_once_tells_what_each_setting_would_have_told(
    sensitivity: Sensitivity, floor: float, cooldown: float
) -> None:
    rows = weeks(2, bursts={900: 30, 1_300: 60, 1_330: 200, 3_000: 25, 3_001: 25, 3_900: 90})
    asked = Settings(sensitivity, floor, timedelta(hours=cooldown))
    since = MONDAY + timedelta(days=4)
    past = read_past(rows, Sensitivity.SENSITIVE, since)
    assert not past.silences
    detectors = {measure: Detector(asked) for measure in Measure}
    expected = [
        (one.at, measure)
        for one in rows
        for measure, count in ((Measure.MESSAGES, one.messages), (Measure.NEGATIVE, one.negative))
        if detectors[measure].observe(one.at, count).alert and one.at >= since
    ]
    found = [(would.candidate.reading.at, would.candidate.measure) for would in past.alerts(asked, since)]
    assert found == expected
    assert len(past.expected) == 10 * 288


@given(some.integers(0, 4_000_000_000), some.integers(-120, 120))
def test_a_post_counts_in_its_own_minute_or_in_the_first_that_is_open(seconds: int, late: int) -> None:
    posted = beginning_of(datetime.fromtimestamp(seconds, UTC), MINUTE)
    assert posted.second == posted.microsecond == 0
    closed, most = posted + MINUTE * late, timedelta(minutes=30)
    found = place(posted, closed, most)
    if late <= 0:
        assert found == posted
    else:
        assert found == (closed if late <= 30 else None)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (Scope(), Scope(networks=frozenset({"x"})), True),
        (Scope(networks=frozenset({"x"})), Scope(networks=frozenset({"facebook"})), False),
        (Scope(inboxes=frozenset({1, 2})), Scope(inboxes=frozenset({2}), languages=frozenset({"nl"})), True),
        (Scope(languages=frozenset({"en"})), Scope(languages=frozenset({"nl"})), False),
        (Scope(topics=frozenset({"a"})), Scope(topics=frozenset({"b"})), False),
    ],
)
def test_two_scopes_overlap_unless_they_ask_for_different_things(one: Scope, other: Scope, both: bool) -> None:
    assert overlap(one, other) is overlap(other, one) is both
