"""What is no calendar is refused, with the place and with words that say what to do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.calendar_messages import MESSAGES, say
from policies.calendar_problems import CalendarProblem
from policies.calendars import MOST_EXCEPTIONS, parse
from policies.messages import LANGUAGES, names_in
from policies.public_holidays import countries, public_holidays, subdivisions

OPEN = {"mon": [["09:00", "17:00"]]}
MISSING = object()


def a_form(**changed: Any) -> dict[str, Any]:
    whole = {"timezone": "Europe/Amsterdam", "week": OPEN, "holidays": None, "exceptions": {}, **changed}
    return {key: value for key, value in whole.items() if value is not MISSING}


def refusals(form: Any, language: str = "en") -> dict[str, str]:
    with pytest.raises(CalendarProblem) as refused:
        parse(form)
    return dict(refused.value.said(language))


@pytest.mark.parametrize(
    ("changed", "path", "says"),
    [
        ({"timezone": "Europe/Amsterdm"}, "timezone", "such as Europe/Amsterdam"),
        ({"timezone": "europe/amsterdam"}, "timezone", "no time zone"),
        ({"timezone": MISSING}, "timezone", "“null” is no time zone"),
        ({"timezone": "../../etc/passwd"}, "timezone", "no time zone"),
        ({"timezone": "localtime"}, "timezone", "no time zone"),
        ({"timezone": ["UTC"]}, "timezone", "no time zone"),
        ({"timezone": ""}, "timezone", "no time zone"),
        ({"time_zone": "UTC"}, "time_zone", "use one of: timezone, week, holidays, exceptions"),
        ({"week": []}, "week", "object of days"),
        ({"week": None}, "week", "object of days"),
        ({"week": {"monday": []}}, "week.monday", "“monday” is no day"),
        ({"week": {"mon": None}}, "week.mon", "[] means closed"),
        ({"week": {"mon": ["09:00", "17:00"]}}, "week.mon.0", '"09:00", "17:30"'),
        ({"week": {"mon": [["09:00"]]}}, "week.mon.0", '["09:00"] is no interval'),
        ({"week": {"mon": [["09:00", "10:00", "11:00"]]}}, "week.mon.0", "is no interval"),
        ({"week": {"mon": [["09:00", "17:00"]], "tue": [["9:00", "17:00"]]}}, "week.tue.0", "“9:00” is no time"),
        ({"week": {"mon": [["09:00", "17:60"]]}}, "week.mon.0", "“17:60” is no time"),
        ({"week": {"mon": [["24:00", "06:00"]]}}, "week.mon.0", "only an end may be 24:00"),
        ({"week": {"mon": [["09:00", "24:01"]]}}, "week.mon.0", "“24:01” is no time"),
        ({"week": {"mon": [["09:00", "17:00:00"]]}}, "week.mon.0", "is no time"),
        ({"week": {"mon": [["09:00", "17:00\n"]]}}, "week.mon.0", "is no time"),
        ({"week": {"mon": [["٠٩:٠٠", "17:00"]]}}, "week.mon.0", "is no time"),
        ({"week": {"mon": [[540, "17:00"]]}}, "week.mon.0", "“540” is no time"),
        ({"week": {"mon": [["00:00", "00:10"]] * 25}}, "week.mon", "25 intervals, and a day takes 24"),
        ({"holidays": "NL"}, "holidays", '"country": "NL"'),
        ({"holidays": {}}, "holidays.country", "no country"),
        ({"holidays": {"country": "nl"}}, "holidays.country", "two capitals"),
        ({"holidays": {"country": "NLD"}}, "holidays.country", "no country"),
        ({"holidays": {"country": "HolidayBase"}}, "holidays.country", "no country"),
        ({"holidays": {"country": ["NL"]}}, "holidays.country", "no country"),
        ({"holidays": {"country": "DE", "subdivision": "XX"}}, "holidays.subdivision", "one of: BB, BE, BW, BY"),
        ({"holidays": {"country": "DE", "subdivision": ""}}, "holidays.subdivision", "no part of DE"),
        ({"holidays": {"country": "BE", "subdivision": "VLG"}}, "holidays.subdivision", "Use null"),
        ({"holidays": {"country": "NL", "region": "x"}}, "holidays.region", "country, subdivision"),
        ({"exceptions": []}, "exceptions", "object of dates"),
        ({"exceptions": {"2026-02-29": []}}, "exceptions.2026-02-29", "is no date"),
        ({"exceptions": {"20261224": []}}, "exceptions.20261224", "Write it as 2026-12-24"),
        ({"exceptions": {"24-12-2026": []}}, "exceptions.24-12-2026", "is no date"),
        ({"exceptions": {"1969-12-31": []}}, "exceptions.1969-12-31", "from 1970-01-01 to 2199-12-31"),
        ({"exceptions": {"0001-01-01": []}}, "exceptions.0001-01-01", "is no date"),
        ({"exceptions": {"9999-12-31": []}}, "exceptions.9999-12-31", "is no date"),
        ({"exceptions": {"2026-12-24": "closed"}}, "exceptions.2026-12-24", "[] means closed"),
        ({"exceptions": {"2026-12-24": [["x", "17:00"]]}}, "exceptions.2026-12-24.0", "“x” is no time"),
        ({"exceptions": {str(n): [] for n in range(MOST_EXCEPTIONS + 1)}}, "exceptions", "Take out those"),
        ({"week": {}}, "week", "no opening hours at all"),
        ({"week": MISSING}, "week", "no opening hours at all"),
        ({"week": {"mon": []}, "exceptions": {"2026-12-24": []}}, "week", "Add an interval"),
        ({"x" * 1000: 1}, "x" * 60 + "…", "means nothing here"),
        ({"\ud800": 1}, "?", "means nothing here"),
    ],
)  # fmt: skip
def test_what_is_wrong_and_what_to_do(changed: dict[str, Any], path: str, says: str) -> None:
    found = refusals(a_form(**changed))
    assert says in found[path]
    assert "\n" not in found[path]


@pytest.mark.parametrize("form", [None, [], "x", 3, {1, 2}, {"timezone": object()}])
def test_what_is_no_object_is_refused_as_a_whole(form: Any) -> None:
    assert "JSON object" in refusals(form)[""]


def test_all_that_is_wrong_is_said_at_once_in_the_readers_language() -> None:
    form = a_form(timezone="Mars", week={"mon": [["9", "10"]], "mo": []}, holidays={"country": "XX"}, nights=1)
    assert set(refusals(form)) == {"timezone", "week.mon.0", "week.mo", "holidays.country", "nights"}
    assert refusals(form, "nl-NL")["timezone"].startswith("“Mars” is geen tijdzone.")
    assert refusals(form, "fr")["timezone"].startswith("“Mars” is no time zone.")
    with pytest.raises(ValueError, match=r"nights: “nights” means nothing here.*timezone: “Mars” is no time zone"):
        parse(form)


@pytest.mark.parametrize(
    ("changed", "path", "says"),
    [
        ({"week": {"mon": [["09:00", "12:00"], ["11:59", "13:00"]]}}, "week.mon",
         "11:59–13:00 (mon) overlaps 09:00–12:00 (mon)"),
        ({"week": {"mon": [["11:00", "13:00"], ["09:00", "12:00"]]}}, "week.mon", "overlaps"),
        ({"week": {"mon": [["09:00", "12:00"], ["09:00", "12:00"]]}}, "week.mon", "overlaps"),
        ({"week": {"mon": [["22:00", "06:00"]], "tue": [["05:59", "09:00"]]}}, "week.tue",
         "05:59–09:00 (tue) overlaps 22:00–06:00 (mon)"),
        ({"week": {"sun": [["22:00", "06:00"]], "mon": [["05:59", "09:00"]]}}, "week.mon",
         "05:59–09:00 (mon) overlaps 22:00–06:00 (sun)"),
        ({"week": {"sun": [["09:00", "09:00"]], "mon": [["08:00", "10:00"]]}}, "week.mon", "overlaps"),
        ({"exceptions": {"2026-03-04": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "exceptions.2026-03-04", "overlaps"),
        # beside a usual day, before and after; 2 March 2026 is a Monday
        ({"exceptions": {"2026-03-01": [["22:00", "09:01"]]}}, "exceptions.2026-03-01",
         "09:00–17:00 (2026-03-02) overlaps 22:00–09:01 (2026-03-01)"),
        ({"week": {"mon": [["22:00", "06:00"]]}, "exceptions": {"2026-03-03": [["05:00", "07:00"]]}},
         "exceptions.2026-03-03", "05:00–07:00 (2026-03-03) overlaps 22:00–06:00 (2026-03-02)"),
        # between two exceptions
        ({"exceptions": {"2026-03-04": [["22:00", "06:00"]], "2026-03-05": [["05:00", "07:00"]]}},
         "exceptions.2026-03-04", "overlaps"),
        # across the year's end
        ({"exceptions": {"2026-12-31": [["22:00", "06:00"]], "2027-01-01": [["05:00", "07:00"]]}},
         "exceptions.2026-12-31", "overlaps"),
    ],
)  # fmt: skip
def test_overlaps_are_refused(changed: dict[str, Any], path: str, says: str) -> None:
    found = refusals(a_form(**changed))
    assert says in found[path]
    assert len(found) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"week": {"mon": [["09:00", "12:00"], ["12:00", "17:00"]]}},
        {"week": {"mon": [["13:00", "17:00"], ["09:00", "12:00"]]}},
        {"week": {"sun": [["22:00", "06:00"]], "mon": [["06:00", "09:00"]]}},
        {"week": {day: [["09:00", "09:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}},
        {"week": {"mon": [["00:00", "24:00"]], "tue": [["00:00", "00:00"]]}},
        {"week": {}, "exceptions": {"2026-12-24": [["09:00", "13:00"]]}},
        {"exceptions": {"2026-03-01": [["22:00", "09:00"]]}},
        {"exceptions": {"2026-03-01": [["22:00", "10:00"]], "2026-03-02": []}},  # the Monday after is closed
        # the interval that would overlap falls on a holiday, and is not there
        {"holidays": {"country": "NL"}, "exceptions": {"2026-04-26": [["22:00", "10:00"]]}},
        {"holidays": None},
        {"holidays": MISSING, "exceptions": MISSING},
        {"holidays": {"country": "NL"}},
        {"holidays": {"country": "DE", "subdivision": "BY"}},
        {"exceptions": {"1970-01-01": [], "2199-12-31": [], "2028-02-29": []}},
    ],
)
def test_what_is_a_calendar_is_taken(changed: dict[str, Any]) -> None:
    parse(a_form(**changed))


ANY_TEXT = st.text(st.characters(), max_size=8) | st.sampled_from(["UTC", "mon", "09:00", "24:00", "NL", "2026-12-24"])
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(changed=st.dictionaries(st.sampled_from(["timezone", "week", "holidays", "exceptions"]) | ANY_TEXT, ANY_JSON))
def test_whatever_comes_is_taken_or_refused_in_words_that_can_be_sent(changed: dict[str, Any]) -> None:
    try:
        parse(a_form(**changed))
    except CalendarProblem as problem:
        said = [(path, sentence) for language in LANGUAGES for path, sentence in problem.said(language)]
        assert said
        assert all(f"{path}{sentence}".encode() for path, sentence in said)


@pytest.mark.parametrize("code", MESSAGES)
def test_every_message_is_said_in_every_language_with_the_same_facts(code: str) -> None:
    versions = MESSAGES[code]
    assert set(versions) == set(LANGUAGES)
    assert len({names_in(text) for text in versions.values()}) == 1
    for language in LANGUAGES:
        assert "{{" not in say(code, language, **dict.fromkeys(names_in(versions["en"]), "7"))


def test_every_country_gives_its_holidays_without_a_warning_or_the_machines_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANGUAGE", "en_US")
    public_holidays.cache_clear()
    assert len(countries()) > 200
    for country in sorted(countries()):
        for part in ("", *subdivisions(country)[:1]):
            for year in (1970, 2026, 2199):
                assert all(day.year == year for day in public_holidays(country, part, year))
    assert "Koningsdag" in public_holidays("NL", "", 2026).values()
