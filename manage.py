#!/usr/bin/env python
"""The desk's commands. `up` starts everything and so runs before there is a database to configure Django with."""

import os
import sys

from desk.environment import EnvironmentProblem


def main() -> int:
    arguments = sys.argv[1:]
    if arguments[:2] == ["help", "up"]:
        arguments = ["up", "--help"]
    try:
        if arguments[:1] == ["up"]:
            from desk.operations.startup import main as up

            return up(arguments[1:])
        from django.core.management import execute_from_command_line

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
        execute_from_command_line(sys.argv)
    except EnvironmentProblem as problem:
        print(problem, file=sys.stderr)  # noqa: T201 - the one line that a person needs
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
