"""Phrases in all their forms, references by pattern, texts that are the same, and what masking leaves."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.facts import Limit
from policies.hosts import Hosts, host_problem
from policies.inflection import forms
from policies.length import measure
from policies.masking import mask
from policies.near_duplicates import KEPT, alike, digest, similarity
from policies.phrases import Phrases
from policies.reference_patterns import MOST_WAYS, Patterns, pattern_problem
from policies.words import folded, words_of


@pytest.mark.parametrize(
    ("word", "inflected"),
    [
        ("garanderen", "garandeert garandeer gegarandeerd garandeerde garanderen"),
        ("garandeer", "garandeert garanderen gegarandeerd"),
        ("beloven", "beloof belooft beloofd beloofde"),
        ("geven", "geef geeft"),
        ("bellen", "bel belt belde gebeld"),
        ("maken", "maak maakt maakte gemaakt"),
        ("lezen", "lees leest"),
        ("terugbetalen", "terugbetaald terugbetaalt"),
        ("afhandelen", "afgehandeld"),
        ("klacht", "klachten klachtje"),
        ("belofte", "beloftes beloften"),
        ("stoel", "stoelen"),
        ("promise", "promised promises promising"),
        ("guarantee", "guaranteed guarantees"),
        ("stop", "stopped stopping stops"),
        ("apology", "apologies"),
        ("refund", "refunds refunded"),
    ],
)
def test_a_word_is_found_in_its_forms(word: str, inflected: str) -> None:
    assert set(inflected.split()) <= forms(word)


def test_other_words_are_no_forms() -> None:
    assert forms("bank").isdisjoint({"bankier", "blank", "ban"})
    assert forms("refund").isdisjoint({"fund", "refuse"})


def found(phrases: Phrases, text: str) -> list[str]:
    return [text[one.start : one.end] for one in phrases.found(tuple(words_of(text)), text)]


def test_the_longest_phrase_wins_and_none_is_found_twice() -> None:
    phrases = Phrases(("geld", "geld terug", "terug"))
    assert found(phrases, "Je krijgt je geld terug en nog meer geld") == ["geld terug", "geld"]


def test_phrases_end_where_a_sentence_does() -> None:
    phrases = Phrases(("geen probleem",))
    assert found(phrases, "Geen, probleem") == ["Geen, probleem"]
    assert found(phrases, "Geen. Probleem") == []
    assert found(phrases, "GEE\u0308N pröbleem") == ["GEE\u0308N pröbleem"]


def test_a_thousand_phrases_cost_a_glance_for_each_word() -> None:
    phrases = Phrases(tuple(f"woord{number} zin" for number in range(1_000)))
    text = "woord7 en woord999 zin " * 2_000
    words = tuple(words_of(text))
    begun = time.process_time()
    assert next(phrases.found(words, text)).entry == "woord999 zin"
    assert time.process_time() - begun < 1


@given(st.text())
def test_folding_keeps_every_place(text: str) -> None:
    assert len(folded(text)) == len(text)
    assert all(0 <= word.start < word.end <= len(text) for word in words_of(text))


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (r"VL-\d{6}", None),
        (r"[A-Z]{2}\d{4,8}(-\d{2})?", None),
        (r"(order|boeking) ?#\d{5}", None),
        (r"\d+", "unbounded"),
        (r"\d{4}[A-Z]*", "unbounded"),
        (r"(a?){40}", "ways"),
        (r"\d{0,40}\d{0,40}\d{0,40}", "ways"),
        (r"(a|b|c|d){6}", "ways"),
        (r"\d{2,9}", "size"),
        (r"\d{99}", "size"),
        (r"(?=a)bcde", "syntax"),
        (r"(?i)abcd", "syntax"),
        (r"\w{6}", "syntax"),
        (r"(a)\1abc", "syntax"),
        (r"abcd.", "syntax"),
        (r"a(bcde", "syntax"),
        (r"abcde)", "syntax"),
        (r"[Z-A]{6}", "syntax"),
        (r"a{3}{3}", "syntax"),
        (r"a{5,2}", "syntax"),
        ("(" * 12 + "abcd" + ")" * 12, "syntax"),
    ],
)
def test_only_patterns_that_can_not_be_slow_are_taken(pattern: str, reason: str | None) -> None:
    problem = pattern_problem(pattern)
    assert (problem and problem.reason) == reason


@pytest.mark.parametrize("pattern", [r"(a|aa|aaa){4}b{0,9}", r"a{1,20}b?a{1,20}", r"(a|b){9}", r"((a?b?){3}c{0,5}d)"])
def test_the_worst_pattern_that_is_taken_is_linear(pattern: str) -> None:
    assert MOST_WAYS == 1_000
    if problem := pattern_problem(pattern):
        assert problem.reason in {"ways", "size"}
        return
    patterns = Patterns((pattern,))
    spent = []
    for size in (20_000, 40_000):
        begun = time.process_time()
        list(patterns.spans("a" * size + "!" + "a b" * size))
        spent.append(time.process_time() - begun)
    assert spent[1] < max(3.2 * spent[0], 0.25)


@given(st.text(st.sampled_from("aAz09\\d[]{}(),|?*+- /1"), max_size=30))
def test_any_pattern_is_refused_or_works(pattern: str) -> None:
    if pattern_problem(pattern) is None:
        assert all(end > start for start, end in Patterns((pattern,)).spans("aA09-/ az 11 " * 20))


def test_hosts_stand_for_their_subdomains_and_nothing_else() -> None:
    hosts = Hosts(("vlotlijn.nl", "MÜNCHEN.de"))
    assert "www.vlotlijn.nl" in hosts
    assert "xn--mnchen-3ya.de" in hosts
    assert "nietvlotlijn.nl" not in hosts
    assert "vlotlijn.nl.example.com" not in hosts
    assert "nl" not in hosts
    for wrong in ("https://a.nl", "a.nl/x", "localhost", "a..nl", "", "a b.nl", "-a.nl"):
        assert host_problem(wrong), wrong


TEXT = "Hoi {name}, er is een storing tussen Utrecht en Zwolle en we verwachten dat die om 14:05 is opgelost. ^{sign}"


def test_the_same_text_to_another_customer_is_the_same() -> None:
    first = digest(TEXT.format(name="@anna", sign="JK"))
    assert first == digest(TEXT.format(name="@bert", sign="AB").replace("14:05", "15:30"))
    assert similarity(first, digest(TEXT.format(name="Anna", sign="JK"))) > 0.8
    assert similarity(first, digest("Je geld is vandaag teruggestort, dank voor je geduld met ons.")) == 0
    assert alike(first, [first, (), first], 0.9) == 2


@given(st.text(), st.text())
def test_similarity_is_a_share_and_knows_itself(one: str, other: str) -> None:
    mine, theirs = digest(one), digest(other)
    assert len(mine) <= KEPT
    assert 0 <= similarity(mine, theirs) == similarity(theirs, mine) <= 1
    assert similarity(mine, mine) == (1 if mine else 0)


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (min(pair), max(pair))), max_size=5)


@given(st.text(max_size=60), spans)
def test_masking_keeps_the_places_and_counts_of_what_is_left(text: str, hidden: list[tuple[int, int]]) -> None:
    shown = mask(text, hidden)
    assert len(shown) == len(text)
    inside = {place for start, end in hidden for place in range(start, end)}
    for place, (before, after) in enumerate(zip(text, shown, strict=True)):
        assert after == before if place not in inside else after == "*" or not before.isalnum()
    for unit in ("characters", "bytes"):
        assert measure(shown, Limit(60, unit)).used <= measure(text, Limit(60, unit)).used


@settings(deadline=None)  # the first emoji loads a table
@given(st.text(st.characters(exclude_characters="."), max_size=40), st.text("0123456789 -", min_size=1, max_size=20))
def test_masking_a_number_leaves_the_length_that_a_network_counts(text: str, number: str) -> None:
    whole = f"{text} {number} {text}"
    shown = mask(whole, [(len(text) + 1, len(text) + 1 + len(number))])
    for unit in ("weighted", "characters", "graphemes", "bytes"):
        assert measure(shown, Limit(60, unit)).used == measure(whole, Limit(60, unit)).used
