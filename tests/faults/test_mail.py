"""The matrix of a mailbox: each fault that a mail server can have × reading and answering, told in the same table.

The same rules hold as for the web (`test_matrix.py`): a fault that never struck fails its cell, nothing is lost, and
nothing is said twice.
"""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.utils import timezone

from desk.actions.replies import reply, send
from desk.inboxes.models import CoverageGap
from desk.inboxes.words import told
from desk.people.models import User
from desk.tickets.models import Message
from policies.reply_states import State
from tests.faults.played import Played
from tests.faults.table import Row
from tests.faults.test_matrix import LATER, SHORT, Told, people, sandbox, tell, until_over
from tests.sandbox import SandboxProcess, running_sandbox

__all__ = ["people", "running_sandbox", "sandbox", "tell"]

pytestmark = pytest.mark.django_db(transaction=True)

BROKEN = (
    "server_error_json",
    "server_error_html",
    "timeout_before",
    "timeout_after",
    "truncated_json",
    "malformed_json",
)
BUSY = ("rate_limit", "rate_limit_without_reset")
# What a mail server can do, and at which step. A fault with several steps is a cell for each.
READING: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(BUSY, ("LOGIN", "FETCH")),
    **dict.fromkeys(BROKEN, ("STATUS", "FETCH")),
    "unauthorized": ("LOGIN",),
    "forbidden": ("STATUS",),
    "not_found": ("EXAMINE",),
    "over_quota": ("FETCH",),
}
UNNOTICED = ("slow", "duplicate_delivery", "reordered_delivery", "clock_skew", "renumbered")
ANSWERING: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(BUSY, ("AUTH", "RCPT")),
    **dict.fromkeys(BROKEN, ("RCPT", "DATA")),
    "slow": ("DATA",),
    "unauthorized": ("AUTH",),
    "forbidden": ("MAIL",),
    "not_allowed": ("DATA",),
    "not_found": ("RCPT",),
    "greylisted": ("RCPT",),
    "over_quota": ("RCPT",),
}
SAID_BEFORE = "duplicate_content"
PLAYED: Mapping[str, tuple[str, ...]] = {
    "poll": (*READING, *UNNOTICED),
    "reply": (*ANSWERING, SAID_BEFORE, "clock_skew"),
}
LOOKED_FOR = tuple((kind, "DATA") for kind in ("timeout_after", "truncated_json", "malformed_json"))


@pytest.mark.parametrize("kind", READING)
def test_reading(sandbox: SandboxProcess, kind: str, tell: Told) -> None:
    for step in READING[kind]:
        played = Played(sandbox, "mail")
        played.arm(kind, f"IMAP {step}", **SHORT.get(kind, {}))
        for number in range(3):
            played.says(f"{kind} {number}", by=f"klant{number}")
        played.poll()
        first, words = len(played.texts()), played.administrators_see()
        assert played.struck(), f"{kind} never struck at {step}"
        assert words, f"{kind} at {step} was told to nobody"
        assert CoverageGap.objects.filter(inbox=played.inbox, ended_at=None).exists(), "a blind time is written down"
        played.mend()
        played.poll()
        assert _numbers(played) == ["0", "1", "2"], f"{kind} at {step}"
        assert not played.administrators_see()
        assert not CoverageGap.objects.filter(inbox=played.inbox, ended_at=None).exists()
        happened = f"{first} of 3 at once, all with the next poll"
        tell(Row("mail", "poll", f"{kind} at {step}", happened, "", words))


@pytest.mark.parametrize("kind", UNNOTICED)
def test_what_nobody_need_notice(sandbox: SandboxProcess, kind: str, tell: Told) -> None:
    played = Played(sandbox, "mail")
    played.says(f"{kind} 0", by="klant0")
    played.poll()
    match = {
        "duplicate_delivery": "DELIVER mail",
        "renumbered": "IMAP STATUS",
        "reordered_delivery": "IMAP FETCH",
        "slow": "IMAP",
    }.get(kind, "")
    played.arm(kind, match, **SHORT.get(kind, {"seconds": -7_200} if kind == "clock_skew" else {}))
    for number in (1, 2):
        played.says(f"{kind} {number}", by=f"klant{number}")
    played.poll()
    assert played.struck() or kind == "clock_skew", f"{kind} never struck"
    played.mend()
    played.poll()
    assert _numbers(played) == ["0", "1", "2"], kind
    assert not played.administrators_see()
    rows = Message.objects.filter(inbox=played.inbox).values_list("created_at", flat=True)
    assert max(rows) < timezone.now() + timedelta(minutes=1)
    tell(Row("mail", "poll", kind, "3 of 3 at once, none twice", "", ""))


def test_a_server_that_is_away(sandbox: SandboxProcess, tell: Told) -> None:
    played = Played(sandbox, "mail")
    there = played.inbox.base_url
    played.says("weg 0", by="klant0")
    type(played.inbox).objects.update(base_url="imap://127.0.0.1:1")
    played.poll()
    words = played.administrators_see()
    assert words
    type(played.inbox).objects.update(base_url=there)
    played.inbox.refresh_from_db()
    played.poll()
    assert (_numbers(played), played.administrators_see()) == (["0"], "")
    tell(Row("mail", "poll", "connection refused", "0 of 1 at once, all with the next poll", "", words))


@pytest.mark.parametrize("kind", ANSWERING)
def test_answering(sandbox: SandboxProcess, kind: str, tell: Told, people: dict[str, User]) -> None:
    for step in ANSWERING[kind]:
        played = Played(sandbox, "mail")
        played.says(f"{kind}?", by="marit")
        played.poll()
        text = f"Antwoord {kind} {step}"
        written = reply.submit(
            people["suze"], played.ticket().pk, text=text, visibility="private", idempotency_key=text, send_anyway=True
        )
        played.arm(kind, f"SMTP {step}", **SHORT.get(kind, {}))
        send.send(written.pk, timezone.now() + LATER)
        written.refresh_from_db()
        first, words = written.state, told(written.problem)
        assert played.struck(), f"{kind} never struck at {step}"
        assert first != State.SENT or kind == "slow", f"{kind} at {step} was taken for an answer"
        if kind in BROKEN and step != "DATA":
            assert first == State.QUEUED, f"{kind} at {step}: nothing can have left, so it is tried again"
        played.mend()
        last = until_over(written)
        said = len([one for one in played.company_said() if text in one])
        assert said <= 1, f"{kind} at {step} was said twice"
        assert (last == State.SENT) == bool(said), f"{kind} at {step} is {last}, said {said}"
        assert said or (kind, step) not in LOOKED_FOR
        assert bool(words) == (first != State.SENT), f"{kind} at {step} was {first}, told “{words}”"
        happened = f"{first if first == last else f'{first} → {last}'}, {said} in the customer's mailbox"
        tell(Row("mail", "reply", f"{kind} at {step}", happened, words, played.administrators_see()))


def test_a_mail_that_is_written_first_and_arrives_last(sandbox: SandboxProcess, tell: Told) -> None:
    """As a server does that lets one wait: it stands where it was written, and the customer waits since then."""
    played, now = Played(sandbox, "mail"), timezone.now()
    for number, minutes in (("1", 5), ("0", 90)):
        played.says(f"Vraag {number}", by="marit", created_at=(now - timedelta(minutes=minutes)).isoformat())
        played.poll()
    ticket = played.ticket()
    said = Message.objects.filter(ticket=ticket).order_by("created_at")
    assert [one.text.rsplit(maxsplit=1)[-1] for one in said] == ["0", "1"]
    assert ticket.waiting_since is not None
    assert now - ticket.waiting_since > timedelta(minutes=89)
    tell(Row("mail", "poll", "reordered on its way", "both, in the order in which they were written", "", ""))


@pytest.mark.parametrize("kind", [SAID_BEFORE, "clock_skew"])
def test_answering_goes_on(sandbox: SandboxProcess, kind: str, tell: Told, people: dict[str, User]) -> None:
    """Mail refuses nothing for having been said before, and a server's clock names no mail."""
    played = Played(sandbox, "mail")
    asked = played.says(f"{kind}?", by="marit")
    played.poll()
    text = f"Antwoord {kind}"
    if kind == SAID_BEFORE:
        played.company_types(text, asked)
    else:
        played.arm(kind, "", seconds=-7_200)
    before = len([one for one in played.company_said() if text in one])
    written = reply.submit(
        people["suze"], played.ticket().pk, text=text, visibility="private", idempotency_key=kind, send_anyway=True
    )
    send.send(written.pk, timezone.now() + LATER)
    written.refresh_from_db()
    said = len([one for one in played.company_said() if text in one]) - before
    assert (written.state, said, told(written.problem)) == (State.SENT, 1, "")
    tell(Row("mail", "reply", kind, f"{written.state}, {said} in the customer's mailbox", "", ""))


def _numbers(played: Played) -> list[str]:
    return [text.rsplit(maxsplit=1)[-1] for text in played.texts()]
