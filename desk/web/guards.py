"""Who stands before a view: signed in or sent to the door, and a person rather than a request."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from desk.common.errors import NotPermitted
from desk.people.models import User
from desk.people.permissions import Permission, require

Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase]


def person(request: HttpRequest) -> User:
    """The signed-in colleague, behind `signed_in`."""
    if not isinstance(request.user, User):
        raise TypeError("person() is for views behind signed_in")
    return request.user


def signed_in(*permissions: Permission) -> Callable[[View[Arguments]], View[Arguments]]:
    """A view for people who are signed in and may do all of `permissions`; the others go to the door or are refused."""

    def guarded(view: View[Arguments]) -> View[Arguments]:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_the_door(request)
            if not person(request).has_seat:  # a session from before that was taken away opens nothing
                raise NotPermitted(_("You have no seat at this desk any more. Ask an administrator."))
            for permission in permissions:
                require(person(request), permission)
            return view(request, *args, **kwargs)

        return answer

    return guarded


def to_the_door(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back afterwards; a request for a part of a page moves the whole page there."""
    if request.headers.get("HX-Request"):
        address = urlsplit(request.headers.get("HX-Current-URL", ""))
        page = redirect_to_login(
            address.path + (f"?{address.query}" if address.query else ""), resolve_url(settings.LOGIN_URL)
        )
        return HttpResponse(status=401, headers={"HX-Redirect": page.url})
    return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
