"""Working on tickets: each verb, and who may not."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.people.models import AuditEntry, Team
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, take_in
from tests.api.caller import Caller


def test_of_two_who_claim_one_gets_the_ticket_and_the_other_hears_who(
    agent: Caller, colleague: Caller, ticket: Ticket
) -> None:
    answer = agent.post(f"tickets/{ticket.pk}/claim/")
    assert (answer.status, answer.body["assignee"]["username"], answer.body["status"]) == (200, "sanne", "open")
    assert agent.post(f"tickets/{ticket.pk}/claim/").status == 200
    refused = colleague.post(f"tickets/{ticket.pk}/claim/")
    assert refused.problem == (409, "taken")
    assert "Sanne" in refused.body["detail"]


def test_assigning_to_a_colleague_a_team_oneself_and_nobody(agent: Caller, colleague: Caller, ticket: Ticket) -> None:
    team = Team.objects.create(name="Rail")
    address = f"tickets/{ticket.pk}/assign/"
    assert agent.post(address, assignee=colleague.user.pk).body["assignee"]["username"] == "joris"
    assert agent.post(address, team=team.pk).body["team"] == {"id": team.pk, "name": "Rail"}
    assert agent.post(address, assignee="me").body["assignee"]["username"] == "sanne"
    nobody = agent.post(address, assignee=None).body
    assert (nobody["assignee"], nobody["team"]["name"]) == (None, "Rail")


@pytest.mark.parametrize(
    "body", [{}, {"assignee": 999}, {"assignee": "joris"}, {"assignee": True}, {"team": 999}, {"team": -1}]
)
def test_an_assignment_to_nobody_we_know_is_refused(agent: Caller, ticket: Ticket, body: dict[str, Any]) -> None:
    assert agent.post(f"tickets/{ticket.pk}/assign/", **body).problem == (400, "invalid")


def test_a_transition_by_event_or_by_status(agent: Caller, ticket: Ticket) -> None:
    address = f"tickets/{ticket.pk}/transition/"
    resolved = agent.post(address, event="resolve").body
    assert (resolved["status"], resolved["waiting_since"], resolved["due_at"]) == ("resolved", None, None)
    assert resolved["resolved_at"].endswith("Z")
    assert agent.post(address, status="open").body["status"] == "open"
    assert agent.post(address, state="waiting_for_customer").body["status"] == "waiting_for_customer"


def test_an_impossible_transition_is_a_conflict_that_names_the_possible_ones(agent: Caller, ticket: Ticket) -> None:
    refused = agent.post(f"tickets/{ticket.pk}/transition/", event="reopen")
    assert refused.problem == (409, "transition_refused")
    assert "resolve" in refused.body["detail"]
    assert agent.post(f"tickets/{ticket.pk}/transition/", status="new").problem == (409, "transition_refused")


@pytest.mark.parametrize("body", [{}, {"event": "dance"}, {"event": "claim"}, {"event": "resolve", "status": "open"}])
def test_a_transition_that_makes_no_sense_is_refused(agent: Caller, ticket: Ticket, body: dict[str, str]) -> None:
    assert agent.post(f"tickets/{ticket.pk}/transition/", **body).status == 400


def test_snoozing_until_a_time_in_the_future(agent: Caller, ticket: Ticket) -> None:
    until = (timezone.now() + timedelta(hours=2)).replace(microsecond=0)
    snoozed = agent.post(f"tickets/{ticket.pk}/snooze/", until=until.isoformat()).body
    assert (snoozed["status"], snoozed["snoozed_until"]) == ("snoozed", until.isoformat().replace("+00:00", "Z"))
    for wrong in ("2020-01-01T00:00:00Z", "tomorrow", "", None):
        assert agent.post(f"tickets/{ticket.pk}/snooze/", until=wrong).status == 400


def test_priority_by_word(agent: Caller, ticket: Ticket) -> None:
    assert agent.post(f"tickets/{ticket.pk}/priority/", priority="urgent").body["priority"] == "urgent"
    for wrong in (3, "highest", None, ["high"]):
        assert list(agent.post(f"tickets/{ticket.pk}/priority/", priority=wrong).body["errors"]) == ["priority"]


def test_tags_on_and_off(agent: Caller, ticket: Ticket) -> None:
    address = f"tickets/{ticket.pk}/tags/"
    assert agent.post(address, add=["vertraging", "spoor"]).body["tags"] == ["spoor", "vertraging"]
    assert agent.post(address, remove=["spoor"], add=[]).body["tags"] == ["vertraging"]
    assert agent.post(address, add=[f"t{n}" for n in range(21)]).status == 400
    assert [row["name"] for row in agent.results("tags/")] == ["spoor", "vertraging"]


def test_a_note_tells_who_is_named(agent: Caller, colleague: Caller, ticket: Ticket) -> None:
    made = agent.post(f"tickets/{ticket.pk}/notes/", text="Weet jij dit, @joris?")
    assert made.status == 201
    assert [person["username"] for person in made.body["mentioned"]] == ["joris"]
    assert colleague.results(f"tickets/{ticket.pk}/notes/") == [made.body]
    for wrong in ("", "   ", "x" * 20_001):
        assert agent.post(f"tickets/{ticket.pk}/notes/", text=wrong).status == 400


def test_merging_moves_the_messages(agent: Caller, ticket: Ticket) -> None:
    take_in(ticket.inbox, [a_mention("2", text="En mijn koffer?")], now=timezone.now())
    other = Ticket.objects.exclude(pk=ticket.pk).get()
    answer = agent.post(f"tickets/{other.pk}/merge/", into=ticket.pk)
    assert (answer.status, answer.body["id"]) == (200, ticket.pk)
    assert len(agent.results(f"tickets/{ticket.pk}/messages/")) == 2
    assert agent.get(f"tickets/{other.pk}/").body["merged_into"] == ticket.pk
    assert agent.post(f"tickets/{ticket.pk}/merge/", into=ticket.pk).status == 400
    assert agent.post(f"tickets/{ticket.pk}/merge/", into=999).status == 404


def test_splitting_moves_messages_to_a_new_ticket(agent: Caller, ticket: Ticket) -> None:
    thread = ticket.conversation.thread_id
    take_in(ticket.inbox, [a_mention(number, thread_id=thread) for number in ("2", "3")], now=timezone.now())
    first, second, third = (one["id"] for one in agent.results(f"tickets/{ticket.pk}/messages/"))
    answer = agent.post(f"tickets/{ticket.pk}/split/", from_message=third)
    assert (answer.status, answer.body["split_from"], answer.body["id"] != ticket.pk) == (201, ticket.pk, True)
    assert [one["id"] for one in agent.results(f"tickets/{answer.body['id']}/messages/")] == [third]
    wishes: tuple[dict[str, Any], ...] = (
        {}, {"messages": []}, {"messages": [third]}, {"messages": [first, second]}, {"from_message": first},
    )  # fmt: skip
    for wrong in wishes:
        refused = agent.post(f"tickets/{ticket.pk}/split/", **wrong)
        assert (refused.status, list(refused.body["errors"])) == (400, ["messages"])
    assert agent.post("tickets/999999/split/", messages=[first]).status == 404


def test_one_verb_on_many_tickets_tells_what_was_refused(agent: Caller, colleague: Caller, ticket: Ticket) -> None:
    take_in(ticket.inbox, [a_mention("2", by="piet")], now=timezone.now())
    other = Ticket.objects.exclude(pk=ticket.pk).get()
    colleague.post(f"tickets/{other.pk}/claim/")
    answer = agent.post("bulk/", tickets=[ticket.pk, other.pk, 999], verb="claim").body
    assert answer["done"] == [ticket.pk]
    assert set(answer["refused"]) == {str(other.pk), "999"}
    assert agent.post("bulk/", tickets=[ticket.pk], verb="tag", add=["druk"]).body["done"] == [ticket.pk]
    assert agent.post("bulk/", tickets=[ticket.pk], verb="set_priority", priority="low").body["done"] == [ticket.pk]
    assert agent.post("bulk/", tickets=[ticket.pk], verb="assign", assignee=None).body["done"] == [ticket.pk]
    assert agent.post("bulk/", tickets=[ticket.pk], verb="transition", event="resolve").body["done"] == [ticket.pk]
    for wrong in ({"verb": "delete"}, {"verb": "transition"}, {"verb": "snooze"}, {"verb": "set_priority"}):
        assert agent.post("bulk/", tickets=[ticket.pk], **wrong).status == 400
    assert agent.post("bulk/", tickets=[], verb="claim").status == 400
    assert agent.post("bulk/", tickets=list(range(1, 300)), verb="claim").status == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("claim/", {}), ("assign/", {"assignee": "me"}), ("transition/", {"event": "resolve"}),
        ("priority/", {"priority": "low"}),
        ("split/", {"messages": [1]}),
        ("snooze/", {"until": "2999-01-01T00:00:00Z"}), ("tags/", {"add": ["x"]}), ("merge/", {"into": 999}),
        ("reply/", {"text": "Hallo", "idempotency_key": "1"}), ("check/", {"text": "Hallo"}),
    ],
)  # fmt: skip
def test_an_expert_reads_and_writes_notes_and_nothing_else(
    expert: Caller, ticket: Ticket, path: str, body: dict[str, Any]
) -> None:
    before = AuditEntry.objects.count()
    assert expert.post(f"tickets/{ticket.pk}/{path}", **body).problem == (403, "not_permitted")
    assert AuditEntry.objects.count() == before
    assert expert.get(f"tickets/{ticket.pk}/").status == 200
    assert expert.post(f"tickets/{ticket.pk}/notes/", text="Dat is een storing.").status == 201
