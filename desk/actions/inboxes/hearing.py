"""Hints: networks that say at once that there is something new, heard by a worker that reads networks.

A hint makes a stream due now, and so causes one poll at most; what was said is read by the poll, under its budgets and
its rest. A hint that is lost costs the time until the next poll. Each account is listened to by one worker: the lease
lies in Redis, and may be lost too. The web never listens.
"""

import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import redis
from django.db import connection
from django.utils import timezone

from desk.common.background import enqueue
from desk.common.encryption import Unsealable
from desk.common.live import client
from desk.common.logs import logger
from desk.inboxes.calls import connect
from desk.inboxes.gateway import (
    AddressRefused,
    NetworkError,
    NotFound,
    PermissionMissing,
    RateLimited,
    all_networks,
)
from desk.inboxes.models import Inbox, StreamState

MOST = 100  # accounts that one worker listens to; the others are polled in their own rhythm
LOOKS_EVERY = 10.0  # seconds between two looks at whom to listen to
LEASE = 45  # seconds; renewed at each look
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 900.0  # seconds before a connection that dropped is opened again
HELD_WELL = 60.0  # seconds after which a connection that drops counts as the first one
WITHOUT = 3_600.0  # seconds until a server that has no stream is asked again
BUSY_TRIES, BUSY_PAUSE = 5, 1.0  # a poll that runs may have looked already, so the hint waits for its end

_NONE_THERE = (AddressRefused, NotFound, PermissionMissing)


def hinting_networks() -> dict[str, dict[str, float]]:
    """Streams of which a network says that something is new, by network; each with its shortest pause in seconds."""
    found = {
        one.slug: {stream.name: stream.min_seconds for stream in one.streams if stream.hinted} for one in all_networks()
    }
    return {slug: streams for slug, streams in found.items() if streams}


def hint(inbox_id: int, now: datetime) -> bool:
    """Something is new there: its hinted streams are due as soon as the network allows. False where a poll runs."""
    inbox = Inbox.objects.filter(pk=inbox_id, state=Inbox.State.ACTIVE).first()
    if inbox is None:
        return True
    free, wakes = True, False
    for name, shortest in hinting_networks().get(inbox.network, {}).items():
        stream = StreamState.objects.filter(inbox=inbox, name=name).first()
        if stream is None:
            continue
        if stream.claimed_until is not None and stream.claimed_until >= now:
            free = False
            continue
        earliest = max(now, stream.last_poll_at + timedelta(seconds=shortest)) if stream.last_poll_at else now
        same = StreamState.objects.filter(pk=stream.pk, failures=0, next_poll_at__gt=earliest)
        wakes = (bool(same.update(next_poll_at=earliest)) and earliest == now) or wakes
    if wakes:
        enqueue("desk.tasks.claim_due_inboxes")
    return free


def _lease(inbox_id: int) -> str:
    return f"hints:{inbox_id}"


class Ears:
    """Listens to the accounts of one worker, a thread for each, until `stop`."""

    def __init__(self, name: str, *, most: int = MOST, looks_every: float = LOOKS_EVERY) -> None:
        self._name, self._most, self._looks_every = name, most, looks_every
        self._stopped = threading.Event()
        self._held: dict[int, threading.Event] = {}  # set: nobody wants to hear it any more
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="hints", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Comes back at once; connections end when they say something next, or with the process."""
        self._stopped.set()
        for let_go in self._held.values():
            let_go.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._look()
            except Exception as problem:
                logger.warning("could not look whom to listen to", problem=str(problem))
            finally:
                connection.close()
            self._stopped.wait(self._looks_every)
        self._give_back()

    def _give_back(self) -> None:
        """The leases, so that another worker listens at its next look and not when they end."""
        try:
            mine = [key for key in map(_lease, self._held) if client().get(key) == self._name]
            if mine:
                client().delete(*mine)
        except redis.RedisError as problem:
            logger.info("leases are kept until they end", problem=str(problem))

    def _look(self) -> None:
        rows = Inbox.objects.filter(state=Inbox.State.ACTIVE, network__in=hinting_networks())
        wanted = set(rows.order_by("id").values_list("pk", flat=True))
        for inbox_id in set(self._held) - wanted:
            self._held.pop(inbox_id).set()
        for inbox_id in sorted(wanted):
            if not self._leased(inbox_id):
                if inbox_id in self._held:
                    self._held.pop(inbox_id).set()
            elif inbox_id not in self._held:
                let_go = self._held[inbox_id] = threading.Event()
                threading.Thread(target=self._listen, args=(inbox_id, let_go), name="hints", daemon=True).start()

    def _leased(self, inbox_id: int) -> bool:
        """Whether this worker is the one that listens to it."""
        key = _lease(inbox_id)
        try:
            if client().get(key) == self._name:
                client().expire(key, LEASE)
                return True
            if len(self._held) >= self._most and inbox_id not in self._held:
                return False
            return bool(client().set(key, self._name, nx=True, ex=LEASE))
        except redis.RedisError:
            return inbox_id in self._held  # whoever listens goes on, nobody begins

    def _listen(self, inbox_id: int, let_go: threading.Event) -> None:
        failures = 0
        while not let_go.is_set():
            began = timezone.now()
            pause = self._hold(inbox_id, let_go)
            if (timezone.now() - began).total_seconds() >= HELD_WELL:
                failures = 0
            backed_off = min(FIRST_PAUSE * 2 ** min(failures, 10), LONGEST_PAUSE) * random.uniform(0.8, 1.2)  # noqa: S311 a spread, no secret
            failures += 1
            let_go.wait(pause if pause is not None else backed_off)

    def _hold(self, inbox_id: int, let_go: threading.Event) -> float | None:
        """One connection, as long as it holds; how long to wait for the next, where that is known."""
        try:
            inbox = Inbox.objects.get(pk=inbox_id)
            connector = connect(inbox)
            connection.close()  # a listener waits for hours, and needs none meanwhile
            connector.listen(self._hearing(inbox_id, let_go), lambda: not let_go.is_set())
        except _NONE_THERE as problem:
            logger.info("no hints from this server", inbox=inbox_id, problem=str(problem))
            return WITHOUT
        except RateLimited as problem:
            if problem.retry_at is not None:
                return max((problem.retry_at - timezone.now()).total_seconds(), FIRST_PAUSE)
        except (NetworkError, Unsealable, Inbox.DoesNotExist) as problem:
            logger.info("hints broke off", inbox=inbox_id, problem=str(problem))
        except Exception as problem:
            logger.warning("hints broke off", inbox=inbox_id, problem=repr(problem))
        finally:
            connection.close()
        return None

    def _hearing(self, inbox_id: int, let_go: threading.Event) -> Callable[[], None]:
        def heard() -> None:
            try:
                for _ in range(BUSY_TRIES):
                    if hint(inbox_id, timezone.now()) or let_go.wait(BUSY_PAUSE):
                        return
            finally:
                connection.close()

        return heard
