"""Notices, alerts, chains and webhooks over the API."""

from typing import Any

import pytest
from django.utils import timezone

from desk.actions.sla import clock_sweep
from desk.actions.tickets import tickets
from desk.people.models import User
from desk.tickets.models import Ticket
from tests.api.caller import Caller

STEPS: list[dict[str, Any]] = [{"percent": 50, "to": ["assignee"]}, {"after_minutes": 15, "to": ["supervisors"]}]


@pytest.fixture
def alerted(agent: Caller, ticket: Ticket) -> Ticket:
    """The agent has the ticket, which has waited for long: every step was taken, and the first told them."""
    tickets.assign(agent.user, ticket.pk, assignee_id=agent.user.pk)
    assert clock_sweep.sweep(timezone.now()).alerts == 4
    return ticket


def test_notices_are_listed_seen_and_acknowledged(agent: Caller, colleague: Caller, alerted: Ticket) -> None:
    (notice,) = agent.results("notifications/", unseen="true")
    assert (notice["kind"], notice["ticket"], notice["waits"], notice["seen_at"]) == ("alert", alerted.pk, True, None)
    assert "50 %" in notice["words"]
    assert notice["params"]["percent"] == 50
    assert colleague.results("notifications/") == []
    assert agent.post("notifications/seen/", ids=[notice["id"], 999]).body == {"count": 1}
    assert agent.results("notifications/", unseen="true") == []
    assert colleague.post(f"notifications/{notice['id']}/acknowledge/").problem == (404, "not_found")
    acknowledged = agent.post(f"notifications/{notice['id']}/acknowledge/")
    assert (acknowledged.status, acknowledged.body["waits"]) == (200, False)
    assert acknowledged.body["acknowledged_at"] is not None
    assert agent.post(f"notifications/{notice['id']}/acknowledge/").problem == (409, "over")


def test_a_ticket_shows_its_alerts_and_is_acknowledged(
    agent: Caller, colleague: Caller, expert: Caller, alerted: Ticket
) -> None:
    assert expert.post(f"tickets/{alerted.pk}/acknowledge/").problem == (403, "not_permitted")
    found = agent.results(f"tickets/{alerted.pk}/alerts/")
    assert [(one["step"], one["version"], one["stopped_why"]) for one in found] == [
        (step, 1, "") for step in (3, 2, 1, 0)
    ]
    assert colleague.post(f"tickets/{alerted.pk}/acknowledge/").body == {"count": 4}
    found = agent.results(f"tickets/{alerted.pk}/alerts/")
    assert {one["acknowledged_by"]["username"] for one in found} == {"joris"}
    assert colleague.post(f"tickets/{alerted.pk}/acknowledge/").problem == (409, "over")


def test_a_supervisor_keeps_chains_and_everybody_may_read_them(supervisor: Caller, agent: Caller) -> None:
    (default,) = agent.results("alert-chains/")
    assert (default["is_default"], default["version"], len(default["steps"])) == (True, 1, 4)
    made = supervisor.post("alert-chains/", name="Snel", steps=STEPS)
    assert (made.status, made.body["version"], made.body["is_default"]) == (201, 1, False)
    address = f"alert-chains/{made.body['id']}/"
    assert agent.get(address).body == made.body
    changed = supervisor.patch(address, steps=[*STEPS, {"after_minutes": 60, "to": ["administrators"]}])
    assert changed.body["version"] == 2
    assert changed.body["steps"][2] == {
        "after_minutes": 60, "to": ["administrators"], "people": [], "webhooks": [], "breaks_through": False,
    }  # fmt: skip
    versions = agent.results(f"{address}versions/")
    assert [(one["number"], len(one["steps"]), one["author"]["username"]) for one in versions] == [
        (2, 3, supervisor.user.username),
        (1, 2, supervisor.user.username),
    ]
    assert supervisor.delete(address).status == 204
    assert agent.get(address).problem == (404, "not_found")
    assert supervisor.delete(f"alert-chains/{default['id']}/").problem == (409, "conflict")


def test_who_may_not_keep_chains_is_refused(agent: Caller) -> None:
    assert agent.post("alert-chains/", name="Snel", steps=STEPS).problem == (403, "not_permitted")
    assert agent.get("alert-webhooks/").problem == (403, "not_permitted")
    assert agent.post("alert-webhooks/", name="x", url="https://example.com/").problem == (403, "not_permitted")


@pytest.mark.parametrize(
    ("steps", "place", "words"),
    [
        ([{"percent": 50}], "steps.0.to", "Step 1: Say who is told"),
        ([{"to": ["team"]}], "steps.0.when", "Step 1: Say when"),
        ([STEPS[1], STEPS[0]], "steps.1.when", "Step 2: It is due before"),
        ([{"percent": 50, "people": [999]}], "steps.0.people", "Step 1: There is no such colleague"),
    ],
)
def test_a_chain_that_makes_no_sense_is_refused_in_words(
    supervisor: Caller, steps: list[dict[str, Any]], place: str, words: str
) -> None:
    answer = supervisor.post("alert-chains/", name="Snel", steps=steps)
    assert answer.status == 400
    assert words in answer.body["errors"][place][0]


def test_a_policy_names_a_chain(supervisor: Caller) -> None:
    chain = supervisor.post("alert-chains/", name="Snel", steps=STEPS).body["id"]
    (policy,) = supervisor.results("sla-policies/")
    assert policy["alert_chain"] is None
    address = f"sla-policies/{policy['id']}/"
    assert supervisor.patch(address, alert_chain=chain).body["alert_chain"] == chain
    assert supervisor.patch(address, first_response_minutes=30).body["alert_chain"] == chain
    assert supervisor.patch(address, alert_chain=999).status == 400
    assert supervisor.patch(address, alert_chain=None).body["alert_chain"] is None


def test_a_webhook_shows_its_secret_once(supervisor: Caller, settings: Any) -> None:
    settings.ALLOW_PRIVATE_NETWORKS = True
    made = supervisor.post("alert-webhooks/", name="Pieper", url="http://127.0.0.1:9/")
    assert (made.status, len(made.body["secret"])) == (201, 43)
    assert supervisor.results("alert-webhooks/") == [
        {key: value for key, value in made.body.items() if key != "secret"}
    ]
    steps = [{"percent": 100, "webhooks": [made.body["id"]]}]
    assert supervisor.post("alert-chains/", name="Snel", steps=steps).status == 201
    assert supervisor.delete(f"alert-webhooks/{made.body['id']}/").status == 204
    assert supervisor.results("alert-webhooks/") == []
    settings.ALLOW_PRIVATE_NETWORKS = False
    refused = supervisor.post("alert-webhooks/", name="Pieper", url="http://127.0.0.1:9/")
    assert "private network" in refused.body["errors"]["url"][0]


def test_own_switches_for_mail_and_browser(agent: Caller) -> None:
    agent.patch("me/", mail_notices=False, browser_notices=True)
    user = User.objects.get(pk=agent.user.pk)
    assert (user.mail_notices, user.browser_notices) == (False, True)
    assert agent.get("me/").body["mail_notices"] is False
