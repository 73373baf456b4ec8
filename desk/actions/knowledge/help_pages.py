"""The public help pages: what everybody may read, and where it stands."""

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.knowledge.searches import is_answered, remember_unanswered
from desk.common.errors import Missing
from desk.knowledge.models import LANGUAGES, Article, ArticleText
from desk.knowledge.search import find_articles

MOST_FOUND = 10
PUBLIC = Article.Audience.PUBLIC


def address_of_help() -> str:
    """Where all help pages begin, whichever language, with a slash at the end."""
    return settings.WEB_URL.rstrip("/") + reverse("help")


def address_of(text: ArticleText) -> str:
    """Where everybody reads an article, in the language of this text."""
    return settings.WEB_URL.rstrip("/") + reverse("help-article", args=[text.language, text.article_id])


def public_text(article_id: int, language: str) -> ArticleText:
    """An article that everybody may read. Raises Missing."""
    text = (
        ArticleText.objects.select_related("article")
        .filter(article_id=article_id, language=language, article__audience=PUBLIC)
        .first()
    )
    if text is None:
        raise Missing(_("There is no such page."))
    return text


def languages_of(article_id: int) -> list[str]:
    """In which it can be read."""
    found = set(ArticleText.objects.filter(article_id=article_id).values_list("language", flat=True))
    return [one for one in LANGUAGES if one in found]


def found_in_public(asked: str, language: str) -> list[ArticleText]:
    """What answers a question, the best first, in this language alone. What nothing answers is remembered as a gap."""
    found = find_articles(asked, language=language, languages=[language], audiences=[PUBLIC], most=MOST_FOUND)
    if not is_answered(found):
        remember_unanswered(asked, language=language, by=None, now=timezone.now())
    return [one.text for one in found]


def say_whether_it_helped(article_id: int, *, helped: bool) -> None:
    """What a reader of a help page says of it; nobody knows who. Raises Missing."""
    column = "readers_helped" if helped else "readers_unhelped"
    if not Article.objects.filter(pk=article_id, audience=PUBLIC).update(**{column: F(column) + 1}):
        raise Missing(_("There is no such page."))
