"""Attachments by API: handed in as a form, described, taken off, sent, downloaded; each refusal says what to do."""

from typing import Any, cast

import pytest
from django.http import FileResponse

from desk.replies.models import Draft, Reply, ReplyAttachment
from desk.tickets.models import Ticket
from tests.api.caller import Answer, Caller
from tests.files import PDF, PLACE, PNG, SVG, jpeg_of_a_telephone

pytestmark = pytest.mark.django_db


def attached(caller: Caller, ticket: Ticket, content: bytes = PNG, **more: str) -> dict[str, Any]:
    answer = caller.hand_in(f"tickets/{ticket.pk}/attachments/", content, **more)
    assert answer.status == 201, answer.body
    return cast(dict[str, Any], answer.body)


def answered(caller: Caller, ticket: Ticket, *ids: int, text: str = "Zie de kaart") -> Answer:
    return caller.post(f"tickets/{ticket.pk}/reply/", text=text, idempotency_key="1", attachment_ids=ids)


def test_a_file_goes_with_the_draft_and_then_with_the_reply(agent: Caller, ticket: Ticket) -> None:
    made = attached(agent, ticket, jpeg_of_a_telephone(), alt_text="Een kaart")
    assert (made["content_type"], made["width"], made["alt_text"]) == ("image/jpeg", 16, "Een kaart")
    assert agent.get(f"tickets/{ticket.pk}/draft/").body["attachments"] == [made]
    sent = answered(agent, ticket, made["id"], text="")
    assert (sent.status, sent.body["attachments"]) == (202, [made])
    assert agent.results(f"tickets/{ticket.pk}/replies/") == [sent.body]
    assert not Draft.objects.exists()
    file = cast(FileResponse, agent.get(f"reply-attachments/{made['id']}/file/").response)
    assert file["Content-Disposition"].startswith("attachment")
    assert PLACE not in b"".join(cast(Any, file.streaming_content))


@pytest.mark.parametrize("content", [SVG, PDF, b""])
def test_what_does_not_go_along_is_refused(agent: Caller, ticket: Ticket, content: bytes) -> None:
    refused = agent.hand_in(f"tickets/{ticket.pk}/attachments/", content)
    assert refused.status == 400
    assert "file" in refused.body["errors"]
    assert not ReplyAttachment.objects.exists()


def test_only_a_form_is_a_form(agent: Caller, ticket: Ticket) -> None:
    assert agent.post(f"tickets/{ticket.pk}/attachments/", file="x").status == 415


def test_an_attachment_is_described_and_taken_off_while_it_is_in_the_draft(agent: Caller, ticket: Ticket) -> None:
    first, second = attached(agent, ticket)["id"], attached(agent, ticket)["id"]
    assert agent.patch(f"reply-attachments/{first}/", alt_text="Een kaart").body["alt_text"] == "Een kaart"
    assert agent.delete(f"reply-attachments/{second}/").status == 204
    checked = agent.post(f"tickets/{ticket.pk}/check/", text="Zie de kaart", attachment_ids=[first]).body
    assert "attachments.no_alt_text" not in {one["code"] for one in checked["findings"]}
    assert answered(agent, ticket, first).status == 202
    assert agent.patch(f"reply-attachments/{first}/", alt_text="Iets anders").status == 404
    assert agent.delete(f"reply-attachments/{first}/").status == 404


def test_a_finding_names_the_attachment_and_so_does_its_fix(agent: Caller, ticket: Ticket) -> None:
    ids = [attached(agent, ticket, alt_text="Een kaart")["id"], attached(agent, ticket)["id"]]
    checked = agent.post(f"tickets/{ticket.pk}/check/", text="Zie de kaart", attachment_ids=ids).body
    (found,) = [one for one in checked["findings"] if one["code"] == "attachments.no_alt_text"]
    assert found["fixes"] == [{"kind": "describe", "start": 0, "end": 0, "text": "", "attachment": 2}]


def test_nobody_sees_or_sends_the_attachments_of_a_colleagues_draft(
    agent: Caller, colleague: Caller, ticket: Ticket
) -> None:
    theirs = attached(colleague, ticket)["id"]
    assert agent.get(f"reply-attachments/{theirs}/file/").status == 404
    assert answered(agent, ticket, theirs).problem == (409, "attachment_gone")
    assert not Reply.objects.exists()


def test_networks_and_channels_say_what_goes_along(agent: Caller, supervisor: Caller, ticket: Ticket) -> None:
    networks = {one["slug"]: one for one in supervisor.get("networks/").body}
    assert networks["x"]["public_media"]["most"] == 4
    assert networks["facebook_page"]["private_media"]["longest_alt"] == 0
    channels = {one["visibility"]: one for one in agent.get(f"tickets/{ticket.pk}/channels/").body}
    assert channels["public"]["media"]["max_bytes"]["image/png"] == 5 * 1024 * 1024
