"""From public to private and back: one ticket, one clock, and figures of how it went."""

from datetime import timedelta

import pytest
from django.db import transaction

from desk.actions.replies.settle import settle
from desk.actions.reports import report
from desk.actions.tickets import moving
from desk.inboxes.gateway import SendResult
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.replies.models import Reply
from desk.reports.counting import Chosen
from desk.reports.moved import moved
from desk.rulebooks.active import in_force
from desk.sla.models import Clock
from desk.tickets.models import Ticket
from policies.reply_states import State
from tests.actions.builders import NOON, a_mention, a_message, an_inbox, minutes, take_in, the_ticket

pytestmark = pytest.mark.django_db

LINK = "https://x.com/messages/compose?recipient_id=1"


@pytest.fixture
def me() -> User:
    return User.objects.create_user("mila", role="supervisor")


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


def said(me: User, text: str, at: float, *, visibility: str = "public") -> None:
    """Our reply is out."""
    ticket = the_ticket()
    reply = Reply.objects.create(
        ticket=ticket, author=me, text=text, signed_text=text, visibility=visibility, state=State.SENDING,
        idempotency_key=f"{at}", submitted_at=minutes(at), next_attempt_at=minutes(at),
        answers=ticket.messages.filter(outgoing=False).latest("id"), rulebook_version_id=in_force().version_id,
    )  # fmt: skip
    with transaction.atomic():
        assert settle(reply, SendResult(f"ours-{at}", minutes(at), thread_id="dm-marit"), minutes(at))


def test_the_invitation_has_the_way_and_speaks_the_customers_language(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", text="Waar blijft mijn geld nou toch?")])
    assert LINK in moving.invitation(the_ticket())
    Ticket.objects.update(private=True)
    assert moving.invitation(the_ticket()) == ""


def test_what_an_invited_customer_writes_goes_on_with_the_ticket(me: User, inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1")])
    said(me, f"Stuur ons een bericht: {LINK}", 10)
    assert the_ticket().invited_at == minutes(10)
    take_in(inbox, [a_message("dm-1", at=20, text="Mijn boeking is X")], now=minutes(21))
    ticket = the_ticket()
    assert (ticket.moved_private_at, ticket.private, ticket.state) == (minutes(20), True, "open")
    assert [clock.metric for clock in Clock.objects.filter(state="running").exclude(metric="resolution")] == [
        "next_response"
    ]
    take_in(inbox, [a_message("dm-2", at=25)], now=minutes(26))
    assert the_ticket().messages.filter(outgoing=False).count() == 3


@pytest.mark.parametrize(
    ("text", "by", "later"),
    [("Dat zoeken we uit", "marit", 20), (f"Hier: {LINK}", "jan", 20), (f"Hier: {LINK}", "marit", 60 * 24 * 31)],
)
def test_who_was_not_invited_begins_a_ticket(me: User, inbox: Inbox, text: str, by: str, later: float) -> None:
    take_in(inbox, [a_mention("1")])
    said(me, text, 10)
    item = a_message("dm-1", at=later, by=by)
    take_in(inbox, [item], now=minutes(later + 1))
    assert Ticket.objects.count() == 2


def test_our_private_answer_moves_it_and_a_last_word_in_public_ends_it(me: User, inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1")])
    assert moving.closing_note(the_ticket()) == ""
    said(me, "We hebben u een bericht gestuurd", 10, visibility="private")
    assert the_ticket().moved_private_at == minutes(10)
    assert "private message" in moving.closing_note(the_ticket()) or "bericht" in moving.closing_note(the_ticket())
    said(me, "Opgelost!", 15)
    assert moving.closing_note(the_ticket()) == ""
    assert the_ticket().moved_private_at == minutes(10)


def test_what_began_in_private_has_moved_nowhere(me: User, inbox: Inbox) -> None:
    take_in(inbox, [a_message("dm-1")])
    said(me, "Dag", 5, visibility="private")
    take_in(inbox, [a_message("dm-2", at=8)])
    assert the_ticket().moved_private_at is None


def test_the_report_counts_them(me: User, inbox: Inbox) -> None:
    for number, took in enumerate((10, 20, 60)):
        take_in(inbox, [a_mention(f"{number}", by=f"klant{number}")])
        Ticket.objects.filter(profile__handle=f"klant{number}").update(moved_private_at=minutes(took))
    Ticket.objects.filter(profile__handle="klant0").update(invited_at=minutes(5))
    drill = an_inbox(name="Oefening", own_id="9", drill=True)
    take_in(drill, [a_mention("d", by="d")])
    Ticket.objects.filter(inbox=drill).update(moved_private_at=minutes(30))
    chosen = Chosen(NOON - timedelta(days=1), NOON + timedelta(days=1))
    (one,) = moved(chosen)
    assert (one.network, one.invited, one.moved, one.closed) == ("x", 1, 3, 0)
    assert (one.median, one.p90) == (timedelta(minutes=20), timedelta(minutes=52))
    assert report.read(me, chosen, now=minutes(90)).moved == [one]
    assert moved(Chosen(NOON - timedelta(days=9), NOON - timedelta(days=8))) == []
