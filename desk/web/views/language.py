"""The language of the door, kept in a cookie: nobody has signed in yet."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from desk.web.middleware import LANGUAGE_COOKIE

A_YEAR = 365 * 24 * 3600  # seconds


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the language and go back to the page."""
    answer = back(request)
    remember(answer, request.POST.get("language", ""))
    return answer


def remember(answer: HttpResponse, language: str) -> None:
    """An unknown language is not kept."""
    if language in dict(settings.LANGUAGES):
        answer.set_cookie(
            LANGUAGE_COOKIE,
            language,
            max_age=A_YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def back(request: HttpRequest) -> HttpResponse:
    """To the page that the form names, on this host only."""
    page = request.POST.get("next", "/")
    return HttpResponseRedirect(page if url_has_allowed_host_and_scheme(page, {request.get_host()}) else "/")
