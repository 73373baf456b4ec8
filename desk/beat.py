"""The clock: sends what the schedule says, by name. `python -m desk.beat`, exactly one.

An app of its own without Django and without the tasks: it needs neither, and is a third of the size for it. The
schedule's file remembers what was sent when, so that a restart sends nothing twice.
"""

import argparse
import sys
from collections.abc import Sequence

from celery import Celery

app = Celery("desk", fixups=[])
app.config_from_object("desk.settings", namespace="CELERY")


def main(arguments: Sequence[str]) -> None:
    """Ticks until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m desk.beat", description=__doc__)
    parser.add_argument("--schedule", default="celerybeat-schedule", help="the file that remembers")
    parser.add_argument("--loglevel", default="WARNING")
    asked = parser.parse_args(arguments)
    app.Beat(schedule=asked.schedule, loglevel=asked.loglevel, quiet=True).run()


if __name__ == "__main__":
    main(sys.argv[1:])
