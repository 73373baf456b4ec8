"""`manage.py sla_due --calendar FILE.json --start ISO --minutes N`: when a target is used up, and why."""

from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from desk.operations.json_input import named, read_json
from policies.business_time import OpeningHours
from policies.calendar_problems import CalendarProblem
from policies.calendars import parse
from policies.clocks import due_at

FORM = 'Write the calendar as {"timezone": "Europe/Amsterdam", "week": {"mon": [["09:00", "17:30"]]}}.'


class Command(BaseCommand):
    help = "Prints the instant (UTC, ISO 8601) at which a target is used up in a calendar."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--calendar",
            required=True,
            metavar="FILE",
            help="JSON as policies/README.md has it; - reads stdin",
        )
        parser.add_argument("--start", required=True, help="ISO 8601; one without a zone is taken as UTC")
        parser.add_argument("--minutes", required=True, help="the target, in minutes that count; 0 or more")
        parser.add_argument("--explain", action="store_true", help="print each interval that was counted as well")

    def handle(self, *args: Any, **options: Any) -> None:
        start, seconds = _start(options["start"]), _seconds(options["minutes"])
        hours = _hours(options["calendar"])
        try:
            due = due_at(start, seconds, hours)
            counted = hours.explain(start, due) if options["explain"] else ()
        except ValueError as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(_iso(due))
        for stretch in counted:
            minutes = stretch.length / timedelta(minutes=1)
            self.stdout.write(f"{_iso(stretch.start)} {_iso(stretch.end)} {minutes:.10g} min")


def _hours(place: str) -> OpeningHours:
    try:
        return parse(read_json(place, FORM))
    except CalendarProblem as problem:
        raise CommandError(f"{named(place)}: {problem}") from None


def _start(text: str) -> datetime:
    try:
        start = datetime.fromisoformat(text)
        return start.astimezone(UTC) if start.tzinfo else start.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise CommandError(f"--start: “{text}” is no ISO 8601 time. Write it as 2026-11-27T14:30:00+01:00.") from None


def _seconds(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = -1
    if not isfinite(minutes) or minutes < 0:
        raise CommandError(f"--minutes: “{text}” is no target. Give a number of minutes, 0 or more.")
    return minutes * 60


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
