"""Work inside the measured desk, in a process of its own as the desk's workers are."""

import json
from typing import Any

from tests.running.desk import RunningDesk

LONGEST = 600.0  # seconds: a busy machine takes its time


def inside(desk: RunningDesk, function: str, *arguments: object) -> Any:
    """The answer of a function of `tests.benchmarks.inside`, called in the environment of this desk."""
    call = f"{function}({', '.join(repr(argument) for argument in arguments)})"
    code = f"from tests.benchmarks.inside import *; {call}"
    said = desk.manage("shell", "--no-imports", "-c", code, timeout=LONGEST)
    return json.loads(said.splitlines()[-1])
