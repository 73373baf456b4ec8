"""The small code of a channel, set like a train type on a timetable: X, Fb, Ms."""

from dataclasses import dataclass
from functools import lru_cache

from desk.inboxes.gateway import network


@dataclass(frozen=True, slots=True)
class Tile:
    code: str
    label: str  # "X", "Facebook"
    private: bool


@lru_cache(maxsize=64)
def tile(slug: str, *, private: bool = False) -> Tile:
    """The tile of a network; one whose connector is gone shows the first letters of its name."""
    try:
        connector = network(slug)
    except LookupError:
        return Tile(slug[:2].capitalize(), slug, private)
    return Tile(connector.private_code if private else connector.code, connector.label, private)
