"""`sla_due`: the due time first, each interval after it, and one line for whatever can't be used."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

CALENDAR: dict[str, Any] = {
    "timezone": "Europe/Amsterdam",
    "week": {
        "mon": [["09:00", "12:30"], ["13:00", "17:30"]],
        "tue": [["09:00", "17:30"]],
        "fri": [["22:00", "06:00"]],
    },
    "holidays": {"country": "NL", "subdivision": None},
    "exceptions": {"2026-12-24": [["09:00", "13:00"]], "2026-12-25": []},
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "calendar.json"
    path.write_text(json.dumps(CALENDAR))
    return path


def sla_due(calendar: Path | str, start: str, minutes: str, *more: str) -> list[str]:
    printed = io.StringIO()
    call_command(
        "sla_due", "--calendar", str(calendar), f"--start={start}", f"--minutes={minutes}", *more, stdout=printed
    )
    return printed.getvalue().splitlines()


def test_it_prints_the_due_instant_and_nothing_else(file: Path) -> None:
    assert sla_due(file, "2026-12-18T12:00:00Z", "1800") == ["2026-12-28T09:30:00Z"]
    assert sla_due(file, "2026-12-18T13:00:00+01:00", "1800") == ["2026-12-28T09:30:00Z"]
    assert sla_due(file, "2026-12-18T12:00", "1800") == ["2026-12-28T09:30:00Z"]
    assert sla_due(file, "2026-12-18T12:00:30Z", "1.5") == ["2026-12-18T21:01:30Z"]
    assert sla_due(file, "2026-12-18T12:00:30Z", "0") == ["2026-12-18T12:00:30Z"]


def test_it_explains_itself(file: Path) -> None:
    assert sla_due(file, "2026-12-18T12:00Z", "1800", "--explain") == [
        "2026-12-28T09:30:00Z",
        "2026-12-18T21:00:00Z 2026-12-19T05:00:00Z 480 min",
        "2026-12-21T08:00:00Z 2026-12-21T11:30:00Z 210 min",
        "2026-12-21T12:00:00Z 2026-12-21T16:30:00Z 270 min",
        "2026-12-22T08:00:00Z 2026-12-22T16:30:00Z 510 min",
        "2026-12-24T08:00:00Z 2026-12-24T12:00:00Z 240 min",
        "2026-12-28T08:00:00Z 2026-12-28T09:30:00Z 90 min",
    ]


def test_a_calendar_comes_from_standard_input_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(CALENDAR).encode())))
    assert sla_due("-", "2026-12-18T12:00Z", "1800") == ["2026-12-28T09:30:00Z"]


@pytest.mark.parametrize(
    ("calendar", "start", "minutes", "says"),
    [
        ("{", "2026-12-18", "5", "is no JSON at line 1. Write the calendar as"),
        ('{"timezone": "UTC", "week": {"mon": [], "mon": []}}', "2026-12-18", "5", "names “mon” twice"),
        ('{"timezone": "UTC"}', "2026-12-18", "5", "week: This calendar has no opening hours at all"),
        ('{"timezone": "Mars", "week": {"mo": 1}}', "2026-12-18", "5", "timezone: “Mars” is no time zone.*week.mo: "),
        (None, "2026-13-18", "5", "--start: “2026-13-18” is no ISO 8601 time. Write it as"),
        (None, "0001-01-01T00:00+05:00", "5", "--start: .* is no ISO 8601 time"),
        (None, "2026-12-18", "-5", "--minutes: “-5” is no target. Give a number of minutes"),
        (None, "2026-12-18", "nan", "--minutes: “nan” is no target"),
        (None, "2026-12-18", "an hour", "--minutes: “an hour” is no target"),
        (None, "2026-12-18", "1e9", "min too few for the target"),
        (None, "2026-12-18", "1e300", "after the year 9999"),
        (None, "9999-12-31", "5", "5 min too few"),
    ],
)
def test_it_refuses_in_one_line(file: Path, calendar: str | None, start: str, minutes: str, says: str) -> None:
    if calendar is not None:
        file.write_text(calendar)
    with pytest.raises(CommandError, match=says) as refused:
        sla_due(file, start, minutes)
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(CommandError, match=r"/nowhere.json can't be read: No such file"):
        sla_due("/nowhere.json", "2026-12-18", "5")
