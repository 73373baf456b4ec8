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
from policies.listening import Heard, Listener, facts_of, overlap
from policies.signals import Measure, Sensitivity, Settings
from policies.time_buckets import FIVE, MINUTE, beginning_of, place

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
counts = some.lists(some.tuples(some.integers(0, 80), some.integers(0, 80), some.integers(0, 10**8)), max_size=80)


def row(number: int, messages: int, negative: int, reach: int = 0) -> Row:
    return Row(MONDAY + FIVE * number, messages, negative, reach)


def followers(chance: random.Random) -> int:
    """Of somebody: mostly some hundreds, now and then a hundred times as many."""
    return int(min(chance.lognormvariate(5.7, 1.8), 20_000_000))


def weeks(count: float, *, bursts: dict[int, int] | None = None, silent: range = range(0)) -> list[Row]:
    chance, made = random.Random(4), []
    for number in range(round(count * 2016)):
        burst = (bursts or {}).get(number, 0)
        said = 0 if number in silent else chance.randint(1, 9) + burst
        reach = sum(followers(chance) for _one in range(said))
        made.append(row(number, said, said // 3, reach + 100_000 * burst))
    return made


@settings(max_examples=30)
@given(counts, some.integers(0, 80))
def test_what_comes_later_changes_no_earlier_finding(told: list[tuple[int, int, int]], first: int) -> None:
    def hear(rows: list[tuple[int, int, int]]) -> list[object]:
        listener = Listener(Settings(Sensitivity.SENSITIVE, floor=0, reach_floor=0))
        return [listener.hear(MONDAY + MINUTE * number, *one) for number, one in enumerate(rows)]

    assert hear(told)[:first] == hear(told[:first])


@settings(max_examples=30)
@given(counts, some.integers(0, 80))
def test_it_goes_on_from_json_as_if_it_had_never_stopped(told: list[tuple[int, int, int]], first: int) -> None:
    whole, part = Listener(), Listener()
    expected = [whole.hear(MONDAY + MINUTE * number, *one) for number, one in enumerate(told)]
    for number, one in enumerate(told[:first]):
        part.hear(MONDAY + MINUTE * number, *one)
    part = Listener.restore(json.loads(json.dumps(part.as_json())))
    rest = [part.hear(MONDAY + MINUTE * (first + number), *one) for number, one in enumerate(told[first:])]
    assert rest == expected[first:]


def test_all_measures_are_heard_and_only_all_of_it_can_be_silent() -> None:
    listener, heard = Listener(), set()
    for one in weeks(2, bursts={3_500: 200}, silent=range(3_800, 4_032)):
        heard |= {(f.heard, f.measure) for f in listener.hear(one.at, one.messages, one.negative, one.reach)}
    assert (Heard.SURGE, Measure.MESSAGES) in heard
    assert (Heard.SURGE, Measure.NEGATIVE) in heard
    assert {measure for kind, measure in heard if kind is Heard.SILENCE} == {Measure.MESSAGES}


@pytest.mark.parametrize("sensitivity", list(Sensitivity))
@pytest.mark.parametrize(("floor", "cooldown"), [(0, 0), (10, 20), (60, 2), (10, 200)])
def test_a_past_that_is_read_once_tells_what_each_setting_would_have_told(
    sensitivity: Sensitivity, floor: float, cooldown: float
) -> None:
    rows = weeks(2, bursts={900: 30, 1_300: 60, 1_330: 200, 3_000: 25, 3_001: 25, 3_900: 90})
    asked = Settings(sensitivity, floor, 1_000 * floor, timedelta(hours=cooldown))
    since = MONDAY + timedelta(days=4)
    past = read_past(rows, Sensitivity.SENSITIVE, since)
    assert not past.silences
    detectors = {measure: Detector(asked, measure) for measure in Measure}
    expected = [
        (one.at, measure)
        for one in rows
        for measure, count in zip(Measure, (one.messages, one.negative, one.reach), strict=True)
        if detectors[measure].observe(one.at, count).alert and one.at >= since
    ]
    assert Measure.REACH in {measure for _at, measure in expected}
    found = [(would.candidate.reading.at, would.candidate.measure) for would in past.alerts(asked, since)]
    assert found == expected
    assert len(past.expected) == len(past.expected_reach) == 10 * 288


class TestReach:
    """Followers: few people have many, so that one of them is nothing new, and a million readers are."""

    def test_as_many_posts_that_far_more_people_see_are_told_and_explained(self) -> None:
        listener, found, loud = Listener(), [], range(7_000, 7_004)
        for number, one in enumerate(weeks(4)):
            reach = one.reach + (600_000 if number in loud else 0)
            found += listener.hear(one.at, one.messages, one.negative, reach)
        (finding,) = [one for one in found if one.measure is Measure.REACH]
        assert finding.heard is Heard.SURGE
        assert (finding.reading.at - MONDAY) // FIVE in loud
        facts = facts_of(finding)
        assert facts["counted"] >= 600_000 > 50_000 > facts["expected"] > 0
        assert set(facts["beside"]) == set(Measure)
        assert facts["beside"]["messages"][0] < 100

    def test_ordinary_authors_of_very_different_reach_are_seldom_told(self) -> None:
        detector = Detector(measure=Measure.REACH)
        assert sum(detector.observe(one.at, one.reach).alert for one in weeks(6)) <= 2

    @pytest.mark.parametrize(("floor", "told"), [(100_000, True), (2_000_000, False)])
    def test_below_its_own_floor_nothing_is_told(self, floor: float, told: bool) -> None:
        detector = Detector(Settings(reach_floor=floor), Measure.REACH)
        counts = [500_000 if number in (3_000, 3_001) else 3 for number in range(3_100)]
        assert any(detector.observe(MONDAY + FIVE * n, count).alert for n, count in enumerate(counts)) is told

    @pytest.mark.parametrize(("dismissed", "told"), [(False, [1_000, 1_360]), (True, [1_000])])
    def test_who_says_that_it_was_nothing_hears_of_the_next_one_later(self, dismissed: bool, told: list[int]) -> None:
        """The second comes after thirty hours: after the quiet time, or within it where that was doubled."""
        detector, found = Detector(measure=Measure.REACH), []
        for number in range(1_400):
            count = 2_000_000 if number in (1_000, 1_360) else 900
            if detector.observe(MONDAY + FIVE * number, count).alert:
                found.append(number)
                if dismissed:
                    detector.dismiss(MONDAY + FIVE * number)
        assert found == told

    def test_a_stream_that_began_just_now_tells_nothing(self) -> None:
        detector = Detector(measure=Measure.REACH)
        assert not any(detector.observe(MONDAY + FIVE * n, 10_000_000 if n == 30 else 900).alert for n in range(36))

    def test_that_nobody_with_followers_writes_is_no_silence(self) -> None:
        detector = Detector(measure=Measure.REACH)
        assert not any(detector.observe(MONDAY + FIVE * n, 40_000 * (n < 4_000)).silence for n in range(6_000))

    def test_a_dead_line_does_not_teach_that_nobody_is_reached(self) -> None:
        expected = []
        for dead in (range(4_000, 4_900), range(0)):
            listener = Listener()
            for one in weeks(2.5, silent=dead):
                readings = listener.read(one.at, one.messages, one.negative, one.reach)
            expected.append(readings[Measure.REACH].expected)
        assert expected[0] == pytest.approx(expected[1], rel=0.5)


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
