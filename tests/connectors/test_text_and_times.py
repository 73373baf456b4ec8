from datetime import UTC, datetime

import pytest

from connectors.text import clean, clean_json, digest, same_words
from connectors.times import moment

TEN = datetime(2026, 11, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        1793527200,
        1793527200.0,
        "1793527200",
        1793527200000,
        "1793527200000",
        1793527200000000,
        "2026-11-01T10:00:00.000Z",
        "2026-11-01T10:00:00+0000",
        "2026-11-01T11:00:00+01:00",
        "Sun Nov 01 10:00:00 +0000 2026",
        "Sun, 01 Nov 2026 10:00:00 GMT",
        " 2026-11-01T10:00:00Z ",
    ],
)
def test_a_time_is_read_in_every_form_that_networks_use(written: object) -> None:
    assert moment(written) == TEN
    assert moment(written).tzinfo is UTC


@pytest.mark.parametrize(
    "written",
    [None, True, "", "x", "2026-11-01T10:00:00", "2026-11-01", [], {}, float("nan"), float("inf"), "9" * 30, 10**30],
)
def test_what_is_no_time_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        moment(written)


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [(None, ""), (True, ""), ([], ""), ({}, ""), (7, "7"), ("a\x00b\ud83d", "a\ufffdb\ufffd"), ("😀", "😀")],
)
def test_cleaning(value: object, cleaned: str) -> None:
    assert clean(value) == cleaned


def test_cleaning_cuts_names_at_their_limit() -> None:
    assert clean("abcdef", 4) == "abc…"


def test_keys_are_cleaned_too() -> None:
    assert clean_json({"a\x00": [1.5, float("inf"), None, True, "\ud800"]}) == {
        "a\ufffd": [1.5, None, None, True, "\ufffd"]
    }


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Dank u ^JK", "@jan @piet Dank u ^JK", True),
        ("Zie vlotlijn.nl", "Zie http://vlotlijn.nl/", True),
        ("Zie https://www.vlotlijn.nl/a", "Zie https://vlotlijn.nl/a", True),
        ("cafe\u0301", "café", True),
        ("twee  spaties\n", "twee spaties", True),
        ("Dank u ^JK", "Dank u ^PV", False),
        ("Zie vlotlijn.nl/a", "Zie vlotlijn.nl/b", False),
        ("", "@jan", True),
    ],
)
def test_the_same_words_are_known_again(one: str, other: str, same: bool) -> None:
    assert same_words(one, other) is same


def test_a_digest_tells_texts_apart() -> None:
    assert digest("a") != digest("b")
    assert len(digest("")) == 12
