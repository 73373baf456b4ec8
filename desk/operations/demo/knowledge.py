"""The articles that the demo company begins with; their texts are in templates/knowledge."""

import tomllib
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from desk.actions.knowledge.article_links import link_canned
from desk.actions.knowledge.articles import create_article
from desk.knowledge.counting import count_words
from desk.knowledge.models import LANGUAGES, Article
from desk.people.models import User
from desk.replies.models import CannedResponse


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
