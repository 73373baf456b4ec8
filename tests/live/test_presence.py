"""Who is at a ticket: seen at once, told only when something changed, gone when a browser dies."""

import json
from typing import cast

import pytest
from django.test import Client
from django.urls import reverse

from desk.common.live import STREAM, client
from desk.people.models import User
from desk.tickets import presence
from desk.tickets.presence import Doing, Present

NOW = 1_790_000_000.0
TICKET = 7


def _told() -> list[list[tuple[str, bool]]]:
    entries = cast(list[tuple[str, dict[str, str]]], client().xrange(STREAM))
    return [[(one["name"], one["typing"]) for one in json.loads(fields["data"])["people"]] for _id, fields in entries]


@pytest.mark.django_db
def test_coming_typing_and_leaving_are_told_once_each(sanne: User, daan: User) -> None:
    assert presence.say(TICKET, sanne, Doing.VIEWING, now=NOW)
    assert not presence.say(TICKET, sanne, Doing.VIEWING, now=NOW + 20), "still here is no news"
    assert presence.say(TICKET, daan, Doing.TYPING, now=NOW + 21)
    assert presence.people(TICKET, now=NOW + 22) == [
        Present(sanne.pk, "Sanne Bakker", "SB", typing=False),
        Present(daan.pk, "Daan Vermeer", "DV", typing=True),
    ]
    assert presence.say(TICKET, daan, Doing.LEFT, now=NOW + 23)
    assert not presence.say(TICKET, daan, Doing.LEFT, now=NOW + 24)
    assert [sorted(people) for people in _told()] == [
        [("Sanne Bakker", False)],
        [("Daan Vermeer", True), ("Sanne Bakker", False)],
        [("Sanne Bakker", False)],
    ]


@pytest.mark.django_db
def test_who_stops_typing_or_dies_without_a_word_is_noticed(sanne: User) -> None:
    presence.say(TICKET, sanne, Doing.TYPING, now=NOW)
    assert presence.sweep(now=NOW + 5) == 0
    assert presence.sweep(now=NOW + 9) == 1, "no longer typing"
    assert presence.people(TICKET, now=NOW + 9) == [Present(sanne.pk, "Sanne Bakker", "SB", typing=False)]
    assert presence.sweep(now=NOW + 46) == 1, "gone"
    assert presence.sweep(now=NOW + 46) == 0, "and told once, whoever sweeps"
    assert presence.people(TICKET, now=NOW + 46) == []
    assert _told()[-1] == []


@pytest.mark.django_db
def test_a_list_of_tickets_is_one_question(sanne: User) -> None:
    presence.say(TICKET, sanne, Doing.VIEWING, now=NOW)
    assert set(presence.people_of([TICKET, 8, 9], now=NOW)) == {TICKET}
    assert presence.people_of([], now=NOW) == {}


@pytest.mark.django_db
def test_only_colleagues_say_where_they_are(sanne: User) -> None:
    browser = Client()
    assert browser.post(reverse("presence"), {"ticket": 1, "state": "viewing"}).status_code == 401
    browser.force_login(sanne)
    assert browser.post(reverse("presence"), {"ticket": 1, "state": "viewing"}).status_code == 204
    assert presence.people(1) == [], "there is no such ticket"
    assert browser.post(reverse("presence"), {"ticket": "x", "state": "viewing"}).status_code == 400
    assert browser.post(reverse("presence"), {"ticket": 1, "state": "dancing"}).status_code == 400
