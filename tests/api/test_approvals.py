"""Approval over the API: the list, the word, and what is refused."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.tickets.models import Ticket
from tests.api.caller import Caller
from tests.files import PNG

pytestmark = pytest.mark.django_db
WORDS, BETTER = "We zoeken het uit.", "We zoeken het meteen uit."


def asked(caller: Caller, ticket: Ticket, key: str = "1", **more: Any) -> int:
    answer = caller.post(f"tickets/{ticket.pk}/reply/", text=WORDS, idempotency_key=key, ask_approval=True, **more)
    assert (answer.status, answer.body["state"], answer.body["problem_code"]) == (202, "held", "needs_approval")
    return int(answer.body["id"])


def test_approvers_read_what_waits_and_decide(agent: Caller, supervisor: Caller, ticket: Ticket) -> None:
    reply = asked(agent, ticket)
    (waits,) = supervisor.results("approvals/")
    assert (waits["codes"], waits["text"], waits["may_decide"]) == (["approval.asked"], WORDS, True)
    assert supervisor.get(f"approvals/{waits['id']}/").body == waits
    approved = supervisor.post(f"replies/{reply}/approve/", text=BETTER, approval_id=waits["id"]).body
    assert (approved["state"], approved["text"]) == ("queued", BETTER)
    assert supervisor.results("approvals/") == []
    (given,) = supervisor.results("approvals/", state="approved")
    assert (given["decided_by"]["username"], given["approved_text"]) == ("mila", BETTER)
    assert supervisor.post(f"replies/{reply}/approve/").problem == (409, "not_waiting")


def test_rejected_words_are_the_authors_draft(agent: Caller, supervisor: Caller, ticket: Ticket) -> None:
    reply = asked(agent, ticket)
    assert supervisor.post(f"replies/{reply}/reject/", reason="").status == 400
    assert supervisor.post(f"replies/{reply}/reject/", reason="Zeg sorry").body["state"] == "cancelled"
    draft = agent.get(f"tickets/{ticket.pk}/draft/").body
    assert (draft["text"], draft["returned_because"]) == (WORDS, "Zeg sorry")


def test_an_approver_describes_files_otherwise_and_takes_some_off(
    agent: Caller, supervisor: Caller, ticket: Ticket
) -> None:
    kept, gone = (agent.hand_in(f"tickets/{ticket.pk}/attachments/", PNG).body["id"] for _one in range(2))
    reply = asked(agent, ticket, attachment_ids=[kept, gone])
    edit = {"descriptions": [{"id": kept, "alt_text": "Een kaart"}], "take_off": [gone]}
    strange = {"descriptions": [{"id": gone + 1, "alt_text": "x"}]}
    assert supervisor.post(f"replies/{reply}/approve/", **strange).problem == (409, "look_again")
    approved = supervisor.post(f"replies/{reply}/approve/", **edit).body
    assert approved["state"] == "queued"
    assert [(one["id"], one["alt_text"]) for one in approved["attachments"]] == [(kept, "Een kaart")]


def test_who_may_not_is_told(agent: Caller, colleague: Caller, supervisor: Caller, ticket: Ticket) -> None:
    own = asked(supervisor, ticket)
    assert supervisor.post(f"replies/{own}/approve/").problem == (409, "own_words")
    assert colleague.post(f"replies/{own}/approve/").problem == (403, "not_permitted")
    assert agent.get("approvals/").problem == (403, "not_permitted")
    assert colleague.post(f"replies/{own}/release/").problem == (409, "needs_approval")
    assert supervisor.post("replies/999/approve/").problem == (404, "not_found")
    assert supervisor.get("approvals/999/").problem == (404, "not_found")


def test_the_list_is_paged_and_asks_the_same_however_many_wait(
    agent: Caller, supervisor: Caller, ticket: Ticket
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked_for:
            supervisor.get("approvals/")
        return len(asked_for)

    asked(agent, ticket)
    supervisor.get("approvals/")
    before = queries()
    for key in "23":
        asked(agent, ticket, key)
    assert queries() == before
    first = supervisor.get("approvals/", page_size=2).body
    assert len(first["results"]) == 2
    assert len(supervisor.get(first["next"]).body["results"]) == 1
