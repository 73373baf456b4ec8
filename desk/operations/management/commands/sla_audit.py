"""`manage.py sla_audit`: prove that every clock is what its rows make of it."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from desk.sla.audit import differences
from desk.tickets.models import Ticket


class Command(BaseCommand):
    help = (
        "Works every clock out again from messages, timeline, pauses, policy and calendar versions, and lists what "
        "differs from what is stored. Changes nothing; exit code 1 where something differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--limit", type=int, metavar="N", help="only the N newest tickets")
        parser.add_argument("--ticket", type=int, metavar="N", help="only this ticket")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Ticket.objects.order_by("-id")
        if options["ticket"] is not None:
            rows = rows.filter(pk=options["ticket"])
            if not rows.exists():
                raise CommandError(f"There is no ticket {options['ticket']}.")
        if options["limit"] is not None:
            if options["limit"] < 1:
                raise CommandError("--limit must be 1 or more.")
            rows = rows[: options["limit"]]
        found = 0
        for difference in differences(rows.iterator(chunk_size=500)):
            found += 1
            self.stdout.write(str(difference))
        self.stderr.write(f"{rows.count()} tickets looked at, {found} differences.")
        if found:
            sys.exit(1)
