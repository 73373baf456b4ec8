"""A mailbox as an inbox: connected, polled, answered, and a file fetched, on servers that nobody here wrote."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import Message as Mail

import pytest
from django.test import Client
from django.utils import timezone

from desk.actions.inboxes import inboxes, poll, reconcile
from desk.actions.inboxes.channels import channels
from desk.actions.inboxes.inboxes import ConnectionRefused
from desk.actions.intake import attachments, ingest
from desk.actions.replies import reply, send
from desk.common.errors import Invalid
from desk.inboxes.models import Inbox, RawItem, StreamState
from desk.people.models import User
from desk.tickets.models import Attachment, Message, Ticket
from policies.reply_states import State
from tests.actions.test_reconcile import command as reconcile_inbox
from tests.connectors.mail_server import ADDRESS, MailServers, a_mail, running_mail_servers
from tests.files import PNG

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def servers() -> Iterator[MailServers]:
    with running_mail_servers() as running:
        yield running


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", role="administrator", first_name="Ada")


@pytest.fixture
def inbox(servers: MailServers, ada: User) -> Inbox:
    servers.empty()
    return inboxes.create_inbox(
        ada, network="mail", name="Post", base_url=servers.base_url, credentials=servers.credentials
    )


def polled(inbox: Inbox) -> None:
    stream = StreamState.objects.get(inbox=inbox)
    StreamState.objects.filter(pk=stream.pk).update(next_poll_at=timezone.now())
    for number in poll.claim_due(timezone.now()):
        poll.poll(number, timezone.now())
    ingest.process(inbox.pk, timezone.now())


def answered(ada: User, servers: MailServers, text: str) -> Mail:
    made = reply.submit(
        ada, Ticket.objects.get().pk, text=text, visibility="private", idempotency_key=text, send_anyway=True
    )
    send.send(made.pk, timezone.now())
    made.refresh_from_db()
    assert made.state == State.SENT, made.problem
    return message_from_bytes(bytes(servers.post.sent[-1].original_content or b""))


def test_a_mail_is_a_ticket_its_answer_a_mail_and_what_comes_back_the_same_case(
    inbox: Inbox, servers: MailServers, ada: User, client: Client
) -> None:
    assert (inbox.own_id, inbox.limits) == (ADDRESS, {"tagged_addresses": True})
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nZie de foto\r\n--b\r\nContent-Type: image/png\r\n"
        "Content-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{base64.b64encode(PNG).decode()}\r\n--b--"
    )
    now = timezone.now()
    servers.deliver(a_mail(body, Date="", **{"Content-Type": 'multipart/mixed; boundary="b"'}), at=now)
    polled(inbox)
    ticket = Ticket.objects.get()
    assert (ticket.private, ticket.profile.handle, ticket.state) == (True, "marit@reizigers.example", "new")
    assert [(one.visibility, one.allowed) for one in channels(ticket, now)] == [("private", True)]
    assert attachments.fetch_due(timezone.now() + timedelta(seconds=5)) == 1
    assert Attachment.objects.get().state == Attachment.State.STORED
    sent = answered(ada, servers, "Wat vervelend.")
    assert (sent["Subject"], sent["In-Reply-To"]) == ("Re: Vraag", "<1@reizigers.example>")
    servers.deliver(
        a_mail("Dank u\n\nOp di schreef u:\n> Wat vervelend.", name="2", Date="", In_Reply_To=sent["Message-ID"]),
        a_mail("Ik ben er niet", name="3", Date="", In_Reply_To=sent["Message-ID"], Auto_Submitted="auto-replied"),
        at=timezone.now(),
    )
    polled(inbox)
    ticket = Ticket.objects.get()
    thread = list(Message.objects.filter(conversation=ticket.conversation).order_by("id"))
    assert [one.text for one in thread if one.ticket_id and not one.outgoing] == ["Vraag\n\nZie de foto", "Dank u"]
    assert {one.text: (one.ticket_id, one.doubt) for one in thread}["Ik ben er niet"] == (None, "automatic")
    later = timezone.now() + timedelta(minutes=5)
    run = reconcile.ask(ada, inbox.pk, days=1, now=later)
    done = reconcile.carry_out(run.pk, later)
    assert done is not None
    assert (done.state, done.result["missing_count"], done.result["extra_count"]) == ("done", 0, 0)
    client.force_login(ada)
    whole = client.get(f"/messages/{next(one.pk for one in thread if one.text == 'Dank u')}/mail/").content.decode()
    assert "> Wat vervelend." in whole
    assert "From: " in whole
    page = client.get(f"/tickets/{ticket.pk}/").content.decode()
    assert "Sender not proven" in page
    assert "@marit@" not in page


def test_comparing_names_mails_that_are_missing_and_those_that_are_gone(inbox: Inbox, servers: MailServers) -> None:
    before = timezone.now() - timedelta(hours=1)
    servers.deliver(a_mail("eerste", name="1", Date=""), a_mail("weg ermee", name="2", Date=""), at=before)
    polled(inbox)
    gone, raw, cursor = Message.objects.get(text__contains="weg"), RawItem.objects.count(), inbox.streams.get().cursor
    servers.remove("weg ermee")
    servers.deliver(a_mail("ging verloren", name="3", Date=""), at=before)
    servers.deliver(a_mail("van vorige week", name="4", Date=""), at=before - timedelta(days=7))
    code, printed, said = reconcile_inbox(inbox.pk)
    missing, extra = printed.splitlines()
    assert missing.startswith("missing at the desk: mail:")
    assert extra.startswith(f"not told by the network any more: message {gone.pk} of ticket {gone.ticket_id}")
    assert (code, "1 missing, 0 changed, 1 extra, 0 taken in" in said) == (1, True), said
    assert (RawItem.objects.count(), inbox.streams.get().cursor) == (raw, cursor), "nothing is stored"
    assert "1 taken in" in reconcile_inbox(inbox.pk, "--fix")[2]
    taken_in = Message.objects.get(text__contains="ging verloren")
    assert taken_in.external_id in missing
    assert taken_in.ticket is not None
    polled(inbox)
    assert Message.objects.filter(text__contains="ging verloren").count() == 1, "the next poll tells it again"
    assert "0 missing, 0 changed, 1 extra" in reconcile_inbox(inbox.pk, "--days", 9)[2]


def test_what_is_wrong_with_a_mailbox_is_said_before_it_is_connected(servers: MailServers, ada: User) -> None:
    for wrong, refusal in (
        ({"password": "fout"}, ConnectionRefused),
        ({"smtp_url": "https://127.0.0.1"}, Invalid),
        ({"smtp_url": ""}, Invalid),
    ):
        with pytest.raises(refusal):
            inboxes.test_connection(
                ada, network="mail", base_url=servers.base_url, credentials={**servers.credentials, **wrong}
            )
    with pytest.raises(Invalid):
        inboxes.test_connection(ada, network="mail", base_url="https://127.0.0.1", credentials=servers.credentials)


def test_a_password_that_changed_holds_the_account_and_tells_so(inbox: Inbox, servers: MailServers) -> None:
    inbox.credentials = {**servers.credentials, "password": "oud"}
    inbox.save()
    polled(inbox)
    inbox.refresh_from_db()
    assert (inbox.state, inbox.last_error_code) == ("needs_reauthorisation", "auth_expired")
