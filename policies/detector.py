"""Whether more is said than is normal, or nothing at all: the crisis detector, for one stream of counts.

**What is counted.** A row is a count for a stretch of time: five minutes, or whatever rows are apart. The loudness y is
the mean of ln(½ + n) over the counts n of the last 5, 10, 15 and 30 minutes: a burst counts at once, one that lasts
counts more.

**What is normal** (`usual_counts`). Two expectations of y: the recent past, and that hour of that weekday. A surprise
is y less what was expected, so a ratio of counts.

**How rare that is** (`tails`). Above the surprise e5 that 5 % of all time exceeded, surprises are taken as exponential:
peaks over a threshold, with the generalised Pareto distribution at shape 0 (Pickands 1975; for streams Siffer et al.
2017, “Anomaly detection in streams with extreme value theory”, KDD). Its scale is (e1 − e5) / ln 5, with the e1 that
1 % exceeded. So a row as surprising as e comes once in (row / 5 %) · exp((e − e5) / scale). It has to be rare both for
the recent past and for the hour of the week, or twenty times rarer for one of them: as loud as by day is normal by day.
Surprises enter the tail some hours later, so that a crisis that grows slowly does not hide itself, and rare ones with
a quarter of their time, so that it does not hide the next. In its first days a
stream is like others: it has two weeks of Laplace's distribution in its tail, and only what was not as loud an hour ago
is a surprise, until a morning is known.

**Two signals of a crisis.** A *surge* is as rare as the sensitivity asks. A *busy hour* is higher than any for as many
days as it asks (`peaks`); only the middle half of the counts in the hour counts, so no single burst.

**The score** is 1 / (1 + exp(−m)), where exp(m) says how many times rarer it is than asked: 0.5 is just as rare. Where
a signal is held back it stays below that: in a young stream, below the floor, and in the quiet time after an alert,
unless it is far rarer than that one was.

**Reach** is counted in followers, of which one author has twenty and the next a million. So no followers at all count
as half of `REACH_GRAIN`, which is what nobody in particular has, and in a young stream far more of it is usual.

**Silence** says nothing of a crisis, and much of a connection: as many posts as the sensitivity asks were expected, by
the hour of the week, since the last one came, and twice as many as in any silence of the last weeks.

Nothing looks ahead. The state is bounded; as JSON and back it goes on without a difference.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import exp, isfinite, log
from statistics import fmean
from typing import Any

from policies.alarms import DAY, FAR, HOUR, MINUTE, Alarm, Seen
from policies.peaks import Peaks
from policies.signals import Measure, Reading, Settings
from policies.tails import Tail
from policies.usual_counts import Level, WeeklyHabit

WINDOWS = (5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE)
NOTHING = 0.5  # of a post, so that no post at all has a logarithm too
REACH_GRAIN = 1_000.0  # followers
SHARES = (0.01, 0.05)  # of all time; what is exceeded that rarely makes the tail
NARROWEST = 0.1  # scale of the tail: a stream like a clock does not alarm over a hair
TAIL_HALF_LIFE, LEVEL_HALF_LIFE, HABIT_HALF_LIFE = 14.0, 2.0, 3.5  # days
HABIT_VISITS = 8.0  # of an hour of the day, or of the week
PRIOR_DAYS, PRIOR_SCALE = 14.0, 0.35  # in a young stream eight times as much as expected is rare
REACH_PRIOR_SCALE = 1.0  # and four hundred times the reach
LAG = 2 * HOUR  # until a surprise enters the tail
SILENCE_WARM_UP = 7 * DAY  # before a week is over, no night is known
FIRST_DAYS = 2 * DAY  # while no morning is known, only what was not as loud an hour ago is a surprise
WORST_SILENCE = 2.0  # times what was missed in other silences
SILENCE_TOLD_AGAIN = DAY
RARE_DAYS, RARE_WEIGHT = 3.0, 0.25  # what comes once in as many days enters the tail with a quarter of its time
MEMORY = 60.0  # days, of peaks
MOST_ROWS = 240  # of the last hour, and of the lag
MOST_COUNTED = 1e15
HIGHEST_HELD = 0.49  # score


@dataclass(frozen=True, slots=True)
class _Heard:
    """How loud it is, how much louder than expected, and how rare that is."""

    loudness: float
    surprises: tuple[float, float]  # against the recent past, and against the hour of the week
    usual_high: float  # loudness; for its hour of the week 99 % of all time was less loud
    days: float  # it comes once in so many


class Detector:
    """One stream. The times' own clock says which hour and weekday it is."""

    def __init__(self, settings: Settings | None = None, measure: Measure = Measure.MESSAGES) -> None:
        self.settings, self.measure = settings or Settings(), measure
        counts_reach = measure is Measure.REACH
        self._nothing = NOTHING * (REACH_GRAIN if counts_reach else 1)
        self._began: float | None = None  # seconds since the epoch
        self._last = 0.0
        self._apart = deque([WINDOWS[0]], maxlen=3)  # seconds between the last rows
        self._recent = deque[tuple[float, float]](maxlen=MOST_ROWS)  # time and count in the last hour
        self._later = deque[tuple[float, ...]]()  # time, loudness, weight and surprises, until these enter the tails
        self._level, self._habit = Level(LEVEL_HALF_LIFE), WeeklyHabit(HABIT_HALF_LIFE, HABIT_VISITS)
        scale = REACH_PRIOR_SCALE if counts_reach else PRIOR_SCALE
        self._tails = tuple(Tail(TAIL_HALF_LIFE, PRIOR_DAYS, scale) for _ in range(2))
        self._busy, self._silences = Peaks(MEMORY), Peaks(MEMORY)
        self._missed = 0.0
        self._silence_told = False  # of this one
        self._silence_told_at: float | None = None  # the last one that was told
        self._alarm = Alarm()

    def observe(self, at: datetime, count: float, *, teaches: bool = True) -> Reading:
        """What this row says; one of a crisis need not teach what is normal.

        ValueError for a count that is none, or a time that is not after that of the last row.
        """
        now = at.timestamp()
        if not (isfinite(count) and count >= 0):
            raise ValueError("a count is a number of 0 or more")
        if self._began is not None and now <= self._last:
            raise ValueError("a row has to be later than the row before it")
        self._take_in(now, min(count, MOST_COUNTED))
        heard = self._hear(at)
        steady = self._steady()
        unrivalled = 0.0 if steady is None else self._busy.since(now / DAY, steady)
        silence = self._miss(count, heard)
        seen = Seen(self.measure, now, self._age, self._counted(WINDOWS[-1]), heard.days, unrivalled)
        decision = self._alarm.decide(seen, self.settings)
        if teaches and not self.is_silent:  # a dead line teaches nothing
            self._learn(at, heard, steady)
        return Reading(
            at=at,
            score=_score(decision.margin) if decision.held is None else min(_score(decision.margin), HIGHEST_HELD),
            alert=decision.alert,
            kind=decision.kind,
            held=decision.held,
            silence=silence,
            counted=seen.counted,
            expected=self._in_last_window(heard.loudness - heard.surprises[1]),
            usual_high=self._in_last_window(heard.usual_high),
            rare_days=heard.days,
            unrivalled_days=unrivalled,
            missed=self._missed,
        )

    def dismiss(self, now: datetime) -> None:
        """Somebody said that the last alert was none: for some weeks, the quiet time after one is twice as long."""
        self._alarm.dismiss(now.timestamp())

    def _take_in(self, now: float, count: float) -> None:
        if self._began is None:
            self._began = now
        else:
            self._apart.append(now - self._last)
            for tail in self._tails:
                tail.age((now - self._last) / DAY)
        self._last = now
        self._recent.append((now, count))
        while now - self._recent[0][0] >= HOUR:
            self._recent.popleft()

    @property
    def _row(self) -> float:
        """The time that a row stands for, an hour at most. A gap does not make it longer."""
        return min(*self._apart, HOUR)

    @property
    def _age(self) -> float:
        return self._last - (self._last if self._began is None else self._began)

    def _counted(self, window: float) -> float:
        return sum(count for at, count in self._recent if self._last - at < window)

    def _hear(self, at: datetime) -> _Heard:
        known = self._age + self._row  # at the beginning, as if it had always gone on like this
        loudness = fmean(log(self._nothing + self._counted(window) * max(window / known, 1)) for window in WINDOWS)
        expected = [usual.expected(at, loudness) for usual in (self._level, self._habit)]
        if self._age < FIRST_DAYS:
            expected = [max(usual, self._an_hour_ago(loudness)) for usual in expected]
        rare, high = zip(*map(self._rarity, expected, self._tails, [loudness] * 2), strict=True)
        days = max(self._row, WINDOWS[0]) / DAY / SHARES[1] * exp(min(max(min(rare), max(rare) - FAR), 100))
        return _Heard(loudness, (loudness - expected[0], loudness - expected[1]), high[1], days)

    @staticmethod
    def _rarity(expected: float, tail: Tail, loudness: float) -> tuple[float, float]:
        """How many e-folds of the tail it lies beyond its beginning, and what 99 % of all time did not exceed."""
        highest, high = tail.exceeded(*SHARES)
        scale = max((highest - high) / log(SHARES[1] / SHARES[0]), NARROWEST)
        return (loudness - expected - high) / scale, expected + highest

    def _an_hour_ago(self, loudness: float) -> float:
        """How loud it was then, or at the very beginning; `loudness` where there is nothing before."""
        before = self._later[0][1] if self._later else loudness
        for at, heard, *_rest in self._later:
            if self._last - at < HOUR:
                break
            before = heard
        return before

    def _steady(self) -> float | None:
        """The mean of the middle half of the counts in the last hour; None where much of it is not known."""
        if len(self._recent) * self._row < 0.9 * HOUR:
            return None
        counts = sorted(count for _at, count in self._recent)
        aside = len(counts) // 4
        return fmean(counts[aside : len(counts) - aside])

    def _learn(self, at: datetime, heard: _Heard, steady: float | None) -> None:
        days = self._row / DAY
        self._level.learn(at, heard.loudness, days)
        self._habit.learn(at, heard.loudness, days)
        if steady is not None:
            self._busy.add(self._last / DAY, steady)
        weight = RARE_WEIGHT if heard.days >= RARE_DAYS else 1.0
        self._later.append((self._last, heard.loudness, weight, *heard.surprises))
        while self._last - self._later[0][0] >= LAG or len(self._later) > MOST_ROWS:
            _at, _loudness, weight, *surprises = self._later.popleft()
            for tail, surprise in zip(self._tails, surprises, strict=True):
                tail.add(surprise, days * weight)

    def _miss(self, count: float, heard: _Heard) -> bool:
        """Add up what was expected while nothing comes; whether that is to be told now.

        A silence that ends before there is something to tell was a normal one. A line that fails again and again is
        told once a day.
        """
        if count:
            if self._missed and not self.is_silent:
                self._silences.add(self._last / DAY, self._missed)
            self._missed, self._silence_told = 0.0, False
            return False
        self._missed += self._posts(heard.loudness - heard.surprises[1]) * self._row / self._span
        if not self.is_silent or self._silence_told:
            return False
        if self._silence_told_at is not None and self._last - self._silence_told_at < SILENCE_TOLD_AGAIN:
            return False
        self._silence_told, self._silence_told_at = True, self._last
        return True

    @property
    def is_silent(self) -> bool:
        """Nothing comes any more, although much was expected. That nothing negative comes is no silence."""
        if self.measure is not Measure.MESSAGES:
            return False
        needed = max(self.settings.rarity.silence, WORST_SILENCE * self._silences.highest())
        return self._age >= SILENCE_WARM_UP and self._missed >= needed

    @property
    def _span(self) -> float:
        """The time in which as much is counted as a loudness says: the windows' geometric mean."""
        return exp(fmean(log(max(window, self._row)) for window in WINDOWS))

    def _in_last_window(self, loudness: float) -> float:
        return self._posts(loudness) * max(WINDOWS[-1], self._row) / self._span

    def _posts(self, loudness: float) -> float:
        return max(exp(loudness) - self._nothing, 0.0)

    def as_json(self) -> dict[str, Any]:
        """All that it knows, for `restore`; a few kilobytes."""
        return {
            "began": self._began,
            "last": self._last,
            "apart": list(self._apart),
            "recent": [list(row) for row in self._recent],
            "later": [list(row) for row in self._later],
            "level": self._level.as_json(),
            "habit": self._habit.as_json(),
            "tails": [tail.as_json() for tail in self._tails],
            "busy": self._busy.as_json(),
            "silences": self._silences.as_json(),
            "missed": self._missed,
            "silence_told": self._silence_told,
            "silence_told_at": self._silence_told_at,
            "told": self._alarm.as_json(),
        }

    @classmethod
    def restore(
        cls, kept: Mapping[str, Any], settings: Settings | None = None, measure: Measure = Measure.MESSAGES
    ) -> "Detector":
        """One that goes on where `as_json` was asked; the settings may be others."""
        one = cls(settings, measure)
        one._began, one._last, one._missed = kept["began"], kept["last"], kept["missed"]
        one._apart = deque(kept["apart"], maxlen=one._apart.maxlen)
        one._recent.extend((at, count) for at, count in kept["recent"])
        one._later.extend(tuple(row) for row in kept["later"])
        one._level.restore(kept["level"])
        one._habit.restore(kept["habit"])
        for tail, bins in zip(one._tails, kept["tails"], strict=True):
            tail.restore(bins)
        one._busy.restore(kept["busy"])
        one._silences.restore(kept["silences"])
        one._silence_told, one._silence_told_at = kept["silence_told"], kept["silence_told_at"]
        one._alarm = Alarm.restore(kept["told"])
        return one


def _score(margin: float) -> float:
    return 1 / (1 + exp(-margin)) if margin > -700 else 0.0
