"""A Facebook page and its Messenger: comments, private replies, windows, edits and deletions."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.running.customers import Account
from tests.running.desk import eventually


@pytest.fixture
def page(connect: Callable[..., Account]) -> Account:
    return connect("facebook_page")


@pytest.fixture
def comment(page: Account) -> dict[str, object]:
    """A customer's comment below a post of the page."""
    post = page.says("Minder treinen tussen Zandhaven en Oudmeer", origin="native", kind="post")
    return page.says("Rijdt er een bus vanaf Lindewaard?", by="tom", kind="comment", in_reply_to=post["id"])


def test_a_comment_is_answered_in_public_and_then_in_private_on_one_ticket(
    page: Account, comment: dict[str, object]
) -> None:
    ticket = page.ticket("Rijdt er een bus")
    public = page.answer(ticket["id"], "Ja Tom, elk kwartier.")
    page.reply_becomes(public["id"], "sent")
    private = page.answer(ticket["id"], "Ik stuur je de tijden hier.", visibility="private")
    page.reply_becomes(private["id"], "sent")
    assert len(page.company_said()) == 3  # the post, the comment below it, the private reply
    page.says("Dank je wel", by="tom", kind="dm")
    after = page.ticket("Dank je wel")
    assert after["id"] == ticket["id"]
    assert after["private"]
    assert len(page.tickets()) == 1
    again = page.answer(ticket["id"], "Graag gedaan.", visibility="private")
    page.reply_becomes(again["id"], "sent")


def test_a_message_on_messenger_is_answered_there(page: Account) -> None:
    page.says("Mijn abonnement is twee keer afgeschreven", by="fatima", kind="dm")
    ticket = page.ticket("twee keer afgeschreven")
    assert ticket["private"]
    reply = page.answer(ticket["id"], "Vervelend, we zoeken het uit.", visibility="private")
    page.reply_becomes(reply["id"], "sent")
    assert [text.removesuffix(" ^AG") for text in page.company_said()] == ["Vervelend, we zoeken het uit."]


def test_after_the_window_messenger_is_closed_and_says_why(connect: Callable[..., Account]) -> None:
    page = connect("facebook_page", webhook=False)
    long_ago = (datetime.now(UTC) - timedelta(days=8)).isoformat()
    page.says("Hallo, is daar iemand?", by="noor", kind="dm", created_at=long_ago)
    ticket = page.ticket("is daar iemand")
    channels = page.desk.api("GET", f"tickets/{ticket['id']}/channels/")
    private = next(channel for channel in channels if channel["visibility"] == "private")
    assert not private["allowed"]
    assert private["reason"]
    body = {"text": "Sorry", "visibility": "private", "idempotency_key": "late"}
    refused = page.desk.api("POST", f"tickets/{ticket['id']}/reply/", body, expect=422)
    assert [finding["code"] for finding in refused["findings"] if finding["severity"] == "block"] == ["window.closed"]


def test_an_edited_comment_keeps_its_earlier_wording(page: Account, comment: dict[str, object]) -> None:
    ticket = page.ticket("Rijdt er een bus")
    page.edits(comment, "Rijdt er een bus vanaf Haarbrug?")
    message = eventually(
        lambda: next((m for m in page.messages(ticket["id"]) if "Haarbrug" in m["text"]), None), "the edited text"
    )
    assert [version["text"] for version in message["versions"]] == ["Rijdt er een bus vanaf Lindewaard?"]


def test_a_deleted_comment_stops_the_clock_and_takes_no_public_reply(page: Account, comment: dict[str, object]) -> None:
    ticket = page.ticket("Rijdt er een bus")
    page.deletes(comment)
    after = eventually(
        lambda: (found := page.desk.api("GET", f"tickets/{ticket['id']}/"))["original_gone"] and found, "the deletion"
    )
    assert [clock["state"] for clock in after["clocks"]] == ["cancelled", "cancelled"]
    body = {"text": "Hoi", "visibility": "public", "idempotency_key": f"gone-{ticket['id']}"}
    assert page.desk.api("POST", f"tickets/{ticket['id']}/reply/", body, expect=422)["code"] == "blocked_by_policy"


def test_an_answer_typed_on_the_page_itself_meets_the_clock(page: Account, comment: dict[str, object]) -> None:
    ticket = page.ticket("Rijdt er een bus")
    page.says("Ja, elk kwartier", origin="native", kind="comment", in_reply_to=comment["id"])
    after = eventually(
        lambda: (found := page.desk.api("GET", f"tickets/{ticket['id']}/"))["waiting_since"] is None and found,
        "the echo",
    )
    assert [clock["state"] for clock in after["clocks"]] == ["met", "paused"]
    assert len(page.tickets()) == 1


def test_a_comment_is_hidden_and_shown_again(page: Account, comment: dict[str, object]) -> None:
    ticket = page.ticket("Rijdt er een bus")
    message = next(m for m in page.messages(ticket["id"]) if m["direction"] == "incoming")

    def hidden() -> bool:
        return bool(next(post for post in page.posts() if post["id"] == comment["id"])["hidden"])

    page.desk.api("POST", f"messages/{message['id']}/actions/", {"action": "hide"})
    eventually(hidden, "the comment to be hidden")
    page.desk.api("POST", f"messages/{message['id']}/actions/", {"action": "unhide"})
    eventually(lambda: not hidden(), "the comment to be shown again")


def test_a_webhook_and_a_poll_of_the_same_comment_give_one_message(page: Account, comment: dict[str, object]) -> None:
    page.ticket("Rijdt er een bus")
    polled = (
        "SELECT name FROM inboxes_streamstate WHERE inbox_id = %s AND name IN ('feed', 'comments')"
        " AND last_poll_at > now() - interval '3 seconds'"
    )
    eventually(lambda: len(page.desk.rows(polled, page.inbox)) == 2, "a poll of posts and comments")
    inbound = "SELECT count(*) FROM tickets_message WHERE inbox_id = %s AND NOT outgoing"
    assert page.desk.rows(inbound, page.inbox) == [(1,)]
