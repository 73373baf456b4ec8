"""How far the streams of a Mastodon account have been read.

Ids only grow: numbers on Mastodon and Pleroma, ULIDs on GoToSocial. A longer id is the later one, and of two equally
long ones the one that sorts behind. `min_id` gives what came *right after* a known id, so a chain of pages runs from
old to new and its mark may move with every page: stopping anywhere loses nothing, however long the outage was.

No id tells a time on every server. So a reading that begins at some moment (`Descent`) comes from the newest page down
to it, and goes on from the newest id that it saw.

A second look at the newest mentions (`Look`) finds what no notification tells: another text, a post that is gone, and
a notification that became visible after a later one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.base import Cursor
from connectors.parsing import each_object, mapped, reference
from connectors.text import clean
from connectors.times import moment

PAGE_SIZE = 40  # the most that every server gives for a list of statuses
SMALLEST_PAGE = 20  # a server may give less than was asked for, but none is known that gives less than this
MOST_ROOTS = 300  # posts of which the beginning of the thread is remembered


def later(ids: Iterable[str]) -> str:
    """The latest of some ids; "" where there is none."""
    return max(ids, key=_order, default="")


def is_later(one: str, other: str) -> bool:
    """Whether `one` came after `other`."""
    return _order(one) > _order(other)


def ids_of(entries: object) -> list[str]:
    """The ids in a list of notifications or statuses, without what is no id."""
    found = (reference(entry.get("id")) for entry in each_object(entries))
    return [one for one in found if one]


def after_page(cursor: Cursor, entries: object) -> dict[str, Any]:
    """Where to go on after a page."""
    mark = later([*ids_of(entries), *([clean(cursor["min"])] if cursor.get("min") else [])])
    return {"min": mark} if mark else {}


def has_moved(before: Cursor, after: Cursor) -> bool:
    """Whether a page led on: a server that gives the same one whatever it is asked for would be read for ever."""
    return after.get("min") != before.get("min")


def is_full(entries: list[Any]) -> bool:
    """Whether more may follow."""
    return len(entries) >= SMALLEST_PAGE


def roots_in(cursor: Cursor) -> dict[str, str]:
    """The beginnings of threads that earlier pages asked for, by post."""
    return {clean(post): clean(root) for post, root in mapped(cursor.get("roots")).items()}


def newest_roots(roots: Mapping[str, str]) -> dict[str, str]:
    """What of them the cursor keeps."""
    return dict(list(roots.items())[-MOST_ROOTS:])


@dataclass(frozen=True, slots=True)
class Descent:
    """A reading from the newest entry, `top`, down to what is older than `since`. It stands right below `below`."""

    since: datetime
    below: str = ""
    top: str = ""

    @classmethod
    def of(cls, cursor: Cursor) -> "Descent | None":
        """None where the reading goes forward."""
        try:
            since = moment(cursor.get("since"))
        except ValueError:
            return None
        return cls(since, clean(cursor.get("below")), clean(cursor.get("top")))

    @property
    def place(self) -> dict[str, str]:
        """Where the next page lies, as the server wants to hear it."""
        return {"max_id": self.below} if self.below else {}

    def after(self, entries: list[Any]) -> tuple[dict[str, Any], bool]:
        """Where to go on after a page, and whether this goes further down."""
        ids = ids_of(entries)
        top, below = later([*ids, self.top]), min(ids, key=_order, default="")
        times = [time for entry in each_object(entries) for time in _time(entry.get("created_at"))]
        more = is_full(entries) and bool(times) and min(times) >= self.since and below not in ("", self.below)
        if more:
            return {"since": self.since.isoformat(), "below": below, "top": top}, True
        return ({"min": top} if top else {}), False


def _time(value: object) -> list[datetime]:
    try:
        return [moment(value)]
    except ValueError:
        return []


@dataclass(frozen=True, slots=True)
class Sighting:
    """How a mention stood at the last look. `notification` is the id by which it is listed."""

    notification: str
    edited_at: str
    created_at: str
    private: bool

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Sighting":
        """As a notification tells it."""
        status = mapped(entry.get("status"))
        return cls(
            clean(entry.get("id")),
            clean(status.get("edited_at")),
            clean(status.get("created_at")),
            status.get("visibility") == "direct",
        )

    def as_json(self) -> list[Any]:
        return [self.notification, self.edited_at, self.created_at, self.private]


@dataclass(frozen=True, slots=True)
class Look:
    """What the newest mentions were at the last look, by status."""

    seen: Mapping[str, Sighting] = field(default_factory=dict)
    begun: bool = False

    @classmethod
    def of(cls, cursor: Cursor) -> "Look":
        """Read what `as_json` wrote."""
        seen = {
            clean(status): Sighting(clean(one[0]), clean(one[1]), clean(one[2]), one[3] is True)
            for status, one in mapped(cursor.get("seen")).items()
            if isinstance(one, list) and len(one) == 4
        }
        return cls(seen, "seen" in cursor)

    def as_json(self) -> dict[str, Any]:
        """For the cursor."""
        return {"seen": {status: one.as_json() for status, one in self.seen.items()}}

    def is_news(self, entry: object) -> bool:
        """Whether a notification tells of something that the last look did not see.

        At the very first look only what was edited: the rest comes with the notifications themselves.
        """
        entry = mapped(entry)
        now, before = Sighting.of(entry), self.seen.get(_status_id(entry))
        if before is None:
            return self.begun or bool(now.edited_at)
        return now.edited_at != before.edited_at

    def missing_from(self, entries: object) -> list[str]:
        """The statuses that should be on this page and are not: deleted, or only their notification was dismissed."""
        present = {_status_id(entry) for entry in each_object(entries)}
        # Above the end of a full page; where there is more room than mentions, all of them should be there.
        full = isinstance(entries, list) and len(entries) >= PAGE_SIZE
        end = min(ids_of(entries), key=_order) if full else ""
        return [
            status
            for status, one in self.seen.items()
            if status not in present and (not end or is_later(one.notification, end))
        ]

    def after(self, entries: object, kept: Iterable[str]) -> "Look":
        """As it stands now: what is on the page, and of what is missing those that nobody has asked about yet."""
        now = {_status_id(entry): Sighting.of(entry) for entry in each_object(entries) if _status_id(entry)}
        return Look({**{status: self.seen[status] for status in kept}, **now}, begun=True)


def _status_id(entry: Mapping[str, Any]) -> str:
    return clean(mapped(entry.get("status")).get("id"))


def _order(one: str) -> tuple[int, str]:
    return len(one), one
