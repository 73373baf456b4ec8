"""Figures that many screens ask for: worked out once, and kept for a few seconds."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from django.core.cache import cache

OLD_ONES_SERVE = 60  # seconds that old figures serve the others while one screen's question works out new ones


class Dated(Protocol):
    @property
    def now(self) -> datetime: ...


Figures = TypeVar("Figures", bound=Dated)


def kept_a_while(key: str, now: datetime, fresh: timedelta, work_out: Callable[[], Figures]) -> Figures:
    """At most `fresh` old. When they grow old one question works them out and the others go on with the old."""
    kept: Figures | None = cache.get(key)
    if kept is not None and (kept.now > now - fresh or not cache.add(f"{key}:turn", 1, fresh.total_seconds())):
        return kept
    worked_out = work_out()
    cache.set(key, worked_out, OLD_ONES_SERVE)
    return worked_out
