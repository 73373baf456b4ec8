"""Chains, call-ups and rotas by the API."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone

from desk.actions.crises.escalation import run_due
from desk.api.forms.escalation import CallUpSerializer, EscalationSerializer, RotaSerializer, RotaSwapSerializer
from desk.crises.models import CallUp
from desk.people.models import User
from desk.people.permissions import Role
from tests.actions.chains import chain
from tests.api.caller import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def comms() -> Caller:
    return Caller(User.objects.create_user("noor", first_name="Noor", role=Role.COMMS))


def rota(*members: int, **more: Any) -> dict[str, Any]:
    usual = {"name": "Nacht", "timezone": "Europe/Amsterdam", "first_day": "2026-03-02", "handover": "09:00", "days": 7}
    return usual | {"members": list(members)} | more


def test_a_chain_tells_is_acknowledged_and_can_be_read_with_its_receipts(
    comms: Caller, agent: Caller, colleague: Caller
) -> None:
    chain({"people": [agent.user.pk]}, {"to": ["owner"]})
    crisis = comms.post("crises/", reason="De trein staat stil", level=2).body["id"]
    run_due(timezone.now())
    (found,) = comms.results(f"crises/{crisis}/escalations/")
    assert list(found) == list(EscalationSerializer().fields)
    assert (found["state"], found["level"], found["acknowledged_by"]) == ("running", 2, None)
    (step,) = found["steps"]
    assert [(one["means"], one["state"], one["person"]["username"]) for one in step["messages"]] == [
        ("bell", "sent", "sanne")
    ]
    assert agent.get(f"crises/{crisis}/escalations/").problem == (403, "not_permitted")
    assert colleague.post(f"crises/{crisis}/acknowledge/").problem == (403, "not_permitted")
    said = agent.post(f"crises/{crisis}/acknowledge/")
    assert (said.status, said.body["state"], said.body["acknowledged_by"]["username"]) == (200, "acknowledged", "sanne")
    assert comms.post(f"crises/{crisis}/acknowledge/").problem == (409, "over")
    assert comms.post("crises/77/acknowledge/").problem == (404, "not_found")


def test_who_is_called_up_answers_for_themselves(comms: Caller, agent: Caller, colleague: Caller) -> None:
    crisis = comms.post("crises/", reason="De trein staat stil", level=2).body["id"]
    CallUp.objects.create(crisis_id=crisis, user=agent.user, asked_at=timezone.now())
    answer = agent.post(f"crises/{crisis}/call-up/", comes=True)
    assert (answer.status, answer.body["comes"], list(answer.body)) == (200, True, list(CallUpSerializer().fields))
    assert colleague.post(f"crises/{crisis}/call-up/", comes=True).problem == (404, "not_found")
    assert [one["comes"] for one in comms.get(f"crises/{crisis}/call-up/").body] == [True]


def test_a_rota_from_its_making_to_its_end(supervisor: Caller, agent: Caller, colleague: Caller) -> None:
    members = (agent.user.pk, colleague.user.pk)
    made = supervisor.post("rotas/", **rota(*members))
    assert (made.status, list(made.body)) == (201, list(RotaSerializer().fields))
    number = made.body["id"]
    assert made.body["now"]["person"] in members
    assert agent.post("rotas/", **rota(*members, name="Dag")).problem == (403, "not_permitted")
    assert supervisor.post("rotas/", **rota(*members)).problem == (409, "taken")
    changed = supervisor.patch(f"rotas/{number}/", handover="22:30")
    assert changed.body["handover"] == "22:30"
    turns = agent.get(f"rotas/{number}/turns/?since=2199-03-20T00:00:00Z&until=2199-04-10T00:00:00Z").body
    began = [datetime.fromisoformat(turn["start"]) for turn in turns]
    week, hour = timedelta(days=7), timedelta(hours=1)
    assert sorted({later - one for one, later in pairwise(began)}) == [week - hour, week]  # summer time begins
    assert agent.get(f"rotas/{number}/turns/?since=2026-03-25T00:00:00Z&until=2026-04-08T00:00:00Z").body == []
    assert [one["id"] for one in agent.results("rotas/")] == [number]
    window = {"starts_at": "2199-03-01T00:00:00Z", "ends_at": "2199-03-02T00:00:00Z"}
    swapped = supervisor.post(f"rotas/{number}/swaps/", user_id=members[0], **window)
    assert (swapped.status, list(swapped.body)) == (201, list(RotaSwapSerializer().fields))
    assert supervisor.post(f"rotas/{number}/swaps/", user_id=members[1], **window).problem == (409, "overlap")
    assert len(agent.results(f"rotas/{number}/swaps/")) == 1
    assert supervisor.delete(f"rotas/{number}/swaps/{swapped.body['id']}/").status == 204
    assert supervisor.delete(f"rotas/{number}/").status == 204
    assert agent.get(f"rotas/{number}/").problem == (404, "not_found")


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"timezone": "Mars"}, "timezone"),
        ({"members": [999]}, "members"),
        ({"members": []}, "members"),
        ({"handover": "9"}, "handover"),
        ({"days": 29}, "days"),
        ({"first_day": "1899-01-01"}, "first_day"),
    ],
)
def test_what_is_no_rota_is_refused_at_its_field(supervisor: Caller, wish: dict[str, Any], field: str) -> None:
    refused = supervisor.post("rotas/", **rota(supervisor.user.pk) | wish)
    assert (refused.status, list(refused.body["errors"])) == (400, [field])


@pytest.mark.parametrize(
    "query", ["since=0001-01-01T00:00:00Z", "since=9999-12-31T23:59:59Z", "until=1999-01-01T00:00:00Z"]
)
def test_turns_far_from_today_are_refused(supervisor: Caller, query: str) -> None:
    number = supervisor.post("rotas/", **rota(supervisor.user.pk)).body["id"]
    assert supervisor.get(f"rotas/{number}/turns/?{query}").status == 400


def test_a_mobile_number_is_one_s_own_to_set(agent: Caller) -> None:
    assert agent.patch("me/", mobile="+31612345678").body["mobile"] == "+31612345678"
    assert agent.patch("me/", mobile="0612345678").status == 400
    assert agent.patch("me/", mobile="").body["mobile"] == ""
