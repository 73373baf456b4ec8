"""Instagram, whole: connected, heard by webhook and by poll, answered in public and in private, moderated."""

from collections.abc import Callable

import pytest

from tests.running.customers import Account
from tests.running.desk import eventually


@pytest.fixture
def account(connect: Callable[..., Account]) -> Account:
    return connect("instagram")


def test_a_comment_is_answered_in_public_then_in_private_on_one_ticket_and_hidden(account: Account) -> None:
    media = account.says("Minder treinen tussen Zandhaven en Oudmeer", origin="native", kind="post")
    comment = account.says("Rijdt er een bus vanaf Lindewaard?", by="tom", kind="comment", in_reply_to=media["id"])
    ticket = account.ticket("Rijdt er een bus")
    public = account.answer(ticket["id"], "Ja Tom, elk kwartier.")
    account.reply_becomes(public["id"], "sent")
    private = account.answer(ticket["id"], "Ik stuur je de tijden hier.", visibility="private")
    account.reply_becomes(private["id"], "sent")
    account.says("Dank je wel", by="tom", kind="dm")
    after = account.ticket("Dank je wel")
    assert (after["id"], after["private"], len(account.tickets())) == (ticket["id"], True, 1)
    again = account.answer(ticket["id"], "Graag gedaan.", visibility="private")
    account.reply_becomes(again["id"], "sent")
    message = next(one for one in account.messages(ticket["id"]) if "Rijdt er een bus" in one["text"])
    account.desk.api("POST", f"messages/{message['id']}/actions/", {"action": "hide"})
    eventually(
        lambda: next(post for post in account.posts() if post["id"] == comment["id"])["hidden"], "the comment to hide"
    )


def test_a_mention_elsewhere_comes_with_its_words_and_is_answered_there(account: Account) -> None:
    mention = account.says(f"Met @{account.handle} op reis", by="els", kind="mention")
    ticket = account.ticket("op reis")
    reply = account.answer(ticket["id"], "Goede reis Els!")
    account.reply_becomes(reply["id"], "sent")
    answer = next(post for post in account.posts() if post["author"]["company"])
    assert answer["parent_id"] == mention["id"]


def test_without_webhooks_the_poll_brings_everything(connect: Callable[..., Account]) -> None:
    account = connect("instagram", webhook=False)
    media = account.says("Goedemorgen", origin="native", kind="post")
    account.says("Waar blijft de bus?", by="jan", kind="comment", in_reply_to=media["id"])
    account.says("En mijn abonnement?", by="fatima", kind="dm")
    account.ticket("Waar blijft de bus")
    assert account.ticket("mijn abonnement")["private"]
