"""Suggestions by what customers said before, and what a canned response stages."""

import time
from typing import Any

import pytest

from policies.canned_actions import MOST as MOST_ACTIONS
from policies.canned_actions import Do, Staged, parse
from policies.canned_problems import CannedRefused
from policies.suggestions import FEWEST_USES, MOST, MOST_TERMS, Learned, suggest, terms_of


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Waar blijft mijn TREIN, de trein naar Gouda?", ("blijft", "trein", "gouda")),
        ("Vertraging! vertráging", ("vertraging",)),
        ("@vlotlijn #ov https://a.nl/b?c=lift marit@example.nl VL-123456 06-12345678 lift", ("lift",)),
        ("ok ja", ()),
        ("", ()),
    ],
)
def test_only_words_that_say_something_and_belong_to_nobody_are_kept(text: str, terms: tuple[str, ...]) -> None:
    assert terms_of(text) == terms


def test_a_message_teaches_so_many_words_at_most() -> None:
    assert (
        len(terms_of(" ".join(f"{chr(97 + a)}{chr(97 + b)}woord" for a in range(26) for b in range(26)))) == MOST_TERMS
    )


DELAY = Learned(1, 10, {"vertraging": 9, "trein": 8, "geld": 1})
LOST = Learned(2, 10, {"verloren": 9, "tas": 7, "trein": 8})


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        ("Vertraging van de trein", [1, 2]),
        ("Tas verloren in de trein", [2, 1]),
        ("Tas verloren", [2]),
        ("Iets heel anders vandaag", []),
    ],
)
def test_the_likeliest_comes_first_and_what_nobody_said_before_gives_nothing(said: str, ids: list[int]) -> None:
    found = suggest(terms_of(said), [DELAY, LOST], 20)
    assert [one.id for one in found] == ids
    assert all(0 < one.score <= 1 for one in found)


def test_a_word_that_stands_everywhere_says_less_than_a_rare_one() -> None:
    everywhere = [Learned(number, 10, {"trein": 10}) for number in range(3, 20)]
    first, *_others = suggest(("trein", "vertraging"), [*everywhere, DELAY], 18)
    assert first.id == 1


def test_few_uses_suggest_nothing_and_never_more_than_a_few_are_suggested() -> None:
    assert suggest(("tas",), [Learned(1, FEWEST_USES - 1, {"tas": 2})], 5) == ()
    assert len(suggest(("tas",), [Learned(number, 9, {"tas": 9}) for number in range(50)], 50)) == MOST
    assert suggest((), [DELAY], 5) == suggest(("tas",), [], 0) == ()


@pytest.mark.parametrize("piece", ["a@", "1 ", "@", "#a", "http", "é́", "a'"])
def test_hostile_text_is_read_in_no_time(piece: str) -> None:
    began = time.process_time()
    terms_of(piece * 100_000)
    assert time.process_time() - began < 1


def test_actions_come_in_the_order_in_which_they_are_done_and_once() -> None:
    form = [{"do": "state", "value": "resolve"}, {"do": "tag", "value": " a  b "}, {"do": "tag", "value": "a b"}]
    assert parse(form) == (Staged(Do.TAG, "a b"), Staged(Do.STATE, "resolve"))
    assert parse([one.as_json() for one in parse(form)]) == parse(form)


@pytest.mark.parametrize(
    "form",
    [
        None,
        {},
        [{"do": "tag", "value": "x"}] * (MOST_ACTIONS + 1),
        ["tag:x"],
        [{"do": "tag"}],
        [{"do": "tag", "value": ""}],
        [{"do": "tag", "value": "x" * 51}],
        [{"do": "tag", "value": "a\0"}],
        [{"do": "tag", "value": "x", "when": "now"}],
        [{"do": "erase", "value": "x"}],
        [{"do": ["tag"], "value": "x"}],
        [{"do": "team", "value": "1e3"}],
        [{"do": "team", "value": 3}],
        [{"do": "owner", "value": "joris"}],
        [{"do": "state", "value": "snooze"}],
        [{"do": "state", "value": "resolve"}, {"do": "state", "value": "open"}],
    ],
)
def test_what_can_not_be_meant_is_refused(form: Any) -> None:
    with pytest.raises(CannedRefused):
        parse(form)
