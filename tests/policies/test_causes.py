"""Suggested causes: from the words of past choices, and only where a word speaks for one."""

from collections.abc import Iterable

from policies.causes import LEAST, MOST, Known, guess, words_in

DELAY = ["mijn trein heeft weer vertraging", "vertraging op het spoor bij Utrecht", "trein staat stil, vertraging"]
REFUND = [
    "ik wil mijn geld terug voor dit kaartje",
    "wanneer krijg ik geld terug",
    "kaartje dubbel betaald, geld terug",
]
APP = ["de app loopt vast op mijn telefoon", "app start niet meer", "inloggen in de app lukt niet"]


def taught(number: int, texts: Iterable[str], named: str = "") -> Known:
    words: dict[int, int] = {}
    texts = list(texts)
    for text in texts:
        for one in words_in([text]):
            words[one] = words.get(one, 0) + 1
    return Known(number, len(texts), words, frozenset(words_in([named])))


KNOWN = [taught(1, DELAY), taught(2, REFUND), taught(3, APP)]


def test_the_words_of_past_choices_speak_for_a_cause_and_say_so() -> None:
    best, *_others = guess(words_in(["Alweer vertraging, mijn trein komt niet"]), KNOWN)
    assert best.id == 1
    first = best.reasons[0]
    assert (first.word, first.here, first.of, first.elsewhere, first.of_others) == ("vertraging", 3, 3, 0, 6)


def test_a_text_that_says_nothing_of_any_cause_gets_no_suggestion() -> None:
    assert guess(words_in(["Goedemorgen allemaal, fijne dag"]), KNOWN) == ()
    assert guess({}, KNOWN) == ()
    assert guess(words_in(["vertraging"]), []) == ()


def test_before_anything_was_chosen_the_names_speak() -> None:
    named = [taught(1, (), "Vertraging Delay"), taught(2, (), "Geld terug Refund")]
    (best,) = guess(words_in(["Hoeveel vertraging heeft hij?"]), named)
    assert (best.id, best.reasons[0].named, best.reasons[0].here) == (1, True, 0)


def test_a_word_that_stands_everywhere_speaks_for_nothing() -> None:
    known = [taught(1, ["de trein is laat"] * 20), taught(2, ["de trein is vol"] * 20)]
    assert guess(words_in(["de trein"]), known) == ()


def test_likelihoods_are_shares_and_few_are_told() -> None:
    many = [taught(number, [f"vertraging spoor{number}"]) for number in range(1, 9)]
    found = guess(words_in(["vertraging spoor3 spoor4 spoor5 spoor6"]), many)
    assert 0 < len(found) <= MOST
    assert all(LEAST <= one.likely <= 1 for one in found)
    assert sum(one.likely for one in found) <= 1.0001


def test_what_is_said_more_often_is_likelier() -> None:
    known = [taught(1, ["kaart kapot"] * 30), taught(2, ["kaart kapot"] * 2), taught(3, ["trein laat"] * 60)]
    found = guess(words_in(["mijn kaart is kapot"]), known)
    assert found[0].id == 1
