"""The timelines of tickets as clocks read them: a ticket that was split off another begins with the other's.

What happened before a split happened to both. Each counts the messages that are on it since, so that every message is
counted once, and ended its wait when it did.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from desk.tickets.models import TicketEvent

Here = Callable[[int], bool]  # whether a message belongs to the ticket that is asked about
_TOLD = (
    "ticket_opened", "message_received", "replied_on_network", "reply_sent", "transition", "merged", "merged_into",
    "split", "split_from",
)  # fmt: skip


class Line(NamedTuple):
    """One line of a timeline that means something for clocks."""

    pk: int
    kind: str
    at: datetime
    data: Mapping[str, Any]

    @property
    def messages(self) -> list[int]:
        """The messages that it speaks of as asked or answered."""
        return [self.data["message"]] if self.data.get("message") else self.data.get("waiting", [])


@dataclass(slots=True)
class Timelines:
    """By ticket, oldest line first."""

    lines: dict[int, list[Line]] = field(default_factory=dict)

    def of(self, ticket_id: int) -> Iterator[tuple[Line, Here]]:
        """Every line that tells of a ticket, with which messages it still counts for it."""
        return self._of(ticket_id, None, lambda _message: True)

    def _of(self, ticket_id: int, before: int | None, wanted: Here) -> Iterator[tuple[Line, Here]]:
        """`before`: the line at which the ticket that is asked about was split off this one."""
        lines = [line for line in self.lines.get(ticket_id, ()) if before is None or line.pk < before]
        left = {message: line.pk for line in lines if line.kind == "split" for message in line.data["messages"]}
        for line in lines:
            here = _still_there(left, line.pk, wanted)
            if line.kind == "split_from":
                yield from self._of(line.data["from"], line.data["line"], _one_of(line.data["messages"], here))
            yield line, here


def read_timelines(ticket_ids: Iterable[int]) -> Timelines:
    """In one query; in one more for each split that lies before a split."""
    told, unread = Timelines(), set(ticket_ids)
    while unread:
        told.lines |= {pk: [] for pk in unread}
        rows = TicketEvent.objects.filter(ticket__any_of=unread, kind__in=_TOLD).order_by("ticket_id", "id")
        for ticket_id, *line in rows.values_list("ticket_id", "pk", "kind", "at", "data"):
            told.lines[ticket_id].append(Line(*line))
        split_off = (line for pk in unread for line in told.lines[pk] if line.kind == "split_from")
        unread = {line.data["from"] for line in split_off} - told.lines.keys()
    return told


def _still_there(left: Mapping[int, int], line: int, wanted: Here) -> Here:
    """A message that came back by a merge is told of by a later line than the one at which it left."""
    return lambda message: left.get(message, 0) < line and wanted(message)


def _one_of(messages: Iterable[int], wanted: Here) -> Here:
    chosen = frozenset(messages)
    return lambda message: message in chosen and wanted(message)
