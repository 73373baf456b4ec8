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
from connectors.parsing import each_object, listed, mapped, reference
from connectors.parsing.x import id_at
from connectors.text import clean

OVERLAP = timedelta(seconds=60)
ALMOST = 0.95  # of what X lists: it leaves out what has been deleted, and counts it all the same
LONGEST_ID = 19  # digits: they are whole numbers of 63 bits
MOST_SEEN = 100  # ids that a cursor remembers; a page has no more


def ids_of(entries: object) -> list[str]:
    """The ids in a list of posts or messages, without what is no id."""
    found = (reference(entry.get("id")) for entry in each_object(entries))
    return [one for one in found if one.isdecimal() and len(one) <= LONGEST_ID]


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
    chain: dict[str, Any] = {**_kept(cursor, "mark", "since", "until"), "top": top, "bottom": bottom, "token": token}
    if cursor.get("mark"):  # of a first reading nobody expects that it reaches anything
        chain["count"] = _count(cursor) + len(ids)
    return {name: value for name, value in {**chain, "settled": settled, "seen": seen}.items() if value}


def below_refused_token(cursor: Cursor) -> dict[str, Any]:
    """Where to go on where X no longer takes the token: below the oldest id that was seen."""
    kept: dict[str, Any] = _kept(cursor, "mark", "since", "top", "bottom", "settled")
    kept |= {name: cursor[name] for name in ("seen", "count") if cursor.get(name)}
    return {**kept, "until": kept["bottom"]} if "bottom" in kept else kept


def lost_between(
    cursor: Cursor, ids: list[str], following: Mapping[str, Any], most: int | None
) -> tuple[str, str] | None:
    """The ids between which X tells no more: the chain ended after the `most` posts that it lists, above the mark."""
    mark, count = str(cursor.get("mark") or ""), _count(cursor) + len(ids)
    if most is None or not mark or "token" in following or count < most * ALMOST:
        return None
    lowest = min([*ids, *_kept(cursor, "bottom").values()], key=int, default="")
    return (mark, lowest) if lowest and int(lowest) > int(mark) else None


def _count(cursor: Cursor) -> int:
    count = cursor.get("count")
    return count if isinstance(count, int) else 0


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
