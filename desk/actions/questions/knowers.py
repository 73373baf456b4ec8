"""Who knows about something: what people say of themselves, what they answered before, wrote, and resolved.

Each suggestion says why it is one. Words are looked for in Dutch and English. A text is about it where the words that
it has weigh at least half of all that were asked, rare ones more than common ones; where that is nobody's, one of the
words is enough. Who is at work and has room for a question comes first.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desk.actions.questions.question_people import MOST_WAITING, waiting_for
from desk.people.duty import standings
from desk.people.models import User
from desk.tickets.models import Ticket
from policies.retrieval import rarity
from policies.ticket_states import State

MOST = 8  # suggestions
LOOKED_AT = 5_000  # messages and questions that say it: enough to tell who does this all the time
MOST_WORDS = 12  # of what was asked
_COUNTS_TO = 10  # of each kind: whoever did it a hundred times is not ten times as likely
_WEIGHTS = {"says": 4, "skill": 3, "answered": 3, "wrote": 3, "resolved": 1}
_WORD = re.compile(r"[^\W_]{3,}")
ENOUGH = 0.5  # of the weight of all words
_QUERY = "(websearch_to_tsquery('dutch', %(any)s) || websearch_to_tsquery('english', %(any)s))"
_ABOUT = """
WITH asked AS MATERIALIZED (
    SELECT weight, websearch_to_tsquery('dutch', word) || websearch_to_tsquery('english', word) AS query
    FROM unnest(%(words)s::text[], %(weights)s::float8[]) AS asked (word, weight)
), found AS MATERIALIZED ({found}), about AS (
    SELECT found.* FROM found WHERE (
        SELECT coalesce(sum(asked.weight), 0) FROM asked WHERE found.search @@ asked.query
    ) >= %(least)s
)
"""
_SAYS = """
SELECT person.id AS person, said.word, said.own,
    to_tsvector('dutch', said.word) || to_tsvector('english', said.word) AS search
FROM people_user AS person, LATERAL (
    SELECT unnest(person.knows), true UNION SELECT unnest(person.skills), false
) AS said (word, own)
"""
_ANSWERED = f"SELECT id, search FROM questions_question WHERE search @@ {_QUERY} LIMIT {LOOKED_AT}"  # noqa: S608 ours
_WROTE = f"SELECT article_id, search FROM knowledge_articletext WHERE search @@ {_QUERY} LIMIT {LOOKED_AT}"  # noqa: S608 ours
_RESOLVED = f"""
SELECT ticket_id, search FROM tickets_message
WHERE search @@ {_QUERY} AND ticket_id IS NOT NULL AND deleted_at IS NULL LIMIT {LOOKED_AT}
"""  # noqa: S608 ours
# A word that either language leaves out says nothing of a subject.
_WEIGHED = """
SELECT asked.word, coalesce(max(known.texts), 0),
    greatest((SELECT max(texts) FROM knowledge_wordcount WHERE kind = 'message' AND word = ''), 1)
FROM unnest(%(words)s::text[]) AS asked (word)
CROSS JOIN LATERAL unnest(to_tsvector('dutch', asked.word) || to_tsvector('english', asked.word)) AS stem
LEFT JOIN knowledge_wordcount AS known ON known.kind = 'message' AND known.word = stem.lexeme
    AND known.language = ANY('{nl,en}')
WHERE to_tsvector('dutch', asked.word) <> '' AND to_tsvector('english', asked.word) <> ''
GROUP BY asked.word
"""


@dataclass(slots=True)
class Knower:
    """Somebody who may know, and why the desk thinks so."""

    user: User
    score: int
    reasons: list[str]
    on_duty: bool = True
    waiting: int = 0  # questions that wait for them

    @property
    def has_room(self) -> bool:
        return self.waiting < MOST_WAITING


@dataclass(slots=True)
class _Signs:
    """What is known of one person on a subject."""

    says: list[str] = field(default_factory=list)
    skill: list[str] = field(default_factory=list)
    answered: int = 0
    wrote: int = 0
    resolved: int = 0

    @property
    def score(self) -> int:
        return (
            _WEIGHTS["says"] * len(self.says)
            + _WEIGHTS["skill"] * len(self.skill)
            + _WEIGHTS["answered"] * min(self.answered, _COUNTS_TO)
            + _WEIGHTS["wrote"] * min(self.wrote, _COUNTS_TO)
            + _WEIGHTS["resolved"] * min(self.resolved, _COUNTS_TO)
        )


def who_knows(reader: User, ticket: Ticket, about: str, now: datetime) -> list[Knower]:
    """The likeliest, at most MOST. Without words it is about the ticket's tags."""
    about = " ".join(about.split()) or " ".join(ticket.tags.values_list("name", flat=True))
    words = _WORD.findall(about)[:MOST_WORDS]
    if not words:
        return []
    weights = _weights(words)
    signs = _signs(weights, ENOUGH * sum(weights.values())) or _signs(weights, 0.0)
    signs.pop(reader.pk, None)
    people = User.objects.filter(pk__any_of=list(signs), is_active=True)
    likely = sorted(people, key=lambda one: (-signs[one.pk].score, one.pk))[: MOST * 2]
    at_work, load = standings(likely, now), waiting_for([one.pk for one in likely])
    found = [
        Knower(one, signs[one.pk].score, _reasons(signs[one.pk], about), at_work[one.pk].on_duty, load.get(one.pk, 0))
        for one in likely
    ]
    return sorted(found, key=lambda one: (not (one.on_duty and one.has_room), -one.score, one.waiting))[:MOST]


def _weights(words: Sequence[str]) -> dict[str, float]:
    """What each word weighs by how few customers write it; words that say nothing are left out. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_WEIGHED, {"words": list(dict.fromkeys(words))})
        return {word: rarity(texts, of) for word, texts, of in cursor.fetchall()}


def _signs(weights: Mapping[str, float], least: float) -> dict[int, _Signs]:
    """By person, in four statements: from texts whose words weigh at least so much."""
    if not weights:
        return {}
    found: dict[int, _Signs] = defaultdict(_Signs)
    values: dict[str, Any] = {
        "words": list(weights),
        "weights": list(weights.values()),
        "least": max(least, min(weights.values()) / 2),
        "any": " or ".join(weights),
        "resolved": State.RESOLVED,
    }
    for user_id, word, own in _rows(_SAYS, "SELECT person, word, own FROM about ORDER BY word", values):
        kinds = found[user_id].says if own else found[user_id].skill
        if word not in found[user_id].says:
            kinds.append(word)
    answered = """SELECT author_id, count(DISTINCT question_id) FROM questions_entry
        WHERE answers AND author_id IS NOT NULL AND question_id IN (SELECT id FROM about) GROUP BY author_id"""
    for user_id, count in _rows(_ANSWERED, answered, values):
        found[user_id].answered = count
    wrote = """SELECT author_id, count(DISTINCT article_id) FROM knowledge_articleversion
        WHERE author_id IS NOT NULL AND article_id IN (SELECT article_id FROM about) GROUP BY author_id"""
    for user_id, count in _rows(_WROTE, wrote, values):
        found[user_id].wrote = count
    resolved = """SELECT assignee_id, count(*) FROM tickets_ticket WHERE id IN (SELECT ticket_id FROM about)
        AND state = %(resolved)s AND assignee_id IS NOT NULL GROUP BY assignee_id"""
    for user_id, count in _rows(_RESOLVED, resolved, values):
        found[user_id].resolved = count
    return dict(found)


def _rows(texts: str, what: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """`what` reads those of `texts` that are about it, as `about`."""
    with connection.cursor() as cursor:
        cursor.execute(_ABOUT.replace("{found}", texts) + what, values)
        return list(cursor.fetchall())


def _reasons(signs: _Signs, about: str) -> list[str]:
    """As sentences, the strongest first."""
    values: Mapping[str, object] = {"about": about, "words": ", ".join(signs.says), "skills": ", ".join(signs.skill)}
    reasons = []
    if signs.says:
        reasons.append(_("says: ask me about %(words)s") % values)
    if signs.skill:
        reasons.append(_("has the skill %(skills)s") % values)
    if signs.answered:
        words = ngettext(
            "answered %(count)d question on %(about)s", "answered %(count)d questions on %(about)s", signs.answered
        )
        reasons.append(words % {"count": signs.answered, "about": about})
    if signs.wrote:
        words = ngettext("wrote %(count)d article on %(about)s", "wrote %(count)d articles on %(about)s", signs.wrote)
        reasons.append(words % {"count": signs.wrote, "about": about})
    if signs.resolved:
        words = ngettext(
            "resolved %(count)d ticket on %(about)s", "resolved %(count)d tickets on %(about)s", signs.resolved
        )
        reasons.append(words % {"count": signs.resolved, "about": about})
    return reasons
