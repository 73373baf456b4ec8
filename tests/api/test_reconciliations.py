"""Comparing an inbox with its network by API, and what a network can do."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from desk.actions.inboxes import reconcile
from desk.inboxes import budgets
from desk.inboxes.gateway import all_networks
from desk.inboxes.models import Inbox, Reconciliation
from policies.call_budget import Left
from tests.actions.connected import Connected
from tests.api.caller import Caller
from tests.api.sandbox import running_sandbox


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as address:
        yield address


def test_it_is_asked_for_answered_by_a_worker_and_read(administrator: Caller, origin: str) -> None:
    desk = Connected.to(origin)
    (missing,) = desk.says("hoi")
    address = f"inboxes/{desk.inbox.pk}/reconciliations/"
    asked = administrator.post(address, days=3, fix=True)
    assert (asked.status, asked.body["state"], asked.body["missing"]) == (202, "queued", [])
    assert administrator.post(address).problem == (409, "running")
    reconcile.carry_out(asked.body["id"], timezone.now())
    found = administrator.get(f"{address}{asked.body['id']}/").body
    assert (found["state"], found["complete"], found["problem"]) == ("done", True, "")
    assert (found["missing_count"], found["fixed"], found["extra"]) == (1, 1, [])
    assert found["missing"][0]["external_id"] == missing
    assert found["missing"][0]["created_at"].endswith("Z")
    assert found["cost"] > 0
    assert [row["id"] for row in administrator.results(address)] == [asked.body["id"]]


def test_what_it_may_cost_is_told_beforehand_and_too_much_is_refused(administrator: Caller, origin: str) -> None:
    desk = Connected.to(origin, monthly_budget=1)
    desk.says(*map(str, range(20)))
    desk.read()
    address = f"inboxes/{desk.inbox.pk}/reconciliations/"
    expected = administrator.get(f"{address}estimate/", days=1).body
    assert (expected["messages"], expected["too_dear"]) == (20, False)
    assert 0 < expected["dollars"] < expected["left"] <= 1
    Inbox.objects.update(cost_month=1, month_of_cost=timezone.now().date().replace(day=1))
    assert administrator.get(f"{address}estimate/", days=1).body["too_dear"]
    assert administrator.post(address, days=1).problem == (409, "over_budget")


@pytest.mark.parametrize("part", ["agent", "supervisor", "expert"])
def test_only_who_looks_after_inboxes_compares_them(part: str, inbox: Inbox, request: pytest.FixtureRequest) -> None:
    caller: Caller = request.getfixturevalue(part)
    address = f"inboxes/{inbox.pk}/reconciliations/"
    answers = [caller.get(address), caller.post(address), caller.get(f"{address}estimate/"), caller.get(f"{address}1/")]
    assert {answer.problem for answer in answers} == {(403, "not_permitted")}
    assert not Reconciliation.objects.exists()


def test_there_is_no_comparison_of_another_inbox(administrator: Caller, inbox: Inbox, origin: str) -> None:
    desk = Connected.to(origin)
    run = reconcile.ask(None, desk.inbox.pk, days=1)
    assert administrator.get(f"inboxes/{inbox.pk}/reconciliations/{run.pk}/").status == 404
    assert administrator.get("inboxes/99999/reconciliations/").status == 404


@pytest.mark.parametrize("days", [0, 91, "soon"])
def test_how_far_back_is_checked(administrator: Caller, inbox: Inbox, days: object) -> None:
    answer = administrator.post(f"inboxes/{inbox.pk}/reconciliations/", days=days)
    assert (answer.status, list(answer.body["errors"])) == (400, ["days"])


def test_an_inbox_tells_of_its_limits_its_breaker_and_the_end_of_its_credentials(agent: Caller, inbox: Inbox) -> None:
    now = timezone.now()
    ends = now + timedelta(days=5, hours=1)
    Inbox.objects.update(credentials_end_at=ends, breaker_failures=3, breaker_until=now + timedelta(minutes=5))
    budgets.forget(inbox.pk)
    budgets.told(inbox.pk, "mentions", Left(300, 250, now + timedelta(minutes=9)), now)
    health = agent.get(f"inboxes/{inbox.pk}/").body["health"]
    (budget,) = health["budgets"]
    assert (budget["kind"], budget["used"], budget["limit"], budget["remaining"]) == ("mentions", 50, 300, 250)
    assert budget["reset_at"].endswith("Z")
    assert (health["circuit"], health["credentials_days"], health["slowed"]) == ("open", 5, False)
    assert health["rests_until"] > now.isoformat()[:19]
    budgets.forget(inbox.pk)


def test_every_network_says_what_it_can_do(agent: Caller) -> None:
    networks = {network["slug"]: network for network in agent.get("networks/").body}
    assert networks.keys() == {network.slug for network in all_networks()}
    x, page = networks["x"], networks["facebook_page"]
    assert (x["public_length"], x["charges"], x["separate_limits"]) == (
        {"limit": 280, "unit": "weighted", "max_bytes": None}, True, True,
    )  # fmt: skip
    assert {one["name"]: (one["history_days"], one["history_items"]) for one in x["streams"]} == {
        "mentions": (None, 800), "direct_messages": (30, None), "own_posts": (None, 3_200),
        "quotes": (7, None), "search": (7, None),
    }  # fmt: skip
    assert (page["private_window_hours"], page["tells_when_credentials_end"]) == (24, True)
    assert not x["tells_when_credentials_end"]
