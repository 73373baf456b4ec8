"""The screen on the wall: typing the code, the board, and its figures every few seconds.

The cookie of a screen is read here and nowhere else, and browsers send it to these addresses only. It is no session:
nobody is signed in. The figures are asked for every five seconds rather than told by the live line, which carries who
holds which ticket: a screen in a hall hears nothing that it does not show, and a revoked one is out by its next
question.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from desk.actions.reports import wallboards as verbs
from desk.actions.reports.wallboard_figures import figures_of, scope_of
from desk.common.errors import DeskError
from desk.wallboards.models import Wallboard
from desk.web.show.wallboard import face
from desk.web.show.words import words

COOKIE = "wallboard"
KEPT_DAYS = 400  # as long as browsers keep a cookie; each load of the page begins it anew


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def board(request: HttpRequest) -> HttpResponse:
    """The board, or for a screen that has none the place to type a code. The code goes over in a form, once."""
    if request.method == "POST":
        return _pair(request)
    token = request.COOKIES.get(COOKIE, "")
    found = verbs.board_of(token)
    if found is None:
        return _door(request)
    with translation.override(found.language):
        answer = render(request, "desk/wallboard/page.html", {**_context(found), "words": words()})
    _let_in(answer, token)
    return answer


@never_cache
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """What stands on the board now; 401 tells a screen that it was shown out."""
    found = verbs.board_of(request.COOKIES.get(COOKIE, ""))
    if found is None:
        return HttpResponse(status=401)
    with translation.override(found.language):
        return render(request, "desk/wallboard/_figures.html", _context(found))


def _pair(request: HttpRequest) -> HttpResponse:
    try:
        _board, token = verbs.pair(request.POST.get("code", ""), place=request.META.get("REMOTE_ADDR", ""))
    except DeskError as refused:
        return _door(request, refused)
    answer = redirect("wallboard")
    _let_in(answer, token)
    return answer


def _door(request: HttpRequest, refused: DeskError | None = None) -> HttpResponse:
    status = refused.status if refused else 200
    return render(request, "desk/wallboard/pair.html", {"refused": refused}, status=status)


def _context(found: Wallboard) -> dict[str, object]:
    now = timezone.now()
    seen = figures_of(scope_of(found), now=now)
    return {"board": found, "figures": seen, "face": face(seen, now), "now": now, "zone": settings.TIME_ZONE}


def _let_in(answer: HttpResponse, token: str) -> None:
    answer.set_cookie(
        COOKIE,
        token,
        max_age=KEPT_DAYS * 24 * 3600,
        path=reverse("wallboard"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
