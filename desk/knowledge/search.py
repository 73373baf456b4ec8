"""Finding articles and tickets by what somebody asks in their own words, whatever words the answer has.

PostgreSQL keeps the index in the transaction of the change; this asks it for texts that have one of the rare words of
the question and ranks those by all of its words. Plain full text wants every word to be there, which a customer's
message never grants.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from desk.knowledge.models import LANGUAGES, Article, ArticleText, WordCount
from policies.retrieval import (
    LENGTH,
    MOST_CANDIDATES,
    SATURATION,
    TITLE,
    Counted,
    Term,
    apart,
    blended,
    parts_of,
    plain,
    weighed,
)

CONFIGS = {"nl": "dutch", "en": "english"}
USUAL_LENGTH = {WordCount.Kind.ARTICLE: 60.0, WordCount.Kind.MESSAGE: 15.0}  # different words of a text
MOST_FOUND = 60  # texts that are ranked a second time
ENOUGH = 4  # texts for each that is wanted: from there on another language brings nothing better
_OTHER = 0.9  # what a text in another language than asked for counts


@dataclass(frozen=True, slots=True)
class Found:
    """An article, the text of it that fits the question, and how well."""

    text: ArticleText
    score: float
    share: float  # 0 to 1: how much of the words that were asked stands in it, the rare ones counting more

    @property
    def article(self) -> Article:
        return self.text.article


@dataclass(frozen=True, slots=True)
class Ranked:
    """A text by its id, as `Found` has it."""

    id: int
    score: float
    share: float


_RANK = """
WITH asked AS MATERIALIZED (SELECT * FROM unnest(
    %(words)s::text[], %(weights)s::float8[], %(says)s::float8[]) AS asked (word, weight, says)),
hit AS MATERIALIZED ({candidates})
SELECT hit.id, sum(asked.weight * said.times * {k1} / (said.times + %(saturation)s
    * (1 - %(length)s + %(length)s * length(hit.search) / %(usual)s))) AS score,
    sum(asked.says) / %(whole)s AS share
FROM hit
CROSS JOIN LATERAL (
    SELECT lexeme, cardinality(positions) + (%(title)s - 1) * cardinality(array_positions(weights, 'A')) AS times
    FROM unnest(hit.search)
) AS said
JOIN asked ON asked.word = said.lexeme
GROUP BY hit.id ORDER BY score DESC, hit.id DESC LIMIT %(most)s
""".replace("{k1}", "(%(saturation)s + 1)")

_ARTICLES = """
SELECT said.id, said.search FROM knowledge_articletext AS said JOIN knowledge_article AS article
ON article.id = said.article_id
WHERE said.language = %(language)s AND said.search @@ %(seek)s::tsquery AND article.audience = ANY(%(audiences)s)
ORDER BY said.id DESC LIMIT %(candidates)s
"""

_MESSAGES = """
SELECT id, search FROM tickets_message
WHERE language = %(language)s AND search @@ %(seek)s::tsquery AND NOT outgoing AND ticket_id IS NOT NULL
    AND deleted_at IS NULL
LIMIT %(candidates)s
"""


def find_articles(
    asked: str,
    *,
    language: str,
    most: int = 5,
    audiences: Collection[str] = tuple(Article.Audience.values),
    languages: Sequence[str] = LANGUAGES,
) -> list[Found]:
    """The best first. Other languages are asked where this one has too little to choose from.

    Where an article is found in several, its text in `language` is shown.
    """
    ranked: list[Ranked] = []
    for one in sorted(languages, key=lambda code: code != language):
        if len(ranked) < ENOUGH * most:
            rows = _ranked(WordCount.Kind.ARTICLE, asked, one, _ARTICLES, audiences=list(audiences))
            ranked += rows if one == language else [replace(row, score=row.score * _OTHER) for row in rows]
    best: dict[int, Found] = {}
    for found in sorted(
        _looked_at_again(asked, {one.id: one for one in ranked}), key=lambda one: (-one.score, one.text.pk)
    ):
        best.setdefault(found.text.article_id, found)
    chosen = list(best.values())[:most]
    elsewhere = [one.text.article_id for one in chosen if one.text.language != language]
    texts = ArticleText.objects.select_related("article").filter(article__in=elsewhere, language=language)
    instead = {one.article_id: one for one in texts} if elsewhere else {}
    return [replace(one, text=instead.get(one.text.article_id, one.text)) for one in chosen]


def find_messages(asked: str, *, language: str, most: int = 5) -> "list[Ranked]":
    """Messages of customers who asked the like, by their ids; the caller asks who may read them."""
    return _ranked(WordCount.Kind.MESSAGE, asked, language, _MESSAGES, most=most)


def _looked_at_again(asked: str, ranked: Mapping[int, Ranked]) -> list[Found]:
    rows = list(ArticleText.objects.select_related("article").filter(pk__in=ranked))
    again = blended(asked, [ranked[one.pk].score for one in rows], [f"{one.title} {one.body}" for one in rows])
    return [Found(one, score, ranked[one.pk].share) for one, score in zip(rows, again, strict=True)]


def _ranked(
    kind: str, asked: str, language: str, candidates: str, *, most: int = MOST_FOUND, **more: list[str]
) -> list[Ranked]:
    terms = _terms(kind, asked, language)
    seek = [term.word for term in terms if term.seeks]
    if not seek:
        return []
    values: dict[str, Any] = {
        "words": [term.word for term in terms],
        "weights": [term.weight for term in terms],
        "says": [term.says for term in terms],
        "whole": sum(term.says for term in terms if not term.part),
        "seek": " | ".join(f"'{_quoted(word)}'" for word in seek),
        "language": language,
        "saturation": SATURATION,
        "length": LENGTH,
        "usual": USUAL_LENGTH[WordCount.Kind(kind)],
        "title": TITLE,
        "candidates": MOST_CANDIDATES,
        "most": most,
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RANK.replace("{candidates}", candidates), values)
        return [Ranked(*row) for row in cursor.fetchall()]


def _terms(kind: str, asked: str, language: str) -> list[Term]:
    """The stems of a question and the parts of its compounds, with their weights."""
    config = CONFIGS[language]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT said.lexeme, cardinality(said.positions), coalesce(known.texts, 0), known.texts IS NOT NULL
            FROM unnest(to_tsvector(%s::regconfig, %s)) AS said
            LEFT JOIN knowledge_wordcount AS known
            ON known.kind = %s AND known.language = %s AND known.word = said.lexeme""",
            [config, plain(asked), kind, language],
        )
        words = [Counted(*row[:3]) for row in cursor.fetchall()]
        compounds = [one.word for one in words if one.word.isalpha()]
        likely = {part for word in compounds for pair in parts_of(word) for part in pair}
        cursor.execute(
            "SELECT word, texts FROM knowledge_wordcount WHERE kind = %s AND language = %s AND word = ANY(%s)",
            [kind, language, [*likely, ""]],
        )
        known = dict(cursor.fetchall())
    of = known.pop("", 0) or 1
    said = {one.word for one in words}
    parts = [Counted(part, 1, known[part]) for part in apart(compounds, set(known)) if part not in said]
    return [*weighed(words, of), *weighed(parts, of, parts=True)]


def _quoted(word: str) -> str:
    return word.replace("\\", "\\\\").replace("'", "''")
