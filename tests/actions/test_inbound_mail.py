"""Mail that answers something else than a case finds whoever asked; everything else is a case like any other."""

from collections.abc import Iterator

import pytest

from desk.actions.intake import inbound_mail
from desk.actions.intake.inbound_mail import InboundMail, reply_address, takes
from desk.actions.intake.ingest import POISON_DELAYS
from desk.inboxes.gateway import Author, Item, key_of, sealed
from desk.inboxes.models import Inbox, RawItem
from desk.tickets.models import Message, Ticket
from tests.actions.builders import a_message, an_inbox, minutes, take_in

pytestmark = pytest.mark.django_db

ADDRESS = "help@vlotlijn.example"


@pytest.fixture
def mailbox() -> Inbox:
    return an_inbox(network="mail", own_id=ADDRESS, handle=ADDRESS, limits={"tagged_addresses": True})


@pytest.fixture
def heard() -> Iterator[list[InboundMail]]:
    """What comes in by mail for the kind “probe”."""
    mails: list[InboundMail] = []

    @takes("probe")
    def take(mail: InboundMail) -> bool:
        if mail.text == "breek":
            raise RuntimeError("the handler is broken")
        mails.append(mail)
        return mail.number != 404

    yield mails
    del inbound_mail._HANDLERS["probe"]


def a_mail(name: str, tag: str, **more: object) -> Item:
    return a_message(
        name, network="mail", tag=tag, author=Author("jan@x.example", "jan@x.example", "Jan"),
        raw={"subject": "Re: vraag", "text": "Ja.\n> Kan het?", "message_id": "1@x"}, **{"text": "Ja.", **more},
    )  # fmt: skip


def test_an_answer_reaches_whoever_asked_and_opens_no_ticket(mailbox: Inbox, heard: list[InboundMail]) -> None:
    tag = reply_address("probe", 17).partition("+")[2].partition("@")[0]
    take_in(mailbox, [a_mail("1", tag), a_mail("2", "")])
    (mail,) = heard
    assert (mail.number, mail.sender, mail.proven, mail.text) == (17, "jan@x.example", True, "Ja.")
    assert (mail.whole_text, mail.subject) == ("Ja.\n> Kan het?", "Re: vraag")
    assert Message.objects.get().external_id == "2"
    take_in(mailbox, [a_mail("1", tag)])
    assert len(heard) == 1


@pytest.mark.parametrize("kind", ["probe", "nobody"])
def test_a_seal_that_is_not_ours_opens_a_ticket_and_tells_nobody(
    mailbox: Inbox, heard: list[InboundMail], kind: str
) -> None:
    take_in(mailbox, [a_mail("1", sealed("another key", kind, "17"))])
    assert (heard, Ticket.objects.count()) == ([], 1)


def test_what_nobody_takes_is_a_ticket_and_what_a_machine_wrote_is_nothing(
    mailbox: Inbox, heard: list[InboundMail]
) -> None:
    take_in(mailbox, [a_mail("1", sealed(key_of(mailbox), "probe", "404"))])
    assert Ticket.objects.count() == 1
    take_in(mailbox, [a_mail("2", sealed(key_of(mailbox), "probe", "5"), addressed=False, doubt="automatic")])
    assert ([mail.number for mail in heard], Ticket.objects.count()) == ([404], 1)


def test_a_broken_handler_is_asked_again_and_holds_up_nobody(mailbox: Inbox, heard: list[InboundMail]) -> None:
    take_in(mailbox, [a_mail("1", sealed(key_of(mailbox), "probe", "5"), text="breek"), a_mail("2", "")])
    row = RawItem.objects.get(processed_at=None)
    assert (row.attempts, row.retry_at, "broken" in row.problem) == (1, minutes(60) + POISON_DELAYS[0], True)
    assert Ticket.objects.count() == 1


def test_without_a_mailbox_that_takes_them_there_is_no_address(mailbox: Inbox) -> None:
    assert reply_address("probe", 3).endswith("@vlotlijn.example")
    Inbox.objects.update(limits={})
    assert reply_address("probe", 3) == ""
