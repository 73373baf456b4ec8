"""The addresses of the screens."""

from django.urls import include, path, re_path

from desk.web.views import command, home, language, notices, preferences, reports, wallboard

urlpatterns = [
    path("", home.home, name="home"),
    path("", include("desk.web.workspace_urls")),
    path("administration/", include("desk.web.administration_urls")),
    path("wallboard/", wallboard.board, name="wallboard"),
    path("wallboard/figures/", wallboard.figures, name="wallboard-figures"),
    path("reports/", reports.page, name="reports"),
    path("reports/hours/", reports.hours, name="report-hours"),
    path("reports/tickets/", reports.tickets, name="report-tickets"),
    re_path(r"^reports/report\.(?P<form>csv|xlsx)$", reports.export, name="report-export"),
    path("command/", command.find, name="command"),
    path("notices/", notices.overview, name="notices"),
    path("notices/bell/", notices.bell, name="notices-bell"),
    path("notices/see/", notices.see, name="notices-see"),
    path("notices/<int:notice_id>/", notices.follow, name="notice"),
    path("notices/<int:notice_id>/acknowledge/", notices.acknowledge, name="notice-acknowledge"),
    path("me/", preferences.change, name="preferences"),
    path("language/", language.choose, name="language"),
    path("accounts/", include("desk.web.door")),
]
