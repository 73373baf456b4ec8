"""What scripts say must be what the desk says: the clock in the browser, against the clock in Python."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from playwright.sync_api import Page, Route, sync_playwright

from desk.web.show import clocks, times
from desk.web.show.words import words
from tests.chromium import executable

NOW = datetime(2026, 3, 10, 8, 12, tzinfo=UTC)
STATIC = Path(clocks.__file__).parents[1] / "static" / "desk"
SECONDS = (0, 1, 59, 60, 119, 120, 121, 3_599, 3_600, 3_661, 86_399, 86_400, 200_000)

pytestmark = pytest.mark.browser


@pytest.fixture(params=["en", "nl"])
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    """An empty page of the workspace in one language, with its scripts."""
    with translation.override(request.param), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        sentences = json.dumps(words()).replace("<", "\\u003c")

        def answer(route: Route) -> None:
            name = route.request.url.rpartition("/")[2]
            if name:
                route.fulfill(path=STATIC / name, content_type="text/javascript")
            else:
                script = f'<script type="application/json" id="words">{sentences}</script>'
                html = f'<main id="main" data-now="0"></main>{script}'
                route.fulfill(body=html, content_type="text/html")

        opened = chromium.new_page()
        opened.route("**/*", answer)
        opened.goto("http://desk.invalid/")
        yield opened
        chromium.close()


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
