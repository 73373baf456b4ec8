"""What an incoming text seems to be: its language, its mood, whether it presses, whether it is abuse, and how soon it
deserves a look. Word lists and plain arithmetic: every result names its reasons, and none of it decides for a person.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import regex

from policies.language import detect_language
from policies.learned_mood import NOTHING_LEARNED, Learned, learn
from policies.lexicon import EMOJI, HARD_TO_READ_AS_PRAISE, Lexicon, lexicon_for

_TOKEN = regex.compile(r"https?://\S+|[@#]?[\w*]+(?:['’*]+\w+)*!?|\p{Extended_Pictographic}|[?!]{2,}")
_CHARACTERS_READ = 5_000  # far past any network's public limit; what follows changes no verdict
_NEGATION_REACH = 3  # words: "not at all helpful"
_MASKED = {"f*ck": "fuck", "f**k": "fuck", "f*cking": "fucking", "f**king": "fucking", "sh*t": "shit", "k*t": "kut"}


class Sentiment(StrEnum):
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known beside the text. `language` is what the network states; None where it does not say."""

    language: str = ""
    account_language: str = "nl"
    private: bool = False
    followers: int | None = None
    verified: bool = False
    rating: int | None = None  # 1 to 5 stars of a review


@dataclass(frozen=True, slots=True)
class Triage:
    """`confidence` (0..1) is the sentiment's; `priority` is `priority_score`; `reasons` are short and in English."""

    language: str
    sentiment: Sentiment
    confidence: float
    abusive: bool
    urgent: bool
    priority: int
    reasons: tuple[str, ...]


@dataclass(slots=True)
class _Reading:
    """What was found while going over the words once."""

    good: float = 0.0
    bad: float = 0.0
    good_words: list[str] = field(default_factory=list)
    bad_words: list[str] = field(default_factory=list)
    urgent_words: list[str] = field(default_factory=list)
    abusive_words: list[str] = field(default_factory=list)


NO_HINTS = Hints()
NOBODY_CORRECTED: Mapping[str, Learned] = {}


def triage(text: str, hints: Hints = NO_HINTS, learned: Mapping[str, Learned] = NOBODY_CORRECTED) -> Triage:
    """Judge an incoming text. Any Unicode is accepted and a long one is read in part.

    `learned`: by language, what corrections taught.
    """
    head = text[:_CHARACTERS_READ]
    language = detect_language(head, hints.language, hints.account_language)
    return judge(head, language, hints, learned)


def judge(
    text: str, language: str, hints: Hints = NO_HINTS, learned: Mapping[str, Learned] = NOBODY_CORRECTED
) -> Triage:
    """The same for a text whose language is known."""
    reading = _read(text[:_CHARACTERS_READ], lexicon_for(language), learned.get(language, NOTHING_LEARNED))
    sentiment, confidence = _sentiment(reading) if hints.rating is None else _by_stars(reading, hints.rating)
    urgent, abusive = bool(reading.urgent_words), bool(reading.abusive_words)
    priority = priority_score(
        urgent=urgent,
        abusive=abusive,
        sentiment=sentiment,
        private=hints.private,
        followers=hints.followers,
        verified=hints.verified,
        rating=hints.rating,
    )
    reasons = tuple(_reasons(reading, sentiment, hints))
    return Triage(language, sentiment, confidence, abusive, urgent, priority, reasons)


def correct(text: str, language: str, sentiment: str, learned: Mapping[str, Learned]) -> Learned:
    """What is known of the words of a language once somebody said what this text is."""
    known, lexicon = learned.get(language, NOTHING_LEARNED), lexicon_for(language)
    tokens = (token.strip("#!").lower() for token in _TOKEN.findall(text[:_CHARACTERS_READ]) if token[0] != "@")
    return learn(known, (word for word in tokens if _is_plain(word, lexicon)), sentiment)


def priority_score(
    *,
    urgent: bool = False,
    abusive: bool = False,
    sentiment: Sentiment = Sentiment.NEUTRAL,
    private: bool = False,
    followers: int | None = None,
    verified: bool = False,
    rating: int | None = None,
) -> int:
    """How soon to look, 0 (no hurry) to 100; the queue shows the highest first.

    An emergency outweighs everything else together. Reach counts by its order of magnitude, from 1,000 followers on;
    a single star says that somebody is done with us.
    """
    score = 51 if urgent else 0
    score += 15 if sentiment is Sentiment.NEGATIVE else 0
    score += 10 if private else 0
    score += 5 if verified else 0
    score += min(max(int(5 * (math.log10(followers) - 2)), 0), 14) if followers and followers >= 1_000 else 0
    score += 5 if abusive else 0
    score += 5 if rating == 1 else 0
    return score


def _read(text: str, lexicon: Lexicon, learned: Learned) -> _Reading:
    reading = _Reading()
    negated_until, boost = -1, 1.0
    for position, token in enumerate(_TOKEN.findall(text)):
        if token[0] == "@" or token.startswith("http"):
            continue
        emoji = EMOJI.get(token[0])
        if emoji is not None:
            _add(reading, emoji, token[0])
            continue
        shown = token.strip("#!").lower().replace("’", "'")
        word = _MASKED.get(shown, shown)
        if lexicon.abusive.weight(word):
            reading.abusive_words.append(shown)
            _add(reading, -2.0, shown)
            continue
        if lexicon.urgent.weight(word) or (token[-1] == "!" and lexicon.urgent.weight(word + "!")):
            reading.urgent_words.append(shown)
        weight = lexicon.feelings.weight(word)
        if learned and _is_plain(word, lexicon):
            weight += learned.of(word)
        if weight > 0 and position <= negated_until:
            weight = -weight
        elif weight < -0.5 and position <= negated_until:
            weight = 0.25  # "not bad", "no problem": a relief, hardly praise
        if weight:
            _add(reading, weight * boost, shown)
        boost = 1.4 if word in lexicon.boosters else 1.0
        if word in lexicon.negators:
            negated_until = position + _NEGATION_REACH
    return reading


def _is_plain(word: str, lexicon: Lexicon) -> bool:
    """Whether something can be learned of it."""
    return word.isalpha() and word not in lexicon.negators and word not in lexicon.boosters


def _add(reading: _Reading, weight: float, word: str) -> None:
    if weight > 0:
        reading.good += weight
        reading.good_words.append(word)
    else:
        reading.bad += weight
        reading.bad_words.append(word)


def _sentiment(reading: _Reading) -> tuple[Sentiment, float]:
    balance, weight = _balance(reading), _good(reading) - reading.bad
    if balance >= 1.0:
        sentiment = Sentiment.POSITIVE
    elif balance <= -1.0:
        sentiment = Sentiment.NEGATIVE
    else:
        return Sentiment.NEUTRAL, round(0.6 - 0.25 * min(weight, 2.0) / 2.0, 2)
    agreement = abs(balance) / weight
    return sentiment, round(0.45 + 0.5 * agreement * (1 - math.exp(-abs(balance) / 2)), 2)


def _by_stars(reading: _Reading, rating: int) -> tuple[Sentiment, float]:
    """Whoever gives stars says it plainly; with three the words decide."""
    if rating == 3:
        return _sentiment(reading)
    return (Sentiment.NEGATIVE if rating < 3 else Sentiment.POSITIVE), 0.95 if rating in (1, 5) else 0.8


def _good(reading: _Reading) -> float:
    return reading.good / 2 if reading.bad <= HARD_TO_READ_AS_PRAISE else reading.good


def _balance(reading: _Reading) -> float:
    return _good(reading) + reading.bad


def _reasons(reading: _Reading, sentiment: Sentiment, hints: Hints) -> Iterator[str]:
    if hints.rating is not None:
        yield f"stars: {hints.rating} of 5"
    yield from (f"urgent: {word}" for word in dict.fromkeys(reading.urgent_words))
    yield from (f"abusive: {word}" for word in dict.fromkeys(reading.abusive_words))
    words = {Sentiment.NEGATIVE: reading.bad_words, Sentiment.POSITIVE: reading.good_words}.get(sentiment, [])
    yield from (f"{sentiment}: {word}" for word in list(dict.fromkeys(words))[:5])
    if hints.private:
        yield "private"
    if hints.verified:
        yield "verified"
    if hints.followers and hints.followers >= 1_000:
        yield f"reach: {hints.followers}"
