"""Whether what is asked finds what answers it, beside plain full text; and how long it takes among 100,000.

The data is beside the project where there is any (`shared/data`); it is measured with and never shipped. Every other
question is measured here; parameters were chosen on those between. Recall@5 is how many of the first five share a
topic with the question, of five or of as many as there are. Topics of customer care are labelled in English only;
Dutch is measured on what sentences of reviews are about. Which conversation an answer was of is no topic: it stands
below the others, because hardly anything in a text tells it.
"""

import csv
import gzip
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from desk.knowledge.counting import count_words
from desk.knowledge.models import Article, ArticleText
from desk.knowledge.search import CONFIGS, find_articles, find_messages
from policies.retrieval import plain
from tests.actions.builders import an_inbox
from tests.benchmarks.tables import milliseconds, show
from tests.benchmarks.words import invented

DATA = Path(__file__).parents[3] / "shared/data"
MOST = 5
MANY = 100_000
TIMES = 200  # questions

pytestmark = pytest.mark.django_db


Scores = list[float]


@dataclass(frozen=True, slots=True)
class Set:
    """Texts, and questions with the numbers of the texts that answer each."""

    name: str
    language: str
    texts: Sequence[str]
    questions: Sequence[
        tuple[str, frozenset[int], int]
    ]  # words, what answers them, the text that is the question itself
    same_topic: bool = True


def _rows(path: str) -> Iterator[Mapping[str, str]]:
    read = (DATA / path).read_bytes()
    yield from csv.DictReader((gzip.decompress(read) if path.endswith(".gz") else read).decode().splitlines(True))


def _same_topic(name: str, language: str, rows: Sequence[tuple[str, frozenset[str]]]) -> Set:
    """Each text is a question; whatever shares a topic with it answers it, it itself does not."""
    questions = []
    for number, (text, topics) in list(enumerate(rows))[1::2]:
        fits = frozenset(at for at, (_text, others) in enumerate(rows) if topics & others and at != number)
        if fits:
            questions.append((text, fits, number))
    return Set(name, language, [text for text, _topics in rows], questions)


def _sets() -> Iterator[Set]:
    tweets = [row for row in _rows("topic_labels/twcs_topics_activities.csv") if row["inbound"] == "True"]
    for company in ("AmazonHelp", "AppleSupport", "SpotifyCares"):
        rows = [
            (row["text"], frozenset(row["labels"].split("|")))
            for row in tweets
            if row["company"] == company and row["labels"]
        ]
        yield _same_topic(f"tweets to {company}, English", "en", rows)
    sentences = [
        (row["text"], frozenset(one.partition("=")[0] for one in row["aspects"].split("|")))
        for row in _rows("dutch/restaurant_sentences.csv")
        if row["aspects"]
    ]
    yield _same_topic("sentences on restaurants, Dutch", "nl", sentences)
    yield _conversations()


def _conversations() -> Set:
    """Of 700 conversations with 25 companies, what a customer wrote first has to find what was answered to it."""
    lines = gzip.decompress((DATA / "care_conversations/ibm_twitter_care.jsonl.gz").read_bytes()).decode().splitlines()
    texts: list[str] = []
    questions: list[tuple[str, frozenset[int], int]] = []
    for line in lines:
        turns = json.loads(line)["turns"]
        asked = [turn["text"] for turn in turns if turn["role"] == "customer"]
        answers = [turn["text"] for turn in turns if turn["role"] != "customer"]
        if asked and answers:
            questions.append((asked[0], frozenset({len(texts)}), -1))
            texts.append("\n".join(answers))
    return Set("the answers of its own conversation, English", "en", texts, questions[1::2], same_topic=False)


@pytest.mark.skipif(not DATA.exists(), reason="the data is not beside the project")
def test_whether_it_is_found() -> None:
    rows: list[tuple[str, ...]] = []
    together: dict[str, tuple[Scores, Scores, Scores]] = {}
    for one in _sets():
        ids = _made(one.texts, one.language)
        places = {pk: number for number, pk in enumerate(ids)}

        def ours(asked: str, language: str = one.language) -> list[int]:
            return [found.article.pk for found in find_articles(asked, language=language, most=MOST + 1)]

        found = [_found(one, places, way) for way in (ours, _plain(one.language, "&"), _plain(one.language, "|"))]
        rows.append((f"{one.name} ({len(one.questions)} of {len(one.texts)})", one.language, *map(_told, found)))
        if one.same_topic:
            for kept, new in zip(together.setdefault(one.language, ([], [], [])), found, strict=True):
                kept.extend(new)
    for language, ways in sorted(together.items()):
        rows.append((f"same topic, all of it ({len(ways[0])})", language, *map(_told, ways)))
        assert _recall(ways[0]) > max(map(_recall, ways[1:])), f"plain full text finds more in {language}"
    show(
        "Recall@5 / questions of which one at least of the first five fits",
        rows, ("questions", "in", "ours", "full text, all words", "full text, any word"),
    )  # fmt: skip


def test_how_long_it_takes_among_many() -> None:
    """Half of the articles in each language, as many tickets, and questions of customers about them."""
    half = MANY // 2
    for language in CONFIGS:
        _made([invented(number, language) for number in range(half)], language, anew=False)
    _messages()
    count_words()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE knowledge_articletext" if connection.autocommit else "ANALYZE")
    rows = []
    for language in CONFIGS:
        questions = [f"@vlotlijn {invented(number * 37 + 5, language, words=18)}?" for number in range(TIMES)]
        for what, way in (
            ("articles", lambda asked, language=language: find_articles(asked, language=language)),
            ("tickets", lambda asked, language=language: find_messages(asked, language=language)),
        ):
            rows.append((f"{what} in {language}", "p95 ≤ 100 ms", milliseconds(_spent(way, questions), 0.5, 0.95)))
    show(f"Searching {MANY:,} articles and {MANY:,} tickets", rows)


def _spent(way: Callable[[str], Sequence[object]], questions: Sequence[str]) -> list[float]:
    spent = []
    for asked in questions:
        started = time.perf_counter()
        found = way(asked)
        spent.append(time.perf_counter() - started)
        assert found
    return spent


def _made(texts: Sequence[str], language: str, *, anew: bool = True) -> list[int]:
    if anew:
        Article.objects.all().delete()
    now = timezone.now()
    articles = Article.objects.bulk_create(
        (Article(title="-", audience="replies", created_at=now, changed_at=now) for _text in texts), batch_size=5_000
    )
    ArticleText.objects.bulk_create(
        (
            ArticleText(article=one, language=language, title="" if anew else text[:40], body=text)
            for one, text in zip(articles, texts, strict=True)
        ),
        batch_size=5_000,
    )
    if anew:
        count_words()
    return [one.pk for one in articles]


def _messages() -> None:
    """One on each ticket; only what search reads is filled in."""
    inbox = an_inbox()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # keys are right by construction
        for start in range(0, MANY, 5_000):
            numbers = range(start, start + 5_000)
            languages = ["nl" if number % 2 else "en" for number in numbers]
            texts = [invented(number, languages[at], words=25) for at, number in enumerate(numbers)]
            cursor.execute(
                """INSERT INTO tickets_message (conversation_id, ticket_id, inbox_id, external_id, parent_id, kind,
                outgoing, private, text, language, url, reply_allowed, created_at, received_at, hidden, liked)
                SELECT number, number, %s, number, '', 'mention', false, false, said, language, '', true, now(), now(),
                false, false FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS made (number, said, language)""",
                [inbox.pk, list(numbers), texts, languages],
            )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def _found(one: Set, places: Mapping[int, int], way: Callable[[str], list[int]]) -> Scores:
    """Of each question, which share of what could be among the first MOST is there."""
    scores = []
    for asked, fits, own in one.questions:
        found = [places[pk] for pk in way(asked) if places[pk] != own][:MOST]
        scores.append(sum(number in fits for number in found) / min(MOST, len(fits)))
    return scores


def _recall(scores: Scores) -> float:
    return sum(scores) / len(scores)


def _told(scores: Scores) -> str:
    return f"{_recall(scores):.3f} / {sum(map(bool, scores)) / len(scores):.3f}"


def _plain(language: str, between: str) -> Callable[[str], list[int]]:
    """PostgreSQL's own ranking of texts that have all words of the question, or any of them."""

    def way(asked: str) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT article_id FROM knowledge_articletext, (
                    SELECT string_agg(quote_literal(lexeme), %s)::tsquery AS asked
                    FROM unnest(to_tsvector(%s::regconfig, %s))) AS question
                WHERE search @@ asked ORDER BY ts_rank(search, asked) DESC LIMIT %s""",
                [between, CONFIGS[language], plain(asked), MOST + 1],
            )
            return [row[0] for row in cursor.fetchall()]

    return way
