"""Work that is cut into batches, a transaction each, and shared out among workers when there is much of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, Self, TypeVar

from django.db import connection

from desk.common.background import enqueue

_MUCH = 7_217_003  # an advisory lock, shared by all who have more than one batch to do
_IS_HELD = """
SELECT EXISTS (
    SELECT FROM pg_locks JOIN pg_database AS here ON here.oid = pg_locks.database
    WHERE here.datname = current_database() AND locktype = 'advisory' AND (classid, objid, objsubid) = (0, %s, 1)
)
"""


class Summed(Protocol):
    """What can be added up: a number, or several in one."""

    def __add__(self, other: Self, /) -> Self: ...


Done = TypeVar("Done", bound=Summed)


def until_done(batch: Callable[[], tuple[Done, bool]], task: str) -> Done:
    """Carry out `batch` until it is no longer full; how much was done in all.

    A batch gives back what it did, and whether it was full. After the first full one `task` is started once more, so
    that a worker that is free takes its share: batches must claim what they do, passing by what others hold.
    """
    total, full = batch()
    if not full:
        return total
    enqueue(task)
    with _much():
        while full:
            done, full = batch()
            total = total + done
    return total


def much_to_do() -> bool:
    """Whether somebody works through many batches just now. Who only counts then leaves them the machine."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_HELD, [_MUCH])
        (held,) = cursor.fetchone()
    return bool(held)


@contextmanager
def _much() -> Iterator[None]:
    """The lock goes with the connection of a worker that is killed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock_shared(%s)", [_MUCH])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_shared(%s)", [_MUCH])
