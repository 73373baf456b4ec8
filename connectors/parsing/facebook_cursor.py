"""How far each stream of a page has been read. Times are whole seconds since 1970, as Facebook's `since` wants them.

Facebook lists newest first, its times are whole seconds, and what is new can appear a little late. So every reading
goes back a bit behind the newest thing known (`OVERLAP`), and `seen` says what of that has been given already, in
which state: a text that changed since is an edit. `mark` moves only when a chain of pages is finished.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from connectors.base import Change, Cursor, Item
from connectors.parsing import mapped
from connectors.text import clean

OVERLAP = 120  # seconds
SEEN = 200  # messages of which the state is remembered; more in the overlap is given again, which does no harm


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where the reading of one list stands."""

    mark: int = 0
    top: int = 0
    after: str = ""
    seen: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, cursor: Cursor) -> "Place":
        """Read what `as_json` wrote; anything else means the very start."""
        seen = mapped(cursor.get("seen"))
        return cls(whole(cursor.get("mark")), whole(cursor.get("top")), clean(cursor.get("after")), seen)

    @property
    def floor(self) -> int:
        """From when on things are of interest; 0 for everything."""
        return max(0, self.mark - OVERLAP)

    def as_json(self) -> dict[str, Any]:
        given = {"mark": self.mark, "top": self.top, "after": self.after, "seen": dict(self.seen)}
        return {name: value for name, value in given.items() if value}

    def fresh(self, items: Iterable[Item]) -> tuple[Item, ...]:
        """What has not been given in this state before; a known message in another state is an edit."""
        return tuple(
            dataclasses.replace(item, change=Change.EDITED) if item.external_id in self.seen else item
            for item in items
            if self.seen.get(item.external_id) != item.revision
        )

    def having_given(self, items: Iterable[Item], newest: int, after: str) -> "Place":
        """The place after a page: further down while there is an `after`, else finished and marked at its top."""
        seen = {**self.seen, **{item.external_id: item.revision for item in items}}
        top = max(self.top, newest, self.mark)
        kept = dict(list(seen.items())[-SEEN:])
        return Place(self.mark, top, after, kept) if after else Place(mark=top, seen=kept)

    def without_token(self) -> "Place":
        """Begin the chain anew from the mark, where Facebook no longer takes the token."""
        return Place(mark=self.mark, seen=self.seen)


def next_after(answer: Mapping[str, Any], previous: str = "") -> str:
    """The cursor of the next page; "" where this is the last one, or where Facebook sends us round in a circle."""
    paging = mapped(answer.get("paging"))
    after = clean(mapped(paging.get("cursors")).get("after"))
    return after if paging.get("next") and after != previous else ""


def seconds(items: Iterable[Item]) -> int:
    """When the newest of `items` was written, 0 for none."""
    return max((int(item.created_at.timestamp()) for item in items), default=0)


def whole(value: object) -> int:
    """A number of a cursor; 0 for anything else."""
    return value if isinstance(value, int) else 0
