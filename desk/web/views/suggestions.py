"""Suggestions for articles: what colleagues and tickets have answered, judged with one key."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from desk.actions.knowledge import suggestions as verbs
from desk.common.errors import DeskError
from desk.common.paging import slice_after
from desk.knowledge.models import LONGEST_TITLE, Article, Suggestion
from desk.people.permissions import Permission
from desk.web.forms import Field, filled, leave, show_form
from desk.web.guards import person, signed_in
from policies.knowledge_suggestions import State

PAGE = 20
LIST = "suggestions"
JUDGED = "judged"


@signed_in(Permission.PUBLISH_ARTICLES)
def overview(request: HttpRequest) -> HttpResponse:
    """What was asked most often first; or what was judged."""
    rows = Suggestion.objects.filter(same_as=None).select_related("author", "decided_by", "article")
    judged = request.GET.get("state") == JUDGED
    rows = rows.exclude(state=State.PENDING) if judged else rows.filter(state=State.PENDING)
    page = slice_after(
        rows, ("id",) if judged else ("times", "id"), request.GET.get("cursor", ""), PAGE, descending=True
    )
    context = {
        "suggestions": [(one, verbs.suggested_title(one)) for one in page.rows],
        "page": page,
        "judged": judged,
        "query": f"state={JUDGED}" if judged else "",
    }
    return render(request, "desk/knowledge/suggestions.html", context)


@signed_in(Permission.PUBLISH_ARTICLES)
def change(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Approve it in other words."""
    suggestion = get_object_or_404(Suggestion, pk=suggestion_id, state=State.PENDING, same_as=None)
    fields = [
        Field("title", gettext_lazy("Title"), language=suggestion.language),
        Field("body", gettext_lazy("Text"), "area", language=suggestion.language),
        Field(
            "audience",
            gettext_lazy("For"),
            "choice",
            choices=tuple(one for one in Article.Audience.choices if one[0] != Article.Audience.PUBLIC),
        ),
        Field("topics", gettext_lazy("Topics"), required=False, help=gettext_lazy("By commas.")),
    ]
    refused: DeskError | None = None
    if request.method == "POST":
        try:
            article = verbs.approve_suggestion(
                person(request),
                suggestion_id,
                title=request.POST.get("title", "")[: LONGEST_TITLE + 1],
                body=request.POST.get("body", ""),
                audience=request.POST.get("audience", ""),
                topics=request.POST.get("topics", "").split(","),
            )
            messages.success(request, _("“%(title)s” is an article now.") % {"title": article.title})
            return leave(request, LIST)
        except DeskError as problem:
            refused = problem
    known = {
        "title": verbs.suggested_title(suggestion),
        "body": suggestion.answer,
        "audience": Article.Audience.REPLIES,
        "topics": "",
    }
    shown = filled(fields, request.POST if refused else known, refused)
    return show_form(request, "desk/knowledge/suggestion.html", shown, {"suggestion": suggestion}, refused)


@require_POST
@signed_in(Permission.PUBLISH_ARTICLES)
def approve(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """As it is."""
    article = verbs.approve_suggestion(person(request), suggestion_id)
    messages.success(request, _("“%(title)s” is an article now.") % {"title": article.title})
    return redirect(LIST)


@require_POST
@signed_in(Permission.PUBLISH_ARTICLES)
def reject(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    verbs.reject_suggestion(person(request), suggestion_id, reason=request.POST.get("reason", ""))
    messages.success(request, _("It is rejected, and not suggested again."))
    return redirect(LIST)
