"""Work that is cut into batches, a transaction each, and shared out among workers when there is much of it."""

from collections.abc import Callable
from typing import Protocol, Self, TypeVar

from desk.common.background import enqueue


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
    if full:
        enqueue(task)
    while full:
        done, full = batch()
        total = total + done
    return total
