"""Work that is cut into batches, a transaction each, and shared out among workers when there is much of it."""

from collections.abc import Callable

from desk.common.background import enqueue


def until_done(batch: Callable[[], tuple[int, bool]], task: str) -> int:
    """Carry out `batch` until it is no longer full; how much was done in all.

    A batch gives back what it did, and whether it was full. After the first full one `task` is started once more, so
    that a worker that is free takes its share: batches must claim what they do, passing by what others hold.
    """
    total, full = batch()
    if full:
        enqueue(task)
    while full:
        done, full = batch()
        total += done
    return total
