"""Many inboxes on a clock of their own: who is claimed is asked of the real table, only the calls are played."""

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from desk.actions.inboxes import poll
from desk.inboxes.breaker import no_answer
from desk.inboxes.gateway import Transient
from desk.inboxes.models import Inbox, StreamState
from tests.actions.builders import NOON

TICK = timedelta(seconds=1)


@dataclass(frozen=True)
class Kind:
    """Accounts that are alike: how many, how long a call takes, and whether it is answered in the end."""

    name: str
    count: int
    seconds: int
    answers: bool = True
    streams: int = 1
    poll_seconds: int = 60
    server: str = "one"


@dataclass
class Played:
    """What happened: when each stream was last read, and what was seen on the way."""

    longest: dict[str, float] = field(default_factory=lambda: defaultdict(float))  # between two reads, in rhythms
    polls: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    most_held: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    most_of_one: int = 0
    claimed: list[int] = field(default_factory=list)


class Desk:
    """`begin` makes the accounts, all of them due at once; `run` lets time pass."""

    def __init__(self, *kinds: Kind) -> None:
        self.kinds: dict[int, Kind] = {}
        self.streams: dict[int, StreamState] = {}
        self.read_at: dict[int, datetime] = {}
        for kind in kinds:
            self._make(kind)
        self._running: list[tuple[datetime, int]] = []

    def _make(self, kind: Kind) -> None:
        inboxes = Inbox.objects.bulk_create(
            Inbox(
                network="x", name=f"{kind.name} {n}", base_url=f"http://{kind.server}", poll_seconds=kind.poll_seconds
            )
            for n in range(kind.count)
        )
        states = StreamState.objects.bulk_create(
            StreamState(inbox=inbox, name=f"stream {n}", next_poll_at=NOON, took_ms=200)
            for inbox in inboxes
            for n in range(kind.streams)
        )
        for state in states:
            self.kinds[state.pk], self.streams[state.pk], self.read_at[state.pk] = kind, state, NOON

    def run(self, seconds: int, *, since: datetime = NOON) -> Played:
        """Let so much time pass, one claim a second as beat makes it and one after each call that ended."""
        played, now = Played(), since
        while now < since + timedelta(seconds=seconds):
            self._end_calls(now, played)
            for stream_id in poll.claim_due(now):
                kind = self.kinds[stream_id]
                played.claimed.append(stream_id)
                heapq.heappush(self._running, (now + timedelta(seconds=kind.seconds), stream_id))
            self._look(played)
            now += TICK
        for stream_id, at in self.read_at.items():  # who still waits has waited too
            kind = self.kinds[stream_id]
            played.longest[kind.name] = max(played.longest[kind.name], (now - at).total_seconds() / kind.poll_seconds)
        return played

    def _end_calls(self, now: datetime, played: Played) -> None:
        while self._running and self._running[0][0] <= now:
            stream_id = heapq.heappop(self._running)[1]
            kind, stream = self.kinds[stream_id], self.streams[stream_id]
            stream.took_ms = kind.seconds * 1_000
            played.polls[kind.name] += 1
            if kind.answers:
                stream.failures = 0
                poll._come_again(stream, now + timedelta(seconds=kind.poll_seconds))
                waited = (now - self.read_at[stream_id]).total_seconds() / kind.poll_seconds
                played.longest[kind.name] = max(played.longest[kind.name], waited)
                self.read_at[stream_id] = now
            else:
                no_answer(stream.inbox, now)
                again = poll._after(Transient("no answer"), stream, now)
                stream.failures += 1
                poll._come_again(stream, again, failures=stream.failures)

    def _look(self, played: Played) -> None:
        held, of_one = defaultdict[str, int](int), defaultdict[int, int](int)
        for _until, stream_id in self._running:
            held[self.kinds[stream_id].name] += 1
            of_one[self.streams[stream_id].inbox_id] += 1
        for name, count in held.items():
            played.most_held[name] = max(played.most_held[name], count)
        played.most_of_one = max([played.most_of_one, *of_one.values()])
