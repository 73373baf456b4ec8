"""The same words on several networks are shown together."""

from datetime import timedelta

import pytest

from desk.actions.intake.cross_posts import also_posted
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.tickets.models import Customer, Ticket
from tests.actions.builders import a_mention, an_inbox, take_in

WORDS = "Lijn 14 staat al een uur stil bij Utrecht en niemand zegt ons iets over wat er aan de hand is"


@pytest.fixture
def me(db: None) -> User:
    return User.objects.create_user("suze", role="agent")


def _ticket(inbox: Inbox, number: str, text: str) -> Ticket:
    take_in(inbox, [a_mention(number, at=0, text=text, thread_id=number, network=inbox.network)])
    return Ticket.objects.latest("id")


def _one_person(*tickets: Ticket) -> None:
    customer = Customer.objects.get(pk=tickets[0].customer_id)
    for ticket in tickets:
        Ticket.objects.filter(pk=ticket.pk).update(customer=customer)
        ticket.refresh_from_db()


def _tickets(reader: User, ticket: Ticket) -> list[Ticket]:
    return [one.ticket for one in also_posted(reader, ticket)]


def test_almost_the_same_words_by_one_person_elsewhere_are_found(me: User) -> None:
    x, bluesky = an_inbox(), an_inbox(network="bluesky", base_url="https://bsky.example")
    here = _ticket(x, "1", f"@vlotlijn {WORDS} #trein https://t.co/x")
    there = _ticket(bluesky, "2", f"Hoi @vlotlijn.bsky.social! {WORDS}")
    other = _ticket(bluesky, "3", "Waar kan ik mijn jaarkaart opzeggen, en wat kost dat eigenlijk voor mij?")
    again = _ticket(x, "4", WORDS)
    assert also_posted(me, here) == []  # two people, for all that anybody said
    _one_person(here, there, other, again)
    assert _tickets(me, here) == [there]
    assert _tickets(me, there) == [here, again]
    assert also_posted(me, here)[0].said.text.startswith("Hoi @vlotlijn.bsky.social!")
    assert also_posted(me, other) == []


def test_what_lies_days_apart_is_another_question(me: User) -> None:
    x, bluesky = an_inbox(), an_inbox(network="bluesky", base_url="https://bsky.example")
    here, there = _ticket(x, "1", WORDS), _ticket(bluesky, "2", WORDS)
    _one_person(here, there)
    Ticket.objects.filter(pk=there.pk).update(created_at=here.created_at - timedelta(days=3))
    assert also_posted(me, here) == []


def test_courtesies_are_no_cross_post(me: User) -> None:
    x, bluesky = an_inbox(), an_inbox(network="bluesky", base_url="https://bsky.example")
    here, there = _ticket(x, "1", "Dank jullie wel!"), _ticket(bluesky, "2", "Dank jullie wel!")
    _one_person(here, there)
    assert also_posted(me, here) == []
