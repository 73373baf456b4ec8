"""Lists as the Graph API gives them: `data` and `paging` with opaque cursors, and `next` only where there is more.

`since` and `until` look at when something arrived, so that a replayed post with a time in the past is found too.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import urlencode

from connectors.sandbox.facebook.errors import wrong
from connectors.sandbox.store import position_at

MAX_LIMIT = 100


class Placed(Protocol):
    """A row with its place in the order of arrival."""

    @property
    def position(self) -> int:
        """Larger is later."""


Row = TypeVar("Row", bound=Placed)
# (after, before, limit, newest first) → rows with after < position < before
Query = Callable[[int, int | None, int, bool], Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """A page of rows in the order asked for. `before`, `after`: cursors; `more`, `earlier`: are there others."""

    rows: Sequence[Row]
    before: str = ""
    after: str = ""
    more: bool = False
    earlier: bool = False


def cursor(position: int) -> str:
    """An opaque place in a list."""
    return base64.urlsafe_b64encode(f"QVFI{position}ZD".encode()).decode().rstrip("=")


def _position(name: str, text: str) -> int:
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        if plain.startswith("QVFI") and plain.endswith("ZD"):
            return int(plain[4:-2])
    except ValueError:
        pass  # no cursor of ours: refused below
    raise wrong(name, "is not a valid cursor")


def number(args: Mapping[str, str], name: str, default: int, largest: int = MAX_LIMIT) -> int:
    """A whole number; larger ones are cut, as Facebook does."""
    text = args.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise wrong(name, "must be an integer greater or equal to zero")
    return min(int(text), largest)


def _instant(args: Mapping[str, str], name: str) -> int | None:
    """Seconds since 1970, or a date and time, in ms."""
    text = args.get(name, "")
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 11:
        return int(text) * 1000
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise wrong(name, "must be a UNIX timestamp or a date and time") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def listing(args: Mapping[str, str], query: Query[Row], *, default: int, newest_first: bool) -> Listing[Row]:
    """The page of a list that `limit`, `after`, `before`, `since` and `until` ask for."""
    limit = number(args, "limit", default)
    if limit == 0:
        return Listing(())
    since, until = _instant(args, "since"), _instant(args, "until")
    low = position_at(since) - 1 if since else 0
    high = position_at(until + 1000) if until is not None else None
    after = _position("after", args["after"]) if args.get("after") else None
    before = _position("before", args["before"]) if args.get("before") else None
    backwards = before is not None and after is None
    for place, follows in ((after, not newest_first), (before, newest_first)):
        if place is not None and follows:
            low = max(low, place)
        elif place is not None:
            high = place if high is None else min(high, place)
    found = query(low, high, limit + 1, newest_first != backwards)
    rows = list(found[:limit])
    if backwards:
        rows.reverse()
    if not rows:
        return Listing((), earlier=after is not None)
    surplus = len(found) > limit
    return Listing(
        rows,
        before=cursor(rows[0].position),
        after=cursor(rows[-1].position),
        more=backwards or surplus,
        earlier=surplus if backwards else after is not None,
    )


def envelope(found: Listing[Row], data: list[dict[str, Any]], address: str, args: Mapping[str, str]) -> dict[str, Any]:
    """The answer for a page; `address` is where the list is read, `args` what was asked of it."""
    if not found.rows:
        return {"data": data}
    paging: dict[str, Any] = {"cursors": {"before": found.before, "after": found.after}}
    rest = {name: value for name, value in args.items() if name not in ("after", "before")}
    if found.more:
        paging["next"] = f"{address}?{urlencode({**rest, 'after': found.after})}"
    if found.earlier:
        paging["previous"] = f"{address}?{urlencode({**rest, 'before': found.before})}"
    return {"data": data, "paging": paging}
