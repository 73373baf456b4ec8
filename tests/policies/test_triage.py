"""Language, mood, urgency, abuse and priority of incoming texts."""

import csv
import gzip
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.language import LANGUAGES, detect_language
from policies.triage import Hints, Sentiment, judge, priority_score, triage

DATA = Path(__file__).parents[3] / "shared/data"
NEGATIVE, NEUTRAL, POSITIVE = Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE


@pytest.mark.parametrize(
    ("text", "network_says", "account", "expected"),
    [
        ("Mijn trein is alweer vertraagd, wat nu?", "", "en", "nl"),
        ("My train is delayed again, what should I do now?", "nl", "nl", "en"),
        ("Mein Zug hat schon wieder Verspätung, was soll ich jetzt machen?", "", "nl", "de"),
        ("Mon train est encore en retard, que dois-je faire maintenant ?", "", "nl", "fr"),
        ("ok", "en", "nl", "en"),
        ("ok", "", "nl", "nl"),
        ("ok", "ja", "en", "en"),
        ("ok", "nl-NL", "en", "nl"),
        ("@vlotlijn https://vlotlijn.nl/een-lang-adres #vertraging", "en", "nl", "en"),
        ("👍👍👍", "", "de", "de"),
        ("", "", "", "nl"),
        ("日本語のテキストです。よろしくお願いします。", "", "fr", "fr"),
    ],
)
def test_language(text: str, network_says: str, account: str, expected: str) -> None:
    assert detect_language(text, network_says, account) == expected


@pytest.mark.parametrize(
    ("text", "language", "sentiment"),
    [
        ("Wat een waardeloze service, mijn trein is weer uitgevallen", "nl", NEGATIVE),
        ("Wat een waardeloze trein", "nl", NEGATIVE),
        ("Al 2 uur gestrand in Zwolle en niemand helpt ons", "nl", NEGATIVE),
        ("Niet tevreden over de chauffeur", "nl", NEGATIVE),
        ("Hulde voor de machinist, geweldig geholpen!", "nl", POSITIVE),
        ("Dank voor de snelle hulp 👍", "nl", POSITIVE),
        ("Hoe laat vertrekt de eerste bus naar Assen?", "nl", NEUTRAL),
        ("Kan mijn fiets mee in de trein?", "nl", NEUTRAL),
        ("Worst service ever, still waiting for my refund", "en", NEGATIVE),
        ("Your app is not good", "en", NEGATIVE),
        ("Oh great, another delay. Thanks for nothing, cancelled again", "en", NEGATIVE),
        ("Thanks so much, the driver was amazing ❤️", "en", POSITIVE),
        ("What time does the first bus leave?", "en", NEUTRAL),
        ("😡😡", "fr", NEGATIVE),
        ("Guten Tag", "de", NEUTRAL),
    ],
)
def test_sentiment(text: str, language: str, sentiment: Sentiment) -> None:
    judged = judge(text, language)
    assert judged.sentiment is sentiment
    assert 0 < judged.confidence <= 1


@pytest.mark.parametrize(
    ("text", "language", "urgent", "abusive"),
    [
        ("Dringend! Mijn moeder is onwel geworden in de trein", "nl", True, False),
        ("Er is brand op perron 3", "nl", True, False),
        ("We worden bedreigd door een man in de bus", "nl", True, False),
        ("Someone collapsed on the platform, we need an ambulance", "en", True, False),
        ("Stranded in Zwolle with two kids", "en", True, False),
        ("Stelletje klootzakken", "nl", False, True),
        ("You are idiots", "en", False, True),
        ("Fucking morons", "nl", False, True),
        ("Jullie negeren mij al drie dagen", "nl", False, False),
        ("Mijn moeder heeft kanker, waar kan zij zitten?", "nl", False, False),
        ("I live in Scunthorpe and study cockatoos", "en", False, False),
        ("Hoe laat gaat de trein?", "nl", False, False),
    ],
)
def test_urgent_and_abusive(text: str, language: str, urgent: bool, abusive: bool) -> None:
    judged = judge(text, language)
    assert (judged.urgent, judged.abusive) == (urgent, abusive), judged.reasons


def test_reasons_name_the_words() -> None:
    judged = judge(
        "Dringend: gestrand, stelletje idioten 😡", "nl", Hints(private=True, followers=25_000, verified=True)
    )
    assert judged.reasons[:3] == ("urgent: dringend", "urgent: gestrand", "abusive: idioten")
    assert {"private", "verified", "reach: 25000"} <= set(judged.reasons)


@pytest.mark.parametrize(
    ("facts", "score"),
    [
        ({}, 0),
        ({"urgent": True}, 51),
        ({"sentiment": NEGATIVE}, 15),
        ({"sentiment": POSITIVE}, 0),
        ({"private": True}, 10),
        ({"verified": True}, 5),
        ({"abusive": True}, 5),
        ({"followers": 999}, 0),
        ({"followers": 1_000}, 5),
        ({"followers": 100_000}, 14),
        ({"followers": 10**9}, 14),
        ({"followers": 0}, 0),
    ],
)
def test_priority(facts: dict[str, Any], score: int) -> None:
    assert priority_score(**facts) == score


def test_an_emergency_outweighs_everything_else() -> None:
    all_else = priority_score(abusive=True, sentiment=NEGATIVE, private=True, followers=10**9, verified=True)
    assert all_else < priority_score(urgent=True)
    everything = priority_score(
        urgent=True, abusive=True, sentiment=NEGATIVE, private=True, followers=10**9, verified=True
    )
    assert everything == 100


@given(st.text(max_size=400), st.sampled_from(["nl", "en", "xx", ""]))
def test_any_text_can_be_judged(text: str, network_says: str) -> None:
    judged = triage(text, Hints(language=network_says))
    assert judged.language in LANGUAGES
    assert 0 <= judged.priority <= 100
    assert 0 <= judged.confidence <= 1


@pytest.mark.parametrize(
    "piece", ["a", "*", "a'", "!", "?!", "👍", "geweldig ", "#", "@a ", "http://", "e\u0301", "\x00"]
)
def test_five_megabytes_are_read_in_part(piece: str) -> None:
    text = piece * (5_000_000 // len(piece))
    triage("een tekst die de tabellen laadt")
    begun = time.process_time()
    triage(text)
    assert time.process_time() - begun < 1


def test_more_than_3000_short_texts_a_second() -> None:
    text = "@vlotlijn mijn trein naar Zwolle is alweer vertraagd en niemand zegt iets, wat een service 😡 #vertraging"
    judge(text, "nl")
    begun = time.process_time()
    for _ in range(3_000):
        judge(text, "nl")
    assert time.process_time() - begun < 1


@pytest.mark.skipif(not DATA.is_dir(), reason="the measuring data is not beside the project")
@pytest.mark.parametrize(
    ("file", "text_column", "label_column", "language", "floor"),
    [
        ("airline_sentiment/tweets.csv.gz", "text", "airline_sentiment", "en", 0.65),
        ("dutch/bol_reviews.csv.gz", "text", "polarity", "nl", 0.60),
    ],
)
def test_sentiment_on_real_texts(file: str, text_column: str, label_column: str, language: str, floor: float) -> None:
    with gzip.open(DATA / file, "rt", encoding="utf-8", newline="") as rows:
        given = [(row[text_column], row[label_column]) for row in csv.DictReader(rows)]
    right = sum(judge(text, language).sentiment == label for text, label in given)
    assert right / len(given) >= floor


@pytest.mark.parametrize(
    ("rating", "text", "sentiment", "score"),
    [
        (1, "", NEGATIVE, 20),
        (1, "Geweldig hoor", NEGATIVE, 20),
        (2, "Het is me wat", NEGATIVE, 15),
        (3, "Wat een waardeloze service", NEGATIVE, 15),
        (3, "Kan mijn fiets mee?", NEUTRAL, 0),
        (4, "Jammer van de wachttijd", POSITIVE, 0),
        (5, "", POSITIVE, 0),
    ],
)
def test_stars_say_how_a_review_is_meant_and_the_words_where_there_are_three(
    rating: int, text: str, sentiment: Sentiment, score: int
) -> None:
    judged = judge(text, "nl", Hints(rating=rating))
    assert (judged.sentiment, judged.priority) == (sentiment, score)
    assert f"stars: {rating} of 5" in judged.reasons
