"""Mail that a machine wrote opens no ticket and is not lost: it is listed, page by page, and can become a case."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from desk.actions.intake import ingest, set_aside
from desk.common.errors import Conflict, Missing
from desk.inboxes.gateway import Author, key_of, sealed
from desk.inboxes.models import Inbox, RawItem
from desk.people.models import User
from desk.tickets.models import Message, Ticket
from tests.actions.builders import a_mention, a_message, an_inbox, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", role="administrator")


@pytest.fixture
def mailbox() -> Inbox:
    return an_inbox(network="mail", name="Post", own_id="help@vlotlijn.example", handle="help@vlotlijn.example")


def by_machine(inbox: Inbox, *numbers: int, **more: object) -> None:
    now = timezone.now()
    take_in(
        inbox,
        [
            a_message(
                f"mail:{number}", network="mail", thread_id=f"t{number}", addressed=False, doubt="automatic",
                text=f"Ik ben er niet {number}", author=Author("weg@x.example", "weg@x.example", "Weg"),
                raw={"headers": {}}, created_at=now - timedelta(minutes=5), **more,
            )
            for number in numbers
        ],
        now=now,
    )  # fmt: skip


def test_it_is_listed_and_becomes_a_case_when_somebody_says_so(ada: User, mailbox: Inbox) -> None:
    by_machine(mailbox, 1, 2)
    take_in(mailbox, [a_message("mail:3", network="mail"), a_mention("x", addressed=False, network="mail")])
    assert [one.text for one in set_aside.page(ada, mailbox.pk, "").rows] == ["Ik ben er niet 2", "Ik ben er niet 1"]
    assert Ticket.objects.count() == 1
    set_aside.take_up(ada, mailbox.pk, Message.objects.get(external_id="mail:1").pk)
    ingest.process(mailbox.pk, timezone.now())
    message = Message.objects.get(external_id="mail:1")
    assert message.ticket is not None
    assert (message.ticket.state, message.doubt) == ("new", "automatic")
    assert [one.external_id for one in set_aside.page(ada, mailbox.pk, "").rows] == ["mail:2"]
    with pytest.raises(Missing):
        set_aside.take_up(ada, mailbox.pk, message.pk)


def test_what_comes_back_of_a_question_is_listed_too(ada: User, mailbox: Inbox) -> None:
    by_machine(mailbox, 1, tag=sealed(key_of(mailbox), "q", "17"))
    assert len(set_aside.page(ada, mailbox.pk, "").rows) == 1


def test_without_what_the_network_told_it_stays_where_it_is(ada: User, mailbox: Inbox) -> None:
    by_machine(mailbox, 1)
    RawItem.objects.all().delete()
    with pytest.raises(Conflict):
        set_aside.take_up(ada, mailbox.pk, Message.objects.get().pk)


def test_the_page_shows_one_page_with_few_questions(
    ada: User, mailbox: Inbox, client: Client, django_assert_max_num_queries: object
) -> None:
    by_machine(mailbox, *range(60))
    client.force_login(ada)
    address = f"/administration/inboxes/{mailbox.pk}/set-aside/"
    client.get(address)
    with django_assert_max_num_queries(12):  # type: ignore[operator]  # a fixture without a type
        page = client.get(address).content.decode()
    assert page.count("Make a ticket of it") == set_aside.SHOWN
    assert "Ik ben er niet 59" in page
    assert "Older" in page
    first = Message.objects.get(external_id="mail:59")
    assert client.post(f"{address}{first.pk}/", follow=True).status_code == 200
    assert "Mail that was set aside" in client.get(f"/administration/inboxes/{mailbox.pk}/").content.decode()


def test_nobody_else_sees_it(mailbox: Inbox, client: Client) -> None:
    client.force_login(User.objects.create_user("piet", role="agent"))
    assert client.get(f"/administration/inboxes/{mailbox.pk}/set-aside/").status_code == 403
