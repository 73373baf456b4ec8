"""Wallboards through the API: set up, given a code, revoked; the code is typed on the screen."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from desk.api.forms.wallboards import NewWallboardSerializer, WallboardSerializer
from desk.inboxes.models import Inbox
from desk.people.models import Team
from desk.wallboards.models import Wallboard
from tests.api.caller import Caller


def test_a_board_is_made_paired_changed_and_revoked(supervisor: Caller, inbox: Inbox) -> None:
    team = Team.objects.create(name="Nacht")
    made = supervisor.post("wallboards/", name="Hal 2", language="nl", teams=[team.pk], inboxes=[inbox.pk])
    assert made.status == 201
    assert list(made.body) == list(NewWallboardSerializer().fields)
    assert (made.body["everything"], made.body["teams"]) == (False, [{"id": team.pk, "name": "Nacht"}])
    screen = Client()
    assert screen.post("/wallboard/", {"code": made.body["code"]}).status_code == 302

    path = f"wallboards/{made.body['id']}/"
    read = supervisor.get(path).body
    assert list(read) == list(WallboardSerializer().fields)
    assert read["paired_at"]
    assert read["code_expires_at"] is None
    assert supervisor.patch(path, name="Hal 3", teams=[], inboxes=[]).body["everything"] is True
    assert supervisor.results("wallboards/")[0]["name"] == "Hal 3"

    assert supervisor.delete(path).status == 204
    assert screen.get("/wallboard/figures/").status_code == 401
    assert supervisor.delete(path).problem == (404, "not_found")


def test_a_new_code_takes_the_place_of_the_old_one(supervisor: Caller) -> None:
    made = supervisor.post("wallboards/", name="Hal 2").body
    again = supervisor.post(f"wallboards/{made['id']}/code/")
    assert (again.status, list(again.body)) == (200, list(NewWallboardSerializer().fields))
    assert Client().post("/wallboard/", {"code": made["code"]}).status_code == 400
    assert Client().post("/wallboard/", {"code": again.body["code"]}).status_code == 302
    assert "code" not in supervisor.get(f"wallboards/{made['id']}/").body


@pytest.mark.parametrize(
    ("wish", "field"),
    [({}, "name"), ({"name": "Hal 1"}, "name"), ({"name": "x", "theme": "pink"}, "theme"),
     ({"name": "x", "teams": [9_999]}, "teams"), ({"name": "x", "inboxes": [9_999]}, "inboxes")],
)  # fmt: skip
def test_what_can_not_be_used_is_said(supervisor: Caller, wish: dict[str, object], field: str) -> None:
    supervisor.post("wallboards/", name="Hal 1")
    refused = supervisor.post("wallboards/", **wish)
    assert (refused.status, list(refused.body["errors"])) == (400, [field])


def test_an_agent_may_not(agent: Caller, supervisor: Caller) -> None:
    board = supervisor.post("wallboards/", name="Hal 1").body["id"]
    for answer in (
        agent.get("wallboards/"),
        agent.post("wallboards/", name="Hal 2"),
        agent.get(f"wallboards/{board}/"),
        agent.patch(f"wallboards/{board}/", name="Hal 2"),
        agent.post(f"wallboards/{board}/code/"),
        agent.delete(f"wallboards/{board}/"),
    ):
        assert answer.problem == (403, "not_permitted")
    assert Wallboard.objects.get().name == "Hal 1"


def test_the_list_comes_in_pages_and_takes_as_many_queries_for_many(supervisor: Caller, inbox: Inbox) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            assert supervisor.get("wallboards/", page_size=3).status == 200
        return len(made)

    supervisor.post("wallboards/", name="Hal 0", inboxes=[inbox.pk])
    supervisor.get("wallboards/")
    few = queries()
    for number in range(1, 5):
        supervisor.post("wallboards/", name=f"Hal {number}", inboxes=[inbox.pk])
    assert queries() == few == 4  # the caller, the boards, their teams, their inboxes
    first = supervisor.get("wallboards/", page_size=3).body
    assert [board["name"] for board in first["results"]] == ["Hal 0", "Hal 1", "Hal 2"]
    assert [board["name"] for board in supervisor.get(first["next"]).body["results"]] == ["Hal 3", "Hal 4"]
