"""`manage.py reconcile_inbox`: compare what a network tells with what the desk has."""

import sys
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from desk.actions.inboxes import reconcile
from desk.common.errors import DeskError
from desk.inboxes.models import Inbox, Reconciliation
from desk.inboxes.words import told

DIFFERS, NOT_ALL = 1, 2  # exit codes
_LISTS = {
    "missing": "missing at the desk",
    "changed": "reads otherwise on the network",
    "extra": "not told by the network any more",
}


class Command(BaseCommand):
    help = (
        "Reads the network's recent messages with cursors of its own and lists what is missing at the desk, reads "
        "otherwise there, or is not told there any more. Stores nothing unless --fix is given. Exit code 0: the same; "
        "1: something differs; 2: not everything could be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("inbox", type=int, metavar="INBOX", help="its id")
        how_far = parser.add_mutually_exclusive_group()
        how_far.add_argument("--days", type=int, default=1, metavar="N", help="back from now (default 1)")
        how_far.add_argument(
            "--since", default="", metavar="ISO", help="a day or an instant, UTC where no zone is told"
        )
        parser.add_argument("--fix", action="store_true", help="take in what is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        days = _days_since(options["since"], now) if options["since"] else options["days"]
        inbox = Inbox.objects.filter(pk=options["inbox"]).first()
        if inbox is None:
            raise CommandError(f"There is no inbox {options['inbox']}.")
        expected = reconcile.estimate(inbox, now - timedelta(days=max(days, 1)), now)
        if expected.dollars:
            left = "" if expected.left is None else f", of ${expected.left} that are left this month"
            self.stderr.write(f"Reading this may cost about ${expected.dollars}{left}.")
        try:
            asked = reconcile.ask(None, inbox.pk, days=days, fix=options["fix"], now=now)
        except DeskError as refused:
            raise CommandError(str(refused.message)) from None
        run = reconcile.carry_out(asked.pk, now)
        if run is None:
            asked.delete()
            raise CommandError("Another inbox is being compared. Try again when that is done.", returncode=NOT_ALL)
        if run.state != Reconciliation.State.DONE:
            raise CommandError(
                told(run.problem),
                returncode=NOT_ALL,
            )
        self._say(run)

    def _say(self, run: Reconciliation) -> None:
        result = run.result
        for name, words in _LISTS.items():
            for one in result[name]:
                what = one.get("external_id") or f"message {one['message']} of ticket {one['ticket']}"
                self.stdout.write(f"{words}: {what} ({one['kind']}, {one['created_at']})")
            if result[f"{name}_count"] > len(result[name]):
                self.stdout.write(f"{words}: {result[f'{name}_count'] - len(result[name])} more")
        read = ", ".join(f"{one['name']} {one['read']}" for one in result["streams"])
        self.stderr.write(
            f"Read: {read}. {result['missing_count']} missing, {result['changed_count']} changed, "
            f"{result['extra_count']} extra, {result['fixed']} taken in, ${result['cost']} charged."
        )
        if not result["complete"]:
            self.stderr.write(told(result["problem"]) or "The network does not tell all of that time any more.")
            sys.exit(NOT_ALL)
        if result["missing_count"] + result["changed_count"] + result["extra_count"] > result["fixed"]:
            sys.exit(DIFFERS)


def _days_since(text: str, now: datetime) -> int:
    """Whole days that reach back to it. CommandError where it is no time of the past."""
    try:
        moment = parse_datetime(text)
        if moment is None and (day := parse_date(text)):
            moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError("--since must be a day or an instant, such as 2026-11-27 or 2026-11-27T09:00:00Z.")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment >= now:
        raise CommandError("--since must lie in the past.")
    return ceil((now - moment) / timedelta(days=1))
