"""How the screens answer when a verb says no, and when we broke: in words, in place, with nothing lost."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from desk.common.errors import DeskError
from desk.common.logs import logger


def refusal(request: HttpRequest, error: DeskError) -> HttpResponse:
    """The answer to a verb's no: a notice above the work for a part of a page, else a page of its own."""
    if request.headers.get("HX-Request"):
        answer = render(request, "desk/parts/refusal.html", {"message": error.message}, status=error.status)
        answer["HX-Retarget"] = "#notices"
        answer["HX-Reswap"] = "beforeend"
        return answer
    return render(request, "desk/refused.html", {"message": error.message, "status": error.status}, status=error.status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return _broken(
        request, 400, _("This request could not be read."), _("Go back and try again; what you typed is still there.")
    )


def not_permitted(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return _broken(
        request,
        403,
        _("This is not yours to open."),
        _("Your role does not allow this. Ask a supervisor or an administrator."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return _broken(request, 404, _("Nothing is here."), _("The address is wrong, or what was here has gone."))


def forged(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """A form without the desk's own mark: mostly a page that was open since before somebody signed in again."""
    return _broken(
        request,
        403,
        _("This page was too old to send."),
        _("You signed in again since it was opened, or your browser keeps no cookies. Load it and send once more."),
    )


def broke(request: HttpRequest) -> HttpResponseBase:
    """The fault is ours. The reference number on the page is the one in the log, beside the traceback."""
    reference = "-".join((secrets.token_hex(2), secrets.token_hex(2), secrets.token_hex(1)))
    logger.error("page broke", reference=reference, path=request.path, method=request.method, exc_info=True)
    return render(request, "desk/broken.html", {"broke": True, "reference": reference}, status=500)


def _broken(request: HttpRequest, status: int, title: str, advice: str) -> HttpResponse:
    return render(request, "desk/broken.html", {"title": title, "advice": advice}, status=status)
