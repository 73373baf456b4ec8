"""What is done with what the company knows."""

from django.utils import timezone

from desk.actions.exports import exports
from desk.actions.knowledge import article_links, article_use, articles, suggestions
from desk.knowledge.models import CannedLink
from desk.people.models import User
from desk.people.permissions import Permission
from tests.actions.scene import Scene, Verb
from tests.articles import a_suggestion, an_article, reads


def _taken_off(me: User, s: Scene) -> None:
    link = CannedLink.objects.create(article=an_article(), canned=s.canned, at=timezone.now())
    article_links.unlink_canned(me, link.article_id, link.canned_id)


VERBS: dict[str, Verb] = {
    "exports.export": Verb(
        Permission.READ_TICKETS, lambda me, s: exports.export(me, "articles", "csv"), ["exported"]
    ),
    "articles.create_article": Verb(
        Permission.WRITE_ARTICLES, lambda me, s: articles.create_article(me, texts=reads(nl="x\ny")),
        ["article_created"],
    ),
    "articles.change_article": Verb(
        Permission.PUBLISH_ARTICLES,
        lambda me, s: articles.change_article(me, an_article().pk, texts=reads(nl="x\ny")),
        ["article_changed"],
    ),
    "articles.delete_article": Verb(
        Permission.PUBLISH_ARTICLES, lambda me, s: articles.delete_article(me, an_article().pk), ["article_deleted"]
    ),
    "articles.restore_version": Verb(
        Permission.PUBLISH_ARTICLES,
        lambda me, s: articles.restore_version(me, an_article().pk, 1),
        ["article_changed"],
    ),
    "article_use.use_article": Verb(
        Permission.REPLY, lambda me, s: article_use.use_article(me, s.ticket, an_article().pk, how="text")
    ),
    "article_use.rate_article": Verb(
        Permission.WRITE_NOTES, lambda me, s: article_use.rate_article(me, s.ticket, an_article().pk, helpful=True)
    ),
    "article_links.link_ticket": Verb(
        Permission.WRITE_NOTES, lambda me, s: article_links.link_ticket(me, s.ticket.pk, an_article().pk)
    ),
    "article_links.unlink_ticket": Verb(
        Permission.WRITE_NOTES, lambda me, s: article_links.unlink_ticket(me, s.ticket.pk, an_article().pk)
    ),
    "article_links.link_canned": Verb(
        Permission.EDIT_CANNED,
        lambda me, s: article_links.link_canned(me, an_article().pk, s.canned.pk),
        ["article_linked"],
    ),
    "article_links.unlink_canned": Verb(
        Permission.EDIT_CANNED, lambda me, s: _taken_off(me, s), ["article_unlinked"]
    ),
    "suggestions.approve_suggestion": Verb(
        Permission.PUBLISH_ARTICLES,
        lambda me, s: suggestions.approve_suggestion(me, a_suggestion(s.ticket).pk),
        ["article_created", "suggestion_approved"],
    ),
    "suggestions.reject_suggestion": Verb(
        Permission.PUBLISH_ARTICLES,
        lambda me, s: suggestions.reject_suggestion(me, a_suggestion(s.ticket).pk, reason="x"),
        ["suggestion_rejected"],
    ),
}  # fmt: skip
