"""Short months are written as the reader's language writes them, in Python and in every template."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.template import engines
from django.utils import translation

from desk.common.dates import date_format
from desk.web.show import times

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
BEFORE = datetime(2025, 11, 16, 12, tzinfo=UTC)


@pytest.mark.parametrize(("language", "words"), [("nl", "16 nov 2025"), ("en", "16 Nov 2025")])
def test_a_short_month_is_small_in_dutch_only(language: str, words: str) -> None:
    with translation.override(language):
        assert date_format(date(2025, 11, 16), "j M Y") == words
        assert engines["django"].from_string('{{ day|date:"j M Y" }}').render({"day": BEFORE}) == words
        assert times.short_date(BEFORE, NOW) == words


def test_no_month_of_the_year_has_a_capital_in_dutch() -> None:
    with translation.override("nl"):
        found = [date_format(datetime(2026, month, 1, 9, tzinfo=UTC), "D j M H:i") for month in range(1, 13)]
    assert [one for one in found if one != one.lower()] == []


def test_what_is_no_date_is_nothing_in_a_template() -> None:
    assert engines["django"].from_string('{{ day|date:"j M Y"|default:"–" }}').render({"day": None}) == "–"


def test_nobody_formats_dates_elsewhere() -> None:
    root = Path(__file__).parents[2] / "desk"
    own = root / "common" / "dates.py"
    elsewhere = ("import date_format", "formats.date_format", "django.utils.dateformat", ", date_format\n")
    found = [
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if path != own
        for line in path.read_text().splitlines(keepends=True)
        if "desk.common.dates" not in line and any(words in line for words in elsewhere)
    ]
    assert found == []
