"""How each network writes things down: pure functions from JSON to `connectors.base`, without a call or a clock."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from connectors import errors
from connectors.base import Change, Item, Page
from connectors.text import clean, clean_json

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
                self.items.extend([found] if isinstance(found, Item) else found or ())
            except FAULTS as problem:
                self.refuse(entry, f"This entry could not be read ({type(problem).__name__}: {problem}).")

    def refuse(self, entry: object, reason: str) -> None:
        """Keep an entry that nobody can read, with a sentence why."""
        self.unreadable.append({"reason": clean(reason, 300), "entry": clean_json(entry)})

    def oldest_first(self) -> tuple[Item, ...]:
        """The items in the order in which they happened; context before what it explains."""
        return tuple(sorted(self.items, key=in_order))


def in_order(item: Item) -> tuple[datetime, bool, int]:
    """Sorts items as they happened; where times are equal, a message is written, then edited, then deleted."""
    return item.happened_at, item.addressed, list(Change).index(item.change)


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
    """An id, which may come as text or number. ValueError where there is none, or where it is no id at all."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("the id is missing")  # noqa: TRY004  # one error for everything that is no id
    text = clean(value).strip()
    if not text or len(text) > 255:
        raise ValueError("the id is empty" if not text else "the id is too long")
    return text


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


def loaded(body: bytes) -> Any:
    """The JSON in `body`. ValueError for anything that is no JSON, nested beyond reason included."""
    try:
        return json.loads(body)
    except RecursionError as problem:
        raise ValueError("nested too deep") from problem
