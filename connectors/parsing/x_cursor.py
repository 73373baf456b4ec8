"""How far a stream of X has been read: chains of pages that run from the newest post down to the last known one.

`mark` is the newest id of the last finished chain. While a chain runs, `top` waits to become the mark, `token` leads
to the next page and `bottom` is where the chain has come; `until` stands in for a token that X refused (they expire).
The mark moves only when a chain is finished, so stopping anywhere loses nothing.

X may show a post a little later than one with a higher id, so what is younger than OVERLAP when it is read is not
settled yet. The next chain asks for all above `since`, which lies so far below the mark, and leaves out what it has
`seen`. It goes no page further than the mark, so a second look costs no call: on an account that gets more than a page
in that time it reaches less far.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.base import Cursor
from connectors.parsing import each_object, listed, mapped
from connectors.parsing.x import id_at
from connectors.text import clean

OVERLAP = timedelta(seconds=60)
MOST_SEEN = 100  # ids that a cursor remembers; a page has no more


def ids_of(entries: object) -> list[str]:
    """The ids in a list of posts or messages, without what is no id."""
    return [str(entry["id"]) for entry in each_object(entries) if str(entry.get("id", "")).isdecimal()]


def next_token(answer: Mapping[str, Any]) -> str:
    """The token of the next, older page; "" where this is the last."""
    return clean(mapped(answer.get("meta")).get("next_token"))


def floor_of(cursor: Cursor) -> str | None:
    """Only what lies above this id is asked for; None at the very start."""
    return cursor.get("since") or cursor.get("mark")


def unseen(cursor: Cursor, entries: object) -> Iterator[Any]:
    """The entries of a page that no earlier chain gave; also what is no entry at all, for the sieve to refuse."""
    floor, seen = int(floor_of(cursor) or 0), _seen(cursor)
    for entry in listed(entries):
        number = next(iter(ids_of(entry)), "")
        if not number or (int(number) > floor and number not in seen):
            yield entry


def after_page(cursor: Cursor, ids: list[str], token: str, read_at: datetime | None = None) -> dict[str, Any]:
    """Where to go on after a page with `ids`: down the chain while there is a token, else from its top.

    `read_at` is X's own time; without it everything counts as settled.
    """
    top = _highest([*ids, *_kept(cursor, "mark", "top").values()])
    settled = cursor.get("settled") or (str(id_at(read_at - OVERLAP)) if read_at else top)
    seen = _newest({*ids, *_seen(cursor)}, above=int(settled or 0))
    reached_mark = any(int(number) <= int(cursor.get("mark") or 0) for number in ids)
    if not token or token == cursor.get("token") or reached_mark:
        return _finished(top, settled, seen)
    bottom = min([*ids, *_kept(cursor, "bottom").values()], key=int, default="")
    chain = {**_kept(cursor, "mark", "since", "until"), "top": top, "bottom": bottom, "token": token}
    return {name: value for name, value in {**chain, "settled": settled, "seen": seen}.items() if value}


def below_refused_token(cursor: Cursor) -> dict[str, Any]:
    """Where to go on where X no longer takes the token: below the oldest id that was seen."""
    kept: dict[str, Any] = _kept(cursor, "mark", "since", "top", "bottom", "settled")
    kept |= {"seen": cursor["seen"]} if cursor.get("seen") else {}
    return {**kept, "until": kept["bottom"]} if "bottom" in kept else kept


def _finished(top: str, settled: str, seen: list[str]) -> dict[str, Any]:
    since = min(top, settled, key=int) if top else ""
    if len(seen) == MOST_SEEN:
        since = max(since, seen[-1], key=int)  # what is below is not remembered, and would be read as new
    if since == top:
        return {"mark": top} if top else {}
    return {"mark": top, "since": since, "seen": seen}


def _newest(ids: Iterable[str], *, above: int) -> list[str]:
    return sorted((number for number in ids if int(number) > above), key=int, reverse=True)[:MOST_SEEN]


def _highest(ids: list[str]) -> str:
    return max(ids, key=int, default="")


def _seen(cursor: Cursor) -> frozenset[str]:
    return frozenset(map(str, listed(cursor.get("seen"))))


def _kept(cursor: Cursor, *names: str) -> dict[str, str]:
    return {name: str(cursor[name]) for name in names if cursor.get(name)}
