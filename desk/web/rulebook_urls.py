"""The addresses of the rulebook's pages."""

from django.urls import path

from desk.web.views import rulebooks

urlpatterns = [
    path("", rulebooks.overview, name="administration-rulebooks"),
    path("new/", rulebooks.add, name="administration-rulebook-new"),
    path("<int:number>/", rulebooks.one, name="administration-rulebook"),
    path("<int:number>/try/", rulebooks.try_out, name="administration-rulebook-try"),
    path("<int:number>/<slug:name>/", rulebooks.step, name="administration-rulebook-step"),
]
