"""How far a feed of Bluesky has been read: pages that run back in time, from the newest entry to one that is known.

`seen` are the newest entries of the last finished chain, as digests. While a chain runs, `page` leads to its next,
older page, and `fresh` waits to go in front of what is seen, so that stopping anywhere loses nothing. The network's
own cursor is a time: it knows no entry by name, and entries of one moment may come on two pages.

An author chooses the time of a post, and the network sorts by it where it lies in the past: a mention can stand below
others that came earlier. So a page is never cut off at the first known entry: all of it that was not seen is new.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from connectors.base import Cursor
from connectors.parsing import each_object, listed, mapped
from connectors.text import clean, digest
from connectors.times import moment

FIRST_LOOK = timedelta(days=30)  # how far back an account is read when it is new
OVERLAP = timedelta(days=1)  # and how far below the last known entry, where every known one was deleted
MOST_SEEN = 200

Entry = tuple[str, datetime | None]  # address and time


def entries_of(feed: object) -> list[Entry]:
    """Address and time of everything in a feed that has an address."""
    return [(uri, next(iter(_time(one.get("indexedAt"))), None)) for one in each_object(feed) if (uri := _uri(one))]


def unseen(cursor: Cursor, feed: object) -> list[Any]:
    """What neither an earlier chain nor an earlier page of this one gave, each once; also what is no entry at all."""
    told = {*map(str, listed(cursor.get("seen"))), *map(str, listed(cursor.get("fresh")))}
    found = list[Any]()
    for one in listed(feed):
        uri = _uri(one)
        name = digest(uri)
        if not uri or name not in told:
            found.append(one)
            told.add(name)
    return found


def after_page(cursor: Cursor, entries: Sequence[Entry], following: object) -> dict[str, Any]:
    """Where to go on after a page: down the chain until something known, the floor or the end is reached."""
    seen, names = [str(one) for one in listed(cursor.get("seen"))], [digest(uri) for uri, _ in entries]
    fresh = _newest([*map(str, listed(cursor.get("fresh"))), *names])
    times = [time for _, time in entries if time is not None]
    top = max([*_time(cursor.get("top")), *times], default=None)
    floor = next(iter(_time(cursor.get("floor"))), None) or (top - FIRST_LOOK if top else None)
    page = clean(following, 500)
    known = not set(seen).isdisjoint(names)
    ended = not page or page == cursor.get("page") or not entries
    below = floor is not None and bool(times) and min(times) < floor
    if ended or known or below:
        # What is known stays known: on a page that was turned round or doubled the order says nothing.
        mark = {"floor": (top - OVERLAP).isoformat()} if top else {}
        return {"seen": _newest([*fresh, *seen]), **mark} if fresh or seen else {}
    chain: dict[str, Any] = {"page": page, "fresh": fresh}
    if seen:
        chain["seen"] = seen
    if top:
        chain["top"] = top.isoformat()
    if floor:
        chain["floor"] = floor.isoformat()
    return chain


def begun_anew(cursor: Cursor) -> dict[str, Any]:
    """The same without the chain: the network no longer takes its page, and from the top nothing is missed."""
    return {name: cursor[name] for name in ("seen", "floor") if name in cursor}


def _uri(entry: object) -> str:
    return clean(mapped(entry).get("uri"), 300)


def _newest(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))[:MOST_SEEN]


def _time(value: object) -> list[datetime]:
    try:
        return [moment(value)]
    except ValueError:
        return []
