"""The matrix. Each cell has an account of its own; a fault that never struck fails its cell.

What it found is printed as a table at the end of the run (`tests.faults.table`).
"""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from connectors.sandbox.faults import DELIVERIES, DISTURBANCES, FAILURES, STANDING
from desk.actions.replies import reply, send
from desk.actions.tickets import moderate
from desk.inboxes.gateway import Action, all_networks, network, schemes_of
from desk.inboxes.words import told
from desk.people.models import User
from desk.replies.models import Reply
from desk.tickets.models import Message, TicketEvent
from policies.reply_states import State
from tests.actions.alerted import a_person
from tests.faults.played import Listening, Played
from tests.faults.table import Row
from tests.sandbox import SandboxProcess, running_sandbox

__all__ = ["running_sandbox"]

pytestmark = pytest.mark.django_db(transaction=True)

# A mailbox is no web server: its faults are in `test_mail.py` here, in the same table.
NETWORKS = [connector.slug for connector in all_networks() if "https" in schemes_of(connector)]
WITH_WEBHOOKS = [slug for slug in NETWORKS if network(slug).capabilities.webhook]
WITH_ACTIONS = [slug for slug in NETWORKS if network(slug).capabilities.actions]
SHORT: Mapping[str, dict[str, Any]] = {  # seconds: long enough to be met, short enough to wait for
    "rate_limit": {"seconds": 1},
    "timeout_before": {"seconds": 0.2},
    "timeout_after": {"seconds": 0.2},
    "slow": {"seconds": 0.3},
    "reordered_delivery": {"seconds": 0.3},
    "webhook_delayed": {"seconds": 0.5},
    "webhook_replayed": {"seconds": 0.3},
}
ANSWERS = (*FAILURES, *DISTURBANCES)
ON_PAGES = ("duplicate_delivery", "reordered_delivery")
GONE, SAID_BEFORE = "not_found", "duplicate_content"  # of replies: what customers and colleagues make happen
# What is played below: of each way the faults that can happen on it. `test_no_cell_is_empty` holds it against all.
PLAYED: Mapping[str, tuple[str, ...]] = {
    "poll": (*ANSWERS, *ON_PAGES, *STANDING),
    "webhook": (*DELIVERIES, *STANDING),
    "reply": (*ANSWERS, SAID_BEFORE, *STANDING),
    "hide": (*ANSWERS, *STANDING),
}
OVER = (State.SENT, State.HELD, State.FAILED, State.CANCELLED)
LATER = timedelta(minutes=1)  # past the time in which a reply can be taken back

Told = Callable[[Row], None]


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Told:
    """Put a line into the table of the run."""
    return lambda row: request.node.user_properties.append(row.as_property())


@pytest.fixture
def sandbox(running_sandbox: SandboxProcess) -> Iterator[SandboxProcess]:
    yield running_sandbox
    running_sandbox.call("DELETE", "/faults")


@pytest.fixture(autouse=True)
def people() -> dict[str, User]:
    return {"ada": a_person("ada", "administrator"), "suze": a_person("suze", "supervisor")}


@pytest.mark.parametrize("slug", NETWORKS)
def test_a_poll(sandbox: SandboxProcess, slug: str, tell: Told) -> None:
    for kind in PLAYED["poll"]:
        played = Played(sandbox, slug)
        played.arm(kind, "GET", **SHORT.get(kind, {}))
        for number in range(3):
            played.says(f"{kind} {number}", by=f"klant{number}")
        played.poll()
        first, words = len(played.texts()), played.administrators_see()
        assert played.struck() or kind in STANDING, f"{slug}: {kind} never struck"
        assert bool(words) == (kind in ANSWERS and kind != "slow"), f"{slug}: {kind} said “{words}”"
        played.mend()
        played.poll()
        assert [text.rsplit(maxsplit=1)[-1] for text in played.texts()] == ["0", "1", "2"], f"{slug}: {kind}"
        assert not played.administrators_see()
        tell(Row(slug, "poll", kind, f"{first} of 3 at once, all with the next poll", "", words))


@pytest.mark.parametrize("slug", WITH_WEBHOOKS)
def test_a_webhook(sandbox: SandboxProcess, slug: str, tell: Told) -> None:
    for kind in PLAYED["webhook"]:
        played = Played(sandbox, slug)
        played.poll()  # the feeds' beginning
        with Listening(played) as listening:
            played.arm(kind, "" if kind in STANDING else "DELIVER", **SHORT.get(kind, {}))
            for number in range(2):
                played.says(f"{kind} {number}", by=f"klant{number}")
            came = 1 if kind == "webhook_lost" else 2
            until(partial(_has, played, came), f"{slug}: {kind}")
            time.sleep(0.5 if kind in ("webhook_replayed", "duplicate_delivery") else 0)
            played.process()
        first = len(played.texts())
        assert played.struck() or kind in STANDING, f"{slug}: {kind} never struck"
        assert (listening.refused == ["bad_signature"]) == (kind == "webhook_bad_signature")
        played.poll()
        assert [text.rsplit(maxsplit=1)[-1] for text in played.texts()] == ["0", "1"], f"{slug}: {kind}"
        tell(Row(slug, "webhook", kind, f"{first} of 2 by webhook, all with the next poll", "", ""))


@pytest.mark.parametrize("slug", NETWORKS)
def test_a_reply(sandbox: SandboxProcess, slug: str, tell: Told, people: dict[str, User]) -> None:
    for kind in PLAYED["reply"]:
        played = Played(sandbox, slug)
        asked = played.says(f"{kind}?", by="marit")
        played.poll()
        ticket = played.ticket()
        text = f"Antwoord {kind}"
        written = reply.submit(
            people["suze"], ticket.pk, text=text, visibility="public", idempotency_key=kind, send_anyway=True
        )
        if kind == GONE:
            played.takes_back(asked)
        elif kind == SAID_BEFORE:
            played.company_types(text, asked)
        else:
            played.arm(kind, "" if kind in STANDING else "^(POST|PUT)", **SHORT.get(kind, {}))
        before = played.company_said().count(text)
        send.send(written.pk, timezone.now() + LATER)
        written.refresh_from_db()
        first, words = written.state, told(written.problem)
        assert played.struck() or kind in STANDING, f"{slug}: {kind} never struck"
        played.mend()
        last = until_over(written)
        said = len([one for one in played.company_said() if text in one]) - before
        assert said <= 1, f"{slug}: {kind} was said twice"
        assert (last == State.SENT) == bool(said) or kind == SAID_BEFORE, f"{slug}: {kind} is {last}, said {said}"
        assert bool(words) == (first != State.SENT), f"{slug}: {kind} was {first}, told “{words}”"
        happened = f"{first if first == last else f'{first} → {last}'}, {said} on the network"
        tell(Row(slug, "reply", kind, happened, words, played.administrators_see()))


@pytest.mark.parametrize("slug", WITH_ACTIONS)
def test_hiding(sandbox: SandboxProcess, slug: str, tell: Told, people: dict[str, User]) -> None:
    offered = network(slug).capabilities.actions
    action = next(one for one in (Action.HIDE, Action.LIKE, Action.DELETE) if one in offered)
    for kind in PLAYED["hide"]:
        played = Played(sandbox, slug)
        ours = action is Action.DELETE  # of what others wrote nobody but they may delete
        if ours:
            played.company_types("Antwoord", played.says(f"{kind}?", by="marit"))
        else:
            played.says_below(f"{kind}?", by="marit")
        played.poll()
        message = Message.objects.get(inbox=played.inbox, outgoing=ours)
        moderate.act(people["suze"], message.pk, action)
        played.arm(kind, "" if kind in STANDING else "^(POST|PUT|DELETE)", **SHORT.get(kind, {}))
        moderate.carry_out(message.pk, action, people["suze"].pk, timezone.now())
        assert played.struck() or kind in STANDING, f"{slug}: {kind} never struck"
        event = TicketEvent.objects.filter(kind__in=("action_done", "action_failed")).latest("pk")
        words = told(event.data.get("problem", {}))
        assert bool(words) == (event.kind == "action_failed")
        assert "sent again" not in words, "doing it twice is harmless"
        played.mend()
        moderate.carry_out(message.pk, action, people["suze"].pk, timezone.now())
        done = TicketEvent.objects.filter(kind="action_done", data__message=message.pk).count()
        assert done >= 1, f"{slug}: {action} after {kind}"
        first = "done" if event.kind == "action_done" else "not done"
        tell(
            Row(
                slug,
                "hide" if action is Action.HIDE else f"hide: {action}",
                kind,
                f"{first}, done when asked again",
                words,
                played.administrators_see(),
            )
        )


def _has(played: Played, came: int) -> bool:
    played.process()
    return len(played.texts()) >= came


def until_over(written: Reply) -> str:
    """How it ends, as its worker goes on: again when it is due, looked for where its outcome is unknown."""
    for _turn in range(6):
        if written.state in OVER:
            break
        due = max(written.next_attempt_at, timezone.now()) + LATER
        if written.state == State.UNKNOWN:
            send.look_up(written.pk, due)
        else:
            send.send(written.pk, due)
        written.refresh_from_db()
    return written.state


def until(held: Callable[[], bool], what: str, seconds: float = 20) -> None:
    ends = time.monotonic() + seconds
    while not held():
        assert time.monotonic() < ends, what
        time.sleep(0.05)
