"""The addresses of the screens."""

from django.urls import include, path, re_path

from desk.web.views import (
    absences,
    command,
    home,
    language,
    notices,
    preferences,
    reports,
    saved_reports,
    unsubscribe,
    wallboard,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("", include("desk.web.workspace_urls")),
    path("administration/", include("desk.web.administration_urls")),
    path("wallboard/", wallboard.board, name="wallboard"),
    path("wallboard/figures/", wallboard.figures, name="wallboard-figures"),
    path("reports/", reports.page, name="reports"),
    path("reports/tickets/", reports.tickets, name="report-tickets"),
    re_path(r"^reports/report\.(?P<form>csv|xlsx)$", reports.export, name="report-export"),
    path("reports/saved/", saved_reports.overview, name="saved-reports"),
    path("reports/saved/new/", saved_reports.save, name="saved-report-new"),
    path("reports/saved/<int:report_id>/", saved_reports.show, name="saved-report"),
    path("reports/saved/<int:report_id>/replace/", saved_reports.replace, name="saved-report-replace"),
    path("reports/saved/<int:report_id>/settings/", saved_reports.settings_page, name="saved-report-settings"),
    path("reports/saved/<int:report_id>/delete/", saved_reports.delete, name="saved-report-delete"),
    path("reports/saved/<int:report_id>/subscribe/", saved_reports.subscribe, name="saved-report-subscribe"),
    path("reports/saved/<int:report_id>/unsubscribe/", saved_reports.unsubscribe, name="saved-report-unsubscribe"),
    path("reports/unsubscribe/<str:token>/", unsubscribe.by_link, name="report-unsubscribe"),
    path("command/", command.find, name="command"),
    path("notices/", notices.overview, name="notices"),
    path("notices/bell/", notices.bell, name="notices-bell"),
    path("notices/see/", notices.see, name="notices-see"),
    path("notices/<int:notice_id>/", notices.follow, name="notice"),
    path("notices/<int:notice_id>/acknowledge/", notices.acknowledge, name="notice-acknowledge"),
    path("absences/", absences.own, name="absences"),
    path("absences/<int:absence_id>/", absences.change_own, name="absence"),
    path("absences/<int:absence_id>/end/", absences.end_own, name="absence-end"),
    path("absences/<int:absence_id>/delete/", absences.delete_own, name="absence-delete"),
    path("me/", preferences.change, name="preferences"),
    path("language/", language.choose, name="language"),
    path("accounts/", include("desk.web.door")),
]
