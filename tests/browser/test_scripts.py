"""What scripts say must be what the desk says: the clock in the browser, against the clock in Python."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation
from playwright.sync_api import Browser, Page

from desk.web import hours
from desk.web.show import clocks, times
from desk.web.show.words import words
from policies import duty
from tests.browser.scripts import page_with

NOW = datetime(2026, 3, 10, 8, 12, tzinfo=UTC)
SECONDS = (0, 1, 59, 60, 119, 120, 121, 3_599, 3_600, 3_661, 86_399, 86_400, 200_000)
TYPED_HOURS = (
    "", " , ", "09:00–17:30", "9:00-12:30, 13:00 — 17:30", "13:00-17:30; 09:00-12:30", "22:00–06:00",
    "00:00-24:00", "09:00-09:00", "24:00-06:00", "9-17", "09:00", "from nine", "09:00-25:00", "09:60-10:00",
    "09:00-12:00-13:00", "09:00–17:30, nine",
)  # fmt: skip

pytestmark = pytest.mark.browser


@pytest.fixture(params=["en", "nl"])
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """An empty page of the workspace in one language, with its scripts."""
    with translation.override(request.param):
        sentences = json.dumps(words()).replace("<", "\\u003c")
    script = f'<script type="application/json" id="words">{sentences}</script>'
    with (
        translation.override(request.param),
        page_with(chromium, f'<main id="main" data-now="0"></main>{script}') as page,
    ):
        yield page


def test_the_clock_says_the_same_in_the_browser(page: Page) -> None:
    start = NOW - timedelta(hours=1)
    for seconds in (*SECONDS, *(-second for second in SECONDS)):
        due = NOW + timedelta(seconds=seconds)
        if due <= start:
            continue
        for counted in (0.8, 0.3):  # of the time by the wall clock: opening hours put amber anywhere
            warn = start + (due - start) * counted
            here = clocks.running(start, warn, due, NOW)
            there: dict[str, Any] = page.evaluate(
                "async ([start, warn, due, at]) => (await import('/clocks.js')).face(start, warn, due, at)",
                [times.epoch(start), times.epoch(warn), times.epoch(due), times.epoch(NOW)],
            )
            assert (there["words"], there["phase"]) == (here.words, here.phase), seconds
            assert abs(there["share"] - here.share) <= 1, seconds  # the two round halves differently


def test_lengths_of_time_are_the_same_in_the_browser(page: Page) -> None:
    for seconds in SECONDS:
        span = timedelta(seconds=seconds)
        there = page.evaluate("async (ms) => (await import('/clocks.js')).length(ms)", seconds * 1000)
        assert there == times.length(span)


def test_hours_are_read_and_written_the_same_in_the_browser(page: Page) -> None:
    for text in TYPED_HOURS:
        there = page.evaluate(
            "async (text) => { const {read, write} = await import('/spans.js'); const spans = read(text, 0);"
            " return spans && [spans.map((one) => [one.start, one.end]), write(spans)]; }",
            text,
        )
        of_day = hours.spans(text)
        try:
            here = duty.read_week({"mon": of_day, "sun": [["00:00", "00:01"]]})[0]
        except duty.WrongHours:
            assert there is None, text
            continue
        assert there is not None, text
        assert [tuple(span) for span in there[0]] == list(here), text
        assert hours.spans(there[1]) == sorted(of_day), text
