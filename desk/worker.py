"""A background worker, by what it does: `python -m desk.worker network`, `python -m desk.worker ingest --at-once 4`.

Celery's own command line can do the same; it takes 7 MB of each process for a shell that no worker opens.
"""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from celery import signals
from celery.utils.nodenames import host_format

from desk.celery import app

MOST_AT_ONCE = 256
OBJECTS_OF_A_BATCH = 50_000  # about; a look for garbage in the middle of it finds none and takes a twelfth of the time


@dataclass(frozen=True, slots=True)
class Role:
    """Which queues a worker serves, and how many at the same time: threads where networks are waited for."""

    queues: tuple[str, ...]
    at_once: int
    threads: bool


ROLES = {
    # more than settings.FETCHERS, so that polls of a slow network never hold up an answer
    "network": Role(("fetch", "send", "default"), at_once=8, threads=True),
    "ingest": Role(("ingest",), at_once=1, threads=False),
}


def main(arguments: Sequence[str]) -> int:
    """Works until it is told to stop; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m desk.worker", description=__doc__)
    parser.add_argument("role", choices=ROLES)
    parser.add_argument("--at-once", type=_number, help="tasks at the same time: threads, or processes for ingest")
    parser.add_argument("--hostname", help="the worker's name, by default its role and the machine: network@%%h")
    parser.add_argument("--loglevel", default="WARNING")
    asked = parser.parse_args(arguments)
    role = ROLES[asked.role]
    at_once = asked.at_once or role.at_once
    if role is ROLES["network"]:
        signals.worker_ready.connect(listen, weak=False)
    if role is ROLES["ingest"]:
        gc.set_threshold(OBJECTS_OF_A_BATCH)
    worker = app.Worker(
        hostname=host_format(asked.hostname or f"{asked.role}-worker@%h"),
        queues=role.queues,
        pool_cls="threads" if role.threads else "prefork" if at_once > 1 else "solo",
        concurrency=at_once,
        optimization="fair",  # who is free takes the next one
        prefetch_multiplier=1,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        loglevel=asked.loglevel,
    )
    worker.start()
    return int(worker.exitcode or 0)


def listen(sender: Any, **_kwargs: object) -> None:
    """A worker that reads networks also listens to those that say at once that something is new."""
    from desk.actions.inboxes import hearing  # Django is there by now

    ears = hearing.Ears(f"{sender.hostname}:{os.getpid()}")
    ears.start()
    signals.worker_shutting_down.connect(lambda **_kwargs: ears.stop(), weak=False)


def _number(words: str) -> int:
    if not words.isdecimal() or not 1 <= int(words) <= MOST_AT_ONCE:
        raise argparse.ArgumentTypeError(f"give a whole number from 1 to {MOST_AT_ONCE}")
    return int(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
