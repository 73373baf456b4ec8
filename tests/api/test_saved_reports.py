"""Reports that are kept and reports as files, over the API."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from desk.actions.reports import reports
from desk.api.description import description
from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from tests.actions.builders import a_mention, own_words, take_in
from tests.api.caller import Caller
from tests.web.browsing import Browser

SHOWS = {"period": "week", "time": "wall"}


@pytest.fixture
def answered(inbox: Inbox) -> Inbox:
    """A question and its answer now, a slower one nine days ago, and one from before that."""
    now = timezone.now()
    for number, (days, minutes) in enumerate(((30, 5), (9, 20), (0, 10))):
        at = now - timedelta(days=days, minutes=30)
        answer = own_words(
            f"a{number}", parent_id=f"q{number}", at=0, created_at=at + timedelta(minutes=minutes)
        )  # fmt: skip
        take_in(inbox, [a_mention(f"q{number}", by=f"c{number}", created_at=at), answer], now=now)
    reports.count_changes()
    return inbox


def test_the_period_before_is_there_as_figures_and_as_differences(supervisor: Caller, answered: Inbox) -> None:
    (before,) = supervisor.get("reports/", **SHOWS).body["earlier"]
    assert (before["period"], before["figures"]["arrived"], before["differences"]["arrived"]) == ("before", 1, 0)
    assert -606 <= before["differences"]["median"] <= -594
    _before, year = supervisor.get("reports/", **SHOWS, compare="year").body["earlier"]
    assert (year["period"], year["figures"]) == ("year", None)
    assert set(year["differences"].values()) == {None}


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_files_hold_what_the_screen_offers(supervisor: Caller, answered: Inbox, language: str) -> None:
    User.objects.update(language=language)
    browser = Browser(User.objects.get(pk=supervisor.user.pk))
    saved = supervisor.post("saved-reports/", name="Week", shows=SHOWS).body["id"]
    offered = browser.client.get("/reports/report.csv?period=week&time=wall").content
    assert b"Verschil" in offered or language == "en"
    for path, query in (("reports/csv/", SHOWS), (f"saved-reports/{saved}/csv/", {})):
        answer = supervisor.get(path, **query).response
        assert (answer["Content-Type"], answer.content) == ("text/csv; charset=utf-8", offered)
    rows = [[str(cell) for cell in row] for row in csv.reader(io.StringIO(offered.decode())) if len(row) > 1]
    for path, query in (("reports/xlsx/", SHOWS), (f"saved-reports/{saved}/xlsx/", {})):
        book = load_workbook(io.BytesIO(supervisor.get(path, **query).response.content))
        found = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
        assert [["" if cell is None else str(cell) for cell in row] for row in found] == rows


def test_files_are_described_as_files() -> None:
    paths = description()["paths"]
    for path, kind in {
        "/api/v1/reports/csv/": "text/csv",
        "/api/v1/saved-reports/{report_id}/xlsx/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }.items():
        assert paths[path]["get"]["responses"]["200"]["content"] == {
            kind: {"schema": {"type": "string", "format": "binary"}}
        }


def test_one_is_kept_read_changed_and_deleted(supervisor: Caller, answered: Inbox) -> None:
    shows = {"period": "own", "first": "2026-01-01", "last": "2026-01-31", "inbox": answered.pk, "private": False}
    made = supervisor.post("saved-reports/", name="Januari", shows=shows, sharing="company")
    assert made.status == 201
    number = made.body["id"]
    assert made.body["shows"] == {
        "period": "own", "first": "2026-01-01", "last": "2026-01-31", "metric": "first_response", "time": "business",
        "compare": "before", "network": None, "inbox": answered.pk, "private": False, "team": None, "agent": None,
        "priority": None, "language": None,
    }  # fmt: skip
    assert supervisor.get(f"saved-reports/{number}/").body == made.body
    assert supervisor.results("saved-reports/") == [made.body]
    again = supervisor.patch(f"saved-reports/{number}/", shows=made.body["shows"] | {"priority": "urgent"}, name="Jan")
    assert (again.body["name"], again.body["shows"]["priority"], again.body["sharing"]) == ("Jan", "urgent", "company")
    assert supervisor.get(f"saved-reports/{number}/figures/").body["figures"]["arrived"] == 0
    assert supervisor.delete(f"saved-reports/{number}/").status == 204
    assert supervisor.get(f"saved-reports/{number}/").problem == (404, "not_found")


def test_figures_of_a_kept_report_are_those_of_the_report(supervisor: Caller, answered: Inbox) -> None:
    number = supervisor.post("saved-reports/", name="Week", shows=SHOWS).body["id"]
    found, asked = supervisor.get(f"saved-reports/{number}/figures/").body, supervisor.get("reports/", **SHOWS).body
    for body in (found, asked):
        body.pop("now")
        body["earlier"][0].pop("until")  # it goes on as time does
    assert found == asked


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"), ({"shows": {"period": "ever"}}, "shows"), ({"shows": {"period": "own"}}, "first"),
        ({"sharing": "team"}, "team"), ({"sharing": "team", "team": 999}, "team"), ({"shows": {"inbox": 999}}, "inbox"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(supervisor: Caller, body: dict[str, Any], field: str) -> None:
    answer = supervisor.post("saved-reports/", **{"name": "Week", "shows": SHOWS, **body})
    assert answer.status == 400
    assert any(name.split(".")[0] == field for name in answer.body["errors"])


def test_a_name_is_taken_once(supervisor: Caller) -> None:
    supervisor.post("saved-reports/", name="Week", shows=SHOWS)
    assert supervisor.post("saved-reports/", name="Week", shows=SHOWS).problem == (409, "taken")


def test_a_team_shares_it_with_its_members(supervisor: Caller, administrator: Caller) -> None:
    team = Team.objects.create(name="Rail")
    number = administrator.post("saved-reports/", name="W", shows=SHOWS, sharing="team", team=team.pk).body["id"]
    assert supervisor.get(f"saved-reports/{number}/").status == 404
    supervisor.user.teams.add(team)
    assert supervisor.get(f"saved-reports/{number}/").body["team"] == team.pk


def test_subscribing_changing_and_ending_it(supervisor: Caller) -> None:
    number = supervisor.post("saved-reports/", name="Week", shows=SHOWS).body["id"]
    path = f"saved-reports/{number}/subscription/"
    assert supervisor.get(path).status == 404
    assert supervisor.put(path).problem == (400, "invalid")  # nobody knows an address of hers
    User.objects.update(email="mila@example.com")
    supervisor.user.refresh_from_db()
    first = supervisor.put(path).body
    assert (first["rhythm"], first["weekday"], first["hour"], first["timezone"]) == ("weekly", 1, 8, "Europe/Amsterdam")
    assert supervisor.put(path, rhythm="daily", hour=7).body["rhythm"] == "daily"
    assert supervisor.get(path).body["hour"] == 7
    assert supervisor.put(path, timezone="Mars/Olympus").status == 400
    assert supervisor.put(path, hour=24).status == 400
    assert supervisor.delete(path).status == 204
    assert supervisor.delete(path).status == 404


def test_they_are_for_those_who_may_see_reports(agent: Caller, supervisor: Caller) -> None:
    number = supervisor.post("saved-reports/", name="Week", shows=SHOWS, sharing="company").body["id"]
    for path in ("", f"{number}/", f"{number}/csv/", f"{number}/subscription/"):
        assert agent.get(f"saved-reports/{path}").status == 403
    assert agent.get("reports/csv/").status == 403
    assert agent.post("saved-reports/", name="x", shows=SHOWS).status == 403
