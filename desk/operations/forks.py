"""A Python program as a copy of this process: it starts at once, and what is loaded here takes memory only once.

Pages of memory stay shared until one of the two writes to them. Of what this process does the copy has nothing: no
signal handler, no open file, no session. Load before the first copy whatever all of them need; there may be one thread
only, and no connection.
"""

from __future__ import annotations

import ctypes
import gc
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import BinaryIO

PR_SET_NAME = 15  # <linux/prctl.h>
POSSIBLE = sys.platform == "linux"  # the libraries of macOS do not bear it


@contextmanager
def loading() -> Iterator[None]:
    """What is loaded inside lies where the garbage collector never writes."""
    gc.disable()
    try:
        yield
        gc.collect()
        gc.freeze()
    finally:
        gc.enable()


class Fork:
    """`python -m module arguments` in a copy of this process. It has what is used of `subprocess.Popen`."""

    def __init__(
        self,
        module: Sequence[str],
        *,
        name: str,
        output: BinaryIO,
        folder: Path | None,
        environment: Mapping[str, str],
        at_start: Callable[[], None],
    ) -> None:
        """`environment` is added to ours. Whoever looks with `ps -e` or `top` sees `name`."""

        def become() -> None:
            at_start()
            _leave(output)
            _take_name(name)
            os.environ.update(environment)
            if folder:
                os.chdir(folder)
            sys.argv = list(module)
            runpy.run_module(module[0], run_name="__main__", alter_sys=True)

        self._process = get_context("fork").Process(target=become, name=name)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())  # the copy has our handlers at first
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        self.pid = self._process.pid or 0

    def poll(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Raises `subprocess.TimeoutExpired`; `timeout` in seconds."""
        self._process.join(timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return code


def _leave(output: BinaryIO) -> None:
    """Out of the session, the signals and the files of the process that this one is a copy of."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.dup2(output.fileno(), 1)
    os.dup2(output.fileno(), 2)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, signal.valid_signals())


def _take_name(name: str) -> None:
    ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode(), 0, 0, 0)
