"""What a request needs before a view sees it."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from desk.common.errors import DeskError
from desk.web.answers import refusal

LANGUAGE_COOKIE = "language"  # the door speaks a language before anybody has signed in


class PersonLanguageMiddleware:
    """The signed-in person's own language; at the door the cookie's, then the browser's."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if iscoroutinefunction(self.get_response):
            return self._answer(request)
        _choose(request, getattr(request.user, "language", ""))
        return self.get_response(request)

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        _choose(request, getattr(await request.auser(), "language", ""))
        response = self.get_response(request)
        return await response if isinstance(response, Awaitable) else response


def _choose(request: HttpRequest, own: str) -> None:
    known = dict(settings.LANGUAGES)
    asked = own or request.COOKIES.get(LANGUAGE_COOKIE, "")
    language = asked if asked in known else translation.get_language_from_request(request)
    translation.activate(language)
    request.LANGUAGE_CODE = language


class RefusalMiddleware:
    """A verb that says no (`DeskError`) becomes an answer in words, so that no view has to catch it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        return refusal(request, exception) if isinstance(exception, DeskError) else None
