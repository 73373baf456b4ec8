"""Customers, files, and what triage makes of a text."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from pytest_django import Settings

from desk.inboxes.gateway import Author, ItemKind
from desk.inboxes.models import Inbox
from desk.tickets.models import Attachment, Message, Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.api.caller import Caller


def test_customers_are_found_by_name_or_handle(agent: Caller, inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", by="marit"), a_mention("2", by="piet")], now=timezone.now())
    assert [row["profiles"][0]["handle"] for row in agent.results("customers/")] == ["piet", "marit"]
    (found,) = agent.results("customers/", q="@Mar")
    assert found["profiles"][0] == {
        "id": found["profiles"][0]["id"], "network": "x", "external_id": "id-marit", "handle": "marit", "name": "Marit",
        "followers": 10, "verified": False, "links": [], "spam_at": None,
        "updated_at": found["profiles"][0]["updated_at"],
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


def test_customers_are_suggested_merged_and_parted(agent: Caller, expert: Caller, inbox: Inbox) -> None:
    elsewhere = an_inbox(network="facebook_page", name="Vlotlijn", own_id="2")
    take_in(inbox, [a_mention("1", by="marit_v")], now=timezone.now())
    take_in(elsewhere, [a_mention("2", by="marit_v", network="facebook_page")], now=timezone.now())
    other, one = agent.results("customers/")
    (found,) = agent.get(f"customers/{one['id']}/suggestions/").body
    assert found["customer"]["id"] == other["id"]
    assert found["reasons"] == [
        {
            "hint": "handle", "said": "marit_v", "profile": one["profiles"][0]["id"],
            "other_profile": other["profiles"][0]["id"],
        }
    ]  # fmt: skip
    assert expert.post(f"customers/{one['id']}/merge/", other=other["id"]).status == 403
    merged = agent.post(f"customers/{one['id']}/merge/", other=other["id"]).body
    assert [profile["network"] for profile in merged["profiles"]] == ["x", "facebook_page"]
    assert agent.get(f"customers/{other['id']}/").status == 404
    assert len(agent.results(f"customers/{one['id']}/tickets/")) == 2
    address = f"customers/{one['id']}/profiles/{other['profiles'][0]['id']}/take-out/"
    parted = agent.post(address).body
    assert [profile["network"] for profile in parted["profiles"]] == ["facebook_page"]
    assert agent.post(address).status == 404
    assert agent.get(f"customers/{one['id']}/suggestions/").body == []
    again = agent.post(f"customers/{one['id']}/suggestions/dismiss/", other=parted["id"])
    assert (again.status, again.body["id"]) == (200, one["id"])
    for wrong in ({}, {"other": 0}, {"other": one["id"]}, {"other": "x"}):
        assert agent.post(f"customers/{one['id']}/merge/", **wrong).status == 400


def test_who_reacted_is_listed(agent: Caller, ticket: Ticket) -> None:
    message = Message.objects.get(ticket=ticket)
    who = Author("id-jan", name="Jan")
    item = replace(
        a_mention("r", created_at=timezone.now()), kind=ItemKind.REACTION, external_id="r", author=who, text="🚆",
        parent_id=message.external_id,
    )  # fmt: skip
    take_in(ticket.inbox, [item], now=timezone.now())
    (row,) = agent.results(f"tickets/{ticket.pk}/messages/")
    assert row["reactions"] == {"🚆": 1}
    (told,) = agent.results(f"messages/{message.pk}/reactions/")
    assert (told["emoji"], told["name"]) == ("🚆", "Jan")
    assert agent.get("messages/999999/reactions/").status == 404


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
