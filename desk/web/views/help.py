"""The help pages: what everybody may read. Nobody signs in, nothing is kept of a reader, and caches may keep a page."""

from typing import Any

import redis
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from desk.actions.knowledge.help_pages import (
    PUBLIC,
    address_of,
    found_in_public,
    languages_of,
    public_text,
    say_whether_it_helped,
)
from desk.common.errors import DeskError, Missing, TooOften
from desk.common.paging import slice_after
from desk.common.rates import times_in_window
from desk.knowledge.markup import as_html, as_words
from desk.knowledge.models import LANGUAGES, ArticleText
from desk.web.answers import not_found

PAGE = 50
SECONDS = 60  # for which a cache may keep a page: a change is seen within that time
LONGEST = 200  # characters of a question
SEARCHES = 30  # of one address in a minute
DESCRIPTION = 160  # characters
DAY = 86_400  # seconds


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the pages in the reader's language."""
    wanted = get_language_from_request(request).partition("-")[0]
    return redirect("help-list", wanted if wanted in LANGUAGES else LANGUAGES[0])


@require_safe
@cache_control(public=True, max_age=SECONDS)
def articles(request: HttpRequest, language: str) -> HttpResponseBase:
    """All of them by title, or what answers a question."""
    asked = request.GET.get("q", "").replace("\x00", " ").strip()[:LONGEST]
    shown = {"language": language, "languages": LANGUAGES, "asked": asked}
    with translation.override(language):
        try:
            found = _found(request, asked, language) if asked else _page(request, language)
        except DeskError as refused:
            context = {**shown, "refused": refused.message}
            answer = render(request, "desk/help/list.html", context, status=refused.status)
            answer["Cache-Control"] = "no-store"  # it is said to one reader, and a cache speaks to many
            return answer
        return render(request, "desk/help/list.html", {**shown, **found})


@require_safe
@cache_control(public=True, max_age=SECONDS)
def article(request: HttpRequest, language: str, article_id: int) -> HttpResponseBase:
    """One of them."""
    with translation.override(language):
        try:
            text = public_text(article_id, language)
        except Missing as gone:
            return not_found(request, gone)
        return render(request, "desk/help/one.html", _read(text))


@csrf_exempt  # the page is the same for everybody, so that no token can stand in it; all it can do is count one up
@require_POST
def helped(request: HttpRequest, language: str, article_id: int) -> HttpResponseBase:
    """A reader says whether it helped: one word of each address and day is counted, and who said it is not kept."""
    with translation.override(language):
        try:
            text = public_text(article_id, language)
            if _says_it_here(request) and _first_word(request, article_id):
                say_whether_it_helped(article_id, helped=request.POST.get("helped") == "yes")
        except Missing as gone:
            return not_found(request, gone)
        answer = render(request, "desk/help/one.html", {**_read(text), "thanked": True})
        answer["Cache-Control"] = "no-store"
        return answer


def _says_it_here(request: HttpRequest) -> bool:
    """Whether the form stood on our own page, as far as the browser says."""
    origin = request.headers.get("Origin", "")
    return origin in ("", f"{request.scheme}://{request.get_host()}")


def _first_word(request: HttpRequest, article_id: int) -> bool:
    try:
        return times_in_window(f"helped:{article_id}:{request.META.get('REMOTE_ADDR', '')}", DAY) == 1
    except redis.RedisError:
        return False


def _read(text: ArticleText) -> dict[str, Any]:
    return {
        "text": text,
        "body": as_html(text.body),
        "description": as_words(text.body)[:DESCRIPTION].replace("\n", " "),
        "address": address_of(text),
        "language": text.language,
        "languages": languages_of(text.article_id),
    }


def _page(request: HttpRequest, language: str) -> dict[str, Any]:
    rows = ArticleText.objects.filter(language=language, article__audience=PUBLIC)
    page = slice_after(rows, ("title", "id"), request.GET.get("cursor", ""), PAGE)
    return {"texts": page.rows, "page": page}


def _found(request: HttpRequest, asked: str, language: str) -> dict[str, Any]:
    """A page costs little and is cached; looking for something costs more. Raises TooOften."""
    try:
        often = times_in_window(f"help:{request.META.get('REMOTE_ADDR', '')}", 60)
    except redis.RedisError:
        often = 0
    if often > SEARCHES:
        raise TooOften(_("You have looked for many things within a minute. Wait a moment, then try again."))
    return {"texts": found_in_public(asked, language)}
