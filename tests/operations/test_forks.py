"""Programs as copies of the process that starts them. That process is one of its own: pytest has threads."""

import json
import subprocess
import sys
import time
from pathlib import Path
from signal import SIGTERM

import psutil
import pytest

from desk.operations import forks

pytestmark = pytest.mark.skipif(not forks.POSSIBLE, reason="copies are made on Linux only")

STARTER = """
import signal, sys
from pathlib import Path
from desk.operations import forks
from desk.operations.processes import Child, Program
sys.path.insert(0, {folder!r})
with forks.loading():
    import heavy
heavy.loaded_by_starter = True
signal.signal(signal.SIGTERM, lambda *_: None)
held = open({folder!r} + "/lock", "w")
here = Path({folder!r})
def copy(module, *arguments, **more):
    return Child(Program(module, (), module=(module, *arguments), **more), here / (module + ".log"))
"""
SEES = """
import heavy, json, os, signal, sys
print(json.dumps({
    "argv": sys.argv, "name": __name__, "folder": os.getcwd(), "told": os.environ["TOLD"],
    "leads": os.getsid(0) == os.getpid(), "files": sorted(map(int, os.listdir("/proc/self/fd")))[:3],
    "open": len(os.listdir("/proc/self/fd")), "shared": heavy.loaded_by_starter,
    "default": signal.getsignal(signal.SIGTERM) is signal.SIG_DFL,
    "blocked": len(signal.pthread_sigmask(signal.SIG_BLOCK, [])), "called": open("/proc/self/comm").read().strip(),
}), flush=True)
sys.exit("no more")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "heavy.py").write_text("")
    (tmp_path / "sees.py").write_text(SEES)
    (tmp_path / "sleeps.py").write_text("import time; print('asleep', flush=True); time.sleep(60)")
    return tmp_path


def start(project: Path, folder: Path, code: str) -> str:
    """What a process says that does this with `copy`."""
    script = STARTER.format(folder=str(folder)) + code
    done = subprocess.run([sys.executable, "-c", script], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_copy_has_what_was_loaded_and_nothing_of_what_its_starter_does(project: Path, folder: Path) -> None:
    code = "child = copy('sees', 'one', '--two', environment={'TOLD': 'yes'}, folder=here)\n"
    code += "child._popen.wait(); print(child.ending(), child.last_words(1))"
    assert start(project, folder, code) == "exit 1 ['no more']\n"
    assert json.loads((folder / "sees.log").read_text().splitlines()[0]) == {
        "argv": [str(folder / "sees.py"), "one", "--two"],
        "name": "__main__",
        "folder": str(folder),
        "told": "yes",
        "leads": True,
        "files": [0, 1, 2],
        "open": 4,  # and the folder that is listed
        "shared": True,
        "default": True,
        "blocked": 0,
        "called": "sees",
    }


def test_a_copy_can_be_stopped_and_killed_at_once(project: Path, folder: Path) -> None:
    code = "stopped = copy('sleeps'); stopped.stop(patience=20); print(stopped.ending(), stopped.exit_code)\n"
    code += "killed = copy('sleeps'); killed.kill(); print(killed.ending(), killed.exit_code); killed.ask_to_stop()"
    assert start(project, folder, code) == "SIGTERM -15\nSIGKILL -9\n"


def test_a_copy_dies_with_its_starter(project: Path, folder: Path) -> None:
    code = "child = copy('sleeps'); print(child.pid, flush=True); signal.pause(); signal.pause()"
    script = STARTER.format(folder=str(folder)) + code
    starter = subprocess.Popen([sys.executable, "-c", script], cwd=project, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    with starter, starter.stdout as said:
        copy = psutil.Process(int(said.readline()))
        starter.send_signal(SIGTERM)  # which it does not listen to
        assert copy.is_running()
        starter.kill()
    deadline = time.monotonic() + 30
    while copy.is_running() and copy.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_is_loaded_for_all_opens_nothing_and_starts_no_thread(project: Path) -> None:
    loads = "import os, threading; from desk.operations import startup; startup.load()\n"
    loads += "print(threading.active_count(), sorted(os.listdir('/proc/self/fd'), key=int)[:-1])"
    done = subprocess.run([sys.executable, "-c", loads], cwd=project, capture_output=True, text=True, check=False)
    assert done.stdout == "1 ['0', '1', '2']\n", done.stdout + done.stderr[-2_000:]
