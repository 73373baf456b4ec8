"""How each network writes things down: pure functions from JSON to `connectors.base`, without a call or a clock."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from connectors import errors
from connectors.base import Change, Item, Outgoing, Page
from connectors.parsing.json_bombs import loaded
from connectors.text import clean, clean_json, same_words

__all__ = ["loaded"]

SKEW = timedelta(minutes=5)  # between our clock and a network's when lost words are looked for
MOST_FILES = 40  # of one message; an album on Facebook shows fewer, and each is a download
MOST_UNREADABLE = 500  # of one page; a page has 200 entries at most, and millions of them would fill the memory
LONGEST_ID = 200  # characters; those of Instagram's messages have about 170
MOST_FOLLOWERS = 2**63 - 1

# What reading a stranger's JSON can raise. Anything else is a fault of ours and must be heard.
FAULTS = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)


class Sieve:
    """Collects what could be read and what could not, so that one broken entry never costs the rest of its page."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.unreadable: list[dict[str, Any]] = []

    def read(self, entries: object, reader: Callable[[Any], Item | Iterable[Item] | None]) -> None:
        """Pass each of `entries` through `reader`, which gives items, or None for what is not for the desk."""
        for entry in listed(entries):
            try:
                found = reader(entry)
                self.items.extend(map(_bounded, [found] if isinstance(found, Item) else found or ()))
            except FAULTS as problem:
                self.refuse(entry, f"This entry could not be read ({type(problem).__name__}: {problem}).")

    def refuse(self, entry: object, reason: str) -> None:
        """Keep an entry that nobody can read, with a sentence why."""
        if len(self.unreadable) < MOST_UNREADABLE:
            self.unreadable.append({"reason": clean(reason, 300), "entry": clean_json(entry)})
        elif len(self.unreadable) == MOST_UNREADABLE:
            more = "There were more entries that could not be read than are kept of one page."
            self.unreadable.append({"reason": more, "entry": ""})

    def oldest_first(self) -> tuple[Item, ...]:
        """The items in the order in which they happened; context before what it explains."""
        return tuple(sorted(self.items, key=in_order))


def _bounded(item: Item) -> Item:
    return item if len(item.attachments) <= MOST_FILES else replace(item, attachments=item.attachments[:MOST_FILES])


def in_order(item: Item) -> tuple[datetime, bool, int]:
    """Sorts items as they happened; where times are equal, a message is written, then edited, then deleted."""
    return item.happened_at, item.addressed, list(Change).index(item.change)


def found_among(
    items: Sequence[Item],
    message: Outgoing,
    in_place: Callable[[Item], bool] = lambda item: True,
    same: Callable[[str, str], bool] = same_words,
) -> Item | None:
    """The newest of our own words among `items` (oldest first) that are `message`, and not older than it can be."""
    since = message.submitted_at - SKEW if message.submitted_at else None
    for item in reversed(items):
        recent = since is None or item.created_at >= since
        if item.outgoing and recent and in_place(item) and same(item.text, message.text):
            return item
    return None


def listed(value: object) -> list[Any]:
    """`value` where it is a list, one element where it is something else, nothing where it is missing."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def mapped(value: object) -> dict[str, Any]:
    """`value` where it is an object, else an empty one: optional parts of a payload can be absent, null or garbage."""
    return value if isinstance(value, dict) else {}


def each_object(value: object) -> Iterator[dict[str, Any]]:
    """The objects in a list, whatever else is in it."""
    return (entry for entry in listed(value) if isinstance(entry, dict))


def identifier(value: object) -> str:
    """An id, which may come as text or whole number. ValueError where there is none, or where it is no id at all.

    A number with a point or an exponent has lost digits on its way: it is somebody else's id, or nobody's.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("the id is missing")  # noqa: TRY004  # one error for everything that is no id
    text = clean(value).strip()
    if not text or len(text) > LONGEST_ID:
        raise ValueError("the id is empty" if not text else "the id is too long")
    return text


def reference(value: object) -> str:
    """The id of something else that an entry names; "" where it names nothing, or nothing that could be an id."""
    try:
        return identifier(value)
    except ValueError:
        return ""


def count(value: object) -> int | None:
    """How many, where that is told as a number that somebody could have counted."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= MOST_FOLLOWERS else None


def path_id(value: str) -> str:
    """An id that is about to stand in an address. NotFound where it would lead elsewhere than to one thing."""
    if not re.fullmatch(r"[\w:$=-][\w.:$=-]{0,254}", value, re.ASCII):
        raise errors.NotFound("This is no id of the network, so there is nothing to act on.")
    return value


def sifted(body: bytes, read_delivery: Callable[[dict[str, Any], Sieve], None]) -> Page:
    """A webhook delivery as a page: `read_delivery` sorts it, and what it trips over is kept whole."""
    sieve = Sieve()
    try:
        delivery = loaded(body)
    except ValueError:
        delivery = clean(body[:2_000].decode("utf-8", "replace"))
    if isinstance(delivery, dict):
        try:
            read_delivery(delivery, sieve)
        except FAULTS as problem:
            sieve.refuse(delivery, f"This delivery could not be read ({type(problem).__name__}: {problem}).")
    else:
        sieve.refuse(delivery, "This delivery is not a JSON object.")
    return Page(sieve.oldest_first(), {}, unreadable=tuple(sieve.unreadable))
