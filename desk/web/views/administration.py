"""The door of administration leads to the first part of it that a person may open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from desk.web.areas import AREAS
from desk.web.guards import person, signed_in


@signed_in()
def first(request: HttpRequest) -> HttpResponse:
    """To the page of changes, where no other is open."""
    return redirect(next(area.page for area in AREAS if area.opens_for(person(request))))
