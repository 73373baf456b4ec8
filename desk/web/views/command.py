"""The command bar's answers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from desk.web import finder
from desk.web.guards import person, signed_in


@signed_in()
def find(request: HttpRequest) -> HttpResponse:
    """The options for what was typed, as items of a listbox."""
    return render(request, "desk/parts/found.html", {"groups": finder.find(person(request), request.GET.get("q", ""))})
