"""Suggestions are judged: approved as they are or in other words, which makes an article of them, or rejected."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.knowledge.articles import create_article
from desk.common.errors import Conflict, Missing
from desk.knowledge.models import LONGEST_SUMMARY, Article, Suggestion
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from policies.knowledge_suggestions import State, title_of


def approve_suggestion(
    actor: User,
    suggestion_id: int,
    *,
    title: str | None = None,
    body: str | None = None,
    audience: str = Article.Audience.REPLIES,
    topics: list[str] | None = None,
) -> Article:
    """An article with these words, or with its own. Never for everybody: whoever wants that says so on the article.

    Raises Conflict, Invalid, Missing.
    """
    require(actor, Permission.PUBLISH_ARTICLES)
    with transaction.atomic():
        suggestion = _pending(suggestion_id)
        if audience == Article.Audience.PUBLIC:
            raise Conflict(_("Approve it for colleagues or for replies first; make the article public afterwards."))
        words = {"title": title_of(suggestion.question), "body": suggestion.answer}
        said = {"title": (title or "").strip() or words["title"], "body": (body or "").strip() or words["body"]}
        article = create_article(
            actor, texts=[{"language": suggestion.language, **said}], audience=audience, topics=topics or []
        )
        suggestion.article = article
        _decide(suggestion, actor, State.APPROVED if said == words else State.EDITED)
        audit(actor, "suggestion_approved", suggestion, article=article.pk, edited=said != words)
    return article


def reject_suggestion(actor: User, suggestion_id: int, *, reason: str = "") -> Suggestion:
    """What asks or answers the same is not suggested again. Raises Conflict, Missing."""
    require(actor, Permission.PUBLISH_ARTICLES)
    with transaction.atomic():
        suggestion = _pending(suggestion_id)
        suggestion.reason = reason.strip()[:LONGEST_SUMMARY]
        _decide(suggestion, actor, State.REJECTED)
        audit(actor, "suggestion_rejected", suggestion, reason=suggestion.reason)
    return suggestion


def suggested_title(suggestion: Suggestion) -> str:
    """How the article would be called."""
    return title_of(suggestion.question)


def _decide(suggestion: Suggestion, actor: User, state: State) -> None:
    suggestion.state = state
    suggestion.decided_by, suggestion.decided_at = actor, timezone.now()
    suggestion.save(update_fields=["state", "article", "decided_by", "decided_at", "reason"])


def _pending(suggestion_id: int) -> Suggestion:
    rows: Any = Suggestion.objects.select_for_update().filter(pk=suggestion_id, same_as=None)
    suggestion: Suggestion | None = rows.first()
    if suggestion is None:
        raise Missing(_("There is no such suggestion."))
    if suggestion.state != State.PENDING:
        raise Conflict(_("A colleague has judged this suggestion already."), code="over")
    return suggestion
