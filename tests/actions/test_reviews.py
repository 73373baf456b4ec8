"""Reviews on the desk, played through on the sandbox: stars, one answer, and a review that is written anew."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.actions.inboxes import poll
from desk.actions.inboxes.channels import channels
from desk.actions.inboxes.inboxes import create_inbox
from desk.actions.intake import ingest
from desk.actions.replies import one_answer
from desk.actions.replies.reply import submit
from desk.actions.replies.send import look_up, send
from desk.actions.tickets import tickets
from desk.actions.tickets.moderate import act, carry_out
from desk.common.errors import Conflict
from desk.people.models import User
from desk.replies.models import Reply
from desk.sla.audit import differences
from desk.sla.models import Clock
from desk.tickets.models import Message, Priority, Ticket, TicketEvent
from desk.tickets.queries import QueueFilter, queue
from policies.reply_states import State
from policies.ticket_states import State as TicketState
from tests.actions.alerted import a_person
from tests.sandbox import SandboxProcess, running_sandbox

__all__ = ["running_sandbox"]
pytestmark = pytest.mark.django_db(transaction=True)

_numbers = itertools.count()


class Shop:
    """What customers think of a company, and the inbox that reads it."""

    def __init__(self, sandbox: SandboxProcess, admin: User, network: str) -> None:
        self.sandbox, self.network, self.handle = sandbox, network, f"winkel{next(_numbers)}"
        made = self.becomes(rate_limits="off")
        self.inbox = create_inbox(
            admin, network=network, name="Reviews", credentials=made["credentials"], base_url=made["base_url"]
        )

    def becomes(self, **settings: Any) -> dict[str, Any]:
        body = {"network": self.network, "handle": self.handle, "settings": settings}
        made: dict[str, Any] = self.sandbox.call("POST", "/accounts", body)
        return made

    def reviewed(self, text: str, author: object = "jan", **more: Any) -> str:
        body = {"network": self.network, "account": self.handle, "kind": "review", "text": text, "author": author}
        return str(self.sandbox.call("POST", "/posts", {**body, **more})["id"])

    def company_types(self, text: str, below: str) -> str:
        body = {"network": self.network, "account": self.handle, "kind": "reply", "origin": "native", "text": text}
        return str(self.sandbox.call("POST", "/posts", {**body, "in_reply_to": below})["id"])

    def written_anew(self, post: str, text: str) -> None:
        self.sandbox.call("PATCH", f"/posts/{post}", {"text": text})

    def deleted(self, post: str) -> None:
        self.sandbox.call("DELETE", f"/posts/{post}")

    def is_read(self) -> None:
        for stream in self.inbox.streams.order_by("id"):
            poll.poll(stream.pk, timezone.now())
        ingest.process(self.inbox.pk, timezone.now())

    def ticket(self) -> Ticket:
        return Ticket.objects.get(inbox=self.inbox)

    def said(self) -> list[str]:
        """What stands on the network in the company's name."""
        path = f"/posts?network={self.network}&account={self.handle}&limit=1000"
        posts = self.sandbox.call("GET", path)["posts"]
        return [one["text"] for one in posts if one["author"]["company"] and not one["deleted_at"]]


@pytest.fixture
def admin() -> User:
    return a_person("ada", "administrator")


@pytest.fixture
def agent() -> User:
    return a_person("suze", "supervisor")


@pytest.fixture(params=["google_business", "google_play", "app_store"])
def shop(running_sandbox: SandboxProcess, admin: User, request: pytest.FixtureRequest) -> Shop:
    return Shop(running_sandbox, admin, request.param)


def _answered(agent: User, ticket: Ticket, text: str) -> Reply:
    reply = submit(agent, ticket.pk, text=text, visibility="public", idempotency_key=text[:40], send_anyway=True)
    send(reply.pk, timezone.now() + timedelta(minutes=2))
    reply.refresh_from_db()
    return reply


def _answer(ticket: Ticket) -> Message:
    return Message.objects.get(ticket=ticket, outgoing=True)


def test_a_review_is_a_ticket_with_stars_that_say_how_it_is_meant(shop: Shop, agent: User) -> None:
    shop.reviewed("★ Het is me wat", author={"handle": "jan", "name": "Jan"})
    shop.is_read()
    ticket = shop.ticket()
    message = Message.objects.get(ticket=ticket)
    assert (message.kind, message.rating, message.text) == ("review", 1, "Het is me wat")
    assert (ticket.rating, ticket.sentiment, ticket.priority) == (1, "negative", Priority.HIGH)
    assert ticket.profile.name == "Jan"

    def found(rating: int) -> list[Ticket]:
        return list(queue(agent, QueueFilter(inbox=shop.inbox.pk, rating=rating), now=timezone.now()).rows)

    assert found(1) == [ticket]
    assert found(2) == []
    (public,) = channels(ticket, timezone.now())
    assert (public.visibility, public.replaces, public.media) == ("public", None, None)


def test_a_second_answer_takes_the_place_of_the_first_and_says_so_before(shop: Shop, agent: User) -> None:
    shop.reviewed("★ Slecht")
    shop.is_read()
    ticket = shop.ticket()
    first = _answered(agent, ticket, "Wat vervelend.")
    assert first.state == State.SENT
    (public,) = channels(shop.ticket(), timezone.now())
    assert public.replaces == _answer(ticket)
    second = _answered(agent, ticket, "Het is verholpen.")
    assert second.state == State.SENT
    said = _answer(ticket)
    assert shop.said() == [said.text] == [second.signed_text]
    assert [one.text for one in said.versions.all()] == [first.signed_text]
    first.refresh_from_db()
    assert (first.state, first.message, second.message) == (State.SENT, None, said)
    shop.is_read()
    assert Message.objects.filter(ticket=ticket, outgoing=True).count() == 1
    assert _answer(ticket).versions.count() == 1


def test_a_second_answer_that_is_lost_is_found_once(shop: Shop, agent: User) -> None:
    shop.reviewed("★ Slecht")
    shop.is_read()
    ticket = shop.ticket()
    _answered(agent, ticket, "Wat vervelend.")
    shop.sandbox.arm("timeout_after", "(POST|PUT)", 1, shop.network, account=shop.inbox.own_id, seconds=0.2)
    second = _answered(agent, ticket, "Het is verholpen.")
    assert second.state == State.UNKNOWN
    shop.is_read()  # sees it before it is looked for
    look_up(second.pk, timezone.now() + timedelta(minutes=3))
    second.refresh_from_db()
    assert second.state == State.SENT
    assert shop.said() == [_answer(ticket).text] == [second.signed_text]
    kinds = TicketEvent.objects.filter(ticket=ticket).values_list("kind", flat=True)
    assert list(kinds).count("reply_sent") == 2
    assert "replied_on_network" not in kinds


def test_a_review_that_is_written_anew_opens_its_ticket_and_starts_the_clock(shop: Shop, agent: User) -> None:
    review = shop.reviewed("★ Slecht")
    shop.is_read()
    ticket = shop.ticket()
    _answered(agent, ticket, "Wat vervelend.")
    tickets.transition(agent, ticket.pk, "resolve")
    shop.written_anew(review, "★★★★ Goed opgelost, maar waar is mijn geld?")
    shop.is_read()
    ticket = shop.ticket()
    message = Message.objects.get(ticket=ticket, outgoing=False)
    assert (ticket.state, ticket.rating, ticket.preview) == (TicketState.OPEN, 4, message.text)
    assert message.text == "Goed opgelost, maar waar is mijn geld?"
    assert [(one.rating, one.text) for one in message.versions.all()] == [(1, "Slecht")]
    assert ticket.waiting_since is not None
    assert ticket.waiting_since == message.edited_at
    running = Clock.objects.filter(ticket=ticket, state=Clock.State.RUNNING).values_list("metric", flat=True)
    assert set(running) <= {Clock.Metric.NEXT_RESPONSE, Clock.Metric.RESOLUTION}
    _answered(agent, ticket, "Dat staat er morgen.")
    assert shop.ticket().state == TicketState.WAITING_FOR_CUSTOMER
    shop.is_read()
    assert shop.ticket().state == TicketState.WAITING_FOR_CUSTOMER


def test_other_stars_alone_open_it_too_and_spam_stays_spam(shop: Shop, agent: User) -> None:
    review = shop.reviewed("★★★ Gaat wel")
    shop.is_read()
    tickets.transition(agent, shop.ticket().pk, "resolve")
    shop.written_anew(review, "★ Gaat wel")
    shop.is_read()
    assert (shop.ticket().state, shop.ticket().rating) == (TicketState.OPEN, 1)
    tickets.transition(agent, shop.ticket().pk, "mark_spam")
    shop.written_anew(review, "★★★★★ Koop hier")
    shop.is_read()
    assert shop.ticket().state == TicketState.SPAM


def test_an_answer_typed_in_the_networks_own_app_counts_and_so_does_another_in_its_place(
    shop: Shop, agent: User
) -> None:
    review = shop.reviewed("★ Slecht")
    shop.is_read()
    shop.company_types("Excuses", review)
    shop.is_read()
    ticket = shop.ticket()
    assert (ticket.state, _answer(ticket).text) == (TicketState.WAITING_FOR_CUSTOMER, "Excuses")
    shop.written_anew(review, "★★ Nog steeds slecht")
    shop.is_read()
    assert shop.ticket().state == TicketState.OPEN
    shop.company_types("Nu is het goed", review)
    shop.is_read()
    ticket = shop.ticket()
    assert (ticket.state, _answer(ticket).text) == (TicketState.WAITING_FOR_CUSTOMER, "Nu is het goed")
    assert [one.text for one in _answer(ticket).versions.all()] == ["Excuses"]


def test_a_review_that_was_answered_before_we_came_waits_for_nobody(shop: Shop) -> None:
    review = shop.reviewed("★ Slecht")
    shop.company_types("Excuses", review)
    shop.is_read()
    ticket = shop.ticket()
    assert (ticket.state, ticket.waiting_since) == (TicketState.WAITING_FOR_CUSTOMER, None)
    assert _answer(ticket).text == "Excuses"


@pytest.mark.parametrize("shop", ["google_business", "app_store"], indirect=True)
def test_a_review_that_is_gone_is_a_tombstone_and_takes_no_answer(shop: Shop, agent: User) -> None:
    review = shop.reviewed("★ Slecht")
    shop.is_read()
    shop.deleted(review)
    shop.is_read()
    ticket = shop.ticket()
    assert ticket.original_gone
    assert Message.objects.get(ticket=ticket).deleted_at is not None
    (public,) = channels(ticket, timezone.now())
    assert not public.allowed


@pytest.mark.parametrize("shop", ["google_business", "app_store"], indirect=True)
def test_our_answer_is_taken_back_and_given_again_and_theirs_is_not_ours_to_delete(shop: Shop, agent: User) -> None:
    shop.reviewed("★ Slecht")
    shop.is_read()
    ticket = shop.ticket()
    _answered(agent, ticket, "Wat vervelend.")
    with pytest.raises(Conflict):
        act(agent, Message.objects.get(ticket=ticket, outgoing=False).pk, "delete")
    ours = _answer(ticket)
    act(agent, ours.pk, "delete")
    carry_out(ours.pk, "delete", agent.pk, timezone.now())
    assert shop.said() == []
    shop.is_read()
    assert _answer(ticket).deleted_at is not None
    (public,) = channels(shop.ticket(), timezone.now())
    assert public.replaces is None
    again = _answered(agent, ticket, "Bij nader inzien.")
    assert again.state == State.SENT
    assert (_answer(ticket).deleted_at, _answer(ticket).text) == (None, again.signed_text)


@pytest.mark.parametrize("shop", ["app_store"], indirect=True)
def test_where_an_answer_stands_with_the_network_is_kept(shop: Shop, agent: User) -> None:
    shop.becomes(publish_seconds=3600)
    shop.reviewed("★ Slecht")
    shop.is_read()
    _answered(agent, shop.ticket(), "Wat vervelend.")
    shop.is_read()
    assert _answer(shop.ticket()).about == {"publication": "pending"}
    shop.becomes(publish_seconds=0)
    shop.is_read()
    assert _answer(shop.ticket()).about == {"publication": "published"}
    assert _answer(shop.ticket()).versions.count() == 0


def test_the_clocks_of_reviews_are_what_their_timelines_say(shop: Shop, agent: User) -> None:
    review = shop.reviewed("★ Slecht")
    shop.is_read()
    _answered(agent, shop.ticket(), "Wat vervelend.")
    shop.written_anew(review, "★★ Nog steeds")
    shop.is_read()
    _answered(agent, shop.ticket(), "Nu wel.")
    assert list(differences(iter([shop.ticket()]))) == []


def test_a_network_that_is_not_known_any_more_takes_answers_as_before(shop: Shop) -> None:
    shop.inbox.network = "weg"
    assert not one_answer.takes_one(shop.inbox)
