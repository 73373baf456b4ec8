"""Which articles a list shows."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet

from desk.common.paging import Slice, slice_after
from desk.knowledge.models import Article
from desk.tickets.names import NameWords, beginning_with

WHAT = ("review", "unused", "unhelpful")  # what a list may be narrowed to
ORDERINGS: dict[str, tuple[tuple[str, ...], bool]] = {  # its key, and whether the largest comes first
    "title": (("title", "id"), False),
    "used": (("times_used", "id"), True),
    "helped": (("balance", "id"), True),
    "review": (("review_by", "id"), False),  # what has no day comes last
    "changed": (("changed_at", "id"), True),
}


def page_of(rows: "QuerySet[Article]", ordering: str, cursor: str, size: int) -> Slice[Article]:
    """Some of these in one of ORDERINGS."""
    key, descending = ORDERINGS[ordering]
    return slice_after(rows, key, cursor, size, descending=descending)


@dataclass(frozen=True, slots=True)
class ArticleFilter:
    """What is asked for; what is empty asks nothing. `due` is one of WHAT."""

    q: str = ""  # words that begin like this
    audience: str = ""
    topic: str = ""
    language: str = ""  # those that have a text in it
    owner_id: int | None = None
    due: str = ""

    def rows(self, today: date) -> "QuerySet[Article]":
        """With what a list shows of each."""
        rows = Article.objects.select_related("owner").prefetch_related("texts")
        words = beginning_with(self.q)
        if words is not None:
            rows = rows.alias(said=NameWords(F("title"), F("words"))).filter(said=words)
        elif self.q.strip():
            rows = rows.none()  # there is no word in it
        if self.audience:
            rows = rows.filter(audience=self.audience)
        if self.topic:
            rows = rows.filter(topics__contains=[self.topic.strip().lower()])
        if self.language:
            rows = rows.filter(texts__language=self.language)
        if self.owner_id is not None:
            rows = rows.filter(owner_id=self.owner_id)
        if self.due == "review":
            rows = rows.filter(review_on__lte=today)
        elif self.due == "unused":
            rows = rows.filter(times_used=0)
        elif self.due == "unhelpful":
            rows = rows.filter(times_unhelpful__gt=F("times_helpful") + F("readers_helped") - F("readers_unhelped"))
        return rows
