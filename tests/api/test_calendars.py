"""A preview of a calendar: what would count, and which value can't be used."""

from typing import Any

import pytest

from desk.api.forms.calendars import LONGEST_PREVIEW, MOST_SHOWN
from tests.api.caller import Answer, Caller

CALENDAR: dict[str, Any] = {
    "timezone": "Europe/Amsterdam",
    "week": {"mon": [["09:00", "12:30"], ["13:00", "17:30"]], "fri": [["22:00", "06:00"]]},
    "holidays": {"country": "NL", "subdivision": None},
    "exceptions": {"2026-12-24": [["09:00", "13:00"]], "2026-12-25": []},
}


def preview(caller: Caller, **changed: Any) -> Answer:
    return caller.post(
        "calendars/preview/", **{"calendar": CALENDAR, "start": "2026-12-21T12:00:00Z", "minutes": 300, **changed}
    )


def test_it_says_when_and_why(agent: Caller) -> None:
    answer = preview(agent)
    assert answer.status == 200
    assert answer.body["due_at"] == "2026-12-24T08:30:00Z"
    assert answer.body["intervals"] == [
        {"start": "2026-12-21T12:00:00Z", "end": "2026-12-21T16:30:00Z", "minutes": 270.0},
        {"start": "2026-12-24T08:00:00Z", "end": "2026-12-24T08:30:00Z", "minutes": 30.0},
    ]
    assert answer.body["complete"] is True
    assert answer.body["next_holidays"][0] == {"date": "2026-12-25", "name": "Christmas Day"}


def test_a_start_has_any_zone_and_a_target_of_nothing_is_due_at_once(agent: Caller) -> None:
    assert preview(agent, start="2026-12-21T13:00:00+01:00").body["due_at"] == "2026-12-24T08:30:00Z"
    assert preview(agent, start="2026-12-21T12:00:00").body["due_at"] == "2026-12-24T08:30:00Z"
    nothing = preview(agent, minutes=0).body
    assert (nothing["due_at"], nothing["intervals"]) == ("2026-12-21T12:00:00Z", [])


def test_holidays_and_refusals_speak_the_callers_language(agent: Caller) -> None:
    agent.headers["Accept-Language"] = "nl"
    assert preview(agent).body["next_holidays"][0]["name"] == "Eerste kerstdag"
    errors = preview(agent, calendar={**CALENDAR, "timezone": "Mars"}, start="1969-01-01T00:00:00Z").body["errors"]
    assert errors["calendar.timezone"][0].startswith("“Mars” is geen tijdzone.")
    assert errors["start"] == ["Geef een moment van 1970-01-01 tot en met 2199-12-31."]


@pytest.mark.parametrize(
    ("changed", "path", "says"),
    [
        ({"calendar": {**CALENDAR, "week": {"mon": [["9", "17:00"]]}}}, "calendar.week.mon.0", "is no time"),
        ({"calendar": {**CALENDAR, "holidays": {"country": "XX"}}}, "calendar.holidays.country", "is no country"),
        ({"calendar": {**CALENDAR, "exceptions": {"2026-02-30": []}}}, "calendar.exceptions.2026-02-30", "is no date"),
        ({"calendar": {"timezone": "UTC"}}, "calendar.week", "no opening hours at all"),
        ({"calendar": {**CALENDAR, "\ud800": 1}}, "calendar.?", "means nothing here"),
        ({"calendar": []}, "calendar", "JSON object"),
        ({"calendar": None}, "calendar", "null"),
        ({"start": "yesterday"}, "start", "wrong format"),
        ({"start": "2200-01-01T00:00:00Z"}, "start", "to 2199-12-31"),
        ({"start": "0001-01-01T00:00:00+14:00"}, "start", ""),
        ({"minutes": -1}, "minutes", "greater than or equal to 0"),
        ({"minutes": LONGEST_PREVIEW + 1}, "minutes", "less than or equal"),
        ({"minutes": "soon"}, "minutes", "integer"),
        ({"calendar": {"timezone": "UTC", "exceptions": {"2026-12-24": [["09:00", "10:00"]]}}},
         "minutes", "are 240 min too few"),
    ],
)  # fmt: skip
def test_each_refusal_has_its_path(agent: Caller, changed: dict[str, Any], path: str, says: str) -> None:
    answer = preview(agent, **changed)
    assert answer.problem == (400, "invalid")
    assert list(answer.body["errors"]) == [path]
    assert says in answer.body["errors"][path][0]


def test_a_very_long_list_is_cut_and_says_so(agent: Caller) -> None:
    quarters = [[f"{hour:02}:00", f"{hour:02}:15"] for hour in range(24)]
    many = preview(agent, calendar={"timezone": "UTC", "week": {"mon": quarters}}, minutes=24 * 15 * 50).body
    assert len(many["intervals"]) == MOST_SHOWN
    assert many["complete"] is False


def test_a_stranger_previews_nothing(agent: Caller) -> None:
    agent.headers.clear()
    assert preview(agent).status == 401
