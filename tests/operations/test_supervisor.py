"""The supervisor on small programs of its own: it says what ended, starts it again, gives up in the end."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from desk.environment import EnvironmentProblem
from desk.operations.processes import Child, Program
from desk.operations.supervisor import RESTARTS, GaveUp, StoppedByRequest, Supervisor


def python(name: str, code: str) -> Program:
    return Program(name, (sys.executable, "-c", code))


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Supervisor:
    return Supervisor(tmp_path, said.append, first_delay=0.01)


def test_a_program_that_keeps_ending_is_restarted_five_times_and_then_given_up(
    supervisor: Supervisor, said: list[str]
) -> None:
    with supervisor:
        supervisor.keep(python("web", "import sys; sys.exit(print('no luck', file=sys.stderr) or 3)"))
        with pytest.raises(GaveUp, match=r"web stopped again after 5 restarts \(exit 3\): no luck"):
            supervisor.watch()
    assert len(said) == RESTARTS
    assert said[0].startswith("web stopped (exit 3): no luck")
    assert said[0].endswith("Starting it again in 0.01 s (1 of 5).")


def test_a_killed_program_is_named_with_its_signal(supervisor: Supervisor, said: list[str], tmp_path: Path) -> None:
    once = f"import os, pathlib, time; p = pathlib.Path({str(tmp_path / 'seen')!r}); seen = p.exists(); p.touch()\n"
    once += "time.sleep(60) if seen else os.kill(os.getpid(), 9)"
    stop = f"import os, pathlib, time\nwhile not pathlib.Path({str(tmp_path / 'seen')!r}).exists(): time.sleep(0.01)\n"
    stop += "time.sleep(0.5); os.kill(os.getppid(), 15)"
    with supervisor:
        supervisor.keep(python("worker", once))
        supervisor.keep(python("clock", stop))
        with pytest.raises(StoppedByRequest):
            supervisor.watch()
    assert "worker stopped (SIGKILL): no last words" in said[0]


def test_one_that_does_not_come_up_is_a_problem_with_its_last_words(supervisor: Supervisor) -> None:
    with supervisor:
        child = supervisor.keep(python("redis", "raise SystemExit('the disk is full')"))
        with pytest.raises(EnvironmentProblem, match=r"redis did not start \(exit 1\): the disk is full"):
            supervisor.wait_for(child, lambda: False)


def test_a_step_that_fails_is_a_problem_and_one_that_succeeds_is_not(supervisor: Supervisor) -> None:
    with supervisor:
        supervisor.finish(supervisor.begin(python("migrate", "print('done')")))
        with pytest.raises(EnvironmentProblem, match=r"migrate failed \(exit 1\): no such table"):
            supervisor.finish(supervisor.begin(python("migrate", "raise SystemExit('no such table')")))


def test_a_missing_program_is_named(supervisor: Supervisor) -> None:
    with supervisor, pytest.raises(EnvironmentProblem, match="redis: /no/redis-server is missing"):
        supervisor.keep(Program("redis", ("/no/redis-server",)))


def test_leaving_stops_a_program_and_what_it_started_even_when_it_does_not_listen(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.operations.supervisor.STOP_PATIENCE", 0.2)
    pids = tmp_path / "pids"
    code = "import os, pathlib, signal, time; signal.signal(15, signal.SIG_IGN); child = os.fork()\n"
    code += f"child and pathlib.Path({str(pids)!r}).write_text(f'{{os.getpid()}} {{child}}'); time.sleep(60)"
    with supervisor:
        supervisor.keep(python("deaf", code))
        wait_for(lambda: pids.exists() and " " in pids.read_text())
    wait_for(lambda: not any(is_alive(int(pid)) for pid in pids.read_text().split()))


def test_a_child_dies_with_its_starter(tmp_path: Path) -> None:
    starter = "import sys, time\nfrom pathlib import Path\nfrom desk.operations.processes import Child, Program\n"
    starter += f"child = Child(Program('sleeper', ('sleep', '60')), Path({str(tmp_path / 'log')!r}))\n"
    starter += "print(child.pid, flush=True); time.sleep(60)"
    outer = Child(Program("starter", (sys.executable, "-c", starter)), tmp_path / "starter.log")
    wait_for(lambda: bool(outer.last_words()))
    pid = int(outer.last_words()[0])
    assert is_alive(pid)
    outer.kill()
    wait_for(lambda: not is_alive(pid))


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
