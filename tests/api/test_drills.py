"""Drills by the API: every step, every refusal, and what the plan has proven."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from desk.api.forms.drills import DrillSerializer, ProofSerializer
from desk.drills.models import Drill
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Role
from tests.actions.builders import a_mention, take_in
from tests.actions.drilled import SCENARIO
from tests.api.caller import Caller
from tests.sandbox import SandboxProcess

pytestmark = pytest.mark.django_db


@pytest.fixture
def comms(drill_sandbox: SandboxProcess, settings: LazySettings) -> Caller:
    settings.SANDBOX_URL = drill_sandbox.address
    return Caller(User.objects.create_user("noor", first_name="Noor", role=Role.COMMS))


@pytest.fixture
def stage(comms: Caller) -> dict[str, Any]:
    made = comms.post("drills/inboxes/", network="x", name="Oefening")
    assert made.status == 201
    body: dict[str, Any] = made.body
    return body


def test_a_drill_from_plan_to_card(comms: Caller, supervisor: Caller, agent: Caller, stage: dict[str, Any]) -> None:
    assert (stage["drill"], stage["base_url"]) == (True, "")
    scenarios = comms.get("drills/scenarios/").body
    assert [one["key"] for one in scenarios][:2] == ["data-leak", "hoax"]
    made = comms.post("drills/", inbox=stage["id"], scenario="outage", speed=60)
    assert (made.status, list(made.body)) == (201, list(DrillSerializer().fields))
    drill = made.body["id"]
    changed = comms.put(f"drills/{drill}/", inbox=stage["id"], document=SCENARIO, speed=10)
    assert (changed.body["scenario"], changed.body["possible"]) == ("short", ["change", "start", "cancel"])
    assert supervisor.post(f"drills/{drill}/start/").problem == (403, "not_permitted")
    started = comms.post(f"drills/{drill}/start/").body
    assert (started["state"], started["plan"]) == ("running", 1)
    assert comms.put(f"drills/{drill}/", inbox=stage["id"], scenario="hoax").problem == (409, "transition_refused")
    other = comms.post("drills/", inbox=stage["id"], scenario="hoax").body["id"]
    assert comms.post(f"drills/{other}/start/").problem == (409, "drill_running")
    assert comms.post(f"drills/{other}/cancel/", reason="Te druk").body["state"] == "cancelled"
    crisis = comms.post("crises/", reason="Alles ligt plat", level=2, drill=True).body
    assert (crisis["drill"], crisis["scope"]["inboxes"]) == (True, [stage["id"]])
    ended = comms.post(f"drills/{drill}/end/").body
    assert (ended["state"], ended["crisis"], ended["card"]["passed"]) == ("finished", crisis["id"], False)
    assert [line["what"] for line in ended["card"]["lines"]][:3] == ["detect", "acknowledge", "level"]
    assert comms.get(f"crises/{crisis['id']}/").body["state"] == "stood_down"
    assert [one["id"] for one in supervisor.results("drills/")] == [other, drill]
    assert agent.get("drills/").problem == (403, "not_permitted")
    assert comms.get("drills/777/").problem == (404, "not_found")


def test_what_the_plan_has_proven(comms: Caller, stage: dict[str, Any]) -> None:
    nothing = comms.get("drills/proof/").body
    assert list(nothing) == list(ProofSerializer().fields)
    assert (nothing["plan"], nothing["proven"], nothing["people"]) == (1, False, [])
    drill = comms.post("drills/", inbox=stage["id"], scenario="outage").body["id"]
    comms.post(f"drills/{drill}/start/")
    comms.post(f"drills/{drill}/end/")
    Drill.objects.update(passed=True)
    proof = comms.get("drills/proof/").body
    assert (proof["proven"], proof["drill"]) == (True, drill)
    assert [one["username"] for one in proof["people"]] == ["noor"]


def test_it_becomes_real_and_nothing_goes_back(comms: Caller, stage: dict[str, Any]) -> None:
    drill = comms.post("drills/", inbox=stage["id"], scenario="outage").body["id"]
    comms.post(f"drills/{drill}/start/")
    real = comms.post(f"drills/{drill}/real/", reason="Er brandt echt iets", level=2)
    assert (real.status, real.body["drill"], real.body["level"]) == (201, False, 2)
    assert comms.get(f"drills/{drill}/").body["became"] == real.body["id"]
    assert comms.post(f"drills/{drill}/start/").problem == (409, "transition_refused")
    assert comms.post("crises/", reason="Oefening", drill=True).problem == (409, "no_drill")


def test_everything_wrong_is_named(
    comms: Caller, administrator: Caller, inbox: Any, settings: LazySettings, stage: dict[str, Any]
) -> None:
    refused = comms.post("drills/", inbox=inbox.pk, document={**SCENARIO, "level": 7})
    assert (refused.status, sorted(refused.body["errors"])) == (400, ["document.level", "inbox"])
    assert comms.post("drills/inboxes/", network="telex", name="x").status == 400
    assert administrator.patch(f"inboxes/{stage['id']}/", base_url="https://api.x.com").status == 409
    assert administrator.patch(f"inboxes/{stage['id']}/", name="Podium").status == 200
    drill = comms.post("drills/", inbox=stage["id"], scenario="outage").body["id"]
    settings.SANDBOX_URL = ""
    assert comms.post(f"drills/{drill}/start/").problem == (409, "no_sandbox")
    assert comms.post("drills/inboxes/", network="x", name="Nog een").problem == (409, "no_sandbox")


def test_tickets_and_inboxes_say_that_they_are_of_a_drill(
    comms: Caller, administrator: Caller, stage: dict[str, Any]
) -> None:
    take_in(Inbox.objects.get(pk=stage["id"]), [a_mention("1")], now=timezone.now())
    (ticket,) = comms.results("tickets/")
    assert ticket["drill"]
    assert [one["drill"] for one in administrator.results("inboxes/")] == [True]
