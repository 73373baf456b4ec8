"""Bluesky, which has no webhooks: everything comes by polls, in public and by chat."""

from collections.abc import Callable

import pytest

from tests.running.customers import Account
from tests.running.desk import eventually


@pytest.fixture
def bluesky(connect: Callable[..., Account]) -> Account:
    return connect("bluesky", webhook=False)


def test_a_mention_becomes_a_ticket_and_its_answer_is_seen_below_it(bluesky: Account) -> None:
    mention = bluesky.says("Waar blijft lijn 14?", by="tom")
    ticket = bluesky.ticket("Waar blijft lijn 14?")
    reply = bluesky.answer(ticket["id"], "Over vijf minuten, @tom.bsky.social")
    bluesky.reply_becomes(reply["id"], "sent")
    answer = next(post for post in bluesky.posts() if post["author"]["company"])
    assert (answer["parent_id"], answer["origin"]) == (mention["id"], "api")
    bluesky.says("Dank!", by="tom", kind="reply", in_reply_to=answer["id"])
    after = bluesky.ticket("Dank!")
    assert after["id"] == ticket["id"]
    assert len(bluesky.tickets()) == 1


def test_a_public_question_goes_on_in_chat_on_one_ticket(bluesky: Account) -> None:
    bluesky.says("Mijn kaart is geblokkeerd", by="els")
    ticket = bluesky.ticket("geblokkeerd")
    private = bluesky.answer(ticket["id"], "Stuur ons hier je kaartnummer.", visibility="private")
    bluesky.reply_becomes(private["id"], "sent")
    bluesky.says("Het is 1234", by="els", kind="dm")
    after = bluesky.ticket("Het is 1234")
    assert (after["id"], after["private"]) == (ticket["id"], True)
    again = bluesky.answer(ticket["id"], "Gelukt.", visibility="private")
    bluesky.reply_becomes(again["id"], "sent")
    assert bluesky.has_said("Gelukt.")


def test_a_lost_answer_is_not_sent_twice(bluesky: Account) -> None:
    bluesky.says("Rijdt er een bus?", by="noor")
    ticket = bluesky.ticket("Rijdt er een bus?")
    bluesky.breaks("timeout_after", "createRecord", seconds=1)
    reply = bluesky.answer(ticket["id"], "Ja, elk kwartier.")
    bluesky.reply_becomes(reply["id"], "sent")
    assert bluesky.every_fault_struck()
    assert len(bluesky.company_said()) == 1


def test_an_answer_to_our_own_post_is_hidden(bluesky: Account) -> None:
    post = bluesky.says("Minder treinen vandaag", origin="native", kind="post")
    rude = bluesky.says("grof woord", by="rob", kind="reply", in_reply_to=post["id"])
    ticket = bluesky.ticket("grof woord")
    message = next(m for m in bluesky.messages(ticket["id"]) if m["direction"] == "incoming")
    bluesky.desk.api("POST", f"messages/{message['id']}/actions/", {"action": "hide"})
    eventually(lambda: next(one for one in bluesky.posts() if one["id"] == rude["id"])["hidden"], "the reply hidden")
