"""Articles beside a ticket: which fit what its customer asks and what is being typed, and what was taken from them."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.knowledge.help_pages import address_of
from desk.common.errors import Conflict, Missing
from desk.knowledge.markup import as_words
from desk.knowledge.models import LANGUAGES, Article, ArticleText, ArticleUse
from desk.knowledge.search import Found, find_articles
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.tickets.models import Message, Ticket

MOST = 4
LEAST = 0.12  # of what was asked that must stand in an article, for it to be shown unasked
_MESSAGES = 3  # of the customer, the newest, that say what it is about


def fitting(reader: User, ticket: Ticket, typed: str = "") -> list[Found]:
    """The best first: by what is typed, with what the customer asked behind it; only what seems to be about it."""
    require(reader, Permission.READ_TICKETS)
    language = language_of(ticket)
    asked = question_of(ticket)
    found = find_articles(f"{typed} {asked}" if typed.strip() else asked, language=language, most=MOST)
    return [one for one in found if one.share >= LEAST]


def question_of(ticket: Ticket) -> str:
    """What the customer said last, in their own words."""
    said = Message.objects.filter(ticket=ticket, outgoing=False, deleted_at=None).order_by("-created_at", "-id")
    return "\n".join(said.values_list("text", flat=True)[:_MESSAGES])


def language_of(ticket: Ticket) -> str:
    """In which an article is shown first."""
    wanted = ticket.language or ticket.inbox.language
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


def text_for(ticket: Ticket, article_id: int) -> ArticleText:
    """An article in the customer's language, or in another where there is none in it. Raises Missing."""
    texts = list(ArticleText.objects.select_related("article").filter(article_id=article_id))
    wanted = language_of(ticket)
    text = next((one for one in texts if one.language == wanted), next(iter(texts), None))
    if text is None:
        raise Missing(_("There is no such article."))
    return text


def use_article(actor: User, ticket: Ticket, article_id: int, *, how: str) -> str:
    """The words for the reply, or the article's address. Counted once for each colleague on each ticket.

    Raises Missing, Conflict where it may not be said to customers.
    """
    require(actor, Permission.REPLY)
    text = text_for(ticket, article_id)
    article = text.article
    if article.audience == Article.Audience.INTERNAL:
        raise Conflict(_("This article is for colleagues only."))
    if how == ArticleUse.How.LINK and article.audience != Article.Audience.PUBLIC:
        raise Conflict(_("This article has no public address."))
    with transaction.atomic():
        use, new = ArticleUse.objects.get_or_create(
            article=article, ticket=ticket, user=actor, defaults={"how": how, "at": timezone.now()}
        )
        if new or use.how == ArticleUse.How.READ:
            Article.objects.filter(pk=article.pk).update(times_used=F("times_used") + 1)
        if use.how != how:
            ArticleUse.objects.filter(pk=use.pk).update(how=how)
    return address_of(text) if how == ArticleUse.How.LINK else as_words(text.body)


def rate_article(actor: User, ticket: Ticket | None, article_id: int, *, helpful: bool) -> None:
    """Whether it helped on this ticket, or whoever read it by itself; who says something else later takes the first
    back. Raises Missing.
    """
    require(actor, Permission.WRITE_NOTES)
    with transaction.atomic():
        article = Article.objects.select_for_update().filter(pk=article_id).first()
        if article is None:
            raise Missing(_("There is no such article."))
        use, _new = ArticleUse.objects.get_or_create(
            article=article, ticket=ticket, user=actor, defaults={"how": ArticleUse.How.READ, "at": timezone.now()}
        )
        if use.helpful == helpful:
            return
        for value, column in ((True, "times_helpful"), (False, "times_unhelpful")):
            change = (helpful is value) - (use.helpful is value)
            setattr(article, column, max(getattr(article, column) + change, 0))
        article.save(update_fields=["times_helpful", "times_unhelpful"])
        use.helpful = helpful
        use.save(update_fields=["helpful"])
