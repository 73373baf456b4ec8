"""The matrix of what came later, in the same table: what X is searched for, private conversations beside their words.

The same rules hold (`test_matrix.py`): a fault that never struck fails its cell, nothing is lost, nothing is doubled.
"""

import time
from functools import partial

import pytest
from django.utils import timezone

from connectors.sandbox.faults import DELIVERIES, STANDING
from desk.actions.tickets import private_threads
from desk.inboxes.gateway import ItemKind, all_networks
from desk.inboxes.models import Inbox
from desk.inboxes.words import told
from desk.people.models import User
from desk.tickets.models import Conversation, Message, Ticket, TicketEvent
from tests.faults.played import Listening, Played
from tests.faults.table import Row
from tests.faults.test_matrix import ANSWERS, PLAYED, SHORT, Told, people, sandbox, tell, until
from tests.sandbox import SandboxProcess, running_sandbox

__all__ = ["people", "running_sandbox", "sandbox", "tell"]

pytestmark = pytest.mark.django_db(transaction=True)

SEARCHED = "GET /x/2/tweets/search/recent"
HANDING_OVER = [one.slug for one in all_networks() if one.capabilities.hands_over]
BETWEEN_DEEDS = 0.01  # seconds: networks tell them apart by milliseconds


@pytest.mark.parametrize("stream", ["quotes", "search"])
def test_what_x_is_searched_for(sandbox: SandboxProcess, stream: str, tell: Told) -> None:
    others = Played(sandbox, "x")
    for number, kind in enumerate(PLAYED["poll"]):
        word = f"{stream}{number}woord"
        played = Played(sandbox, "x", search=word)
        own = played.company_posts("Wij rijden weer")
        played.arm(kind, SEARCHED, **SHORT.get(kind, {}))
        for customer in range(3):
            about = {"kind": "quote", "in_reply_to": own} if stream == "quotes" else {"account": others.handle}
            played.says(f"{word} {customer}", by=f"klant{customer}", **about)
        played.poll_of(stream)
        first, words = len(_found(played, stream)), played.administrators_see()
        assert played.struck() or kind in STANDING, f"{stream}: {kind} never struck"
        assert bool(words) == (kind in ANSWERS and kind != "slow"), f"{stream}: {kind} said “{words}”"
        played.mend()
        played.poll_of(stream)
        assert _found(played, stream) == [f"{word} {customer}" for customer in range(3)], f"{stream}: {kind}"
        assert not played.administrators_see()
        assert Ticket.objects.filter(inbox=played.inbox).count() == (3 if stream == "quotes" else 0)
        tell(Row("x", stream, kind, f"{first} of 3 at once, all with the next poll", "", words))


def _found(played: Played, stream: str) -> list[str]:
    """What customers said that this stream brought, without the handles that X puts before it."""
    kind = ItemKind.MENTION if stream == "quotes" else ItemKind.FOUND
    said = Message.objects.filter(inbox=played.inbox, kind=kind, outgoing=False).values_list("text", flat=True)
    return sorted(" ".join(text.split()[-2:]) for text in said)


@pytest.mark.parametrize("slug", HANDING_OVER)
def test_handing_a_conversation_over(sandbox: SandboxProcess, slug: str, tell: Told, people: dict[str, User]) -> None:
    """Asking the other app for it, taking it, giving it back to that app, or to whichever has it by rule."""
    played, suze = _in_private(sandbox, slug), people["suze"]
    with Listening(played):
        played.does("take", by="marit")
        until(partial(_stands, played, "theirs"), slug)
    for kind in (*ANSWERS, *STANDING):
        _hands_over(played, "ask", kind, suze, tell)
        assert _on_the_network(played) == {"held_by_another_app": True, "control_requested": True}, f"{slug}: {kind}"
        _hands_over(played, "take", kind, suze, tell)
        assert _on_the_network(played) == {"held_by_another_app": False, "control_requested": False}, f"{slug}: {kind}"
        _hands_over(played, "give", kind, suze, tell)
        assert _on_the_network(played)["held_by_another_app"], f"{slug}: {kind}"
        private_threads.carry_out(played.ticket().pk, "take", suze.pk, timezone.now())
        other_app = _thread(played).other_app
        Conversation.objects.filter(inbox=played.inbox).update(other_app="")  # as where it was seen in standby alone
        _hands_over(played, "give", kind, suze, tell, to_nobody=" by rule")
        assert _on_the_network(played)["held_by_another_app"], f"{slug}: {kind}"
        Conversation.objects.filter(inbox=played.inbox).update(other_app=other_app)


def _hands_over(played: Played, how: str, kind: str, actor: User, tell: Told, to_nobody: str = "") -> None:
    """One cell: what is asked for meets the fault, then is asked for again."""
    ticket, cell, before = played.ticket(), f"{played.place}: {how}{to_nobody}, {kind}", _thread(played).control
    after = {"ask": before, "take": "ours", "give": "theirs"}[how]
    private_threads.hand_over(actor, ticket.pk, how)
    played.arm(kind, "" if kind in STANDING else "^POST", **SHORT.get(kind, {}))
    private_threads.carry_out(ticket.pk, how, actor.pk, timezone.now())
    assert played.struck() or kind in STANDING, f"{cell} never struck"
    done, words = _last_deed(ticket)
    assert bool(words) != done, cell
    assert "sent again" not in words, f"{cell}: nothing was sent, and asking twice is harmless"
    assert _stands(played, after if done else before), cell
    administrators = played.administrators_see()
    played.mend()
    private_threads.carry_out(ticket.pk, how, actor.pk, timezone.now())
    assert _last_deed(ticket) == (True, ""), cell
    if administrators:  # what is told of the account stands until it is read again
        played.poll_of("conversations")
    assert not played.administrators_see(), cell
    assert _stands(played, after), cell
    happened = f"{how}{to_nobody}: {'done' if done else 'not done'}, done when asked again"
    tell(Row(played.inbox.network, "handover", kind, happened, words, administrators))


@pytest.mark.parametrize("slug", HANDING_OVER)
def test_telling_a_customer_that_it_was_read(
    sandbox: SandboxProcess, slug: str, tell: Told, people: dict[str, User]
) -> None:
    """A courtesy: nobody is told that it did not work, nothing stops for it, and the next one goes."""
    played = _in_private(sandbox, slug)
    for kind in (*ANSWERS, *STANDING):
        said = played.says(f"{kind}?", by="marit", kind="dm")
        played.arm(kind, "" if kind in STANDING else "^POST", **SHORT.get(kind, {}))
        private_threads.carry_out_read(played.ticket().pk)
        assert played.struck() or kind in STANDING, f"{slug}: {kind} never struck"
        assert (played.administrators_see(), played.inbox.state) == ("", Inbox.State.ACTIVE), f"{slug}: {kind}"
        first = _seen(played, said)
        played.mend()
        private_threads.carry_out_read(played.ticket().pk)
        assert _seen(played, said), f"{slug}: {kind}"
        tell(Row(slug, "reading", kind, f"{'seen' if first else 'not seen'} at once, seen with the next", "", ""))


@pytest.mark.parametrize("slug", HANDING_OVER)
def test_what_is_told_of_a_conversation(sandbox: SandboxProcess, slug: str, tell: Told) -> None:
    """The other app takes it, gives it back, and the customer reads twice: the last word of each holds."""
    played = _in_private(sandbox, slug)
    with Listening(played) as listening:
        for kind in (*DELIVERIES, *STANDING):
            before = _changes(played)
            for deeds, event in ((("take", "pass"), "handover"), (("read", "read"), "read|seen")):
                played.arm(kind, "" if kind in STANDING else f"DELIVER .*({event})", **SHORT.get(kind, {}))
                for deed in deeds:
                    answer = played.company_posts(f"Over {kind}", kind="dm", to="marit") if deed == "read" else ""
                    played.does(deed, by="marit")
                    time.sleep(BETWEEN_DEEDS)
            until(partial(_is_read, played, answer), f"{slug}: {kind}")
            time.sleep(0.5 if kind in ("webhook_replayed", "duplicate_delivery") else 0)
            until(partial(_stands, played, "ours"), f"{slug}: {kind}")
            assert played.struck() or kind in STANDING, f"{slug}: {kind} never struck"
            assert len(listening.refused) == (2 if kind == "webhook_bad_signature" else 0)
            listening.refused.clear()
            played.mend()
            changes = _changes(played) - before
            assert changes <= 2, f"{slug}: {kind} was told {changes} times"
            assert _is_read(played, answer), f"{slug}: {kind}"
            tell(Row(slug, "control", kind, f"{changes} of 2 changes on the timeline, the last one holds", "", ""))


def _in_private(sandbox: SandboxProcess, slug: str) -> Played:
    """A customer has written in private, and the desk has read it."""
    played = Played(sandbox, slug)
    played.says("Bent u daar?", by="marit", kind="dm")
    played.poll_of("conversations")
    return played


def _thread(played: Played) -> Conversation:
    return Conversation.objects.get(inbox=played.inbox, private=True)


def _last_deed(ticket: Ticket) -> tuple[bool, str]:
    """Whether it was done, and what the agent reads where it was not."""
    event = TicketEvent.objects.filter(ticket=ticket, kind__in=("action_done", "action_failed")).latest("pk")
    return event.kind == "action_done", told(event.data.get("problem", {}))


def _on_the_network(played: Played) -> dict[str, bool]:
    """Who has the conversation there, whatever the desk believes."""
    return dict(played.sandbox.call("GET", f"/conversations?network={played.place}&author=marit"))


def _stands(played: Played, control: str) -> bool:
    played.process()
    return _thread(played).control == control


def _changes(played: Played) -> int:
    return TicketEvent.objects.filter(ticket=played.ticket(), kind="control").count()


def _is_read(played: Played, answer: str) -> bool:
    played.process()
    ours, read = Message.objects.filter(inbox=played.inbox, external_id=answer).first(), _thread(played).read_until
    return ours is not None and read is not None and read >= ours.created_at


def _seen(played: Played, post: str) -> bool:
    """Whether the customer sees on the network that it was read."""
    return bool(played.sandbox.call("GET", f"/posts/{post}")["seen_at"])
