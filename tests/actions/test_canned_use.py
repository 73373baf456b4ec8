"""What becomes of replies that began with a canned response: counted, learned from, and what was staged is done."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from desk.actions.replies import offers
from desk.actions.replies.canned_learning import FORGET_EVERY
from desk.actions.replies.canned_use import Statistics, statistics
from desk.actions.replies.reply import submit, undo
from desk.actions.replies.settle import settle
from desk.actions.tickets import tickets
from desk.common.errors import Conflict, Invalid
from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.people.permissions import Role
from desk.replies.models import CannedResponse, CannedTerm, Reply
from desk.sla.models import Clock
from desk.tickets.models import Ticket, TicketEvent
from policies.reply_states import State
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.canned import a_canned

pytestmark = pytest.mark.django_db
HELLO = "We zoeken het uit."


@pytest.fixture
def writer() -> User:
    return User.objects.create_user("suze", first_name="Suze", role=Role.SUPERVISOR)


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


def asked(inbox: Inbox, text: str = "De lift is stuk op het perron") -> Ticket:
    number = str(Ticket.objects.count())
    take_in(inbox, [a_mention(number, by=f"k{number}", text=text)], now=timezone.now())
    return Ticket.objects.latest("id")


def answer(writer: User, ticket: Ticket, canned: CannedResponse | None, text: str = HELLO, **more: Any) -> Reply:
    return submit(
        writer, ticket.pk, text=text, visibility="public", idempotency_key=uuid4().hex,
        canned_response_id=canned.pk if canned else None, send_anyway=True, **more,
    )  # fmt: skip


def leave(reply: Reply) -> None:
    """It is on the network now."""
    Reply.objects.filter(pk=reply.pk).update(state=State.SENDING)
    with transaction.atomic():
        assert settle(Reply.objects.get(pk=reply.pk), None, timezone.now())


def test_only_what_was_sent_counts_as_used(writer: User, inbox: Inbox) -> None:
    canned = a_canned(text=HELLO)
    undo(writer, answer(writer, asked(inbox), canned).pk)
    leave(answer(writer, asked(inbox), canned, canned_text=f" {HELLO}\n"))
    leave(answer(writer, asked(inbox), canned, HELLO + " Echt.", canned_text=HELLO))
    leave(answer(writer, asked(inbox), canned))
    leave(answer(writer, asked(inbox), None))
    canned.refresh_from_db()
    assert (canned.times_used, canned.times_edited) == (3, 1)


def test_statistics_are_counted_from_the_replies(writer: User, inbox: Inbox) -> None:
    canned, now = a_canned(text=HELLO), timezone.now()
    first, second = asked(inbox), asked(inbox)
    leave(answer(writer, first, canned, "Anders", canned_text=HELLO))
    leave(answer(writer, second, canned, canned_text=HELLO))
    old = answer(writer, asked(inbox), canned)
    leave(old)
    Reply.objects.filter(pk=old.pk).update(sent_at=now - timedelta(days=100))
    back = a_mention("back", by="k0", text="Bedankt", thread_id="0", created_at=timezone.now() + timedelta(seconds=5))
    take_in(inbox, [back], now=timezone.now() + timedelta(seconds=9))
    found = statistics(writer, canned.pk)
    assert found == Statistics(90, 2, 1, 1, Reply.objects.filter(pk__lt=old.pk).latest("sent_at").sent_at)
    assert statistics(writer, canned.pk, days=365).used == 3
    assert statistics(writer, a_canned("Ander").pk) == Statistics(90, 0, 0, 0, None)


def test_what_was_answered_with_it_before_is_suggested_for_the_like_and_nothing_sends_itself(
    writer: User, inbox: Inbox
) -> None:
    lift, bus = a_canned("Lift", times_used=1), a_canned("Bus", times_used=50)
    for number in range(3):
        leave(answer(writer, asked(inbox, "De lift op het station is stuk!"), lift, f"{HELLO} {number} a"))
        leave(answer(writer, asked(inbox, "Welke bus rijdt er vanavond?"), bus, f"{HELLO} {number} b"))
    ticket = asked(inbox, "Alweer is die lift stuk")
    before = Reply.objects.count()
    shown = offers.offered(writer, ticket, "public", "")
    assert [(one.name, one.suggested) for one in shown] == [("Lift", True), ("Bus", False)]
    assert [one.name for one in offers.offered(writer, ticket, "public", "bus")] == ["Bus"], "typing asks for something"
    assert Reply.objects.count() == before
    other = asked(inbox, "Mag mijn hond mee?")
    assert [(one.name, one.suggested) for one in offers.offered(writer, other, "public", "")] == [
        ("Bus", False), ("Lift", False),
    ]  # fmt: skip
    CannedResponse.objects.filter(pk=lift.pk).update(state="draft")
    assert [one.name for one in offers.offered(writer, ticket, "public", "")] == ["Bus"]


def test_counts_grow_with_each_use_and_rare_words_are_forgotten(writer: User, inbox: Inbox) -> None:
    canned = a_canned("Lift", times_learned=FORGET_EVERY - 2)
    leave(answer(writer, asked(inbox, "lift stuk"), canned))
    assert dict(CannedTerm.objects.values_list("term", "uses")) == {"lift": 1, "stuk": 1}
    leave(answer(writer, asked(inbox, "lift kapot, bel 0612345678 of a@b.nl"), canned, f"{HELLO} Nu."))
    assert dict(CannedTerm.objects.values_list("term", "uses")) == {"lift": 2}
    canned.refresh_from_db()
    assert canned.times_learned == FORGET_EVERY
    canned.delete()
    assert not CannedTerm.objects.exists()
    assert Reply.objects.filter(canned_response=None).count() == 2


ALL = [
    {"do": "tag", "value": "lift"},
    {"do": "owner", "value": "me"},
    {"do": "state", "value": "resolve"},
]


def test_what_is_staged_is_done_once_the_reply_is_on_the_network(writer: User, inbox: Inbox) -> None:
    canned, ticket = a_canned(actions=ALL), asked(inbox)
    reply = answer(writer, ticket, canned, staged=ALL)
    ticket.refresh_from_db()
    assert (ticket.state, list(ticket.tags.all())) == ("new", [])
    leave(reply)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.assignee, ticket.tags.get().name) == ("resolved", writer, "lift")
    kinds = list(TicketEvent.objects.filter(ticket=ticket).order_by("id").values_list("kind", flat=True))
    assert kinds.index("reply_sent") < kinds.index("tagged") < kinds.index("transition")
    clock = Clock.objects.get(ticket=ticket, metric="first_response")
    assert clock.state == "met", "answered first, then resolved"


def test_what_was_left_out_or_taken_back_is_not_done(writer: User, inbox: Inbox) -> None:
    canned, ticket, other = a_canned(actions=ALL), asked(inbox), asked(inbox)
    leave(answer(writer, ticket, canned, staged=ALL[:1]))
    undo(writer, answer(writer, other, canned, staged=ALL).pk)
    ticket.refresh_from_db()
    other.refresh_from_db()
    assert (ticket.state, ticket.tags.count()) == ("waiting_for_customer", 1)
    assert (other.state, other.tags.count()) == ("new", 0)


def test_only_what_the_canned_response_stages_can_be_asked_for(writer: User, inbox: Inbox) -> None:
    ticket = asked(inbox)
    canned = a_canned(actions=ALL[:1])
    for wrong in ([{"do": "tag", "value": "anders"}], ALL):
        with pytest.raises(Conflict):
            answer(writer, ticket, canned, staged=wrong)
    with pytest.raises(Conflict):
        answer(writer, ticket, None, staged=ALL[:1])
    with pytest.raises(Invalid):
        answer(writer, ticket, canned, staged=[{"do": "burn", "value": "x"}])
    assert not Reply.objects.exists()


def test_what_is_refused_by_then_stands_on_the_timeline_and_the_rest_is_done(writer: User, inbox: Inbox) -> None:
    team = Team.objects.create(name="Rail")
    actions = [
        {"do": "tag", "value": "lift"},
        {"do": "team", "value": str(team.pk)},
        {"do": "state", "value": "resolve"},
    ]
    canned, ticket = a_canned(actions=actions), asked(inbox)
    (offer,) = offers.offered(writer, ticket, "public", "")
    assert offer.stages == ("tag lift", "to team Rail", "resolve")
    reply = answer(writer, ticket, canned, staged=actions)
    team.delete()
    tickets.transition(writer, ticket.pk, "resolve")
    leave(reply)
    refused = TicketEvent.objects.filter(ticket=ticket, kind="staged_refused").order_by("id")
    assert [line.data["do"] for line in refused] == ["team", "state"]
    assert ticket.tags.get().name == "lift"
    assert Reply.objects.get().state == State.SENT
