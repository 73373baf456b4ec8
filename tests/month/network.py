"""The sandbox networks inside the test's own process, so that their clock is the month's and not the machine's."""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from connectors.sandbox import deliveries
from connectors.sandbox.app import server
from desk.inboxes.gateway import Item, connect, connector_of
from desk.inboxes.models import Inbox
from desk.people.models import Team
from tests.month.script import INBOXES, MONTH_BEGINS, Said
from tests.running.desk import free_port

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AT_ONCE = 500  # posts in one call, and between two readings of what tells only its newest


@dataclass
class NetworkTime:
    """What the sandbox takes for the machine's clock."""

    now: datetime = MONTH_BEGINS

    def time_ns(self) -> int:
        return (self.now - EPOCH) // timedelta(microseconds=1) * 1_000


@dataclass
class Networks:
    """Running sandbox networks, and what customers will have written on them by the end of the month."""

    address: str
    time: NetworkTime
    inboxes: list[Inbox] = field(default_factory=list)
    items: dict[str, Item] = field(default_factory=dict)  # by the reference of the script
    _cursors: dict[tuple[int, str], Mapping[str, Any]] = field(default_factory=dict)  # by inbox and stream

    def open_accounts(self, teams: Sequence[Team]) -> None:
        """An account and an inbox for each place of the script."""
        for place, team in zip(INBOXES, teams, strict=True):
            wish = {"network": place.sandbox, "handle": place.handle, "settings": {"rate_limits": "off"}}
            made = self._call("/accounts", wish)
            inbox = Inbox(
                network=place.network, name=place.handle, handle=place.handle, own_id=made["id"],
                base_url=made["base_url"], language=place.language, team=team,
            )  # fmt: skip
            inbox.credentials = made["credentials"]
            inbox.save()
            self.inboxes.append(inbox)

    def hear(self, said: Iterable[Said]) -> None:
        """Write it all on the networks, and read it back as the desk does: through the gateway."""
        in_order = sorted(said, key=lambda one: one.at)
        ids: dict[str, str] = {}
        found: dict[tuple[int, str], Item] = {}
        for number, place in enumerate(INBOXES):
            rows = [_row(one) for one in in_order if one.inbox == number]
            for first in range(0, len(rows), AT_ONCE):
                body = {"network": place.sandbox, "account": place.handle, "posts": rows[first : first + AT_ONCE]}
                answer = self._call("/posts/bulk", body)
                assert answer["refused"] == 0, [one["error"] for one in answer["results"] if "error" in one][:3]
                ids |= {one["ref"]: one["id"] for one in answer["results"]}
                found |= {(number, item.external_id): item for item in self._read(number, only_newest=True)}
            found |= {(number, item.external_id): item for item in self._read(number, only_newest=False)}
        self.items = {one.ref: found[one.inbox, ids[one.ref]] for one in in_order if not one.background}

    def _read(self, number: int, *, only_newest: bool) -> Iterator[Item]:
        """What is new since the last reading, on the streams that tell only their newest or on all others."""
        inbox = self.inboxes[number]
        for stream in connector_of(inbox).streams:
            more = only_newest == (stream.history_items is not None)
            while more:
                page = connect(inbox).fetch(stream.name, self._cursors.get((number, stream.name), {}))
                assert page.unreadable == ()
                yield from (item for item in page.items if item.addressed)
                self._cursors[number, stream.name], more = page.cursor, page.more

    def _call(self, path: str, body: object) -> Any:
        answer = requests.post(f"{self.address}/_sandbox{path}", json=body, timeout=60)
        assert answer.ok, answer.text
        return answer.json()


def _row(one: Said) -> dict[str, Any]:
    row = {"ref": one.ref, "text": one.text, "created_at": one.at.isoformat(), "kind": one.kind}
    if one.answers:
        row["in_reply_to"] = one.answers
    if one.author:
        return {**row, "author": one.author}
    return {**row, "origin": "native", **({"to": one.thread} if one.private else {})}


@contextmanager
def running_networks(folder: Path) -> Iterator[Networks]:
    port, clock = free_port(), NetworkTime()
    service = server(folder, "127.0.0.1", port)
    thread = threading.Thread(target=service.run, daemon=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deliveries, "time", clock)
        thread.start()
        while not service.started:
            assert thread.is_alive(), "the sandbox ended while it was starting"
            time.sleep(0.02)
        yield Networks(f"http://127.0.0.1:{port}", clock)
        service.should_exit = True
        thread.join(10)
