"""What was looked for and is answered by no article: words that gaps count along with what customers ask."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from desk.actions.customers.masking import for_anybody
from desk.knowledge.models import LONGEST_WORD, Searched
from desk.knowledge.search import Found
from desk.people.models import User
from policies.knowledge_gaps import ANSWERED, topic_words

MOST_WORDS = 12
ONCE = timedelta(hours=1)  # in which the same words of the same person, or of the help page, are one search


def is_answered(found: Sequence[Found]) -> bool:
    """Whether the best of what was found says most of what was asked."""
    return bool(found) and found[0].share >= ANSWERED


def remember_unanswered(asked: str, *, language: str, by: User | None, now: datetime) -> bool:
    """Keep the words of a search without an answer; whether there was anything to keep."""
    words = [one[:LONGEST_WORD] for one in topic_words(for_anybody()(asked))][:MOST_WORDS]
    if not words or Searched.objects.filter(language=language, words=words, by=by, at__gt=now - ONCE).exists():
        return False
    Searched.objects.create(language=language, words=words, by=by, at=now)
    return True
