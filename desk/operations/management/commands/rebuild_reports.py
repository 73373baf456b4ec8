"""`manage.py rebuild_reports`: count everything that reports are made of anew."""

from typing import Any

from django.core.management.base import BaseCommand

from desk.actions.reports.reports import count_everything


class Command(BaseCommand):
    help = "Counts all tickets anew for the reports. Safe while the desk runs, and safe to stop and start again."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Counted {count_everything()} tickets.")
