"""The supervisor's first page; an agent's is the queue."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from desk.people.permissions import Permission
from desk.web.guards import person, signed_in


@signed_in()
def home(request: HttpRequest) -> HttpResponse:
    if not person(request).may(Permission.SEE_REPORTS):
        return redirect("queue")
    return render(request, "desk/home.html", {})
