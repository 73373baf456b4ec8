"""Knowledge: the articles, one of them, its versions, and the form in which it is written."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from desk.actions.knowledge import article_links as links
from desk.actions.knowledge import articles as verbs
from desk.actions.knowledge.article_use import rate_article
from desk.actions.knowledge.help_pages import address_of
from desk.actions.knowledge.searches import remember_unanswered
from desk.common.errors import DeskError
from desk.knowledge.listed import ORDERINGS, ArticleFilter, page_of
from desk.knowledge.markup import as_html
from desk.knowledge.models import LANGUAGES, LONGEST_TOPIC, Article, ArticleUse, Gap, Suggestion
from desk.people.permissions import Permission
from desk.replies.models import CannedResponse
from desk.web import article_fields
from desk.web.forms import choice, filled, leave, show_form
from desk.web.guards import person, signed_in
from desk.web.show import articles as show
from desk.web.show.text import language
from policies.knowledge_suggestions import State

PAGE = 50
MOST_COUNTED = 99  # suggestions that wait
MOST_CANNED = 500  # responses to choose from
LIST, ONE = "knowledge", "article"


@signed_in(Permission.READ_TICKETS)
def overview(request: HttpRequest) -> HttpResponse:
    """Those that are asked for, in the order that is asked for."""
    fields = article_fields.filter_fields()
    asked = {field.name: request.GET.get(field.name, "").strip() for field in fields}
    wanted = ArticleFilter(
        q=asked["q"], audience=asked["audience"], topic=asked["topic"], language=asked["language"], due=asked["due"]
    )
    today = timezone.localdate()
    ordering = asked["ordering"] if asked["ordering"] in ORDERINGS else "title"
    page = page_of(wanted.rows(today), ordering, request.GET.get("cursor", ""), PAGE)
    if asked["q"] and not page.rows and "cursor" not in request.GET:
        remember_unanswered(
            asked["q"], language=(get_language() or LANGUAGES[0])[:2], by=person(request), now=timezone.now()
        )
    may_judge = person(request).may(Permission.PUBLISH_ARTICLES)
    context = {
        "rows": [show.row(one, today) for one in page.rows],
        "page": page,
        "filters": filled(fields, asked),
        "narrowed": any(value for name, value in asked.items() if name != "ordering"),
        "query": urlencode({name: value for name, value in asked.items() if value}),
        "may_judge": may_judge,
        "waiting": Suggestion.objects.filter(same_as=None, state=State.PENDING)[:MOST_COUNTED].count()
        if may_judge
        else 0,
        "may_write": person(request).may(Permission.WRITE_ARTICLES),
    }
    return render(request, "desk/knowledge/list.html", context)


@signed_in(Permission.READ_TICKETS)
def gaps(request: HttpRequest) -> HttpResponse:
    """What many asked about and nothing is written of."""
    found = list(Gap.objects.all())
    context = {
        "gaps": [(one, show.asked_by(one)) for one in found],
        "at": found[0].at if found else None,
        "may_write": person(request).may(Permission.WRITE_ARTICLES),
    }
    return render(request, "desk/knowledge/gaps.html", context)


@signed_in(Permission.READ_TICKETS)
def one(request: HttpRequest, article_id: int) -> HttpResponse:
    """What it says, how much it was of use, and its versions."""
    article = _article(article_id)
    context = {
        "article": article,
        "row": show.row(article, timezone.localdate()),
        "readings": show.readings(list(article.texts.all())),
        "versions": article.versions.select_related("author")[:20],
        "addresses": _addresses(article),
        "uses": article.uses.exclude(how=ArticleUse.How.READ).order_by("-at").values_list("ticket_id", flat=True)[:10],
        "linked": article.ticket_links.order_by("-at").values_list("ticket_id", flat=True)[:10],
        "canned": [(one, links.is_stale(one, timezone.localdate())) for one in links.of_article(article_id)],
        "offered": list(CannedResponse.objects.order_by("name")[:MOST_CANNED])
        if person(request).may(Permission.EDIT_CANNED)
        else [],
        "may_change": _may_change(request, article),
        "may_rate": person(request).may(Permission.WRITE_NOTES),
        "said": article.uses.filter(ticket=None, user=person(request)).values_list("helpful", flat=True).first(),
    }
    return render(request, "desk/knowledge/one.html", context)


@require_POST
@signed_in(Permission.WRITE_NOTES)
def rate(request: HttpRequest, article_id: int) -> HttpResponse:
    """Whether it helped whoever reads it here, beside no ticket."""
    rate_article(person(request), None, article_id, helpful=request.POST.get("helpful") == "yes")
    return redirect(ONE, article_id)


@require_POST
@signed_in(Permission.EDIT_CANNED)
def canned(request: HttpRequest, article_id: int) -> HttpResponse:
    """Link a canned response, say that it still fits, or take it off."""
    canned_id = choice(request.POST, "canned") or 0
    verb = links.unlink_canned if request.POST.get("do") == "off" else links.link_canned
    verb(person(request), article_id, canned_id)
    return redirect(ONE, article_id)


@signed_in(Permission.READ_TICKETS)
def version(request: HttpRequest, article_id: int, number: int) -> HttpResponse:
    """What a version changed against the one before it."""
    article = _article(article_id)
    found = {
        one.number: one for one in article.versions.select_related("author").filter(number__in=[number, number - 1])
    }
    if number not in found:
        raise Http404
    before = found[number - 1].texts if number - 1 in found else []
    context = {
        "article": article,
        "version": found[number],
        "first": number - 1 not in found,
        "changes": show.changes(before, found[number].texts),
        "newest": number == article.version,
        "may_change": _may_change(request, article),
    }
    return render(request, "desk/knowledge/version.html", context)


@signed_in(Permission.WRITE_ARTICLES)
def add(request: HttpRequest) -> HttpResponse:
    """A new one; a topic may come along from a gap that was seen."""
    topic = request.GET.get("topic", "")[:LONGEST_TOPIC]
    known = {"audience": Article.Audience.INTERNAL, "owner": person(request).pk, "topics": topic}

    def verb(values: dict[str, Any]) -> int:
        article = verbs.create_article(person(request), **values)
        messages.success(request, _("“%(title)s” is kept.") % {"title": article.title})
        return article.pk

    return _edit(request, known, {}, verb)


@signed_in(Permission.WRITE_ARTICLES)
def edit(request: HttpRequest, article_id: int) -> HttpResponse:
    article = _article(article_id)

    def verb(values: dict[str, Any]) -> int:
        based_on = request.POST.get("based_on", "")
        verbs.change_article(
            person(request),
            article_id,
            based_on=int(based_on) if based_on.isdecimal() and len(based_on) < 9 else None,
            summary=request.POST.get("summary", ""),
            **values,
        )
        messages.success(request, _("The changes are kept."))
        return article_id

    return _edit(request, article_fields.typed(article), {"article": article}, verb)


@require_POST
@signed_in(Permission.WRITE_ARTICLES)
def preview(request: HttpRequest) -> HttpResponse:
    """How it will read, while it is typed."""
    return render(request, "desk/knowledge/_preview.html", {"readings": _previewed(request.POST)})


@require_POST
@signed_in(Permission.WRITE_ARTICLES)
def restore(request: HttpRequest, article_id: int, number: int) -> HttpResponse:
    """Let it read as it did."""
    verbs.restore_version(person(request), article_id, number)
    messages.success(request, _("It reads as in version %(number)d again.") % {"number": number})
    return redirect(ONE, article_id)


@require_POST
@signed_in(Permission.WRITE_ARTICLES)
def delete(request: HttpRequest, article_id: int) -> HttpResponse:
    verbs.delete_article(person(request), article_id)
    messages.success(request, _("The article is deleted."))
    return redirect(LIST)


def _article(article_id: int) -> Article:
    return get_object_or_404(Article.objects.select_related("owner").prefetch_related("texts"), pk=article_id)


def _addresses(article: Article) -> list[str]:
    """Where everybody reads it, by language."""
    public = article.audience == Article.Audience.PUBLIC
    return [address_of(text) for text in article.texts.all()] if public else []


def _may_change(request: HttpRequest, article: Article) -> bool:
    inside = article.audience == Article.Audience.INTERNAL
    return person(request).may(Permission.WRITE_ARTICLES if inside else Permission.PUBLISH_ARTICLES)


def _edit(request: HttpRequest, known: dict[str, Any], context: dict[str, Any], verb: Any) -> HttpResponse:
    refused: DeskError | None = None
    if request.method == "POST":
        try:
            return leave(request, ONE, verb(article_fields.values_of(request.POST)))
        except DeskError as problem:
            refused = article_fields.at_fields(problem, request.POST)
    values = request.POST if refused else known
    texts = filled(article_fields.text_fields(), values, refused)
    scope = filled(article_fields.scope_fields(person(request)), values, refused)
    extra = filled([article_fields.summary_field()], values, refused) if "article" in context else []
    everything = {**context, "texts": texts, "scope": scope, "extra": extra, "readings": _previewed(values)}
    return show_form(request, "desk/knowledge/edit.html", [*texts, *scope, *extra], everything, refused)


def _previewed(values: Any) -> list[show.Reading]:
    return [
        show.Reading(one["language"], language(one["language"]), one["title"], as_html(one["body"]))
        for one in article_fields.texts_of(values)
    ]
