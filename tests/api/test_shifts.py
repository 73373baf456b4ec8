"""Working hours, absences and the policy of a team."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.people.models import Absence, AuditEntry, Shift, Team, User
from tests.api.caller import Caller

WEEK = {"mon": [["09:00", "12:30"], ["13:00", "17:30"]], "fri": [["22:00", "06:00"]]}


def test_a_supervisor_keeps_the_hours(supervisor: Caller, agent: Caller) -> None:
    made = supervisor.post("shifts/", user=agent.user.pk, timezone="Europe/Amsterdam", week=WEEK)
    assert (made.status, made.body["user"]["username"], made.body["week"]) == (201, "sanne", WEEK)
    address = f"shifts/{made.body['id']}/"
    assert supervisor.patch(address, last_day="2026-12-31").body["last_day"] == "2026-12-31"
    assert agent.get(address).body["week"] == WEEK
    assert agent.results("shifts/", user=agent.user.pk) == [agent.get(address).body]
    assert agent.results("shifts/", team=1) == []
    assert supervisor.delete(address).status == 204
    assert supervisor.get(address).problem == (404, "not_found")
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["shift_created", "shift_changed", "shift_deleted"]
    changed = AuditEntry.objects.get(verb="shift_changed")
    assert changed.detail == {"before": {"last_day": None}, "after": {"last_day": "2026-12-31"}}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"timezone": "Europe/Atlantis"}, "timezone"),
        ({"week": {}}, "week"),
        ({"week": {"moon": []}}, "week"),
        ({"week": {"mon": [["9", "17"]]}}, "week.mon"),
        ({"week": {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "week.mon"),
        ({"week": None}, "week"),
        ({"user": 999_999}, "user"),
        ({"user": None}, "user"),
        ({"user": None, "team": 999_999}, "team"),
        ({"first_day": "2026-02-02", "last_day": "2026-02-01"}, "last_day"),
    ],
)
def test_hours_that_cant_be_kept_are_refused_at_their_field(
    supervisor: Caller, agent: Caller, body: dict[str, Any], field: str
) -> None:
    answer = supervisor.post("shifts/", **{"user": agent.user.pk, "timezone": "UTC", "week": WEEK, **body})
    assert answer.status == 400, answer.body
    assert list(answer.body["errors"]) == [field]
    assert not Shift.objects.exists()


def test_absences_are_kept_by_supervisors_and_not_for_everybody(supervisor: Caller, agent: Caller) -> None:
    now = timezone.now()
    made = supervisor.post("absences/", user=agent.user.pk, reason="Griep")
    assert (made.status, made.body["ends_at"]) == (201, None)
    assert agent.get("absences/").problem == (403, "not_permitted")
    address = f"absences/{made.body['id']}/"
    (standing,) = [row for row in agent.results("duty/") if row["user"]["username"] == "sanne"]
    assert (standing["on_duty"], standing["duty"], standing["until"]) == (False, "absent", None)
    ended = supervisor.patch(address, ends_at=(now + timedelta(days=1)).isoformat())
    assert ended.status == 200
    assert list(supervisor.patch(address, ends_at="2020-01-01T00:00:00Z").body["errors"]) == ["ends_at"]
    assert list(supervisor.post("absences/", user=999_999).body["errors"]) == ["user"]
    supervisor.post("absences/", user=supervisor.user.pk, starts_at=(now + timedelta(days=9)).isoformat())
    assert [row["user"]["username"] for row in supervisor.results("absences/")] == ["mila", "sanne"]
    assert len(supervisor.results("absences/", user=agent.user.pk)) == 1
    assert supervisor.delete(address).status == 204
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["absence_created", "absence_changed", "absence_created", "absence_deleted"]


@pytest.mark.parametrize("path", ["shifts/", "absences/"])
def test_agents_keep_neither(agent: Caller, path: str) -> None:
    body = {"user": agent.user.pk, "timezone": "UTC", "week": WEEK}
    assert agent.post(path, **body).problem == (403, "not_permitted")


def test_a_team_says_to_whom_its_tickets_are_given(administrator: Caller, supervisor: Caller) -> None:
    team = Team.objects.create(name="Rail", turn_after=7)
    address = f"teams/{team.pk}/"
    assert administrator.results("teams/")[0]["assignment"] == "none"
    wish = {"assignment": "round_robin", "match_language": True}
    assert supervisor.patch(address, **wish).problem == (403, "not_permitted")
    assert administrator.patch(address, **wish).body == {
        "id": team.pk, "name": "Rail", "assignment": "round_robin", "match_language": True, "match_skills": False,
    }  # fmt: skip
    entry = AuditEntry.objects.get(verb="team_changed")
    assert entry.detail == {
        "before": {"assignment": "none", "match_language": False},
        "after": {"assignment": "round_robin", "match_language": True},
    }
    assert administrator.patch(address, assignment="lottery").problem == (400, "invalid")
    team.refresh_from_db()
    assert team.turn_after == 7


def test_a_colleague_has_languages_skills_and_a_cap(administrator: Caller, agent: Caller) -> None:
    address = f"users/{agent.user.pk}/"
    changed = administrator.patch(address, languages=["nl", "en"], skills=["Refund", " x "], ticket_cap=12).body
    assert (changed["languages"], changed["skills"], changed["ticket_cap"]) == (["en", "nl"], ["refund", "x"], 12)
    assert administrator.patch(address, languages=["Dutch"]).problem == (400, "invalid")
    assert administrator.patch(address, ticket_cap=-1).problem == (400, "invalid")
    assert administrator.patch(address, ticket_cap=None).body["ticket_cap"] is None


@pytest.mark.parametrize(("path", "most"), [("shifts/", 3), ("absences/", 3), ("duty/", 6), ("teams/", 3)])
def test_lists_are_paged_and_take_the_same_few_queries(supervisor: Caller, path: str, most: int) -> None:
    for number in range(30):
        user = User.objects.create_user(f"agent{number}")
        team = Team.objects.create(name=f"Team {number}")
        user.teams.add(team)
        Shift.objects.create(user=user, timezone="UTC", week=WEEK)
        Absence.objects.create(user=user, starts_at=timezone.now())
    supervisor.get(path)
    with CaptureQueriesContext(connection) as queries:
        page = supervisor.get(path, page_size=20)
    assert len(queries) <= most, [query["sql"] for query in queries]
    assert len(page.body["results"]) == 20
    assert len(supervisor.get(page.body["next"]).body["results"]) >= 10
