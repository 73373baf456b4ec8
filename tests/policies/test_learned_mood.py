"""What corrections teach: the words of a company's own customers, never more than its lists allow."""

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as some

from policies.learned_mood import MOST, NOTHING_LEARNED, Learned, chances
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
    learned = taught([(said, "negative") for said in SARCASM] * 2)
    judged = judge(text, "nl", learned=learned)
    assert judged.sentiment is Sentiment.NEGATIVE
    assert "negative: spoorfeest" in judged.reasons
    assert judge(text, "en", learned=learned).sentiment is not Sentiment.NEGATIVE


def test_one_correction_changes_little_elsewhere() -> None:
    learned = taught([("De conducteur heette Joris en droeg een blauwe pet", "negative")])
    assert judge("Joris met de blauwe pet", "nl", learned=learned).sentiment is Sentiment.NEUTRAL


def test_it_is_unlearned_as_it_was_learned() -> None:
    learned = taught([(said, "negative") for said in SARCASM] * 2 + [(said, "neutral") for said in SARCASM] * 8)
    assert judge("Morgen zeker weer spoorfeest", "nl", learned=learned).sentiment is Sentiment.NEUTRAL


def test_no_word_can_be_read_from_what_is_kept() -> None:
    assert all(isinstance(number, int) for number in taught([(SARCASM[0], "negative")])["nl"].weights)


@given(some.floats(-1_000, 1_000))
def test_chances_are_chances(balance: float) -> None:
    bad, neutral, good = chances(balance)
    assert min(bad, neutral, good) >= 0
    assert abs(bad + neutral + good - 1) < 1e-9


@settings(max_examples=50)
@given(some.lists(some.tuples(some.text(max_size=80), some.sampled_from(list(Sentiment))), max_size=12))
def test_whatever_is_corrected_the_weights_stay_in_bounds(corrections: list[tuple[str, str]]) -> None:
    learned = NOTHING_LEARNED
    for text, sentiment in corrections:
        learned = correct(text, "nl", sentiment, {"nl": learned})
        judged = judge(text, "nl", learned={"nl": learned})
        assert 0 <= judged.confidence <= 1
    assert all(abs(weight) <= MOST for weight in learned.weights.values())
