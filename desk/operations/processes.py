"""A process that never outlives whoever started it, and that can say what its last words were."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals
from typing import BinaryIO

from desk.operations.forks import Fork

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
LOG_LIMIT = 10_000_000  # bytes; a log longer than this is set aside at the next start
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, and how it wants to be stopped."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to the environment of whoever starts it."""
    folder: Path | None = None
    input: str = ""
    """What it reads from standard input: the place for a password, which a command line would show."""
    stop_signal: Signals = SIGTERM
    orphan_signal: Signals = SIGKILL
    """What the kernel sends when the starter dies (Linux)."""
    module: tuple[str, ...] = ()
    """Run this module with these arguments in a copy of the starter, instead of the command."""


class Child:
    """One running program, in a session of its own: Ctrl-C in the terminal reaches the supervisor only."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
        self.log = log
        _set_aside(log)
        with log.open("ab") as output:
            self._log_start = output.tell()
            self._popen = self._fork(output) if program.module else self._run(output)

    def _run(self, output: BinaryIO) -> subprocess.Popen[bytes]:
        program = self.program
        popen = subprocess.Popen(  # noqa: S603 - the commands are our own
            program.command,
            stdin=subprocess.PIPE if program.input else subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=program.folder,
            env={**os.environ, **program.environment},
            start_new_session=True,
            preexec_fn=die_with_me(program.orphan_signal),
        )
        if popen.stdin:
            with suppress(BrokenPipeError), popen.stdin as stdin:  # a dead child is seen by `exit_code`
                stdin.write(program.input.encode())
        return popen

    def _fork(self, output: BinaryIO) -> Fork:
        program = self.program
        return Fork(
            program.module,
            name=program.name,
            output=output,
            folder=program.folder,
            environment=program.environment,
            at_start=die_with_me(program.orphan_signal),
        )

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative for the signal that ended it."""
        return self._popen.poll()

    def ask_to_stop(self) -> None:
        """Sends the signal on which the program ends in its own way."""
        self._popen.send_signal(self.program.stop_signal)

    def stop(self, patience: float) -> None:
        """Asks it to stop and waits; after `patience` seconds it is killed."""
        self.ask_to_stop()
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(patience)
        self.kill()

    def kill(self) -> None:
        """Ends it and whatever it started in its own process group."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, SIGKILL)
        self._popen.kill()  # a copy of us may not lead its group yet
        self._popen.wait()

    def ending(self) -> str:
        """How it ended, for a person: `exit 1` or `SIGKILL`."""
        code = self.exit_code
        if code is None:
            return "still running"
        return f"exit {code}" if code >= 0 else Signals(-code).name

    def last_words(self, lines: int = 2) -> list[str]:
        """The last lines with words in them that this run wrote, outermost blanks removed."""
        with self.log.open("rb") as file:
            file.seek(max(self._log_start, self.log.stat().st_size - 8_192))
            text = file.read().decode("utf-8", "replace")
        return [line.strip() for line in text.splitlines() if line.strip(" ^~-=")][-lines:]


def die_with_me(orphan_signal: Signals = SIGKILL) -> Callable[[], None]:
    """A `preexec_fn` that ties a child to this process: when this one is killed, the kernel signals the child."""
    parent = os.getpid()

    def tie() -> None:
        if _prctl is not None:
            _prctl(PR_SET_PDEATHSIG, int(orphan_signal))
            if os.getppid() != parent:  # it died in between, so the kernel will not tell
                os.kill(os.getpid(), SIGKILL)

    return tie


def _set_aside(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
