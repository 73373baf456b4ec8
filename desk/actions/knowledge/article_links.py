"""What an article belongs to: tickets that a person says it is about, and canned responses that say what it knows."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.tickets.announce import announce
from desk.actions.tickets.tickets import locked
from desk.actions.tickets.timeline import record
from desk.common.errors import Missing
from desk.knowledge.models import Article, CannedLink, TicketLink
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.replies.models import CannedResponse


def link_ticket(actor: User, ticket_id: int, article_id: int, *, now: datetime | None = None) -> TicketLink:
    """This article is about this ticket. Said again it stays. Raises Missing."""
    require(actor, Permission.WRITE_NOTES)
    now = now or timezone.now()
    with transaction.atomic():
        ticket, article = locked(ticket_id), _article(article_id)
        link, new = TicketLink.objects.get_or_create(article=article, ticket=ticket, defaults={"by": actor, "at": now})
        if new:
            record(ticket, "article_linked", at=now, actor=actor, article=article.pk, title=article.title)
            announce([(ticket, "change")])
    return link


def unlink_ticket(actor: User, ticket_id: int, article_id: int, *, now: datetime | None = None) -> None:
    """It is not about it after all. Raises Missing."""
    require(actor, Permission.WRITE_NOTES)
    now = now or timezone.now()
    with transaction.atomic():
        ticket, article = locked(ticket_id), _article(article_id)
        if TicketLink.objects.filter(article=article, ticket=ticket).delete()[0]:
            record(ticket, "article_unlinked", at=now, actor=actor, article=article.pk, title=article.title)
            announce([(ticket, "change")])


def link_canned(actor: User, article_id: int, canned_id: int, *, now: datetime | None = None) -> CannedLink:
    """This canned response says what this article knows; said again: the two still fit each other. Raises Missing."""
    require(actor, Permission.EDIT_CANNED)
    now = now or timezone.now()
    with transaction.atomic():
        article, canned = _article(article_id), _canned(canned_id)
        link, new = CannedLink.objects.get_or_create(article=article, canned=canned, defaults={"by": actor, "at": now})
        if not new:
            link.by, link.at = actor, now
            link.save(update_fields=["by", "at"])
        audit(actor, "article_linked", article, title=article.title, canned=canned.pk, name=canned.name, again=not new)
    return link


def unlink_canned(actor: User, article_id: int, canned_id: int) -> None:
    """They have nothing to do with each other. Raises Missing."""
    require(actor, Permission.EDIT_CANNED)
    with transaction.atomic():
        article, canned = _article(article_id), _canned(canned_id)
        if CannedLink.objects.filter(article=article, canned=canned).delete()[0]:
            audit(actor, "article_unlinked", article, title=article.title, canned=canned.pk, name=canned.name)


def of_ticket(ticket_id: int) -> "QuerySet[TicketLink]":
    """What somebody said to be about it, the newest first."""
    return TicketLink.objects.filter(ticket=ticket_id).select_related("article", "by").order_by("-at", "-id")


def of_canned(canned_id: int) -> "QuerySet[CannedLink]":
    """The articles behind a canned response, by title."""
    return _canned_links().filter(canned=canned_id).order_by("article__title", "id")


def of_article(article_id: int) -> "QuerySet[CannedLink]":
    """The canned responses that say what it knows, by name."""
    return _canned_links().filter(article=article_id).order_by("canned__name", "id")


def is_stale(link: CannedLink, today: date) -> bool:
    """Whether the words may not fit any more: the article is to be reviewed, or reads otherwise since."""
    article = link.article
    return (article.review_on is not None and article.review_on <= today) or article.changed_at > link.at


def with_stale_articles(canned_ids: Collection[int], today: date) -> set[int]:
    """Those of these canned responses behind which an article is stale. One query."""
    stale = Q(article__review_on__lte=today) | Q(article__changed_at__gt=F("at"))
    return set(CannedLink.objects.filter(stale, canned__in=canned_ids).values_list("canned", flat=True))


def _canned_links() -> "QuerySet[CannedLink]":
    return CannedLink.objects.select_related("article", "canned", "by")


def _article(article_id: int) -> Article:
    article = Article.objects.filter(pk=article_id).first()
    if article is None:
        raise Missing(_("There is no such article."))
    return article


def _canned(canned_id: int) -> CannedResponse:
    canned = CannedResponse.objects.filter(pk=canned_id).first()
    if canned is None:
        raise Missing(_("There is no such canned response."))
    return canned
