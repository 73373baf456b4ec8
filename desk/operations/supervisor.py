"""Keeps programs running: says when one ends, starts it again with patience, and stops them all in order.

One thread and one loop. Nothing is restarted silently, and nothing outlives the supervisor: see `processes`.
"""

from __future__ import annotations

import selectors
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import NoReturn, Self

from desk.environment import EnvironmentProblem
from desk.operations.processes import Child, Program

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
RESTARTS = 5  # in a row; a run that came past its start makes it forget, because giving up takes the whole desk away
FORGIVEN_AFTER = 15.0  # seconds
FIRST_DELAY = 0.5  # seconds before the first restart; doubles each time
START_PATIENCE = 60.0  # seconds for a program to be ready
STOP_PATIENCE = 8.0  # seconds for one to end by itself; the web finishes its requests in 5
TICK = 0.05  # seconds between two looks at something that comes up


class StoppedByRequest(Exception):
    """Ctrl-C or a signal asked for the end."""


class GaveUp(Exception):
    """A program keeps ending. The message is one line."""


@dataclass(slots=True)
class Kept:
    """A program that has to run for as long as the supervisor does."""

    program: Program
    child: Child
    is_ground: bool
    """The others stand on it, so that it is stopped after them."""
    started_at: float = field(default_factory=time.monotonic)
    restarts: int = 0
    restart_at: float | None = None


class Supervisor:
    """Use it as a context manager: leaving it stops everything that it keeps."""

    def __init__(self, logs: Path, say: Callable[[str], None], first_delay: float = FIRST_DELAY) -> None:
        self._logs = logs
        self._say = say
        self._first_delay = first_delay
        self._kept: list[Kept] = []
        self._begun: list[Child] = []
        self._requests_to_stop = 0
        self._bell, self._ringer = socket.socketpair()

    def __enter__(self) -> Self:
        self._bell.setblocking(False)
        self._ringer.setblocking(False)
        signal.set_wakeup_fd(self._ringer.fileno(), warn_on_full_buffer=False)
        handlers = {signal.SIGCHLD: _only_wake_up, **dict.fromkeys(STOP_SIGNALS, self._request_to_stop)}
        self._handlers_before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop_everything()
        signal.set_wakeup_fd(-1)
        for number, handler in self._handlers_before.items():
            signal.signal(number, handler)
        self._bell.close()
        self._ringer.close()

    def keep(self, program: Program, *, is_ground: bool = False) -> Child:
        """Starts a program that is to run from now on."""
        child = self._spawn(program)
        self._kept.append(Kept(program, child, is_ground))
        return child

    def begin(self, program: Program) -> Child:
        """Starts a program that has an end; `finish` waits for it."""
        child = self._spawn(program)
        self._begun.append(child)
        return child

    def finish(self, child: Child) -> None:
        """Waits for the end of a begun program. Raises `EnvironmentProblem` with its last words where it failed."""
        try:
            while child.exit_code is None:
                self._pause(TICK)
        finally:
            child.kill()
            self._begun.remove(child)
        if child.exit_code != 0:
            raise EnvironmentProblem(_obituary(child, f"{child.program.name} failed"))

    def wait_for(self, child: Child, is_ready: Callable[[], bool]) -> None:
        """Waits until a kept program is ready. Raises `EnvironmentProblem` where it ends or takes too long."""
        deadline = time.monotonic() + START_PATIENCE
        while not is_ready():
            if child.exit_code is not None:
                raise EnvironmentProblem(_obituary(child, f"{child.program.name} did not start"))
            if time.monotonic() > deadline:
                problem = f"{child.program.name} was not ready after {START_PATIENCE:.0f} s"
                raise EnvironmentProblem(_obituary(child, problem))
            self._pause(TICK)

    def watch(self) -> NoReturn:
        """Watches over what it keeps until `StoppedByRequest` or `GaveUp`."""
        while True:
            for kept in self._kept:
                self._look_after(kept)
            waiting = [kept.restart_at for kept in self._kept if kept.restart_at is not None]
            self._pause(max(0.0, min(waiting) - time.monotonic()) if waiting else 1.0)

    def _look_after(self, kept: Kept) -> None:
        now = time.monotonic()
        if kept.restart_at is not None:
            if now >= kept.restart_at:
                kept.child, kept.started_at, kept.restart_at = self._spawn(kept.program), now, None
            return
        if kept.child.exit_code is None:
            return
        kept.child.kill()  # what it started may still be there
        if now - kept.started_at > FORGIVEN_AFTER:
            kept.restarts = 0
        if kept.restarts == RESTARTS:
            raise GaveUp(_obituary(kept.child, f"{kept.program.name} stopped again after {RESTARTS} restarts"))
        delay = self._first_delay * 2**kept.restarts
        kept.restarts += 1
        kept.restart_at = now + delay
        self._say(
            f"{_obituary(kept.child, f'{kept.program.name} stopped')} "
            f"Starting it again in {delay:g} s ({kept.restarts} of {RESTARTS})."
        )

    def _stop_everything(self) -> None:
        """Those that stand on others first, then their ground. A second request to stop ends the patience."""
        for child in self._begun:
            child.kill()
        for is_ground in (False, True):
            children = [kept.child for kept in self._kept if kept.is_ground is is_ground]
            for child in children:
                child.ask_to_stop()
            deadline = time.monotonic() + STOP_PATIENCE
            requests = self._requests_to_stop
            while any(child.exit_code is None for child in children):
                if time.monotonic() > deadline or self._requests_to_stop > requests:
                    break
                self._sleep(TICK)
            for child in children:
                child.kill()
        self._kept.clear()

    def _spawn(self, program: Program) -> Child:
        try:
            return Child(program, self._logs / f"{program.name}.log")
        except FileNotFoundError as error:
            raise EnvironmentProblem(f"{program.name}: {error.filename} is missing. Run `make run` again.") from error
        except PermissionError as error:
            raise EnvironmentProblem(f"{program.name}: {error.filename} may not be run or written.") from error

    def _pause(self, seconds: float) -> None:
        """Sleeps until a signal or the time; raises `StoppedByRequest` when the signal asked for it."""
        if not self._requests_to_stop:
            self._sleep(seconds)
        if self._requests_to_stop:
            raise StoppedByRequest

    def _sleep(self, seconds: float) -> None:
        with selectors.DefaultSelector() as bell:  # not select(), which knows no file beyond the 1,024th
            bell.register(self._bell, selectors.EVENT_READ)
            bell.select(seconds)
        with suppress(BlockingIOError):
            self._bell.recv(4096)

    def _request_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._requests_to_stop += 1


def _only_wake_up(number: int, frame: FrameType | None) -> None:
    """The arrival of the signal has ended the sleep; the loop looks for itself."""


def _obituary(child: Child, what: str) -> str:
    """One line: what happened, how it ended, its last words and where the rest is."""
    words = " / ".join(child.last_words()) or "no last words"
    return f"{what} ({child.ending()}): {words[:600]} [{child.log}]."
