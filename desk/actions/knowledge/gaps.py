"""What was asked about in the last days and nothing is written of. A sweep looks; a page shows what it saw.

Three things ask: what customers write, what colleagues are asked about a ticket, and searches that no article answers.
The same customer counts once, however often they write and however many colleagues are asked about it. What the
company's own accounts are called is no topic, nor are names that customers only mention: a place where a train stood.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

from desk.actions.knowledge.article_use import question_of
from desk.actions.knowledge.searches import is_answered
from desk.inboxes.models import Inbox
from desk.knowledge.models import Gap, Searched, WordCount
from desk.knowledge.search import CONFIGS, find_articles
from desk.questions.models import Question
from desk.tickets.models import Ticket
from policies.knowledge_gaps import FEWEST, MOST, NO_TOPIC, Asked, as_written, is_name
from policies.knowledge_gaps import Gap as Found
from policies.knowledge_gaps import gaps as gaps_in
from policies.retrieval import rarity

DAYS = 7
EXAMPLES = 5
LOOKED_AT = 3  # of what asked for a gap, of which it is asked whether an article answers it after all
NEWEST = 20_000  # messages, questions and searches each
TICKET, QUESTION, SEARCH = "ticket", "question", "search"

# Who said it tells customers from one another; a search on the help page is somebody of their own.
_SAID = """
SELECT lexeme, array_agg(DISTINCT said_in) FROM (
    (SELECT %(ticket)s || ' ' || said.ticket_id AS said_in, 'profile ' || said.profile_id AS who, said.search
    FROM tickets_message AS said JOIN inboxes_inbox AS inbox ON inbox.id = said.inbox_id
    WHERE said.language = %(language)s AND NOT said.outgoing AND said.ticket_id IS NOT NULL
        AND said.deleted_at IS NULL AND said.created_at > %(since)s AND NOT inbox.drill
    ORDER BY said.id DESC LIMIT %(newest)s)
    UNION ALL
    (SELECT %(question)s || ' ' || asked.id, 'profile ' || ticket.profile_id,
        to_tsvector(%(config)s::regconfig, asked.about || ' ' || asked.text)
    FROM questions_question AS asked JOIN tickets_ticket AS ticket ON ticket.id = asked.ticket_id
    JOIN inboxes_inbox AS inbox ON inbox.id = ticket.inbox_id
    WHERE coalesce(nullif(ticket.language, ''), inbox.language) = %(language)s AND asked.created_at > %(since)s
        AND NOT inbox.drill
    ORDER BY asked.id DESC LIMIT %(newest)s)
    UNION ALL
    (SELECT %(search)s || ' ' || id, coalesce('user ' || by_id, 'search ' || id),
        to_tsvector(%(config)s::regconfig, array_to_string(words, ' '))
    FROM knowledge_searched WHERE language = %(language)s AND at > %(since)s ORDER BY id DESC LIMIT %(newest)s)
) AS said CROSS JOIN LATERAL unnest(said.search)
GROUP BY lexeme HAVING count(DISTINCT who) >= %(fewest)s
"""


def find_gaps(now: datetime) -> int:
    """Look anew, and forget searches that are too old to count; how many gaps there are."""
    Searched.objects.filter(at__lte=now - timedelta(days=DAYS)).delete()
    found = [gap for language in CONFIGS for gap in _in(language, now)]
    with transaction.atomic():
        Gap.objects.all().delete()
        Gap.objects.bulk_create(found)
    return len(found)


def _in(language: str, now: datetime) -> list[Gap]:
    with connection.cursor() as cursor:
        cursor.execute(
            _SAID,
            {
                "ticket": TICKET, "question": QUESTION, "search": SEARCH, "language": language,
                "config": CONFIGS[language], "since": now - timedelta(days=DAYS), "newest": NEWEST, "fewest": FEWEST,
            },
        )  # fmt: skip
        asked = cursor.fetchall()
    counts = WordCount.objects.filter(language=language, word__in=[word for word, _places in asked])
    written = set(counts.filter(kind=WordCount.Kind.ARTICLE).values_list("word", flat=True))
    known = dict(counts.filter(kind=WordCount.Kind.MESSAGE).values_list("word", "texts"))
    whole = WordCount.objects.filter(kind=WordCount.Kind.MESSAGE, language=language, word="").first()
    of = max(whole.texts if whole else 0, len(asked), 1)
    words = (Asked(word, rarity(known.get(word, 0), of), frozenset(places)) for word, places in asked)
    found = gaps_in(words, written | _no_topics(language))
    open_gaps = [one for one in found if not _is_mentioned(one) and not _is_answered(one, language)]
    return [_kept(one, language, now) for one in open_gaps[:MOST]]


def _no_topics(language: str) -> set[str]:
    """The stems of words that say nothing of a topic, and of what the company's own accounts are called."""
    own = (part for names in Inbox.objects.values_list("name", "handle") for part in names)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tsvector_to_array(to_tsvector(%s::regconfig, %s))",
            [CONFIGS[language], " ".join([NO_TOPIC[language], *own]).replace("@", " ")],
        )
        return set(cursor.fetchone()[0])


def _is_mentioned(gap: Found) -> bool:
    """Whether it is only what something is called, and no colleague asked or looked for it."""
    if _ids(gap, QUESTION) or _ids(gap, SEARCH):
        return False
    texts = list(_texts(gap, EXAMPLES))
    return all(is_name(word, texts) for word in gap.words[:3])


def _is_answered(gap: Found, language: str) -> bool:
    """Whether an article answers most of the newest of it, in other words than these."""
    texts = list(_texts(gap, LOOKED_AT))[:LOOKED_AT]
    answered = sum(is_answered(find_articles(text, language=language, most=1)) for text in texts)
    return answered * 2 > len(texts)


def _kept(gap: Found, language: str, now: datetime) -> Gap:
    texts = [*_texts(gap, EXAMPLES)]
    tickets, questions, searches = (_ids(gap, kind) for kind in (TICKET, QUESTION, SEARCH))
    of_questions = Question.objects.filter(pk__in=questions[:EXAMPLES]).values_list("ticket", flat=True)
    return Gap(
        language=language,
        words=[as_written(word, texts) for word in gap.words[:3]],
        tickets=len(tickets),
        questions=len(questions),
        searches=len(searches),
        examples=list(dict.fromkeys([*tickets, *of_questions]))[:EXAMPLES],
        at=now,
    )


def _texts(gap: Found, most: int) -> Iterable[str]:
    """What was said, the newest of each kind first: by customers, to colleagues, and in searches."""
    for ticket in Ticket.objects.filter(pk__in=_ids(gap, TICKET)[:most]).order_by("-pk"):
        yield question_of(ticket)
    for one in Question.objects.filter(pk__in=_ids(gap, QUESTION)[:most]).order_by("-pk"):
        yield f"{one.about} {one.text}"
    for searched in Searched.objects.filter(pk__in=_ids(gap, SEARCH)[:most]).order_by("-pk"):
        yield " ".join(searched.words)


def _ids(gap: Found, kind: str) -> list[int]:
    """Of one kind of places where it was said, the newest first."""
    places = (str(place).partition(" ") for place in gap.said_in)
    return sorted((int(number) for of, _space, number in places if of == kind), reverse=True)
