"""Articles as colleagues see them: a row of the list, a text to read, what changed between two versions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext

from desk.knowledge.markup import as_html
from desk.knowledge.models import LANGUAGES, Article, ArticleText, Gap
from desk.web.show.changes import difference
from desk.web.show.text import language, line

_STATES = {Article.Audience.INTERNAL: "off", Article.Audience.REPLIES: "ok", Article.Audience.PUBLIC: "ok"}
_AROUND = 1  # lines of what stayed that are shown beside what changed


@dataclass(frozen=True, slots=True)
class Row:
    """One in the list."""

    article: Article
    state: str  # a class of the sign
    texts: tuple[ArticleText, ...]  # the reader's own language first
    review: bool  # the day of its review has come


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it reads."""

    language: str
    words: str  # “Dutch”
    title: str
    body: SafeString


@dataclass(frozen=True, slots=True)
class Change:
    """What changed in one language; each line is marked up already."""

    language: str
    words: str
    lines: tuple[SafeString, ...]


def row(article: Article, today: date) -> Row:
    due = article.review_on is not None and article.review_on <= today
    return Row(article, _STATES[Article.Audience(article.audience)], tuple(own_first(article.texts.all())), due)


def readings(texts: Sequence[ArticleText]) -> list[Reading]:
    """Each text, that in the reader's own language first."""
    return [Reading(one.language, language(one.language), one.title, as_html(one.body)) for one in own_first(texts)]


def own_first(texts: Iterable[ArticleText]) -> list[ArticleText]:
    """Of one article, in the reader's language where there is a text in it."""
    own = (get_language() or "")[:2]
    return sorted(texts, key=lambda one: one.language != own)


def asked_by(gap: Gap) -> str:
    """“9 customers, 2 questions to colleagues, 1 search without an answer”."""
    customers = ngettext("%(count)d customer", "%(count)d customers", gap.tickets)
    asked = ngettext("%(count)d question to a colleague", "%(count)d questions to colleagues", gap.questions)
    searches = ngettext("%(count)d search without an answer", "%(count)d searches without an answer", gap.searches)
    parts = ((gap.tickets, customers), (gap.questions, asked), (gap.searches, searches))
    return ", ".join(words % {"count": count} for count, words in parts if count)


def changes(before: Sequence[Mapping[str, str]], after: Sequence[Mapping[str, str]]) -> list[Change]:
    """By language; one that came or went is all new or all gone."""
    old, new = ({one["language"]: one for one in texts} for texts in (before, after))
    return [
        Change(code, language(code), tuple(_lines(_whole(old.get(code)), _whole(new.get(code)))))
        for code in LANGUAGES
        if old.get(code) != new.get(code)
    ]


def _whole(text: Mapping[str, str] | None) -> list[str]:
    return [text["title"], *(one for one in text["body"].splitlines() if one.strip())] if text else []


def _lines(old: list[str], new: list[str]) -> Iterator[SafeString]:
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_AROUND):
        for what, old_from, old_to, new_from, new_to in group:
            if what == "equal":
                yield from map(line, new[new_from:new_to])
                continue
            for at in range(max(old_to - old_from, new_to - new_from)):
                before = old[old_from + at] if old_from + at < old_to else ""
                now = new[new_from + at] if new_from + at < new_to else ""
                yield difference(before, now) if before and now else _one_sided(before, now)


def _one_sided(before: str, now: str) -> SafeString:
    return format_html("<ins>{}</ins>", line(now)) if now else format_html("<del>{}</del>", line(before))
