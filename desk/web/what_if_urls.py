"""The addresses of what-ifs."""

from django.urls import path

from desk.web.views import what_if

urlpatterns = [
    path("", what_if.overview, name="administration-what-ifs"),
    path("replies/", what_if.ask_about_replies, name="administration-what-if-replies"),
    path("file/", what_if.ask_about_file, name="administration-what-if-file"),
    path("<int:run_id>/", what_if.one, name="administration-what-if"),
    path("<int:run_id>/cancel/", what_if.cancel, name="administration-what-if-cancel"),
    path("<int:run_id>/texts/", what_if.texts, name="administration-what-if-texts"),
    path("<int:run_id>/by/<slug:kind>/", what_if.counts, name="administration-what-if-counts"),
]
