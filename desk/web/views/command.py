"""The command bar's answers."""

from django.http import HttpRequest, HttpResponse

from desk.web.guards import signed_in


@signed_in()
def find(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")
