"""What corrections teach: the words of a company's own customers, never more than its lists allow."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from policies import learned_mood
from policies.learned_mood import MOST, NOTHING_LEARNED, Learned
from policies.triage import Sentiment, correct, judge

SARCASM = (
    "Petje af hoor, weer zo'n spoorfeest vanmorgen",
    "Wat een spoorfeest op perron drie",
    "Gezellig, het spoorfeest gaat door",
)


def taught(corrections: list[tuple[str, str]]) -> Mapping[str, Learned]:
    learned: dict[str, Learned] = {}
    for text, sentiment in corrections:
        learned["nl"] = correct(text, "nl", sentiment, learned)
    return learned


def test_a_word_that_agents_correct_again_and_again_is_read_as_they_do() -> None:
    text = "Morgen zeker weer spoorfeest"
    assert judge(text, "nl").sentiment is not Sentiment.NEGATIVE
    learned = taught([(said, "negative") for said in SARCASM] * 4)
    judged = judge(text, "nl", learned=learned)
    assert judged.sentiment is Sentiment.NEGATIVE
    assert "negative: spoorfeest" in judged.reasons
    assert judge(text, "en", learned=learned).sentiment is not Sentiment.NEGATIVE


def test_one_correction_changes_little_elsewhere() -> None:
    learned = taught([("De conducteur heette Joris en droeg een blauwe pet", "negative")])
    assert judge("Joris met de blauwe pet", "nl", learned=learned).sentiment is Sentiment.NEUTRAL


def test_it_is_unlearned_as_it_was_learned() -> None:
    learned = taught([(said, "negative") for said in SARCASM] * 4 + [(said, "neutral") for said in SARCASM] * 8)
    assert judge("Morgen zeker weer spoorfeest", "nl", learned=learned).sentiment is Sentiment.NEUTRAL


def test_no_word_can_be_read_from_what_is_kept() -> None:
    assert all(isinstance(number, int) for number in taught([(SARCASM[0], "negative")])["nl"].words)


def test_a_word_that_stands_in_all_corrected_texts_means_nothing() -> None:
    moods = ("negative", "positive") * 30
    learned = taught([(f"de trein was {mood} nummer{number}", mood) for number, mood in enumerate(moods)])["nl"]
    assert abs(learned.of("trein")) < 0.05
    assert learned.of("negative") < -1 < 1 < learned.of("positive")


def test_no_more_words_are_kept_than_are_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learned_mood, "MOST_WORDS", 3)
    learned = NOTHING_LEARNED
    for words in (("often", "once"), ("often", "later"), ("often", "newest")):
        learned = learned_mood.learn(learned, words, "negative")
    assert set(learned.words) == {learned_mood.number_of(word) for word in ("often", "later", "newest")}


@settings(max_examples=50)
@given(some.lists(some.tuples(some.text(max_size=80), some.sampled_from(list(Sentiment))), max_size=12))
def test_whatever_is_corrected_the_weights_stay_in_bounds(corrections: list[tuple[str, str]]) -> None:
    learned = NOTHING_LEARNED
    for text, sentiment in corrections:
        learned = correct(text, "nl", sentiment, {"nl": learned})
        judged = judge(text, "nl", learned={"nl": learned})
        assert 0 <= judged.confidence <= 1
        assert all(abs(learned.of(word)) <= MOST for word in text.split())
