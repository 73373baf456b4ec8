"""The war room: what it shows, to whom, at what cost, also with 20,000 tickets, and who looks."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.crises import crises
from desk.actions.crises.war_room import FRESH, MOST_POINTS, curve_of, work_out
from desk.actions.replies import reply
from desk.actions.tickets import tickets
from desk.crises.models import Crisis, CrisisCount, CrisisEntry
from desk.inboxes.gateway import Author
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Role
from desk.replies.models import Reply
from desk.tickets import presence
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, a_message, an_inbox, minutes, own_words, take_in
from tests.web.colleagues import signed_in

pytestmark = pytest.mark.django_db
NAME = "De trein staat stil"


@pytest.fixture
def noor(db: None) -> User:
    return User.objects.create_user("noor", role=Role.COMMS, first_name="Noor")


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


@pytest.fixture
def crisis(noor: User, inbox: Inbox) -> Crisis:
    """Since noon; four people wrote in its first quarter of an hour, and one was answered."""
    started = crises.start(noor, reason=NAME, level=2, now=minutes(0))
    loud = Author("id-loud", "loud", "Luid & Duidelijk", followers=90_000)
    tom = Author("id-tom", "tom", "Tom", followers=99_999)
    take_in(inbox, [
        a_mention("1", at=1, text="De trein staat stil, wat een schande"),
        a_mention("2", at=6, text="Wanneer rijdt hij weer? <b>Nu</b>", author=loud),
        a_message("3", at=7, by="tom", text="Ik zit vast, vreselijk", author=tom),
        a_mention("4", at=8, by="els"),
        own_words("5", parent_id="4", at=11),
    ], now=minutes(12))  # fmt: skip
    cache.clear()
    return started


def text_of(browser: Client, address: str, **headers: str) -> str:
    answer = browser.get(address, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_counts_what_is_said_who_waits_and_what_is_held(noor: User, crisis: Crisis) -> None:
    ticket = Ticket.objects.get(profile__handle="marit")
    held = reply.submit(noor, ticket.pk, text="We zoeken het uit", visibility="public", idempotency_key="1")
    Reply.objects.filter(pk=held.pk).update(state="held", held_by=crisis, problem_code="crisis_hold")
    tickets.transition(noor, Ticket.objects.get(profile__handle="loud").pk, "resolve", now=minutes(13))
    figures = work_out(crisis, minutes(14))
    assert (figures.tickets, figures.open, figures.waiting, figures.resolved) == (4, 2, 1, 1)
    assert (figures.waiting_since, figures.held) == (minutes(1), 1)
    assert [one.name for one in figures.oldest] == ["Marit", "Tom"]
    assert [(post.handle, post.reach) for post in figures.posts] == [("loud", 90_000), ("marit", 10), ("els", 10)], (
        "private words stand nowhere"
    )
    curve = figures.curve
    assert [(point.at, point.messages, point.negative, point.answers) for point in curve.points] == [
        (minutes(0), 1, 1, 0), (minutes(5), 3, 1, 0), (minutes(10), 0, 0, 1),
    ]  # fmt: skip
    assert [(mark.number, mark.kind) for mark in curve.marks] == [(1, "started")]


def test_a_long_crisis_has_longer_steps_and_loses_nothing(noor: User, crisis: Crisis, inbox: Inbox) -> None:
    for hours in (0, 5, 11, 400):
        curve = curve_of(crisis, minutes(15) + timedelta(hours=hours))
        assert len(curve.points) <= MOST_POINTS
        assert (curve.messages, curve.answers) == (4, 1)
    CrisisCount.objects.create(crisis=crisis, inbox=inbox, at=minutes(-60 * 24 * 365 * 5), messages=1)
    assert len(curve_of(crisis, minutes(15)).points) <= 4 * MOST_POINTS + 1, "whatever a network says of the time"


def test_the_page_says_it_in_words_and_only_to_those_who_may(noor: User, crisis: Crisis) -> None:
    crises.note(noor, crisis.pk, "Geen interviews", now=minutes(13))
    page = text_of(signed_in(Role.SUPERVISOR), f"/crises/{crisis.pk}/room/")
    assert "4 messages, 2 of them negative; 1 answer" in page
    assert "Luid &amp; Duidelijk" in page
    assert "&lt;b&gt;Nu" in page
    assert "Geen interviews" in page
    assert "90,000 followers" in page
    assert "data-room-write" not in page, "who may not write is offered nothing"
    assert signed_in(Role.AGENT).get(f"/crises/{crisis.pk}/room/").status_code == 403
    assert signed_in(Role.COMMS).get("/crises/99999/room/").status_code == 404


def test_a_screen_that_is_open_gets_its_parts_only(crisis: Crisis) -> None:
    parts = text_of(signed_in(Role.COMMS), f"/crises/{crisis.pk}/room/", **{"HX-Request": "true"})
    assert "<html" not in parts
    for part in ("room-head", "room-figures", "room-curve", "room-posts", "room-log"):
        assert f'id="{part}"' in parts


def test_a_line_is_written_without_leaving(noor: User, crisis: Crisis) -> None:
    browser = signed_in(Role.COMMS)
    answer = browser.post(f"/crises/{crisis.pk}/room/note/", {"text": "Woordvoerder gebeld"})
    assert (answer.status_code, answer["Location"]) == (302, f"/crises/{crisis.pk}/room/")
    assert CrisisEntry.objects.latest("pk").text == "Woordvoerder gebeld"
    refused = browser.post(f"/crises/{crisis.pk}/room/note/", {"text": "x" * 3_000})
    assert refused.status_code == 400
    assert "Say why, in 1 to 2000 characters." in refused.content.decode()
    assert signed_in(Role.SUPERVISOR).post(f"/crises/{crisis.pk}/room/note/", {"text": "x"}).status_code == 403


def test_on_a_wall_no_customer_is_named_and_nothing_can_be_pressed(crisis: Crisis) -> None:
    wall = text_of(signed_in(Role.COMMS), f"/crises/{crisis.pk}/room/?projector=1")
    for word in ("Luid", "loud", "Marit", "Tom", "<button", "<form", "<a "):
        assert word not in wall.replace("data-", ""), word
    assert "Level 2, elevated" in wall
    assert "Wanneer rijdt hij weer?" in wall


def test_it_costs_the_same_few_queries_however_much_happens(noor: User, crisis: Crisis, inbox: Inbox) -> None:
    browser, address = signed_in(Role.COMMS), f"/crises/{crisis.pk}/room/"

    def queries(*, kept: bool) -> int:
        if not kept:
            cache.clear()
        with CaptureQueriesContext(connection) as captured:
            text_of(browser, address)
        return len(captured)

    few = queries(kept=False)
    take_in(inbox, [a_mention(f"m{one}", at=12, by=f"c{one}") for one in range(60)], now=minutes(13))
    for number in range(20):
        crises.note(noor, crisis.pk, f"Besluit {number}", now=minutes(14))
    assert queries(kept=False) == few <= 33
    assert queries(kept=True) <= few - 7, "a second screen does not count again"


def test_of_two_screens_that_ask_at_once_the_second_is_told_to_look_again(crisis: Crisis, inbox: Inbox) -> None:
    browser, address = signed_in(Role.COMMS), f"/crises/{crisis.pk}/room/"
    assert "data-old" not in text_of(browser, address)
    key = f"room:{crisis.pk}:{crisis.log_length}"
    kept = cache.get(key)
    cache.set(key, replace(kept, now=kept.now - FRESH))
    cache.add(f"{key}:turn", 1, 60)  # the first screen's question is being answered
    assert "data-old" in text_of(browser, address)
    assert "data-old" in text_of(browser, f"{address}?projector=1")
    cache.delete(f"{key}:turn")
    assert "data-old" not in text_of(browser, address)


def test_who_looks_is_told_to_those_who_look(noor: User, crisis: Crisis) -> None:
    browser = Client()
    browser.force_login(noor)
    assert browser.post("/live/presence/", {"crisis": crisis.pk, "state": "viewing"}).status_code == 204
    assert [one.name for one in presence.people(presence.room(crisis.pk))] == ["Noor"]
    assert presence.people(crisis.pk) == [], "a ticket of that number is another place"
    assert "Noor" in text_of(signed_in(Role.SUPERVISOR), f"/crises/{crisis.pk}/room/").partition("data-room-people")[2]
    browser.post("/live/presence/", {"crisis": crisis.pk, "state": "left"})
    assert presence.people(presence.room(crisis.pk)) == []
    agent = signed_in(Role.AGENT)
    assert agent.post("/live/presence/", {"crisis": crisis.pk, "state": "viewing"}).status_code == 403
    assert browser.post("/live/presence/", {"crisis": 99_999, "state": "viewing"}).status_code == 204
    assert presence.people(presence.room(99_999)) == []


def test_its_time_is_now_for_a_crisis_of_today(noor: User) -> None:
    started = crises.start(noor, reason=NAME)
    assert curve_of(started, timezone.now()).points[-1].at <= timezone.now()
