"""Emoji below messages: counted, named, and never anybody's work."""

import random
from dataclasses import replace
from typing import Any

import pytest

from desk.actions.customers import erasure
from desk.actions.intake import reactions
from desk.inboxes.gateway import Author, Change, Item, ItemKind
from desk.inboxes.models import Inbox, RawItem
from desk.people.models import User
from desk.sla.models import Clock
from desk.tickets.models import Customer, Message, Reaction, Ticket, TicketEvent
from tests.actions.builders import a_mention, an_inbox, minutes, own_words, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox(network="facebook_page")


def a_comment(key: str, **more: Any) -> Item:
    return a_mention(key, kind=ItemKind.COMMENT, network="facebook_page", **more)


def felt(
    emoji: str, *, on: str = "1", by: str = "jan", at: float = 5, change: Change = Change.CREATED, **more: Any
) -> Item:
    who = Author(f"id-{by}", name=by.title())
    return Item(
        network="facebook_page", kind=ItemKind.REACTION, external_id=Item.reaction_id(on, who.external_id),
        thread_id=on, created_at=minutes(at), changed_at=minutes(at), change=change, parent_id=on, author=who,
        text="" if change is Change.DELETED else emoji, revision=f"{at}", **more,
    )  # fmt: skip


def counts(key: str = "1") -> dict[str, int] | None:
    found: dict[str, int] | None = Message.objects.get(external_id=key).reaction_counts
    return found


def test_reactions_are_counted_on_the_message_and_open_nothing(inbox: Inbox) -> None:
    take_in(inbox, [a_comment("1")])
    events, clocks = TicketEvent.objects.count(), list(Clock.objects.values())
    before = Ticket.objects.values().get()
    take_in(inbox, [felt("❤️"), felt("❤️", by="piet"), felt("😡", by="an")])
    assert counts() == {"❤️": 2, "😡": 1}
    assert Ticket.objects.values().get() == before
    assert (TicketEvent.objects.count(), list(Clock.objects.values())) == (events, clocks)
    assert (Message.objects.count(), Customer.objects.count()) == (1, 1)


@pytest.mark.parametrize("seed", range(6))
def test_the_newest_word_of_each_person_counts_in_whatever_order_it_comes(inbox: Inbox, seed: int) -> None:
    told = [
        felt("👍", at=1), felt("😮", at=2, change=Change.EDITED), felt("😮", at=3, change=Change.DELETED),
        felt("👍", by="piet", at=1), felt("", by="piet", at=2, change=Change.DELETED), felt("😢", by="piet", at=4),
    ]  # fmt: skip
    take_in(inbox, [a_comment("1")])
    random.Random(seed).shuffle(told)
    for item in told:
        take_in(inbox, [item])
    take_in(inbox, told)  # told again
    assert counts() == {"😢": 1}


def test_all_taken_back_leaves_nothing(inbox: Inbox) -> None:
    take_in(inbox, [a_comment("1"), felt("👍", at=1)])
    take_in(inbox, [felt("", at=2, change=Change.DELETED)])
    assert counts() is None


def test_a_reaction_before_its_message_waits_a_little_and_not_for_ever(inbox: Inbox) -> None:
    take_in(inbox, [felt("❤️", at=2)])
    take_in(inbox, [a_comment("1")], now=minutes(61))
    take_in(inbox, [a_comment("2", by="an")], now=minutes(63))
    assert counts() == {"❤️": 1}
    take_in(inbox, [felt("❤️", on="elsewhere")])
    for minute in range(64, 68):
        take_in(inbox, [a_comment(f"n{minute}", by=f"n{minute}")], now=minutes(minute))
    assert not RawItem.objects.filter(processed_at=None).exists()


def test_our_own_reaction_is_our_like(inbox: Inbox) -> None:
    take_in(inbox, [a_comment("1")])
    take_in(inbox, [felt("👍", by="page", outgoing=True)])
    assert Message.objects.get().liked
    assert counts() is None
    take_in(inbox, [felt("", by="page", at=6, change=Change.DELETED, outgoing=True)])
    assert not Message.objects.get().liked


def test_reactions_below_our_own_posts_are_kept_too(inbox: Inbox) -> None:
    take_in(inbox, [own_words("p", parent_id="", at=0, network="facebook_page", thread_id="p", addressed=False)])
    take_in(inbox, [felt("😡", on="p")])
    assert counts("p") == {"😡": 1}


def test_a_hostile_emoji_is_cut_and_stored(inbox: Inbox) -> None:
    take_in(inbox, [a_comment("1")])
    take_in(inbox, [felt("<b>" * 100), replace(felt("x", by="an"), author=None)])
    assert counts() == {("<b>" * 100)[:40]: 1}


def test_colleagues_see_who_it_was_and_a_name_that_is_known_is_not_asked_for(inbox: Inbox) -> None:
    take_in(inbox, [a_comment("1", by="marit")])
    take_in(inbox, [replace(felt("❤️"), author=Author("id-marit"), external_id="1:reaction:id-marit")])
    suze = User.objects.create_user("suze", role="agent")
    (one,) = reactions.of_message(suze, Message.objects.get().pk)
    assert (one.name, one.emoji) == ("Marit", "❤️")


def test_who_is_erased_is_named_no_more_and_still_counted(inbox: Inbox) -> None:
    take_in(inbox, [a_comment("1", by="marit"), a_comment("2", by="jan")])
    take_in(inbox, [felt("❤️", by="jan"), felt("👍", by="an")])
    jan = Customer.objects.get(profiles__handle="jan")
    erasure.erase(User.objects.create_user("admin", role="administrator"), jan.pk, handle="jan", ground="request")
    assert set(Reaction.objects.values_list("name", flat=True)) == {"", "An"}
    assert not Reaction.objects.filter(external_id="id-jan").exists()
    take_in(inbox, [felt("👍", by="piet", at=7)])
    assert counts() == {"❤️": 1, "👍": 2}
