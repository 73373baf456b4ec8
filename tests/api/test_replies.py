"""Answering: findings, idempotency, staleness, undo, decisions, drafts, and acting on messages."""

from typing import Any

import pytest
from django.utils import timezone

from desk.inboxes.gateway import ItemKind
from desk.replies.models import Reply
from desk.tickets.models import Message, Ticket
from tests.actions.builders import a_mention, own_words, take_in
from tests.api.caller import Answer, Caller

pytestmark = pytest.mark.django_db

KIND = "We zoeken het voor u uit."
IBAN = "Stort het op NL91ABNA0417164300."


def answered(caller: Caller, ticket: Ticket, text: str = KIND, key: str = "key-1", **more: Any) -> Answer:
    return caller.post(f"tickets/{ticket.pk}/reply/", text=text, visibility="public", idempotency_key=key, **more)


def in_state(reply_id: int, state: str) -> None:
    Reply.objects.filter(pk=reply_id).update(state=state, attempts=1)


def test_a_reply_is_accepted_with_its_findings_and_can_be_followed(agent: Caller, ticket: Ticket) -> None:
    answer = answered(agent, ticket)
    assert (answer.status, answer.body["state"], answer.body["findings"]) == (202, "queued", [])
    assert (answer.body["text"], answer.body["visibility"], answer.body["ticket"]) == (KIND, "public", ticket.pk)
    assert "cancel" in answer.body["possible"]
    assert agent.get(f"replies/{answer.body['id']}/").body == answer.body
    assert agent.results(f"tickets/{ticket.pk}/replies/") == [answer.body]
    assert agent.get(f"tickets/{ticket.pk}/").body["assignee"]["username"] == "sanne"


def test_the_same_key_gives_the_same_reply(agent: Caller, colleague: Caller, ticket: Ticket) -> None:
    first, second = answered(agent, ticket), answered(agent, ticket)
    assert (second.status, second.body["id"]) == (202, first.body["id"])
    assert Reply.objects.count() == 1
    assert answered(agent, ticket, "Iets anders.").problem == (409, "key_reused")
    assert answered(colleague, ticket).body["id"] != first.body["id"]  # keys are each person's own


def test_a_text_that_may_not_leave_is_a_422_with_the_findings(agent: Caller, ticket: Ticket) -> None:
    answer = answered(agent, ticket, IBAN)
    assert answer.problem == (422, "blocked_by_policy")
    (finding,) = [found for found in answer.body["findings"] if found["severity"] == "block"]
    assert (finding["code"], IBAN[finding["start"] : finding["end"]]) == ("personal_data.iban", "NL91ABNA0417164300")
    assert answer.body["length"]["unit"] == "weighted"
    assert answer.body["errors"]["text"] == [finding["message"]]
    assert not Reply.objects.exists()


def test_a_warning_goes_along_with_the_accepted_reply(supervisor: Caller, ticket: Ticket) -> None:
    answer = answered(supervisor, ticket)  # has no signature
    assert answer.status == 202
    assert [finding["code"] for finding in answer.body["findings"]] == ["signature.missing"]


def test_a_stale_reply_is_a_409_that_shows_what_is_new(agent: Caller, ticket: Ticket) -> None:
    seen = agent.results(f"tickets/{ticket.pk}/events/")[-1]["id"]
    take_in(ticket.inbox, [a_mention("2", thread_id="1", at=5, text="Laat maar, ik ben er al")], now=timezone.now())
    refused = answered(agent, ticket, seen_event_id=seen)
    assert refused.problem == (409, "stale")
    assert [event["kind"] for event in refused.body["newer"]] == ["message_received"]
    assert refused.body["newer"][0]["id"] > seen
    assert answered(agent, ticket, seen_event_id=seen, send_anyway=True).status == 202


def test_without_a_number_the_last_look_at_the_ticket_counts(agent: Caller, ticket: Ticket) -> None:
    agent.post(f"tickets/{ticket.pk}/seen/")
    take_in(ticket.inbox, [a_mention("2", thread_id="1", at=5)], now=timezone.now())
    assert answered(agent, ticket).problem == (409, "stale")
    agent.post(f"tickets/{ticket.pk}/seen/")
    assert answered(agent, ticket).status == 202


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", ""), ("text", None), ("text", "x" * 20_001), ("visibility", "secret"), ("idempotency_key", ""),
        ("idempotency_key", "k" * 101), ("seen_event_id", -1), ("seen_event_id", 2**63), ("send_anyway", "perhaps"),
    ],
)  # fmt: skip
def test_a_reply_that_makes_no_sense_is_refused_by_name(agent: Caller, ticket: Ticket, field: str, value: Any) -> None:
    body = {"text": KIND, "visibility": "public", "idempotency_key": "1", field: value}
    answer = agent.post(f"tickets/{ticket.pk}/reply/", **body)
    assert answer.problem == (400, "invalid")
    assert list(answer.body["errors"]) == [field]


def test_a_closed_channel_says_why(agent: Caller, ticket: Ticket) -> None:
    Message.objects.update(reply_allowed=False)
    answer = answered(agent, ticket)
    assert answer.status in {409, 422}
    assert answer.body["detail"]
    assert not Reply.objects.exists()


def test_the_rules_while_typing(agent: Caller, ticket: Ticket) -> None:
    checked = agent.post(f"tickets/{ticket.pk}/check/", text=IBAN, visibility="public").body
    assert [finding["code"] for finding in checked["findings"]] == ["personal_data.iban"]
    assert checked["length"]["limit"] == 280
    assert agent.post(f"tickets/{ticket.pk}/check/", text="").status == 200
    assert not Reply.objects.exists()


def test_undo_gives_the_text_back_as_a_draft(agent: Caller, colleague: Caller, ticket: Ticket) -> None:
    reply = answered(agent, ticket).body["id"]
    assert colleague.post(f"replies/{reply}/undo/").problem == (409, "conflict")
    assert agent.post(f"replies/{reply}/undo/").body["state"] == "cancelled"
    assert agent.get(f"tickets/{ticket.pk}/draft/").body["text"] == KIND
    assert agent.post(f"replies/{reply}/undo/").problem == (409, "already_left")


@pytest.mark.parametrize(
    ("state", "verb", "after"),
    [
        ("held", "release", "queued"), ("held", "cancel", "cancelled"), ("failed", "send_again", "queued"),
        ("unknown", "send_again", "queued"), ("unknown", "confirm_sent", "sent"), ("unknown", "look_up", "unknown"),
        ("unknown", "cancel", "cancelled"), ("queued", "cancel", "cancelled"),
    ],
)  # fmt: skip
def test_a_person_decides_about_a_reply_that_is_stuck(
    agent: Caller, ticket: Ticket, state: str, verb: str, after: str
) -> None:
    reply = answered(agent, ticket).body["id"]
    in_state(reply, state)
    assert agent.post(f"replies/{reply}/{verb}/").body["state"] == after


@pytest.mark.parametrize("verb", ["undo", "cancel", "release", "send_again", "confirm_sent", "look_up"])
def test_nothing_is_left_to_decide_about_a_reply_that_is_out(agent: Caller, ticket: Ticket, verb: str) -> None:
    reply = answered(agent, ticket).body["id"]
    in_state(reply, "sent")
    assert agent.post(f"replies/{reply}/{verb}/").status == 409
    assert agent.post(f"replies/999/{verb}/").problem == (404, "not_found")


def test_drafts_are_each_persons_own(agent: Caller, colleague: Caller, ticket: Ticket) -> None:
    address = f"tickets/{ticket.pk}/draft/"
    assert agent.get(address).problem == (404, "not_found")
    saved = agent.put(address, text="Beste Mar", visibility="private")
    assert (saved.status, saved.body["text"], saved.body["visibility"]) == (200, "Beste Mar", "private")
    assert colleague.get(address).status == 404
    colleague.put(address, text="Iets anders")
    assert agent.get(address).body["text"] == "Beste Mar"
    assert agent.delete(address).status == 204
    assert agent.get(address).status == 404
    assert colleague.get(address).status == 200


def test_what_the_network_can_do_to_a_message_an_agent_may_ask(agent: Caller, expert: Caller, ticket: Ticket) -> None:
    ours = own_words("9", parent_id="", at=0, thread_id="9", kind=ItemKind.POST)
    take_in(ticket.inbox, [ours, a_mention("5", thread_id="9", parent_id="9", at=1)])
    below = Message.objects.get(external_id="5")
    message = below.pk
    elsewhere = Message.objects.get(ticket=ticket).pk
    assert agent.post(f"messages/{elsewhere}/actions/", action="hide").problem == (409, "not_possible")
    assert agent.post(f"messages/{message}/actions/", action="hide").status == 202
    assert agent.post(f"messages/{message}/actions/", action="like").problem == (409, "not_possible")
    assert agent.post(f"messages/{message}/actions/", action="dance").problem == (400, "invalid")
    assert agent.post("messages/999/actions/", action="hide").problem == (404, "not_found")
    assert expert.post(f"messages/{message}/actions/", action="hide").problem == (403, "not_permitted")
    assert agent.results(f"tickets/{below.ticket_id}/events/")[-1]["kind"] == "action_asked"
