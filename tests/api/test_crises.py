"""Crises through the API: the whole life of one, who may, and what is refused."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.api.forms.crises import CrisisEntrySerializer, CrisisSerializer
from desk.api.forms.crisis_report import CrisisReportSerializer
from desk.api.forms.crisis_tickets import CrisisOfTicketSerializer
from desk.api.forms.war_room import RoomSerializer
from desk.crises.models import Crisis
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Role
from desk.tickets.models import Ticket
from tests.api.caller import Caller
from tests.api.test_description import assert_alike


@pytest.fixture
def comms(db: None) -> Caller:
    return Caller(User.objects.create_user("noor", first_name="Noor", role=Role.COMMS))


def test_the_whole_life_of_a_crisis(comms: Caller, administrator: Caller, inbox: Inbox) -> None:
    scope = {"inboxes": [inbox.pk], "topics": ["trein haarbrug"]}
    made = comms.post("crises/", reason="De trein staat stil", level=3, scope=scope)
    assert made.status == 201
    assert list(made.body) == list(CrisisSerializer().fields)
    assert_alike(made.body, CrisisSerializer)
    assert made.body["scope"] == {"networks": [], "languages": [], "brands": [], "tiers": [], **scope}
    assert (made.body["state"], made.body["level"], made.body["waits_for_second"]) == ("active", 3, True)
    assert made.body["lapses_at"]
    path = f"crises/{made.body['id']}/"

    assert comms.post(path + "confirm/").problem == (409, "own_word")
    confirmed = administrator.post(path + "confirm/", version=1).body
    assert (confirmed["waits_for_second"], confirmed["lapses_at"]) == (False, None)
    assert confirmed["confirmed_by"]["username"] == "ada"
    assert comms.post(path + "level/", level=1, reason="Minder", version=1).problem == (409, "changed")
    assert comms.post(path + "level/", level=3, reason="Meer").problem == (409, "same_level")
    assert comms.post(path + "level/", level=2, reason="Minder", version=2).body["level"] == 2
    assert comms.post(path + "scope/", scope={}, reason="Overal").body["scope"]["inboxes"] == []
    assert comms.post(path + "owner/", owner=administrator.user.pk).body["owner"]["name"] == "Ada"
    entry = comms.post(path + "log/", text="Geen interviews")
    assert (entry.status, list(entry.body)) == (201, list(CrisisEntrySerializer().fields))
    assert comms.post(path + "renew-promises/preview/").body["moved"] == 0
    assert comms.post(path + "renew-promises/").status == 200
    assert comms.post(path + "review/", conclusion="Te vroeg").problem == (409, "transition_refused")
    over = comms.post(path + "stand-down/", reason="Hij rijdt").body
    assert (over["state"], over["level"]) == ("stood_down", 0)
    assert comms.post(path + "dismiss/", reason="Toch niet").problem == (409, "transition_refused")
    assert comms.post(path + "review/", conclusion="Eerder bellen").body["state"] == "reviewed"

    log = comms.results(path + "log/")
    assert [entry["kind"] for entry in log] == [
        "started", "confirmed", "level", "scope", "owner", "note", "clocks", "stood_down", "reviewed",
    ]  # fmt: skip
    assert [entry["before"] for entry in log[1:]] == [entry["digest"] for entry in log[:-1]]
    assert comms.get(path).body["log_digest"] == log[-1]["digest"]
    assert comms.get(path + "log/check/").body == {"holds": True, "entries": 9, "broken_at": None, "problem": None}
    Crisis.objects.update(log_length=8)
    assert comms.get(path + "log/check/").body["problem"] == "added"


def test_a_suspicion_is_dismissed(comms: Caller) -> None:
    made = comms.post("crises/", reason="Gonst het?", name="Gegons", level=0).body
    assert (made["state"], made["level"], made["started_at"], made["name"]) == ("suspected", 0, None, "Gegons")
    assert comms.post(f"crises/{made['id']}/dismiss/", reason="Loos").body["state"] == "dismissed"


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({}, "reason"),
        ({"reason": " "}, "reason"),
        ({"reason": "x", "level": 4}, "level"),
        ({"reason": "x", "name": "y" * 121}, "name"),
        ({"reason": "x", "scope": {"networks": ["usenet"]}}, "networks"),
        ({"reason": "x", "scope": {"inboxes": [9_999]}}, "inboxes"),
        ({"reason": "x", "scope": {"topics": ["!"]}}, "topics"),
    ],
)
def test_what_can_not_be_used_is_said(comms: Caller, wish: dict[str, object], field: str) -> None:
    refused = comms.post("crises/", **wish)
    assert (refused.status, list(refused.body["errors"])) == (400, [field])


def test_everybody_sees_a_crisis_but_not_everybody_its_log(
    comms: Caller, agent: Caller, supervisor: Caller, expert: Caller
) -> None:
    path = f"crises/{comms.post('crises/', reason='De trein staat stil').body['id']}/"
    for who in (agent, expert, supervisor):
        assert who.get(path).body["name"] == "De trein staat stil"
        for step, wish in (
            ("level/", {"level": 2, "reason": "x"}), ("confirm/", {}), ("scope/", {"scope": {}, "reason": "x"}),
            ("owner/", {"owner": 1}), ("log/", {"text": "x"}), ("stand-down/", {"reason": "x"}),
            ("dismiss/", {"reason": "x"}), ("review/", {"conclusion": "x"}),
        ):  # fmt: skip
            assert who.post(path + step, **wish).problem == (403, "not_permitted"), step
        assert who.post("crises/", reason="x").problem == (403, "not_permitted")
    for who in (agent, expert):
        for answer in (who.get(path + "log/"), who.get(path + "log/check/"), who.post(path + "renew-promises/")):
            assert answer.problem == (403, "not_permitted")
    assert len(supervisor.results(path + "log/")) == 1
    assert supervisor.post(path + "renew-promises/").status == 200
    for answer in (comms.get("crises/999/"), comms.get("crises/999/log/"), comms.post("crises/999/confirm/")):
        assert answer.problem == (404, "not_found")


def test_the_lists_come_in_pages_and_take_as_many_queries_for_many(comms: Caller) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as made:
            assert comms.get(path, page_size=3).status == 200
        return len(made)

    first = comms.post("crises/", reason="Crisis 0").body["id"]
    comms.get("crises/")
    few = queries("crises/"), queries(f"crises/{first}/log/")
    for number in range(1, 5):
        comms.post("crises/", reason=f"Crisis {number}", level=number % 2)
        comms.post(f"crises/{first}/log/", text=f"Besluit {number}")
    assert (queries("crises/"), queries(f"crises/{first}/log/")) == few == (2, 3)
    page = comms.get("crises/", page_size=3).body
    assert [one["name"] for one in page["results"]] == ["Crisis 4", "Crisis 3", "Crisis 2"]
    assert [one["name"] for one in comms.get(page["next"]).body["results"]] == ["Crisis 1", "Crisis 0"]
    assert {one["name"] for one in comms.results("crises/", state="suspected")} == {"Crisis 2", "Crisis 4"}
    page = comms.get(f"crises/{first}/log/", page_size=3).body
    assert [one["number"] for one in page["results"]] == [1, 2, 3]
    assert [one["number"] for one in comms.get(page["next"]).body["results"]] == [4, 5]


def test_a_ticket_is_put_in_and_taken_out_and_the_list_follows(comms: Caller, ticket: Ticket) -> None:
    crisis = comms.post("crises/", reason="De trein staat stil", scope={"topics": ["ontsporing"]}).body["id"]
    path = f"tickets/{ticket.pk}/crises/"
    assert comms.get(path).body == []
    assert comms.results(f"tickets/?crisis={crisis}") == []
    (part,) = comms.post(path, crisis=crisis).body
    assert_alike(part, CrisisOfTicketSerializer)
    assert (part["crisis"], part["how"], part["by"]["username"]) == (crisis, "hand", "noor")
    assert [one["id"] for one in comms.results(f"tickets/?crisis={crisis}")] == [ticket.pk]
    assert comms.results("tickets/?crisis=999") == []
    assert comms.delete(f"{path}{crisis}/").status == 204
    assert comms.delete(f"{path}{crisis}/").problem == (404, "not_found")
    assert (comms.get(path).body, comms.results(f"tickets/?crisis={crisis}")) == ([], [])
    comms.post(f"crises/{crisis}/stand-down/", reason="Hij rijdt")
    assert comms.post(path, crisis=crisis).problem == (409, "transition_refused")
    assert comms.post(path, crisis=999).problem == (404, "not_found")


def test_the_figures_of_the_war_room(comms: Caller, agent: Caller, ticket: Ticket) -> None:
    crisis = comms.post("crises/", reason="De trein staat stil").body["id"]
    comms.post(f"tickets/{ticket.pk}/crises/", crisis=crisis)
    figures = comms.get(f"crises/{crisis}/room/").body
    assert_alike(figures, RoomSerializer)
    assert (figures["tickets"], figures["states"]) == (1, {ticket.state: 1})
    assert sum(point["messages"] for point in figures["curve"]["points"]) == 1
    assert agent.get(f"crises/{crisis}/room/").status == 403
    assert comms.get("crises/999/room/").status == 404


def test_the_report_with_its_summary_and_actions(comms: Caller, agent: Caller) -> None:
    path = f"crises/{comms.post('crises/', reason='De trein staat stil').body['id']}/"
    assert comms.post(path + "summary/", text="Een wissel was stuk.", seen=0).status == 201
    assert comms.post(path + "summary/", text="Een sein.", seen=0).problem == (409, "changed")
    action = comms.post(path + "actions/", text="Draaiboek", owner=comms.user.pk, due="2026-03-20").body
    assert comms.post(path + f"actions/{action['number']}/done/").status == 201
    assert comms.post(path + f"actions/{action['number']}/done/").problem == (409, "changed")
    assert comms.post(path + "actions/", text="x", owner=999).status == 400
    report = comms.get(path + "report/").body
    assert_alike(report, CrisisReportSerializer)
    assert (report["summary"], report["log"]["holds"]) == ("Een wissel was stuk.", True)
    assert (report["actions"][0]["due"], report["actions"][0]["done_by"]["name"]) == ("2026-03-20", "Noor")
    assert agent.get(path + "report/").status == 403
    assert agent.post(path + "summary/", text="x").status == 403
