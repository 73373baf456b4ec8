"""The addresses of administration."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from desk.web.guards import signed_in


@signed_in()
def _empty(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/base.html")


urlpatterns: list[URLPattern] = [path("", _empty, name="administration")]
