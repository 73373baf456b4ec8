"""Whatever is tried, nothing of a drill reaches a real network: a server that listens hears nothing."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import DatabaseError, transaction
from django.utils import timezone

from desk.actions.crises import crises, crisis_tickets
from desk.actions.drills import drills
from desk.actions.inboxes import inboxes, poll
from desk.actions.intake import attachments
from desk.actions.replies import reply, send
from desk.actions.tickets import moderate
from desk.common.errors import Conflict, DeskError
from desk.drills.stage import NoStage, Stage
from desk.inboxes.gateway import AddressRefused, connect, open_account
from desk.inboxes.models import Inbox, StreamState
from desk.people.models import User
from desk.replies.models import Reply
from desk.tickets.models import Attachment, Message, Ticket
from tests.actions.alerted import a_person
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.drilled import a_drill, a_stage, play_until, read
from tests.sandbox import SandboxProcess

pytestmark = pytest.mark.django_db(transaction=True)


class Trap:
    """A server that listens where a real network would, and writes down whoever calls."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        trap = self

        class Handler(BaseHTTPRequestHandler):
            def _hear(self) -> None:
                trap.heard.append(f"{self.command} {self.path}")
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"{}")

            do_GET = do_POST = do_DELETE = do_PUT = do_CONNECT = _hear  # noqa: N815  as http.server names them

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def trap() -> Iterator[Trap]:
    trap = Trap()
    yield trap
    trap.close()


@pytest.fixture
def lead(drill_sandbox: SandboxProcess, settings: LazySettings) -> User:
    settings.SANDBOX_URL, settings.UNDO_SECONDS = drill_sandbox.address, 0
    settings.ALLOW_PRIVATE_NETWORKS = False  # beside production
    return a_person("lead", "administrator")


@pytest.fixture
def stage(lead: User) -> Inbox:
    """A drill runs on it, and its customers have written."""
    inbox = a_stage(lead)
    play_until(drills.start_drill(lead, a_drill(lead, inbox).pk), 5)
    inbox.refresh_from_db()
    return inbox


def posted(drill_sandbox: SandboxProcess, inbox: Inbox) -> list[str]:
    rows = drill_sandbox.call("GET", f"/posts?network=x&account={inbox.handle}")["posts"]
    return [row["text"] for row in rows if row["origin"] == "api"]


def answer(lead: User, inbox: Inbox, text: str = "We kijken ernaar.") -> Reply:
    """Submitted and sent, as far as it gets."""
    ticket = Ticket.objects.filter(inbox=inbox, private=False).order_by("pk").first()
    assert ticket is not None
    found = reply.submit(lead, ticket.pk, text=text, visibility="public", idempotency_key=text, send_anyway=True)
    return sent(found)


def sent(found: Reply) -> Reply:
    Reply.objects.filter(pk=found.pk).update(next_attempt_at=timezone.now())
    send.send(found.pk, timezone.now())
    found.refresh_from_db()
    return found


def test_undisturbed_an_answer_reaches_the_sandbox(stage: Inbox, lead: User, drill_sandbox: SandboxProcess) -> None:
    found = answer(lead, stage)
    assert (found.drill, found.state) == (True, "sent")
    assert any("We kijken ernaar." in text for text in posted(drill_sandbox, stage))


def test_another_address_in_the_database_is_not_even_read(
    stage: Inbox, lead: User, drill_sandbox: SandboxProcess, trap: Trap, settings: LazySettings
) -> None:
    settings.ALLOW_PRIVATE_NETWORKS = True
    Inbox.objects.filter(pk=stage.pk).update(base_url=trap.address)
    stage.refresh_from_db()
    assert answer(lead, stage).state == "sent"
    read(stage)
    assert trap.heard == []
    assert len(posted(drill_sandbox, stage)) >= 1


def test_no_verb_changes_where_it_leads(stage: Inbox, lead: User, trap: Trap, settings: LazySettings) -> None:
    settings.ALLOW_PRIVATE_NETWORKS = True
    for change in ({"base_url": trap.address}, {"drill": False}):
        with pytest.raises(DeskError):
            inboxes.change_inbox(lead, stage.pk, **change)
    with pytest.raises(DeskError):
        inboxes.reauthorise(lead, stage.pk, {"access_token": "1-real", "bearer_token": "real"})
    assert inboxes.test_inbox(lead, stage.pk).own_id == stage.own_id
    assert trap.heard == []


def test_neither_the_database_nor_the_desk_turns_a_drill_real_or_the_real_into_a_drill(
    stage: Inbox, lead: User
) -> None:
    real = an_inbox()
    take_in(real, [a_mention("1")])
    found = answer(lead, stage)
    crisis = crises.start(lead, reason="Echt")
    for row in (stage, real, found, crisis):
        with pytest.raises(DatabaseError, match="drills"), transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(drill=not row.drill)


@pytest.mark.parametrize("swap", ["the ticket of the reply", "the inbox of the ticket"])
def test_a_reply_that_was_moved_to_a_real_inbox_does_not_leave(
    stage: Inbox, lead: User, trap: Trap, settings: LazySettings, swap: str
) -> None:
    settings.ALLOW_PRIVATE_NETWORKS = True
    real = an_inbox(base_url=trap.address, own_id="77")
    real.credentials = stage.credentials
    real.save()
    take_in(real, [a_mention("1")])
    theirs, ours = Ticket.objects.get(inbox=real), Ticket.objects.filter(inbox=stage, private=False).first()
    assert ours is not None
    found = reply.submit(lead, ours.pk, text="Hoi", visibility="public", idempotency_key="a", send_anyway=True)
    back = reply.submit(lead, theirs.pk, text="Dag", visibility="public", idempotency_key="b", send_anyway=True)
    if swap == "the ticket of the reply":
        Reply.objects.filter(pk=found.pk).update(ticket=theirs)
        Reply.objects.filter(pk=back.pk).update(ticket=ours)
    else:
        Ticket.objects.filter(pk=ours.pk).update(inbox=real)
        Ticket.objects.filter(pk=theirs.pk).update(inbox=stage)
    for one in (found, back):
        one = sent(one)
        assert (one.state, one.problem_code) == ("failed", "address_refused")
    assert trap.heard == []


@pytest.mark.parametrize(
    "url", ["https://api.x.com", "http://93.184.216.34:80", "http://169.254.169.254", "ftp://x", ""]
)
def test_a_sandbox_that_is_none_is_refused(stage: Inbox, lead: User, settings: LazySettings, url: str) -> None:
    settings.SANDBOX_URL = url
    with pytest.raises(AddressRefused):
        connect(stage)
    with pytest.raises(NoStage):
        Stage.of(stage)
    with pytest.raises(Conflict) as refused:
        drills.start_drill(lead, a_drill(lead, stage).pk)
    assert refused.value.code == "no_sandbox"


def test_a_name_that_leads_elsewhere_a_moment_later_is_not_asked_again(
    stage: Inbox, lead: User, drill_sandbox: SandboxProcess, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS: the connection goes to the address that was judged, and to none that the whole world may call."""
    settings.SANDBOX_URL = f"http://sandbox.example:{drill_sandbox.port}"
    real = socket.getaddrinfo
    led_to = ["127.0.0.1"]

    def resolve(host: Any, *rest: Any, **more: Any) -> Any:
        return real(led_to[0] if host == "sandbox.example" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    connector = connect(stage)
    led_to[0] = "93.184.216.34"
    assert connector.check().own_id == stage.own_id
    with pytest.raises(AddressRefused):
        connect(stage)


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_machine_hears_nothing(
    stage: Inbox, lead: User, trap: Trap, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, trap.address)
    assert answer(lead, stage).state == "sent"
    read(stage)
    assert trap.heard == []


def test_redirects_are_not_followed(stage: Inbox, trap: Trap, settings: LazySettings) -> None:
    """What stands at the sandbox's address sends everybody to a real server."""

    class Redirecting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(307)
            self.send_header("Location", trap.address + self.path)
            self.end_headers()

        do_POST = do_GET  # noqa: N815  as http.server names it

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Redirecting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SANDBOX_URL = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        for stream in StreamState.objects.filter(inbox=stage):
            poll.poll(stream.pk, timezone.now())
        picture = an_attachment(stage, f"{settings.SANDBOX_URL}/picture.png")
        attachments.fetch_due(timezone.now())
        picture.refresh_from_db()
        assert picture.state != Attachment.State.STORED
        with pytest.raises(DeskError):
            inboxes.test_inbox(User.objects.get(username="lead"), stage.pk)
    finally:
        server.shutdown()
        server.server_close()
    assert trap.heard == []


def an_attachment(inbox: Inbox, url: str) -> Attachment:
    message = Message.objects.filter(inbox=inbox, outgoing=False).first()
    assert message is not None
    return Attachment.objects.create(message=message, kind="image", source_url=url, next_attempt_at=timezone.now())


def test_files_from_elsewhere_are_not_fetched(stage: Inbox, trap: Trap, settings: LazySettings) -> None:
    settings.ALLOW_PRIVATE_NETWORKS = True
    picture = an_attachment(stage, f"{trap.address}/picture.png")
    attachments.fetch_due(timezone.now())
    picture.refresh_from_db()
    assert picture.state == Attachment.State.REFUSED
    assert trap.heard == []


def test_moderation_goes_to_the_sandbox_too(lead: User, trap: Trap) -> None:
    inbox = a_stage(lead, network="facebook_page")
    play_until(drills.start_drill(lead, a_drill(lead, inbox).pk), 5)
    Inbox.objects.filter(pk=inbox.pk).update(base_url=trap.address)
    message = Message.objects.filter(inbox=inbox, kind="comment", outgoing=False).first()
    assert message is not None
    moderate.act(lead, message.pk, "like")
    moderate.carry_out(message.pk, "like", lead.pk, timezone.now())
    message.refresh_from_db()
    assert message.liked
    assert trap.heard == []


def test_real_credentials_never_get_in(stage: Inbox) -> None:
    """They are the sandbox's own, and a real network would not take them: nobody can type any."""
    with pytest.raises(TypeError):
        a_stage(User.objects.get(username="lead"), credentials={"access_token": "real"})
    assert stage.credentials["access_token"].startswith(stage.own_id)


def test_a_drill_and_real_traffic_never_mix_in_a_crisis(stage: Inbox, lead: User) -> None:
    real = an_inbox()
    take_in(real, [a_mention("1")])
    theirs, ours = Ticket.objects.get(inbox=real), Ticket.objects.filter(inbox=stage).first()
    assert ours is not None
    real_one = crises.start(lead, reason="Echt", level=3)
    drilled = crises.start(lead, reason="Oefening", level=3, drill=True)
    assert drilled.scope_form == {"inboxes": [stage.pk]}
    for ticket, crisis in ((ours, real_one), (theirs, drilled)):
        with pytest.raises(Conflict):
            crisis_tickets.put_in(lead, ticket.pk, crisis.pk)
    crises.stand_down(lead, real_one.pk, reason="Voorbij")
    crises.change_scope(lead, drilled.pk, {}, reason="Alles")
    held = reply.submit(lead, ours.pk, text="Hoi", visibility="public", idempotency_key="a", send_anyway=True)
    free = reply.submit(lead, theirs.pk, text="Dag", visibility="public", idempotency_key="b", send_anyway=True)
    assert (held.state, free.state) == ("held", "queued")


def test_nothing_but_the_inbox_decides(stage: Inbox, trap: Trap, settings: LazySettings) -> None:
    """An address that somebody hands to the connector itself is judged as any real one is."""
    with pytest.raises(AddressRefused):
        open_account("x", trap.address, stage.credentials)
    assert trap.heard == []
