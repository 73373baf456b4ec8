"""Posting rows on a sandbox network, together when several are due at once."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from desk.inboxes.sandbox import KINDS, OTHERWISE, Sandbox
from desk.operations.replay.rhythm import Rhythm
from desk.operations.replay.rows import Refused, Row, Unusable

MOST_AT_ONCE = 500  # rows in one call
MOST_TEXT_AT_ONCE = 2_000_000  # characters in one call
NO_PARENT = "in_reply_to:"  # how the sandbox begins when it does not know what a post answers


@dataclass(slots=True)
class Tally:
    """How far it has come, in rows."""

    read: int = 0
    posted: int = 0
    refused: int = 0


class Poster:
    """One replay. `report` gets a row's number and what is to be said of it; `progress` is called after each batch."""

    def __init__(
        self,
        sandbox: Sandbox,
        network: str,
        account: str,
        run: str,
        *,
        report: Callable[[int, str], None],
        progress: Callable[[Tally], None],
    ) -> None:
        self._sandbox = sandbox
        self._place = {"network": network, "account": account}
        self._first, self._below = KINDS.get(network, OTHERWISE)
        self._run = run  # part of every ref, so that a file can be replayed twice
        self._report, self._progress = report, progress
        self.tally = Tally()

    def play(self, rows: Iterable[Row | Refused], rhythm: Rhythm) -> None:
        """Post every row when it is due; refused ones are reported, the rest goes on. Raises Unusable, SandboxAway."""
        started = time.monotonic()
        batch: list[Row] = []
        try:
            for row in self._good(rows):
                due = started + rhythm.due(row.posted_at)
                if batch and (due > time.monotonic() or _full(batch)):
                    self._post(batch)
                    batch = []
                if (wait := due - time.monotonic()) > 0:
                    time.sleep(wait)
                batch.append(row)
        except Unusable:  # the file broke off: what was read is still posted
            self._post(batch)
            raise
        self._post(batch)

    def _good(self, rows: Iterable[Row | Refused]) -> Iterator[Row]:
        for row in rows:
            self.tally.read += 1
            if isinstance(row, Refused):
                self._refuse(row.number, row.reason)
            else:
                yield row

    def _post(self, batch: list[Row]) -> None:
        for row, problem in zip(batch, self._write(batch), strict=True):
            if problem.startswith(NO_PARENT):
                self._post_alone(row)
            elif problem:
                self._refuse(row.number, problem)
            else:
                self.tally.posted += 1
        self._progress(self.tally)

    def _post_alone(self, row: Row) -> None:
        """What a row answers is not there. Perhaps it was refused, or stands later in the file: the words are kept."""
        (problem,) = self._write([row])  # its parent may have been such a row too, and be there by now
        if problem.startswith(NO_PARENT):
            (problem,) = self._write([row], with_parents=False)
            self._report(row.number, f"in_reply_to “{row.in_reply_to}” is no row before it; it is posted by itself")
        if problem:
            self._refuse(row.number, problem)
        else:
            self.tally.posted += 1

    def _write(self, batch: list[Row], *, with_parents: bool = True) -> list[str]:
        """What the sandbox has against each row, "" where it is posted."""
        results = self._sandbox.write([self._as_post(row, with_parents) for row in batch]) if batch else []
        return [str(result.get("error", "")) for result in results]

    def _as_post(self, row: Row, with_parents: bool) -> dict[str, Any]:
        below = bool(row.in_reply_to) and with_parents and not row.private
        author = {"handle": row.author, "name": row.name} if row.name else row.author
        post: dict[str, Any] = {**self._place, "author": author, "text": row.text}
        post |= {name: value for name, value in (("subject", row.subject), ("raw", row.raw)) if value}
        post["kind"] = "dm" if row.private else self._below if below else self._first
        if row.id:
            post["ref"] = self._ref(row.id)
        if below:
            post["in_reply_to"] = self._ref(row.in_reply_to)
        return post

    def _ref(self, row_id: str) -> str:
        return f"replay:{self._run}:{row_id}"

    def _refuse(self, number: int, reason: str) -> None:
        self.tally.refused += 1
        self._report(number, reason)


def _full(batch: list[Row]) -> bool:
    return len(batch) >= MOST_AT_ONCE or sum(len(row.text) + len(row.raw) for row in batch) > MOST_TEXT_AT_ONCE
