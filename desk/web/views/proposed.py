"""A proposal of somebody without a seat, by the link alone: what it says, what became of it, what is said about it."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from desk.actions.changes import changes
from desk.actions.changes.change_links import link_of
from desk.changes.models import LONGEST_WORDS, Link
from desk.common.errors import DeskError, Missing
from desk.web.show import proposed as show
from desk.web.views.asked import private_page

TEMPLATE = "desk/asked/proposal.html"


@csrf_exempt  # the signed link is what allows it
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Nothing happens by looking, because programs look at every link in a mail."""
    now = timezone.now()
    try:
        link = link_of(token, now)
    except Missing as over:
        return private_page(render(request, TEMPLATE, {"over": over}, status=over.status))
    with translation.override(link.user.language):
        refused: DeskError | None = None
        if request.method == "POST":
            try:
                _do(link, request)
            except DeskError as problem:
                refused = problem
            else:
                return private_page(HttpResponseRedirect(request.path))
        context = {
            "link": link,
            "shown": show.shown(link, now),
            "refused": refused,
            "typed": request.POST.get("text", "") if refused else "",
            "longest": LONGEST_WORDS,
        }
        return private_page(render(request, TEMPLATE, context, status=refused.status if refused else 200))


def _do(link: Link, request: HttpRequest) -> None:
    """Raises DeskError; a button that there is not does nothing."""
    match request.POST.get("do", ""):
        case "say":
            changes.remark(link.user, link.change_id, request.POST.get("text", ""))
        case "withdraw":
            changes.withdraw(link.user, link.change_id)
