"""Articles without their verbs, for tests that are about something else."""

from typing import Any

from django.utils import timezone

from desk.knowledge.models import Article, ArticleText, ArticleVersion, Suggestion
from desk.tickets.models import Ticket


def reads(**texts: str) -> list[dict[str, str]]:
    """Texts by language: the first line is the title."""
    return [
        {"language": language, "title": title.strip(), "body": body.strip() or title.strip()}
        for language, text in texts.items()
        for title, _line, body in [text.partition("\n")]
    ]


def an_article(nl: str = "Nachttrein\nDe nachttrein rijdt niet op zondag.", **columns: Any) -> Article:
    """One with its first version; other languages by their names."""
    texts = reads(nl=nl, **{name: columns.pop(name) for name in ("en",) if name in columns})
    now = timezone.now()
    words = "\n".join(f"{one['title']} {one['body']}" for one in texts)
    usual = {"audience": "replies", "title": texts[0]["title"], "words": words, "created_at": now, "changed_at": now}
    article = Article.objects.create(**{**usual, **columns})
    ArticleText.objects.bulk_create(ArticleText(article=article, **one) for one in texts)
    ArticleVersion.objects.create(article=article, number=1, texts=texts, at=now)
    return article


def a_suggestion(ticket: Ticket, **columns: object) -> Suggestion:
    """One that waits to be judged."""
    usual = {
        "kind": "ticket",
        "source": f"test {Suggestion.objects.count()}",
        "language": "nl",
        "created_at": timezone.now(),
        "question": "Rijdt de nachttrein op zondag?",
        "answer": "De nachttrein rijdt op vrijdag en zaterdag, vanaf half een.",
    }
    return Suggestion.objects.create(ticket=ticket, **{**usual, **columns})
