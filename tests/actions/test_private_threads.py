"""A private conversation beside its words: what was read, and which app of the company's has it."""

from typing import Any

import pytest

from desk.actions.inboxes.channels import channels
from desk.actions.tickets import looking, private_threads
from desk.common.errors import Conflict, Invalid
from desk.inboxes.gateway import AuthExpired, Author, Handover, Item, ItemKind, NetworkError
from desk.inboxes.models import Inbox, RawItem
from desk.people.models import AuditEntry, User
from desk.sla.models import Clock
from desk.tickets.models import Conversation, Message, Ticket, TicketEvent
from desk.web import reading
from tests.actions.builders import a_mention, a_message, an_inbox, minutes, own_words, take_in

pytestmark = pytest.mark.django_db
THREAD = "id-marit"


class Network:
    """Stands where the connector of the inbox is."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.problem: NetworkError | None = None

    def hand_over(self, thread_id: str, how: Handover, app_id: str) -> None:
        self.asked.append((thread_id, how, app_id))
        if self.problem is not None:
            raise self.problem

    def mark_read(self, thread_id: str) -> None:
        self.asked.append((thread_id, "read"))
        if self.problem is not None:
            raise self.problem


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    found = Network()
    monkeypatch.setattr(private_threads, "connect", lambda inbox: found)
    return found


@pytest.fixture
def ticket() -> Ticket:
    take_in(an_inbox(network="facebook_page"), [_said("m1")])
    return Ticket.objects.get()


@pytest.fixture
def sofie() -> User:
    return User.objects.create_user("sofie", role="agent")


def _said(key: str, **more: Any) -> Item:
    return a_message(key, network="facebook_page", thread_id=THREAD, **more)


def _event(kind: ItemKind, at: float, text: str = "", parent_id: str = "", thread_id: str = THREAD) -> Item:
    return Item(
        network="facebook_page", kind=kind, external_id=f"{thread_id}:{kind}", thread_id=thread_id,
        created_at=minutes(at), changed_at=minutes(at), text=text, parent_id=parent_id, private=True,
        author=Author(thread_id) if kind is ItemKind.READ else None, revision=f"{at}{text}",
    )  # fmt: skip


def _control(at: float, state: str, app: str = "88001") -> Item:
    return _event(ItemKind.CONTROL, at, state, app)


def _thread() -> Conversation:
    return Conversation.objects.get(thread_id=THREAD)


def test_a_read_mark_is_no_message_and_the_newest_one_counts(ticket: Ticket) -> None:
    before = (Message.objects.count(), TicketEvent.objects.count(), list(Clock.objects.values()))
    take_in(ticket.inbox, [_event(ItemKind.READ, 9), _event(ItemKind.READ, 5)], source="webhook")
    take_in(ticket.inbox, [_event(ItemKind.READ, 7), _event(ItemKind.READ, 8, thread_id="nobody")], source="webhook")
    assert _thread().read_until == minutes(9)
    assert (Message.objects.count(), TicketEvent.objects.count(), list(Clock.objects.values())) == before
    assert Conversation.objects.count() == 1
    assert not RawItem.objects.filter(processed_at=None).exists()


def test_a_message_that_was_read_says_until_when(ticket: Ticket, sofie: User) -> None:
    ours = [own_words(f"o{at}", parent_id=THREAD, at=at, private=True, kind=ItemKind.DIRECT_MESSAGE,
                      network="facebook_page") for at in (2, 4)]  # fmt: skip
    take_in(ticket.inbox, [*ours, _event(ItemKind.READ, 9, parent_id="o2")])
    assert _thread().read_until == minutes(2)
    marked = [entry.body for entry in reading.glance(sofie, ticket.pk).thread if "read by the customer" in entry.marks]
    assert len(marked) == 1
    take_in(ticket.inbox, [_event(ItemKind.READ, 10)])
    shown = [entry for entry in reading.glance(sofie, ticket.pk).thread if "ours" in entry.look]
    assert ["read by the customer" in entry.marks for entry in shown] == [False, True]


def test_who_has_the_conversation_is_told_on_the_timeline_where_it_changes(ticket: Ticket, sofie: User) -> None:
    take_in(ticket.inbox, [_control(1, "theirs"), _control(2, "theirs", ""), _control(3, "ours")])
    take_in(ticket.inbox, [_control(2.5, "theirs")])  # late
    told = TicketEvent.objects.filter(kind="control").order_by("id").values_list("data__state", flat=True)
    assert list(told) == ["theirs", "ours"]
    assert (_thread().control, _thread().control_at, _thread().other_app) == ("ours", minutes(3), "88001")
    assert reading.glance(sofie, ticket.pk).handovers == (Handover.GIVE,)


def test_a_conversation_is_taken_over_and_given_back(network: Network, ticket: Ticket, sofie: User) -> None:
    take_in(ticket.inbox, [_control(1, "theirs")])
    assert reading.glance(sofie, ticket.pk).handovers == (Handover.TAKE, Handover.ASK)
    for how, stands in (("ask", "theirs"), ("take", "ours"), ("give", "theirs")):
        private_threads.hand_over(sofie, ticket.pk, how, now=minutes(5))
        private_threads.carry_out(ticket.pk, how, sofie.pk, minutes(6))
        assert (_thread().control, network.asked[-1]) == (stands, (THREAD, how, "88001"))
        assert AuditEntry.objects.filter(verb=f"conversation_{how}").count() == 1
    kinds = TicketEvent.objects.filter(kind__startswith="action_").values_list("kind", flat=True)
    assert sorted(kinds) == ["action_asked"] * 3 + ["action_done"] * 3


def test_what_the_network_refuses_is_told_and_nothing_is_changed(network: Network, ticket: Ticket, sofie: User) -> None:
    take_in(ticket.inbox, [_control(1, "theirs")])
    network.problem = AuthExpired("The token has ended.")
    private_threads.carry_out(ticket.pk, "take", sofie.pk, minutes(6))
    assert _thread().control == "theirs"
    assert TicketEvent.objects.filter(kind="action_failed").exists()
    assert Inbox.objects.get().state == Inbox.State.NEEDS_REAUTHORISATION


def test_what_can_not_be_done_is_refused(ticket: Ticket, sofie: User) -> None:
    for how in ("take", "give"):
        with pytest.raises(Conflict):
            private_threads.hand_over(sofie, ticket.pk, how)
    with pytest.raises(Invalid):
        private_threads.hand_over(sofie, ticket.pk, "steal")
    take_in(an_inbox(network="x", name="@x", own_id="2"), [a_mention("p1")])
    public = Ticket.objects.exclude(pk=ticket.pk).get()
    assert private_threads.of_ticket(public) is None


def test_whoever_answers_has_it(ticket: Ticket) -> None:
    private_threads.answered(_thread().pk, minutes(2))
    assert _thread().control == ""  # no other app is known here
    take_in(ticket.inbox, [_control(3, "theirs")])
    private_threads.answered(_thread().pk, minutes(2))  # an answer from before
    assert _thread().control == "theirs"
    private_threads.answered(_thread().pk, minutes(4))
    assert _thread().control == "ours"


def test_a_customer_sees_that_it_was_read_once_somebody_opens_it(
    network: Network, ticket: Ticket, sofie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(private_threads, "enqueue", lambda *task: asked.append(task))
    for _ in range(2):
        looking.open_ticket(sofie, ticket.pk)
    assert asked == [("desk.tasks.send_read_mark", ticket.pk)]
    private_threads.carry_out_read(ticket.pk)
    assert network.asked == [(THREAD, "read")]
    take_in(ticket.inbox, [_control(3, "theirs")])
    private_threads.carry_out_read(ticket.pk)  # what another app has is not ours to mark
    assert len(network.asked) == 1
    take_in(ticket.inbox, [_control(4, "ours")])
    network.problem = AuthExpired("The token has ended.")
    private_threads.carry_out_read(ticket.pk)
    assert Inbox.objects.get().state != Inbox.State.NEEDS_REAUTHORISATION  # a courtesy breaks nothing


def test_both_windows_are_told(ticket: Ticket) -> None:
    (way,) = [one for one in channels(ticket, minutes(5)) if one.visibility == "private"]
    assert (way.usual_until, way.closes_at) == (minutes(24 * 60), minutes(7 * 24 * 60))


def test_a_public_comment_takes_one_private_message(sofie: User) -> None:
    inbox = an_inbox(network="facebook_page")
    take_in(inbox, [a_mention("c1", network="facebook_page", kind=ItemKind.COMMENT)])
    ticket = Ticket.objects.get()

    def private() -> list[bool]:
        return [one.allowed for one in channels(ticket, minutes(30)) if one.visibility == "private"]

    assert private() == [True]
    first = own_words("o1", parent_id="c1", at=2, private=True, kind=ItemKind.DIRECT_MESSAGE, network="facebook_page",
                      thread_id=THREAD)  # fmt: skip
    take_in(inbox, [first])
    Message.objects.filter(external_id="o1").update(ticket=ticket)
    assert private() == [False]
    assert [one.allowed for one in channels(ticket, minutes(30), messages=list(Message.objects.all()))][1:] == [False]
    take_in(inbox, [_said("m2", at=5)])
    Message.objects.filter(external_id="m2").update(ticket=ticket)
    assert private() == [True]
