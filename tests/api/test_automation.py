"""Automation and macros by the API."""

from typing import Any

import pytest
from django.utils import timezone

from desk.actions.automation import firing
from desk.api.forms.automation import (
    AutomationVersionSerializer,
    FiringSerializer,
    MacroSerializer,
    TrialResultSerializer,
    TrialSerializer,
    WholeAutomationSerializer,
)
from desk.tickets.models import Ticket
from tests.actions.automated import a_rule, looked, tag
from tests.api.caller import Caller

pytestmark = pytest.mark.django_db
BIKES: dict[str, Any] = {"rules": [a_rule("fiets", "tag", tag("gezien"), when={"tags": ["fiets"]})]}


def test_a_version_goes_from_draft_over_a_try_to_active_and_back(
    supervisor: Caller, administrator: Caller, agent: Caller, ticket: Ticket
) -> None:
    firing.run(timezone.now())
    made = supervisor.post("automation/", document=BIKES, summary="Fietsen")
    assert (made.status, list(made.body)) == (201, list(WholeAutomationSerializer().fields))
    number = made.body["number"]
    assert supervisor.patch(f"automation/{number}/", document=BIKES).status == 200
    begun = supervisor.post(f"automation/{number}/trial/", days=30)
    assert (begun.status, begun.body["state"], begun.body["result"]) == (202, "running", None)
    looked(count=1)
    trial = supervisor.get(f"automation/trials/{begun.body['id']}/").body
    assert (list(trial), trial["state"], trial["days"]) == (list(TrialSerializer().fields), "done", 30)
    assert list(trial["result"]) == list(TrialResultSerializer().fields)
    assert (trial["result"]["fired"], len(trial["result"]["rules"])) == (0, 1)
    assert agent.get(f"automation/trials/{trial['id']}/").problem == (403, "not_permitted")
    assert supervisor.get("automation/trials/99/").problem == (404, "not_found")
    assert supervisor.post(f"automation/{number}/trial/", days=31).status == 400
    supervisor.post(f"automation/{number}/hand-in/")
    assert supervisor.post(f"automation/{number}/switch-on/").problem == (409, "own_version")
    switched = administrator.post(f"automation/{number}/switch-on/").body
    assert (switched["state"], list(switched)) == ("active", list(AutomationVersionSerializer().fields))
    agent.post(f"tickets/{ticket.pk}/tags/", add=["fiets"])
    firing.run(timezone.now())
    (fired,) = supervisor.results(f"automation/firings/?ticket={ticket.pk}")
    assert list(fired) == list(FiringSerializer().fields)
    assert (fired["version"], fired["rule"], fired["outcomes"]) == (
        number, "fiets", [{"do": "tag", "value": "gezien", "became": "done"}],
    )  # fmt: skip
    assert supervisor.results("automation/firings/?rule=anders") == []
    assert administrator.post("automation/1/roll-back/").body["number"] == number + 1
    assert supervisor.get("automation/active/").body["document"] == {"rules": []}
    other = supervisor.post("automation/").body["number"]
    assert supervisor.post(f"automation/{other}/discard/").body["state"] == "retired"
    assert [one["number"] for one in supervisor.results("automation/")] == [4, 3, 2, 1]
    for path in ("automation/", "automation/1/", "automation/active/", "automation/firings/"):
        assert agent.get(path).problem == (403, "not_permitted")


def test_problems_are_named_by_their_path(supervisor: Caller) -> None:
    refused = supervisor.post("automation/", document={"rules": [a_rule("a", "tag", {"do": "team", "value": "999"})]})
    assert (refused.status, list(refused.body["errors"])) == (400, ["rules[0].steps[0].value"])
    assert supervisor.get("automation/77/").problem == (404, "not_found")


def test_macros_of_ones_own_and_of_everybody(supervisor: Caller, agent: Caller, ticket: Ticket) -> None:
    made = agent.post("macros/", name="Fiets", steps=[tag("fiets"), {"do": "assignee", "value": "me"}])
    assert (made.status, list(made.body)) == (201, list(MacroSerializer().fields))
    own = f"macros/{made.body['id']}/"
    assert supervisor.get(own).status == 404
    assert agent.post("macros/", name="Allen", steps=[tag("x")], shared=True).problem == (403, "not_permitted")
    supervisor.post("macros/", name="Allen", steps=[tag("x")], shared=True)
    assert [one["name"] for one in agent.results("macros/")] == ["Allen", "Fiets"]
    done = agent.post(f"tickets/{ticket.pk}/{own}").body
    assert (done["tags"], done["assignee"]["id"]) == (["fiets"], agent.user.pk)
    assert agent.get(own).body["times_used"] == 1
    assert agent.patch(own, name="Fietsen").body["name"] == "Fietsen"
    wrong = agent.post("macros/", name="Stuur", steps=[{"do": "alert", "value": "owner"}])
    assert wrong.status == 400
    assert agent.delete(own).status == 204
