"""How often the mood that the desk reads from a text is the one that people read, before and after corrections.

The data is beside the project where there is any (`shared/data`); it is measured with and never shipped. What
corrections teach is learned here from one half of each set, forgotten at the end, and measured on the other half.
"""

import csv
import gzip
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from policies.learned_mood import Learned
from policies.triage import Hints, correct, triage
from tests.benchmarks.tables import show

DATA = Path(__file__).parents[3] / "shared/data"
MOODS = ("negative", "neutral", "positive")
READ = 500  # texts by agents, who correct those that the desk has wrong

Text = tuple[str, str]  # a text and how people read it

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the data is not beside the project")


def _rows(path: str) -> Iterator[Mapping[str, str]]:
    read = (DATA / path).read_bytes()
    yield from csv.DictReader((gzip.decompress(read) if path.endswith(".gz") else read).decode().splitlines(True))


def _airlines() -> list[Text]:
    return [(row["text"], row["airline_sentiment"]) for row in _rows("airline_sentiment/tweets.csv.gz")]


def _politics() -> list[Text]:
    return [(row["text"], row["polarity"]) for row in _rows("dutch/political_tweets.csv") if row["polarity"] in MOODS]


def _restaurants() -> list[Text]:
    read_as = {"none": "neutral", **{mood: mood for mood in MOODS}}
    rows = _rows("dutch/restaurant_sentences.csv")
    return [(row["text"], read_as[row["polarity"]]) for row in rows if row["polarity"] in read_as]


def _books() -> list[Text]:
    """With no neutral ones among them: neutral counts as an error."""
    return [(row["text"], row["polarity"]) for row in _rows("dutch/bol_reviews.csv.gz") if row["polarity"] in MOODS]


SETS: Mapping[str, tuple[str, Callable[[], list[Text]]]] = {
    "tweets to airlines, English": ("en", _airlines),
    "tweets of politicians, Dutch": ("nl", _politics),
    "sentences on restaurants, Dutch": ("nl", _restaurants),
    "reviews of books, Dutch": ("nl", _books),
}


def test_mood() -> None:
    rows = []
    for name, (language, read) in SETS.items():
        texts = read()
        measured, lessons = texts[::2], texts[1::2]
        learned = _taught(lessons[:READ], language)
        common = Counter(mood for _text, mood in measured).most_common(1)[0]
        rows.append(
            (
                f"{name} ({len(measured):,})",
                _figures(measured, language, {}),
                _figures(measured, language, learned),
                f"{common[1] / len(measured):.0%} {common[0]}",
            )
        )
    show(
        "Mood: accuracy / mean F1 of the moods that occur",
        rows, ("texts", "word lists alone", f"once agents read {READ}", "most common"),
    )  # fmt: skip


def _taught(lessons: Sequence[Text], language: str) -> dict[str, Learned]:
    learned: dict[str, Learned] = {}
    hints = Hints(language=language, account_language=language)
    for text, mood in lessons:
        if str(triage(text, hints, learned).sentiment) != mood:
            learned[language] = correct(text, language, mood, learned)
    return learned


def _figures(texts: Sequence[Text], language: str, learned: Mapping[str, Learned]) -> str:
    hints = Hints(language=language, account_language=language)
    pairs = Counter((mood, str(triage(text, hints, learned).sentiment)) for text, mood in texts)
    right = sum(pairs[mood, mood] for mood in MOODS)
    occur = [mood for mood in MOODS if any(pairs[mood, said] for said in MOODS)]
    return f"{right / len(texts):.1%} / {sum(_f1(pairs, mood) for mood in occur) / len(occur):.2f}"


def _f1(pairs: Mapping[tuple[str, str], int], mood: str) -> float:
    found = sum(pairs[other, mood] for other in MOODS)
    there = sum(pairs[mood, said] for said in MOODS)
    return 2 * pairs[mood, mood] / (found + there) if found + there else 0.0
