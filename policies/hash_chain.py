"""A log that shows when somebody changed it afterwards: each entry carries the digest of the one before.

The digest of an entry is SHA-256 over the digest before it and its facts as JSON, with sorted keys, without spaces, and
in UTF-8. So anybody who has the entries can check them, with or without the desk.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as it is stored. `before`: what it says the digest of the entry before it was."""

    number: int
    facts: Mapping[str, Any]
    before: str
    digest: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry at which the chain does not hold, and what is wrong with it."""

    number: int
    problem: str  # missing, moved, changed, shortened, added


def beginning(name: str) -> str:
    """What the first entry of a log has before it, so that no log can be passed off as another."""
    return hashlib.sha256(name.encode()).hexdigest()


def digest_of(before: str, facts: Mapping[str, Any]) -> str:
    """The digest of an entry with these facts behind an entry with that digest."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def first_broken(links: Iterable[Link], start: str, head: tuple[int, str]) -> Broken | None:
    """Where a chain does not hold, None where it does.

    `links` by their number; `start` from `beginning`; `head` is the number and the digest that the log is known to end
    with, so that a log whose end was cut off is found out too.
    """
    number, digest = 0, start
    for link in links:
        number += 1
        if link.number != number:
            return Broken(number, "missing")
        if link.before != digest:
            return Broken(number, "moved")
        if link.digest != digest_of(digest, link.facts):
            return Broken(number, "changed")
        digest = link.digest
    if number < head[0]:
        return Broken(number + 1, "shortened")
    if number > head[0]:
        return Broken(head[0] + 1, "added")
    return None if digest == head[1] else Broken(number, "changed")
