"""How well the crisis detector tells crises from ordinary days, how soon, and how many counts one core reads.

The data is beside the project where there is any (`shared/data`); it is measured with and never learned from.
"""

import csv
import gzip
import importlib.util
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from policies.detector import Detector
from tests.benchmarks.tables import show

DATA = Path(__file__).parents[3] / "shared/data"
SERIES = DATA / "nab_realtweets"
CRISES = DATA / "crisis/crisislex_t26_5min_counts.csv.gz"
PROFILES = {"standard": 85, "reward_low_FP_rate": 75}
THRESHOLD = 0.5
FIRST_POSTS, IN_ROWS = 10, 12  # an event has begun with ten posts in an hour

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the data is not beside the project")


def scores(times: Sequence[datetime], counts: Sequence[float]) -> list[float]:
    detector = Detector()
    return [detector.observe(at, count).score for at, count in zip(times, counts, strict=True)]


def test_tweets_about_companies() -> None:
    nab = _scorer()
    windows = nab.load_windows(str(SERIES / "windows.json"))
    found: dict[str, tuple[list[datetime], list[float]]] = {}
    began = time.process_time()
    for path in sorted(SERIES.glob("*.csv.gz")):
        times, counts = nab.load_series(str(path))
        found[path.name.removesuffix(".gz")] = (times, scores([at.replace(tzinfo=UTC) for at in times], counts))
    hourly = sum(len(times) for times, _scores in found.values()) / (time.process_time() - began) * 3_600
    assert set(found) == set(windows)
    rows = []
    for profile, goal in PROFILES.items():
        score = nab.score_corpus(found, windows, profile, THRESHOLD)
        what = f"{score['windows_found']} of {score['windows']} found, {score['fp_rows']} false alerts"
        rows.append((f"NAB realTweets, {profile}: {what}", f"> {goal}", f"{score['nab']:.1f}"))
    rows += [
        (f"  {name.removesuffix('.csv')}, standard", "", f"{score['nab']:.1f}")
        for name in sorted(found)
        if (score := nab.score_corpus({name: found[name]}, windows, "standard", THRESHOLD))
    ]
    show("The crisis detector", [*rows, ("counts an hour, one core", "", f"{hourly:,.0f}")])


def test_how_soon_an_event_is_told() -> None:
    events: dict[str, list[tuple[datetime, float]]] = defaultdict(list)
    with gzip.open(CRISES, "rt") as file:
        for row in csv.DictReader(file):
            events[row["event"]].append((datetime.fromisoformat(row["bucket_start"]), float(row["count"])))
    rows = []
    for event, counted in events.items():
        times, counts = [at for at, _count in counted], [count for _at, count in counted]
        hours = [sum(counts[max(0, row - IN_ROWS + 1) : row + 1]) for row in range(len(counts))]
        begun = next(row for row, posts in enumerate(hours) if posts >= FIRST_POSTS)
        first_hour_ends = times[begun] + timedelta(hours=1)
        alerts = [at for at, score in zip(times, scores(times, counts), strict=True) if score >= THRESHOLD]
        told = next((at for at in alerts if at >= times[begun]), None)
        rows.append((event, f"{times[begun] - times[0]} before it", _after(told, times[begun], first_hour_ends)))
    show("From ten posts in an hour to the alert", rows, head=("event", "known", "alert"))


def _after(told: datetime | None, begun: datetime, first_hour_ends: datetime) -> str:
    if told is None:
        return "none"
    if told <= first_hour_ends:
        return f"{(told - begun) / timedelta(minutes=1):.0f} min, within the first hour"
    return f"{(told - first_hour_ends) / timedelta(minutes=1):,.0f} min after the first hour"


def _scorer() -> Any:
    """NAB's scoring, which lies beside its data."""
    spec = importlib.util.spec_from_file_location("nab_score", DATA / "tools/nab_score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
