"""Mail that a machine wrote, by API: listed in pages, read as its reader may, and made a ticket of."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.intake import ingest
from desk.inboxes.models import Inbox, RawItem
from desk.people.models import AuditEntry
from desk.tickets.models import Message, Ticket
from tests.actions.builders import a_message, an_inbox, take_in
from tests.api.caller import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox() -> Inbox:
    """With three mails of machines, and one that a person wrote."""
    inbox = an_inbox(network="mail", name="Post", own_id="help@vlotlijn.example", handle="help@vlotlijn.example")
    by_machine = [
        a_message(
            f"mail:{number}", network="mail", thread_id=f"t{number}", addressed=False, doubt="automatic",
            text=f"Ik ben er niet {number}", raw={"headers": {}},
        )
        for number in range(3)
    ]  # fmt: skip
    take_in(inbox, [*by_machine, a_message("mail:9", network="mail", text="Waar is mijn trein?")], now=timezone.now())
    return inbox


def test_it_is_listed_newest_first_in_pages(administrator: Caller, mailbox: Inbox) -> None:
    address = f"inboxes/{mailbox.pk}/set-aside/"
    first = administrator.get(address, page_size=2).body
    assert [one["text"] for one in first["results"]] == ["Ik ben er niet 2", "Ik ben er niet 1"]
    (last,) = administrator.results(first["next"])
    assert (last["external_id"], last["doubt"], last["ticket"], last["conversation_ticket"]) == (
        "mail:0", "automatic", None, None,
    )  # fmt: skip
    assert administrator.get(address, cursor="kapot").status == 400
    assert administrator.get("inboxes/99999/set-aside/").status == 404


def test_a_longer_page_asks_no_more_of_the_database(administrator: Caller, mailbox: Inbox) -> None:
    address, asked = f"inboxes/{mailbox.pk}/set-aside/", []
    administrator.get(address)  # its token has been seen, and what a process remembers is remembered
    for size in (1, 3):
        with CaptureQueriesContext(connection) as queries:
            assert len(administrator.results(address, page_size=size)) == size
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_it_becomes_a_ticket_when_somebody_says_so(administrator: Caller, mailbox: Inbox) -> None:
    message = Message.objects.get(external_id="mail:1")
    address = f"inboxes/{mailbox.pk}/set-aside/{message.pk}/take-up/"
    taken = administrator.post(address)
    assert (taken.status, taken.body) == (202, None)
    ingest.process(mailbox.pk, timezone.now())
    ticket = Message.objects.get(external_id="mail:1").ticket
    assert ticket is not None
    assert ticket.state == "new"
    assert AuditEntry.objects.filter(verb="mail_taken_up", actor=administrator.user).count() == 1
    assert [one["external_id"] for one in administrator.results(f"inboxes/{mailbox.pk}/set-aside/")] == [
        "mail:2", "mail:0",
    ]  # fmt: skip
    assert administrator.post(address).problem == (404, "not_found")


def test_what_cannot_become_one_says_why(administrator: Caller, mailbox: Inbox) -> None:
    aside = Message.objects.get(external_id="mail:1").pk
    elsewhere = an_inbox(network="mail", name="Elders", own_id="elders@vlotlijn.example")
    refused = [
        administrator.post(f"inboxes/{elsewhere.pk}/set-aside/{aside}/take-up/"),
        administrator.post(f"inboxes/{mailbox.pk}/set-aside/{Ticket.objects.get().messages.get().pk}/take-up/"),
    ]
    assert {answer.problem for answer in refused} == {(404, "not_found")}
    RawItem.objects.all().delete()
    lost = administrator.post(f"inboxes/{mailbox.pk}/set-aside/{aside}/take-up/")
    assert lost.problem == (409, "conflict")
    assert "mailbox itself" in lost.body["detail"]


@pytest.mark.parametrize("part", ["agent", "supervisor", "expert"])
def test_only_who_looks_after_inboxes_sees_it(part: str, mailbox: Inbox, request: pytest.FixtureRequest) -> None:
    caller: Caller = request.getfixturevalue(part)
    aside = Message.objects.get(external_id="mail:1").pk
    address = f"inboxes/{mailbox.pk}/set-aside/"
    answers = [caller.get(address), caller.post(f"{address}{aside}/take-up/")]
    assert {answer.problem for answer in answers} == {(403, "not_permitted")}
    assert Ticket.objects.count() == 1
