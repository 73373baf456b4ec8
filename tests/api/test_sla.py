"""Policies and calendars by the API, and what a ticket tells of its clocks."""

from typing import Any

import pytest

from desk.actions.sla import sla_change
from desk.inboxes.models import Inbox
from desk.sla.models import BusinessCalendar, Clock, SlaPolicy
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, minutes, own_words, take_in
from tests.actions.promised import promise
from tests.api.caller import Caller

pytestmark = pytest.mark.django_db
FORM: dict[str, Any] = {"timezone": "Europe/Amsterdam", "week": {"mon": [["09:00", "12:30"], ["13:00", "17:30"]]}}


@pytest.fixture
def always() -> int:
    return BusinessCalendar.objects.get(name="24/7").pk


def the_default() -> int:
    return SlaPolicy.objects.get(is_default=True).pk


def test_a_policy_is_written_read_changed_and_removed(supervisor: Caller, agent: Caller, always: int) -> None:
    conditions = {"networks": ["x"], "private": True, "priorities": ["urgent", "high"], "tiers": ["vip"]}
    made = supervisor.post(
        "sla-policies/", name="Private", conditions=conditions, first_response_minutes=15, calendar=always
    )
    assert made.status == 201
    body = made.body
    assert (body["name"], body["version"], body["enabled"], body["is_default"]) == ("Private", 1, True, False)
    assert body["conditions"] == {
        "networks": ["x"], "inboxes": [], "private": True, "priorities": ["high", "urgent"], "languages": [],
        "tags": [], "tiers": ["vip"], "profiles": [], "ratings": [],
    }  # fmt: skip
    assert (body["first_response_minutes"], body["resolution_minutes"]) == (15, None)
    assert body["calendar"] == {"id": always, "name": "24/7", "version": 1}
    path = f"sla-policies/{body['id']}/"
    changed = supervisor.patch(path, resolution_minutes=480, first_response_minutes=None).body
    assert (changed["version"], changed["first_response_minutes"], changed["resolution_minutes"]) == (2, None, 480)
    versions = agent.get(f"{path}versions/").body["results"]
    assert [version["version"] for version in versions] == [2, 1]
    assert [policy["name"] for policy in agent.get("sla-policies/").body["results"]] == ["Private", "Default"]
    assert supervisor.delete(path).status == 204
    assert agent.get(path).problem == (404, "not_found")
    assert agent.get(f"{path}versions/").body["results"]  # clocks may still name it


def test_refusals_name_the_field(supervisor: Caller, agent: Caller, always: int) -> None:
    wrong = supervisor.post("sla-policies/", name="New", calendar=always, conditions={"tags": ["unknown"]})
    assert (wrong.status, list(wrong.body["errors"])) == (400, ["conditions"])
    assert agent.post("sla-policies/", name="New", calendar=always).problem == (403, "not_permitted")
    assert supervisor.delete(f"sla-policies/{the_default()}/").problem == (409, "default")
    assert supervisor.post("calendars/", name="X", form={"timezone": "Mars"}).body["errors"].keys() == {"form.timezone"}


def test_policies_are_put_in_order(supervisor: Caller, always: int) -> None:
    ids = [supervisor.post("sla-policies/", name=name, calendar=always).body["id"] for name in ("one", "two")]
    assert supervisor.post("sla-policies/order/", order=ids[::-1]).status == 204
    found = supervisor.get("sla-policies/", page_size=2).body
    assert [policy["name"] for policy in found["results"]] == ["two", "one"]
    assert found["next"]
    assert supervisor.post("sla-policies/order/", order=ids[:1]).status == 400


def test_a_change_is_previewed_and_then_applied_to_open_clocks(supervisor: Caller, ticket: Ticket) -> None:
    wish = {"first_response_minutes": 90}
    effect = supervisor.post(f"sla-policies/{the_default()}/preview/", **wish).body
    assert effect == {"looked_at": 2, "complete": True, "moved": 1, "breached": 0, "relieved": 0}
    assert Clock.objects.get(metric="first_response").target_seconds == 3_600
    assert supervisor.patch(f"sla-policies/{the_default()}/", **wish, apply_to_open=True).status == 200
    sla_change.renew_open_clocks(minutes(70))
    clock = supervisor.get(f"tickets/{ticket.pk}/").body["clocks"][0]
    assert (clock["target_seconds"], clock["policy"]["version"]) == (5_400, 2)


def test_a_new_policy_and_a_calendar_are_previewed_too(supervisor: Caller, ticket: Ticket, always: int) -> None:
    new = supervisor.post("sla-policies/preview/", name="X", calendar=always, first_response_minutes=30)
    assert new.body["moved"] == 1
    closed = supervisor.post(f"calendars/{always}/effect/", form=FORM)
    assert closed.body["moved"] == 1
    assert SlaPolicy.objects.count() == BusinessCalendar.objects.count() == 1


def test_calendars(supervisor: Caller, agent: Caller) -> None:
    made = supervisor.post("calendars/", name="Office", form=FORM)
    assert (made.status, made.body["version"], made.body["form"]) == (201, 1, FORM)
    path = f"calendars/{made.body['id']}/"
    later = {**FORM, "exceptions": {"2026-12-24": [["09:00", "13:00"]]}}
    assert supervisor.patch(path, form=later).body["version"] == 2
    assert [one["version"] for one in agent.get(f"{path}versions/").body["results"]] == [2, 1]
    assert [one["name"] for one in agent.get("calendars/").body["results"]] == ["24/7", "Office"]
    assert agent.get(path).body["form"] == later
    assert agent.delete(path).problem == (403, "not_permitted")
    assert supervisor.delete(path).status == 204
    assert supervisor.get(path).problem == (404, "not_found")


def test_a_calendar_that_a_policy_counts_by_can_not_be_removed(supervisor: Caller, always: int) -> None:
    assert supervisor.delete(f"calendars/{always}/").problem == (409, "in_use")


def test_a_ticket_tells_its_clocks_with_their_versions_and_pauses(agent: Caller, inbox: Inbox) -> None:
    promise(first=30, resolution=240)
    take_in(inbox, [a_mention("1", at=0), own_words("2", parent_id="1", at=10)])
    take_in(inbox, [a_mention("3", at=45, thread_id="1")])
    first, resolution, following = agent.get("tickets/").body["results"][0]["clocks"]
    assert (first["state"], first["cycle"], first["pauses"]) == ("met", 0, [])
    assert (resolution["due_at"], resolution["policy"]["version"]) == ("2026-03-10T16:35:00Z", 2)
    assert resolution["pauses"] == [
        {"since": "2026-03-10T12:10:00Z", "until": "2026-03-10T12:45:00Z", "reason": "waiting_for_customer"}
    ]
    assert (following["metric"], following["cycle"]) == ("next_response", 1)


def test_a_supervisor_gives_a_ticket_what_its_priority_promises(
    supervisor: Caller, agent: Caller, ticket: Ticket, always: int
) -> None:
    conditions = {"priorities": ["urgent"]}
    supervisor.post("sla-policies/", name="Urgent", calendar=always, first_response_minutes=5, conditions=conditions)
    agent.post(f"tickets/{ticket.pk}/priority/", priority="urgent")
    assert agent.post(f"tickets/{ticket.pk}/renew-promise/").problem == (403, "not_permitted")
    assert agent.get(f"tickets/{ticket.pk}/renew-promise/").problem == (403, "not_permitted")
    (looked,) = [row for row in supervisor.get(f"tickets/{ticket.pk}/renew-promise/").body if row["due_at"]]
    assert (looked["metric"], looked["due_before"], looked["due_at"], looked["late"]) == (
        "first_response", "2026-03-10T13:00:00Z", "2026-03-10T12:05:00Z", True,
    )  # fmt: skip
    assert agent.get(f"tickets/{ticket.pk}/").body["clocks"][0]["target_seconds"] == 3600  # nothing was changed
    renewed = supervisor.post(f"tickets/{ticket.pk}/renew-promise/").body
    assert renewed["clocks"][0]["target_seconds"] == 300
    assert (renewed["due_metric"], renewed["due_at"]) == ("first_response", "2026-03-10T12:05:00Z")
    assert supervisor.get(f"tickets/{ticket.pk}/renew-promise/").body == []
