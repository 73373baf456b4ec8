"""The articles that the demo company begins with, their texts are in templates/knowledge; and what came of them."""

import tomllib
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from desk.actions.knowledge.article_links import link_canned
from desk.actions.knowledge.article_use import rate_article, use_article
from desk.actions.knowledge.articles import create_article
from desk.actions.knowledge.gaps import find_gaps
from desk.actions.knowledge.suggesting import sweep
from desk.knowledge.counting import count_words
from desk.knowledge.models import LANGUAGES, Article, ArticleUse
from desk.people.models import User
from desk.replies.models import CannedResponse
from desk.tickets.models import Ticket
from policies.ticket_states import State

# On the newest tickets with a tag: the beginning of the article's title, how many it helped, and how many it did not.
HELPED = (
    ("Terugbetaling", "Geld terug", 5, 0),
    ("Gevonden voorwerpen", "Iets verloren", 3, 1),
    ("Toegankelijkheid", "Lift", 2, 0),
    ("Boete", "Bezwaar", 1, 2),
)


def make_articles(actor: User) -> int:
    """Add those that are not there, known by their titles; how many were added."""
    path = settings.BASE_DIR / "templates" / "knowledge" / "articles.toml"
    articles = tomllib.loads(path.read_text(encoding="utf-8"))["article"]
    there = set(Article.objects.values_list("title", flat=True))
    today = timezone.localdate()
    missing = [one for one in articles if one["nl_title"] not in there]
    for one in missing:
        article = create_article(
            actor,
            texts=[
                {"language": language, "title": one[f"{language}_title"], "body": one[language]}
                for language in LANGUAGES
                if language in one
            ],
            audience=one["audience"],
            topics=one["topics"],
            review_on=today + timedelta(days=one["review_days"]) if "review_days" in one else None,
        )
        for canned in CannedResponse.objects.filter(shortcut__in=one.get("canned", ())):
            link_canned(actor, article.pk, canned.pk)
    if missing:
        count_words()
    return len(missing)


def tell_what_came_of_them(now: datetime) -> None:
    """Articles that were used, what may be worth one, and what nothing is written of: once, after the history.

    Sweeps would find the same within a quarter of an hour; who looks at once is to see it, too.
    """
    if ArticleUse.objects.exists():
        return
    for tag, title, helped, not_helped in HELPED:
        article = Article.objects.filter(title__startswith=title).first()
        tickets = Ticket.objects.filter(tags__name=tag, state=State.RESOLVED, assignee__isnull=False)
        for number, ticket in enumerate(
            tickets.select_related("assignee", "inbox").order_by("-pk")[: helped + not_helped]
        ):
            if article is not None and ticket.assignee is not None:
                use_article(ticket.assignee, ticket, article.pk, how=ArticleUse.How.TEXT)
                rate_article(ticket.assignee, ticket, article.pk, helpful=number < helped)
    sweep(now)
    count_words()
    find_gaps(now)
