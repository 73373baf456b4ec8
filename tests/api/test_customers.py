"""Customers, files, and what triage makes of a text."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from pytest_django import Settings

from desk.inboxes.models import Inbox
from desk.tickets.models import Attachment, Message, Ticket
from tests.actions.builders import a_mention, take_in
from tests.api.caller import Caller


def test_customers_are_found_by_name_or_handle(agent: Caller, inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", by="marit"), a_mention("2", by="piet")], now=timezone.now())
    assert [row["profiles"][0]["handle"] for row in agent.results("customers/")] == ["piet", "marit"]
    (found,) = agent.results("customers/", q="@Mar")
    assert found["profiles"][0] == {
        "id": found["profiles"][0]["id"], "network": "x", "external_id": "id-marit", "handle": "marit", "name": "Marit",
        "followers": 10, "verified": False, "updated_at": found["profiles"][0]["updated_at"],
    }  # fmt: skip
    assert agent.get(f"customers/{found['id']}/").body == found
    assert agent.results("customers/", q="%") == []
    assert agent.get("customers/999/").problem == (404, "not_found")


def test_a_customer_comes_with_everything_they_asked(agent: Caller, ticket: Ticket) -> None:
    take_in(ticket.inbox, [a_mention("9", text="En nu?")], now=timezone.now())
    rows = agent.results(f"customers/{ticket.customer_id}/tickets/")
    assert [row["preview"] for row in rows] == ["En nu?", "Waar blijft de trein?"]


def test_a_tier_is_set_on_the_customer_and_shown_on_every_ticket(agent: Caller, expert: Caller, ticket: Ticket) -> None:
    address = f"customers/{ticket.customer_id}/"
    assert agent.get(address).body["tier"] == "standard"
    assert agent.patch(address, tier="vip").body["tier"] == "vip"
    assert agent.get(f"tickets/{ticket.pk}/").body["customer"]["tier"] == "vip"
    assert [row["id"] for row in agent.results("tickets/", tier="vip")] == [ticket.pk]
    assert agent.results("tickets/", tier="important") == []
    for wrong in ({}, {"tier": "gold"}, {"tier": 2}, {"tier": None}):
        assert agent.patch(address, **wrong).status == 400
    assert agent.patch("customers/999/", tier="vip").status == 404
    assert expert.patch(address, tier="vip").status == 403


def test_a_customers_file_is_downloaded_as_bytes(
    agent: Caller, ticket: Ticket, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    attachment = Attachment.objects.create(
        message=Message.objects.get(),
        source_url="https://x.test/1",
        kind="file",
        content_type="text/html",
        state="stored",
    )
    attachment.file.save("a.html", ContentFile(b"<script>"))
    answer = agent.get(f"attachments/{attachment.pk}/").response
    assert b"".join(answer) == b"<script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    (shown,) = agent.results(f"tickets/{ticket.pk}/messages/")[0]["attachments"]
    assert (shown["id"], shown["state"], shown["content_type"]) == (attachment.pk, "stored", "text/html")
    Attachment.objects.update(state="pending")
    assert agent.get(f"attachments/{attachment.pk}/").problem == (404, "not_found")


@pytest.mark.parametrize(
    ("text", "sentiment", "language"),
    [
        ("Wat een waardeloze service, ik sta al een uur te wachten!", "negative", "nl"),
        ("Thank you so much, this was excellent service", "positive", "en"),
    ],
)
def test_triage_says_what_it_makes_of_a_text(agent: Caller, text: str, sentiment: str, language: str) -> None:
    found = agent.post("triage/preview/", text=text).body
    assert (found["sentiment"], found["language"], found["abusive"]) == (sentiment, language, False)
    assert 0 <= found["confidence"] <= 1
    assert found["reasons"]


def test_triage_takes_the_language_that_it_is_told(agent: Caller) -> None:
    assert agent.post("triage/preview/", text="ok", language="de").body["language"] == "de"
    assert agent.post("triage/preview/", text="ok", language="xx").problem == (400, "invalid")
    assert agent.post("triage/preview/").problem == (400, "invalid")


def test_a_supervisor_blocks_a_customer_and_unblocks_them(supervisor: Caller, agent: Caller, ticket: Ticket) -> None:
    address = f"customers/{ticket.customer_id}/"
    assert agent.get(address).body["blocked_at"] is None
    assert agent.post(f"{address}block/", reason="Dreigt").status == 403
    assert supervisor.post(f"{address}block/").status == 400
    assert supervisor.post(f"{address}block/", reason="Dreigt").body["blocked_at"]
    answer = agent.post(f"tickets/{ticket.pk}/reply/", text="Hoi", idempotency_key="1")
    assert answer.status == 422
    assert "customer.blocked" in {finding["code"] for finding in answer.body["findings"]}
    assert supervisor.post(f"{address}unblock/").body["blocked_at"] is None
    assert agent.post(f"tickets/{ticket.pk}/reply/", text="Hoi", idempotency_key="1").status == 202
