"""The addresses of the screens."""

from django.urls import include, path, re_path

from desk.web.views import command, home, language, preferences, reports

urlpatterns = [
    path("", home.home, name="home"),
    path("", include("desk.web.workspace_urls")),
    path("administration/", include("desk.web.administration_urls")),
    path("reports/", reports.page, name="reports"),
    path("reports/tickets/", reports.tickets, name="report-tickets"),
    re_path(r"^reports/report\.(?P<form>csv|xlsx)$", reports.export, name="report-export"),
    path("command/", command.find, name="command"),
    path("me/", preferences.change, name="preferences"),
    path("language/", language.choose, name="language"),
    path("accounts/", include("desk.web.door")),
]
