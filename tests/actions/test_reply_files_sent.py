"""What goes along with a reply on its way: brought first, sent once, shown in the thread, erased with it."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from desk.actions.customers.erasing.messages import erase_messages
from desk.actions.customers.erasing.tickets import erase_tickets
from desk.actions.replies import send
from desk.inboxes.gateway import (
    InvalidContent,
    OutcomeUnknown,
    OutgoingFile,
    RateLimited,
)
from desk.people.models import User
from desk.replies.models import ReplyAttachment
from desk.tickets.models import Attachment, Message, Ticket
from tests.actions.attaching import Network, answered, attached, leaves, stands_in, stored
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.files import PNG

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket() -> Ticket:
    take_in(an_inbox(), [a_mention("1", text="Waar is spoor 3?")], now=timezone.now())
    return Ticket.objects.get()


@pytest.fixture
def suze() -> User:
    return User.objects.create_user("suze", role="agent", signature="SV")


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    return stands_in(monkeypatch)


def test_files_are_brought_first_and_shown_with_the_message_in_the_thread(
    suze: User, ticket: Ticket, network: Network
) -> None:
    row = attached(suze, ticket, alt_text="Een kaart")
    reply = leaves(answered(suze, ticket, row))
    assert reply.state == "sent"
    (brought,) = network.brought
    assert (brought.content, brought.alt_text, brought.content_type) == (PNG, "Een kaart", "image/png")
    assert "kaart" not in brought.name
    assert network.sent[0].media == ("public:1",)
    shown = Attachment.objects.get(message=reply.message)
    assert (shown.alt_text, shown.state, shown.file.name) == ("Een kaart", "stored", row.file.name)


def test_a_file_in_a_message_of_its_own_is_shown_there(suze: User, ticket: Ticket, network: Network) -> None:
    network.parts = ("part 1",)
    reply = leaves(answered(suze, ticket, attached(suze, ticket), attached(suze, ticket)))
    part = Message.objects.get(external_id="part 1")
    assert (part.text, part.outgoing, part.sender, part.attachments.count()) == ("", True, suze, 1)
    assert reply.message is not None
    assert reply.message.attachments.count() == 1


def test_a_try_that_failed_brings_the_files_again_and_says_that_it_is_not_the_first(
    suze: User, ticket: Ticket, network: Network
) -> None:
    network.trouble = [RateLimited("X wants a pause.")]
    reply = leaves(answered(suze, ticket, attached(suze, ticket)))
    assert leaves(reply).state == "sent"
    assert [one.again for one in network.sent] == [False, True]
    assert len(network.brought) == 2


def test_a_lost_answer_is_not_sent_again(suze: User, ticket: Ticket, network: Network) -> None:
    network.trouble = [OutcomeUnknown("lost")]
    reply = leaves(answered(suze, ticket, attached(suze, ticket)))
    assert leaves(reply).state == "unknown"
    assert len(network.sent) == 1


def test_whoever_was_taken_for_dead_while_bringing_files_posts_nothing(
    suze: User, ticket: Ticket, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = answered(suze, ticket, attached(suze, ticket))
    bring = network.upload

    def slow(file: OutgoingFile, *, private: bool) -> str:
        send.give_up_on_stuck(timezone.now() + timedelta(minutes=5))
        return bring(file, private=private)

    monkeypatch.setattr(network, "upload", slow)
    assert leaves(reply).state == "unknown"
    assert network.sent == []


@pytest.mark.parametrize("lost", [True, False])
def test_a_file_that_is_gone_or_refused_fails_the_reply_and_says_so(
    suze: User, ticket: Ticket, network: Network, monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    row = attached(suze, ticket)
    if lost:
        default_storage.delete(row.file.name or "")
    else:
        refusal = InvalidContent("%(network)s refused the attachment. Try another file.", network="X")
        monkeypatch.setattr(network, "upload", lambda *_args, **_more: (_ for _ in ()).throw(refusal))
    reply = leaves(answered(suze, ticket, row))
    assert (reply.state, reply.problem_code) == ("failed", "invalid_content")
    assert network.sent == []


def test_who_erases_a_customer_erases_what_was_attached_for_them(suze: User, ticket: Ticket, network: Network) -> None:
    sent = attached(suze, ticket, alt_text="Het adres van Marit")
    leaves(answered(suze, ticket, sent))
    waiting = attached(suze, ticket)
    assert erase_tickets([ticket.pk], timezone.now())["files"] == 2
    assert not ReplyAttachment.objects.exists()
    assert not stored(sent)
    assert not stored(waiting)
    assert [(one.file.name, one.alt_text, one.state) for one in Attachment.objects.all()] == [("", "", "refused")]


def test_a_message_that_is_erased_takes_along_what_answered_it(suze: User, ticket: Ticket, network: Network) -> None:
    row = attached(suze, ticket)
    leaves(answered(suze, ticket, row))
    asked = ticket.messages.select_related("inbox").get(outgoing=False)
    erase_messages([asked], timezone.now())
    assert not ReplyAttachment.objects.exists()
    assert not stored(row)
