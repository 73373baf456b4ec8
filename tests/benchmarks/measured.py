"""Work inside the measured desk, in a process of its own as the desk's workers are."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.running.desk import RunningDesk

LONGEST = 600.0  # seconds: a busy machine takes its time
BEGINNING = 8.0  # seconds until processes that are to begin at the same moment have begun


def inside(desk: RunningDesk, function: str, *arguments: object) -> Any:
    """The answer of a function of `tests.benchmarks.inside`, called in the environment of this desk."""
    call = f"{function}({', '.join(repr(argument) for argument in arguments)})"
    code = f"from tests.benchmarks.inside import *; {call}"
    said = desk.manage("shell", "--no-imports", "-c", code, timeout=LONGEST)
    return json.loads(said.splitlines()[-1])


def side_by_side(desk: RunningDesk, workers: int, function: str, *arguments: object) -> list[Any]:
    """The answers of several processes that begin the same work at the same moment, which is their last argument."""
    moment = time.time() + BEGINNING
    with ThreadPoolExecutor(workers) as pool:
        running = [pool.submit(inside, desk, function, *arguments, moment) for _ in range(workers)]
        return [one.result() for one in running]
