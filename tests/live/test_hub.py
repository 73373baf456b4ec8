"""The hub itself, on a real Redis: a slow browser harms nobody, and a Redis that goes away is told and made up for."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from redis.asyncio import Redis as AsyncRedis

from desk.common.live import STREAM
from desk.live import hub as module
from desk.live.hub import Hub
from desk.operations.embedded import Redis
from desk.operations.processes import Child

ANYBODY = 1


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    running = Hub().start()
    yield running
    running.close()
    await asyncio.gather(*running._tasks, return_exceptions=True)


async def _publish(count: int, *, url: str | None = None) -> None:
    redis: AsyncRedis = AsyncRedis.from_url(url or settings.REDIS_URL)
    for n in range(count):
        await redis.xadd(STREAM, {"kind": "counts", "data": f'{{"n":{n}}}'})
    await redis.aclose()


def _kind(frame: bytes) -> str:
    return next(line.removeprefix("event: ") for line in frame.decode().splitlines() if line.startswith("event: "))


async def _next(frames: AsyncIterator[bytes], kind: str) -> bytes:
    async with asyncio.timeout(10):
        async for frame in frames:
            if _kind(frame) == kind:
                return frame
    raise AssertionError(f"the line ended before {kind}")


async def test_a_slow_browser_is_let_go_and_the_others_miss_nothing(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAITING_EVENTS", 20)
    slow, quick = hub.listen(ANYBODY, None), hub.listen(ANYBODY, None)
    await anext(slow), await anext(quick)
    heard: list[bytes] = []

    async def read() -> None:
        async for frame in quick:
            heard.append(frame)
            if b'"n":49' in frame:
                return

    reading = asyncio.create_task(read())
    await asyncio.sleep(0)
    for _round in range(5):  # the quick one gets a turn in between, the slow one never reads
        await _publish(10)
        await asyncio.sleep(0.05)
    await _publish(50)
    await asyncio.wait_for(reading, 10)
    assert hub.size == 1, "only the quick one is left"
    assert [frame async for frame in slow] == []


async def test_who_is_far_behind_loads_again_instead_of_reading_it_all(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CAUGHT_UP_AT_MOST", 5)
    first = hub.listen(ANYBODY, None)
    await anext(first)
    seen = hub._position
    await _publish(10)
    while b'"n":9' not in await _next(first, "counts"):
        pass
    assert _kind(await anext(hub.listen(ANYBODY, seen))) == "resync"
    assert _kind(await anext(hub.listen(ANYBODY, hub._position))) == "ready"


async def test_every_line_ends_after_a_while_so_that_the_person_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.2)
    monkeypatch.setattr(module, "LINE_SECONDS", 0.3)
    running = Hub().start()
    frames = running.listen(ANYBODY, None)
    await _next(frames, "beat")
    await _next(frames, "again")
    running.close()
    await asyncio.gather(*running._tasks, return_exceptions=True)


@pytest.fixture
def own_redis() -> Iterator[tuple[Redis, list[Child], Path]]:
    """A Redis that a test may kill."""
    with tempfile.TemporaryDirectory() as folder:
        redis = Redis.on(Path(folder) / "redis")
        children = [Child(redis.program(), Path(folder) / "redis.log")]
        _wait(redis)
        yield redis, children, Path(folder)
        children[-1].kill()


async def test_when_redis_goes_away_it_is_said_and_afterwards_all_load_again(
    own_redis: tuple[Redis, list[Child], Path],
) -> None:
    redis, children, folder = own_redis
    with override_settings(REDIS_URL=redis.url):
        running = Hub().start()
        frames = running.listen(ANYBODY, None)
        await _next(frames, "ready")
        children[-1].kill()
        assert b'"since"' in await _next(frames, "behind")
        latecomer = running.listen(ANYBODY, None)
        assert _kind(await anext(latecomer)) == "behind"
        children.append(Child(redis.program(), folder / "redis.log"))
        _wait(redis)
        await _next(frames, "resync")
        await _next(latecomer, "resync")
        await _publish(1, url=redis.url)
        await _next(frames, "counts")
        running.close()
        await asyncio.gather(*running._tasks, return_exceptions=True)


def _wait(redis: Redis) -> None:
    deadline = time.monotonic() + 10
    while not redis.is_ready():
        assert time.monotonic() < deadline, "Redis does not start"
        time.sleep(0.02)
