"""The crisis plan by the API, and what a crisis asks of its team."""

from typing import Any

import pytest

from desk.actions.replies.reply import submit
from desk.api.forms.crisis_plans import CrisisPlanVersionSerializer, HeldReplySerializer, WholeCrisisPlanSerializer
from desk.crises.models import Crisis
from desk.people.models import User
from desk.people.permissions import Role
from desk.replies.models import Reply
from desk.tickets.models import Ticket
from tests.actions.waiting import WORDS, customer_writes_on
from tests.api.caller import Caller

pytestmark = pytest.mark.django_db
OPEN: dict[str, Any] = {"levels": {"3": {"gates": []}}}


@pytest.fixture
def comms() -> Caller:
    return Caller(User.objects.create_user("noor", first_name="Noor", role=Role.COMMS))


def test_a_draft_goes_through_review_and_is_for_the_next_crisis(
    comms: Caller, administrator: Caller, supervisor: Caller, agent: Caller
) -> None:
    early = comms.post("crises/", reason="De trein staat stil", level=3).body
    made = comms.post("crisis-plans/", document=OPEN, summary="Vrij op 3")
    assert (made.status, list(made.body)) == (201, list(WholeCrisisPlanSerializer().fields))
    number = made.body["number"]
    assert made.body["document"]["levels"]["2"]["gates"] == [{"gate": "approve", "visibility": "public"}]
    seen = made.body["changed_at"]
    assert comms.patch(f"crisis-plans/{number}/", document=OPEN, seen=seen).status == 200
    assert comms.patch(f"crisis-plans/{number}/", document=OPEN, seen=seen).problem == (409, "stale")
    assert supervisor.post(f"crisis-plans/{number}/hand-in/").problem == (403, "not_permitted")
    assert comms.post(f"crisis-plans/{number}/hand-in/").body["possible"] == ["return", "activate", "discard"]
    assert comms.post(f"crisis-plans/{number}/switch-on/").problem == (409, "own_version")
    assert administrator.post(f"crisis-plans/{number}/give-back/", reason="Waarom?").body["state"] == "draft"
    comms.post(f"crisis-plans/{number}/hand-in/")
    switched = administrator.post(f"crisis-plans/{number}/switch-on/").body
    assert (switched["state"], list(switched)) == ("active", list(CrisisPlanVersionSerializer().fields))
    assert agent.get("crisis-plans/active/").body["number"] == number
    later = comms.post("crises/", reason="Nog een", level=3).body
    assert [comms.get(f"crises/{one['id']}/").body["plan"] for one in (early, later)] == [1, number]
    assert administrator.post("crisis-plans/1/roll-back/").body["number"] == number + 1
    other = comms.post("crisis-plans/").body["number"]
    assert comms.post(f"crisis-plans/{other}/discard/").body["state"] == "retired"
    assert [one["number"] for one in agent.results("crisis-plans/")] == [4, 3, 2, 1]


def test_problems_are_named_by_their_path(comms: Caller) -> None:
    refused = comms.post(
        "crisis-plans/", document={"levels": {"3": {"gates": [{"gate": "shut", "network": "usenet"}]}}}
    )
    assert (refused.status, list(refused.body["errors"])) == (400, ["levels.3.gates[0].gate"])
    gone = comms.post("crisis-plans/", document={"levels": {"3": {"gates": [{"gate": "hold", "network": "usenet"}]}}})
    assert (gone.status, list(gone.body["errors"])) == (400, ["levels.3.gates[0].network"])
    assert comms.get("crisis-plans/77/").problem == (404, "not_found")


def test_roles_and_the_checklist(comms: Caller, agent: Caller, supervisor: Caller) -> None:
    crisis = f"crises/{comms.post('crises/', reason='Stil', level=2).body['id']}/"
    roles = comms.post(crisis + "roles/", holders={"desk": supervisor.user.pk}).body
    assert {one["role"]: one["holder"] for one in roles} == {
        "lead": None,
        "spokesperson": None,
        "desk": supervisor.user.pk,
    }
    assert agent.post(crisis + "checklist/look/").problem == (403, "not_permitted")
    ticked = supervisor.post(crisis + "checklist/look/").body
    assert [(one["key"], one["done_by"] and one["done_by"]["username"]) for one in ticked][:2] == [
        ("look", "mila"), ("lead", None),
    ]  # fmt: skip
    assert agent.get(crisis + "checklist/").body == ticked
    assert supervisor.post(crisis + "checklist/look/", done=False).body[0]["done_at"] is None
    assert comms.post(crisis + "roles/", holders={"king": 1}).status == 400
    assert comms.post(crisis + "checklist/none/").status == 404


def test_what_is_held_is_listed_with_what_the_customer_said_since_and_decided(
    comms: Caller, agent: Caller, ticket: Ticket
) -> None:
    crisis = comms.post("crises/", reason="Stil", level=3).body["id"]
    reply = submit(agent.user, ticket.pk, text=WORDS, visibility="public", idempotency_key="1")
    customer_writes_on("later")
    (one,) = agent.results(f"crises/{crisis}/held/")
    assert list(one) == list(HeldReplySerializer().fields)
    assert (one["reply"]["id"], one["reply"]["held_by"], one["reply"]["problem_code"]) == (
        reply.pk,
        crisis,
        "crisis_hold",
    )
    assert [words["text"] for words in one["newer"]] == ["Laat maar"]
    assert agent.post(f"replies/{reply.pk}/release/").problem == (403, "not_permitted")
    assert comms.post(f"replies/{reply.pk}/release/").body["state"] == "queued"
    assert agent.results(f"crises/{crisis}/held/") == []
    assert agent.get(f"crises/{crisis}/left/").problem == (403, "not_permitted")
    assert comms.get(f"crises/{crisis}/left/").body == []


def test_a_gate_that_blocks_answers_why(comms: Caller, administrator: Caller, agent: Caller, ticket: Ticket) -> None:
    number = comms.post("crisis-plans/", document={"levels": {"1": {"gates": [{"gate": "block"}]}}}).body["number"]
    comms.post(f"crisis-plans/{number}/hand-in/")
    administrator.post(f"crisis-plans/{number}/switch-on/")
    comms.post("crises/", reason="Stil", level=1)
    refused = agent.post(f"tickets/{ticket.pk}/reply/", text=WORDS, idempotency_key="1", send_anyway=True)
    assert refused.problem == (409, "crisis_block")
    assert not Reply.objects.exists()
    assert Crisis.objects.get().plan is not None
