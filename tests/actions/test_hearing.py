"""Hints of networks: at most a poll comes of one, one worker listens to an account, and what breaks is opened again."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.actions.inboxes import hearing
from desk.common.live import client
from desk.inboxes.gateway import NotFound, Transient
from desk.inboxes.models import Inbox, StreamState
from tests.actions.builders import an_inbox


@pytest.fixture
def mastodon(db: None) -> Inbox:
    inbox = an_inbox(network="mastodon", base_url="https://vlotlijn.example")
    inbox.streams.all().delete()
    later = timezone.now() + timedelta(minutes=1)
    for name in ("notifications", "own_posts"):
        StreamState.objects.create(inbox=inbox, name=name, next_poll_at=later)
    return inbox


def _due(inbox: Inbox) -> dict[str, bool]:
    now = timezone.now()
    return {one.name: one.next_poll_at <= now for one in inbox.streams.all()}


def test_a_hint_makes_its_stream_due_and_no_other(mastodon: Inbox) -> None:
    assert hearing.hint(mastodon.pk, timezone.now())
    assert _due(mastodon) == {"notifications": True, "own_posts": False}


def test_many_hints_are_one_poll_and_the_networks_shortest_pause_stays(mastodon: Inbox) -> None:
    now = timezone.now()
    mastodon.streams.update(last_poll_at=now - timedelta(seconds=1))
    for _ in range(100):
        hearing.hint(mastodon.pk, now)
    stream = mastodon.streams.get(name="notifications")
    assert stream.next_poll_at == now + timedelta(seconds=2)


def test_a_poll_that_runs_is_waited_for(mastodon: Inbox) -> None:
    now = timezone.now()
    mastodon.streams.update(claimed_until=now + timedelta(minutes=1))
    assert not hearing.hint(mastodon.pk, now)
    assert _due(mastodon)["notifications"] is False


def test_what_waits_after_a_failure_or_is_paused_is_not_hurried(mastodon: Inbox) -> None:
    mastodon.streams.update(failures=2)
    assert hearing.hint(mastodon.pk, timezone.now())
    assert _due(mastodon)["notifications"] is False
    mastodon.streams.update(failures=0)
    Inbox.objects.update(state=Inbox.State.PAUSED)
    assert hearing.hint(mastodon.pk, timezone.now())
    assert _due(mastodon)["notifications"] is False


class Line:
    """Stands where the connector of the account is."""

    def __init__(self) -> None:
        self.calls: list[float] = []
        self.problem: Exception | None = None
        self.opened = threading.Event()

    def listen(self, heard: Callable[[], None], goes_on: Callable[[], bool]) -> None:
        self.calls.append(time.monotonic())
        self.opened.set()
        if self.problem is not None:
            raise self.problem
        while goes_on():
            time.sleep(0.01)


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    found = Line()
    monkeypatch.setattr(hearing, "connect", lambda inbox: found)
    return found


@pytest.fixture
def held(transactional_db: None, mastodon: Inbox, line: Line) -> Iterator[tuple[Inbox, Line]]:
    client().delete(f"hints:{mastodon.pk}")
    yield mastodon, line
    client().delete(f"hints:{mastodon.pk}")


def _until(what: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_one_worker_listens_and_another_takes_over(held: tuple[Inbox, Line]) -> None:
    inbox, line = held
    first, second = (hearing.Ears(name, looks_every=0.1) for name in ("first", "second"))
    first.start()
    try:
        assert line.opened.wait(30)
        second.start()
        time.sleep(0.5)
        assert len(line.calls) == 1
        assert client().get(f"hints:{inbox.pk}") == "first"
        first.stop()
        _until(lambda: len(line.calls) == 2)
        Inbox.objects.update(state=Inbox.State.PAUSED)
        _until(lambda: not second._held)
    finally:
        first.stop()
        second.stop()


def test_a_connection_that_breaks_is_opened_again_later_and_later(
    held: tuple[Inbox, Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    _inbox, line = held
    monkeypatch.setattr(hearing, "FIRST_PAUSE", 0.05)
    line.problem = Transient("The line broke.")
    ears = hearing.Ears("first", looks_every=0.1)
    ears.start()
    try:
        _until(lambda: len(line.calls) == 4)
    finally:
        ears.stop()
    pauses = [later - earlier for earlier, later in zip(line.calls, line.calls[1:], strict=False)]
    assert pauses[0] >= 0.04
    assert pauses[2] >= 0.16


def test_a_server_without_a_stream_is_asked_once_an_hour(held: tuple[Inbox, Line]) -> None:
    _inbox, line = held
    line.problem = NotFound("There is none.")
    ears = hearing.Ears("first", looks_every=0.1)
    ears.start()
    try:
        assert line.opened.wait(30)
        time.sleep(0.5)
        assert len(line.calls) == 1
    finally:
        ears.stop()
