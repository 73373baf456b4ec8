"""`manage.py check_crisis_logs [--crisis N]`: whether anybody has changed the log of a crisis afterwards."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from desk.crises.log import broken_link
from desk.crises.models import Crisis

PROBLEMS = {
    "missing": "it is missing",
    "moved": "it does not follow the one before",
    "changed": "it was changed",
    "shortened": "the log ends before it",
    "added": "it was added behind the end of the log",
}


class Command(BaseCommand):
    help = "Checks the chain of digests in the logs of all crises, or of one. Exit 1 where one does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--crisis", type=int, help="only this one, by its number")

    def handle(self, *args: Any, **options: Any) -> None:
        crises = Crisis.objects.order_by("id")
        if options["crisis"] is not None:
            crises = crises.filter(pk=options["crisis"])
            if not crises.exists():
                raise CommandError(f"There is no crisis {options['crisis']}.")
        broken = 0
        for crisis in crises.iterator():
            link = broken_link(crisis)
            if link is None:
                self.stdout.write(f"crisis {crisis.pk}: {crisis.log_length} entries, the chain holds.")
            else:
                broken += 1
                self.stdout.write(f"crisis {crisis.pk}: broken at entry {link.number}: {PROBLEMS[link.problem]}.")
        if broken:
            sys.exit(1)
