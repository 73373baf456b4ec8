"""An inbox of a server with limits of its own, played through on the sandbox: read, counted, answered, taken back."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.actions.inboxes import poll
from desk.actions.inboxes.channels import channels
from desk.actions.inboxes.inboxes import create_inbox, test_inbox
from desk.actions.intake import ingest
from desk.actions.replies.reply import submit
from desk.actions.replies.reply_files import rules_of
from desk.actions.replies.send import send
from desk.actions.statements.post_check import length_of
from desk.actions.tickets.moderate import act, carry_out
from desk.common.errors import Conflict
from desk.inboxes.gateway import capabilities_of
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.replies.models import Reply
from desk.tickets.models import Message, Ticket
from policies.reply_states import State
from tests.actions.alerted import a_person
from tests.actions.builders import the_ticket
from tests.sandbox import SandboxProcess, running_sandbox

__all__ = ["running_sandbox"]
pytestmark = pytest.mark.django_db(transaction=True)

test_inbox.__test__ = False  # type: ignore[attr-defined]  # a verb of the desk, whose name looks like a test's
_numbers = itertools.count()


class Server:
    """One company's account on the sandbox's Mastodon, and its inbox."""

    def __init__(self, sandbox: SandboxProcess, admin: User, **settings: Any) -> None:
        self.sandbox, self.handle = sandbox, f"vlotlijn{next(_numbers)}"
        made = self._account(**settings)
        self.inbox = create_inbox(
            admin, network="mastodon", name="Mastodon", credentials=made["credentials"], base_url=made["base_url"]
        )

    def _account(self, **settings: Any) -> dict[str, Any]:
        body = {"network": "mastodon", "handle": self.handle, "settings": {"rate_limits": "off", **settings}}
        made: dict[str, Any] = self.sandbox.call("POST", "/accounts", body)
        return made

    def becomes(self, **settings: Any) -> None:
        self._account(**settings)

    def says(self, text: str, kind: str = "mention", author: str = "jan", **more: Any) -> str:
        body = {"network": "mastodon", "account": self.handle, "kind": kind, "text": text, "author": author, **more}
        return str(self.sandbox.call("POST", "/posts", body)["id"])

    def is_read(self) -> None:
        now = timezone.now()
        for stream in self.inbox.streams.order_by("id"):
            poll.poll(stream.pk, now)
        ingest.process(self.inbox.pk, timezone.now())


@pytest.fixture
def admin() -> User:
    return a_person("ada", "administrator")


@pytest.fixture
def server(running_sandbox: SandboxProcess, admin: User) -> Server:
    return Server(running_sandbox, admin, max_characters=1_000)


def _answered(agent: User, ticket: Ticket, text: str, visibility: str = "public") -> Reply:
    reply = submit(agent, ticket.pk, text=text, visibility=visibility, idempotency_key=text[:40], send_anyway=True)
    send(reply.pk, timezone.now() + timedelta(minutes=2))
    reply.refresh_from_db()
    return reply


def test_what_the_server_takes_is_known_from_the_first_test_of_the_connection(server: Server, admin: User) -> None:
    can = capabilities_of(server.inbox)
    assert (can.public_length.limit, can.public_length.unit) == (1_000, "mastodon")
    server.becomes(max_characters=2_000)
    test_inbox(admin, server.inbox.pk)
    assert capabilities_of(Inbox.objects.get(pk=server.inbox.pk)).public_length.limit == 2_000


def test_the_room_for_a_reply_is_the_servers_without_the_name_that_goes_before_it(server: Server, suze: User) -> None:
    server.says("waar blijft mijn trein?", author="jan@elders.example")
    server.is_read()
    ticket = the_ticket()
    limits = {channel.visibility: channel.length.limit for channel in channels(ticket, timezone.now())}
    assert limits == {"public": 1_000 - len("@jan "), "private": 1_000 - len("@jan ")}
    assert [rule.most for rule in rules_of(ticket)] == [4, 4]
    length = length_of(server.inbox)
    assert length is not None
    assert length.limit == 1_000
    fits = _answered(suze, ticket, "a" * 995)
    assert (fits.state, fits.problem_code) == (State.SENT, "")


def test_a_mention_is_answered_and_what_is_edited_and_deleted_afterwards_is_told(server: Server, suze: User) -> None:
    mention = server.says("waar blijft mijn tren?")
    server.is_read()
    ticket = the_ticket()
    reply = _answered(suze, ticket, "We zoeken het uit, Jan.")
    assert reply.state == State.SENT
    said = server.sandbox.call("GET", f"/posts/{reply.external_id}")
    assert said["text"].startswith("@jan We zoeken het uit, Jan.")
    assert said["parent_id"] == mention
    server.says("dank u", kind="reply", in_reply_to=reply.external_id)
    server.sandbox.call("PATCH", f"/posts/{mention}", {"text": "waar blijft mijn trein?"})
    server.is_read()
    words = list(Message.objects.filter(ticket=ticket).order_by("created_at").values_list("text", flat=True))
    assert [text.removeprefix(f"@{server.handle} ") for text in (words[0], words[2])] == [
        "waar blijft mijn trein?",
        "dank u",
    ]
    assert len(words) == 3
    server.sandbox.call("DELETE", f"/posts/{mention}")
    server.is_read()
    assert Message.objects.get(external_id=mention).deleted_at is not None


def test_a_direct_post_is_a_private_ticket_that_is_answered_to_nobody_else(server: Server, suze: User) -> None:
    server.says("mijn nummer is 123", kind="dm", author="els")
    server.is_read()
    ticket = the_ticket()
    assert ticket.private
    reply = _answered(suze, ticket, "Dank, ik vraag het @jan.", visibility="private")
    said = server.sandbox.call("GET", f"/posts/{reply.external_id}")
    assert (said["private"], said["text"]) == (True, "@els Dank, ik vraag het jan.")
    server.is_read()
    assert Message.objects.filter(ticket=ticket, outgoing=True).count() == 1


def test_a_mention_is_liked_and_what_the_network_has_not_is_not_offered(server: Server, suze: User) -> None:
    mention = server.says("mooi gedaan")
    server.is_read()
    message = Message.objects.get(external_id=mention)
    carry_out(message.pk, "like", suze.pk, timezone.now())
    message.refresh_from_db()
    assert message.liked
    assert server.sandbox.call("GET", f"/posts/{mention}")["likes"] == 1
    with pytest.raises(Conflict):
        act(suze, message.pk, "hide")


def test_a_text_that_the_server_takes_no_more_fails_with_its_reason(server: Server, suze: User) -> None:
    """Its limit became smaller since it was asked."""
    server.says("waar blijft mijn trein?")
    server.is_read()
    server.becomes(max_characters=100)
    reply = _answered(suze, the_ticket(), "a" * 300)
    assert (reply.state, reply.problem_code) == (State.FAILED, "invalid_content")
