"""Work in batches: all of it is done, and much of it calls another worker once."""

from collections.abc import Callable, Iterator

import pytest

from desk.common import batches
from desk.common.batches import much_to_do, until_done

pytestmark = pytest.mark.django_db


def taking(*sizes: int) -> Callable[[], tuple[int, bool]]:
    """Batches that hold at most ten and do twice as much as they hold."""
    left: Iterator[int] = iter(sizes)

    def batch() -> tuple[int, bool]:
        size = next(left)
        return 2 * size, size == 10

    return batch


@pytest.mark.parametrize(
    ("sizes", "done", "called"), [((0,), 0, []), ((7,), 14, []), ((10, 0), 20, ["more"]), ((10, 10, 3), 46, ["more"])]
)
def test_it_goes_on_until_a_batch_is_not_full(
    sizes: tuple[int, ...], done: int, called: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks: list[str] = []
    monkeypatch.setattr(batches, "enqueue", tasks.append)
    assert until_done(taking(*sizes), "more") == done
    assert tasks == called


def test_who_has_more_than_one_batch_to_do_is_seen_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "enqueue", lambda _task: None)
    take, seen = taking(10, 10, 3), []

    def batch() -> tuple[int, bool]:
        seen.append(much_to_do())
        return take()

    until_done(batch, "more")
    assert seen == [False, True, True]
    assert not much_to_do()


def test_who_breaks_off_has_nothing_to_do_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "enqueue", lambda _task: None)
    with pytest.raises(StopIteration):
        until_done(taking(10), "more")
    assert not much_to_do()
