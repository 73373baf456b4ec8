"""The addresses of administration."""

from django.urls import path

from desk.web.views import administration, audit, canned, inboxes, people, response_times, teams

urlpatterns = [
    path("", administration.first, name="administration"),
    path("inboxes/", inboxes.overview, name="administration-inboxes"),
    path("inboxes/new/", inboxes.choose, name="administration-inbox-choose"),
    path("inboxes/new/<slug:slug>/", inboxes.connect, name="administration-inbox-new"),
    path("inboxes/test/<slug:slug>/", inboxes.try_out, name="administration-inbox-try"),
    path("inboxes/<int:inbox_id>/", inboxes.one, name="administration-inbox"),
    path("inboxes/<int:inbox_id>/settings/", inboxes.change, name="administration-inbox-change"),
    path("inboxes/<int:inbox_id>/credentials/", inboxes.reauthorise, name="administration-inbox-credentials"),
    path("inboxes/<int:inbox_id>/test/", inboxes.test, name="administration-inbox-test"),
    path("inboxes/<int:inbox_id>/<str:verb>/", inboxes.act, name="administration-inbox-act"),
    path("networks/", inboxes.matrix, name="administration-networks"),
    path("people/", people.overview, name="administration-people"),
    path("people/new/", people.add, name="administration-person-new"),
    path("people/<int:user_id>/", people.one, name="administration-person"),
    path("people/<int:user_id>/password/", people.password, name="administration-person-password"),
    path("people/<int:user_id>/second-factor/", people.second_factor, name="administration-person-second-factor"),
    path("people/<int:user_id>/tokens/", people.issue, name="administration-person-token"),
    path("tokens/<int:token_id>/revoke/", people.revoke, name="administration-token-revoke"),
    path("teams/", teams.overview, name="administration-teams"),
    path("teams/new/", teams.add, name="administration-team-new"),
    path("teams/<int:team_id>/", teams.one, name="administration-team"),
    path("teams/<int:team_id>/delete/", teams.delete, name="administration-team-delete"),
    path("canned-responses/", canned.overview, name="administration-canned"),
    path("canned-responses/new/", canned.add, name="administration-canned-new"),
    path("canned-responses/preview/", canned.preview, name="administration-canned-preview"),
    path("canned-responses/<int:canned_id>/", canned.one, name="administration-canned-one"),
    path("canned-responses/<int:canned_id>/delete/", canned.delete, name="administration-canned-delete"),
    path("response-times/", response_times.overview, name="administration-response-times"),
    path("response-times/policies/new/", response_times.add_policy, name="administration-policy-new"),
    path("response-times/policies/<int:policy_id>/", response_times.policy, name="administration-policy"),
    path(
        "response-times/policies/<int:policy_id>/move/", response_times.move_policy, name="administration-policy-move"
    ),
    path(
        "response-times/policies/<int:policy_id>/delete/",
        response_times.delete_policy,
        name="administration-policy-delete",
    ),
    path("response-times/calendars/new/", response_times.add_calendar, name="administration-calendar-new"),
    path("response-times/calendars/<int:calendar_id>/", response_times.calendar, name="administration-calendar"),
    path(
        "response-times/calendars/<int:calendar_id>/delete/",
        response_times.delete_calendar,
        name="administration-calendar-delete",
    ),
    path("audit/", audit.overview, name="administration-audit"),
]
