"""Mastodon on the desk as it runs, by polls alone: a mention and a direct post, answered where they were asked."""

from collections.abc import Callable

import pytest

from tests.running.customers import Account
from tests.running.desk import eventually


@pytest.fixture
def mastodon(connect: Callable[..., Account]) -> Account:
    return connect("mastodon", webhook=False)


def test_a_mention_becomes_a_ticket_whose_answer_the_customer_sees(mastodon: Account) -> None:
    post = mastodon.says("CW: klacht\n\nWaar blijft de trein naar Oudmeer?", by="marit")
    ticket = mastodon.ticket("trein naar Oudmeer")
    public = mastodon.answer(ticket["id"], "Hij komt om tien over negen.")
    mastodon.reply_becomes(public["id"], "sent")
    (said,) = [one for one in mastodon.posts() if one["author"]["company"]]
    assert said["text"].startswith("@marit Hij komt om tien over negen.")
    assert (said["parent_id"], said["private"]) == (post["id"], False)
    mastodon.says("Dank je wel", by="marit", kind="reply", in_reply_to=said["id"])
    assert mastodon.ticket("Dank je wel")["id"] == ticket["id"]
    private = mastodon.answer(ticket["id"], "Stuur ons hier je gegevens.", visibility="private")
    mastodon.reply_becomes(private["id"], "sent")
    assert [one["private"] for one in mastodon.posts() if one["author"]["company"]] == [False, True]


def test_a_direct_post_is_answered_in_private(mastodon: Account) -> None:
    mastodon.says("Mijn abonnement is twee keer afgeschreven", by="fatima", kind="dm")
    ticket = mastodon.ticket("twee keer afgeschreven")
    assert ticket["private"]
    reply = mastodon.answer(ticket["id"], "Vervelend, we zoeken het uit.", visibility="private")
    mastodon.reply_becomes(reply["id"], "sent")
    eventually(lambda: mastodon.has_said("@fatima Vervelend, we zoeken het uit."), "the answer")
    assert [one["private"] for one in mastodon.posts()] == [True, True]
