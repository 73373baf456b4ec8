"""A what-if over 100,000 replies, asked by the API and answered by the desk's own worker."""

import time
from collections.abc import Callable
from typing import Any

import psutil

from tests.benchmarks import history
from tests.benchmarks.tables import show
from tests.running.customers import Account
from tests.running.desk import RunningDesk
from tests.running.past_replies import make_past_replies

REPLIES, TICKETS = 100_000, 20_000
LONGEST = 900.0  # seconds: a busy machine takes its time
WORKER = "network-worker"  # serves the queue of what-ifs
DRAFTS: dict[str, dict[str, Any]] = {
    "as the active one": {},
    "one rule graver": {"rules": {"links.shortener": {"severity": "block"}}},
    "a company's: domains, references, 100 phrases": {
        "rules": {
            "links.not_allowed": {"hosts": ["vlotlijn.nl", "ns.nl"]},
            "phrases.banned": {"phrases": [f"verboden zinsdeel {number}" for number in range(100)]},
            "personal_data.reference": {"patterns": [r"VL-\d{6}", r"[A-Z]{2}\d{4,8}"]},
        }
    },
    "every phrase list and the signature otherwise": {
        "signature": {"format": "-- {initials}"},
        "rules": {
            code: {"phrases": ["liever niet", "excuses", "sorry"]}
            for code in (
                "phrases.banned", "phrases.promise", "tone.dismissive", "tone.blame", "tone.sarcasm",
                "required.apology",
            )
        },
    },
}  # fmt: skip


def test_what_if(desk: RunningDesk, connect: Callable[..., Account]) -> None:
    inbox = connect("x", webhook=False, poll_seconds=3_600).inbox
    history.make(desk, inbox, 1, TICKETS)
    make_past_replies(desk, inbox, REPLIES)
    rows = [_measured(desk, name, document) for name, document in DRAFTS.items()]
    head = ("draft", "goal", "took", "CPU of the worker", "CPU of PostgreSQL", "texts with findings")
    show(f"What-if over {REPLIES:,} replies, beside the active version", rows, head)


def _measured(desk: RunningDesk, name: str, document: dict[str, Any]) -> tuple[str, ...]:
    draft = desk.api("POST", "rulebooks/", {"document": document}, as_="supervisor")["number"]
    worker, database = _processor(desk.processes(WORKER)), _processor(_servers(desk))
    started = time.perf_counter()
    run = desk.api("POST", f"rulebooks/{draft}/what-if/", {"days": 30}, as_="supervisor")
    assert run["total"] == REPLIES
    while run["state"] == "running":
        assert time.perf_counter() - started < LONGEST
        time.sleep(0.2)
        run = desk.api("GET", f"rulebooks/what-if/{run['id']}/", as_="supervisor")
    took = time.perf_counter() - started
    assert (run["state"], run["replies"]["checked"]) == ("done", REPLIES)
    worked, stored = _processor(desk.processes(WORKER)) - worker, _processor(_servers(desk)) - database
    found = run["replies"]["found"]
    return name, "≤ 60 s", f"{took:.1f} s", f"{worked:.1f} s", f"{stored:.1f} s", f"{found:,}"


def _servers(desk: RunningDesk) -> list[psutil.Process]:
    """PostgreSQL's processes."""
    ((backend,),) = desk.rows("SELECT pg_backend_pid()")
    ((postmaster,),) = desk.rows("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")
    parent = psutil.Process(postmaster).parent()
    assert parent is not None
    return [process for process in parent.children() if process.pid != backend]


def _processor(processes: list[psutil.Process]) -> float:
    """Seconds of one core that they have used so far."""
    spent = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        spent += times.user + times.system
    return spent
