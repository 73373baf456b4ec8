"""`manage.py up` as Django lists it. From the command line `manage.py` takes the same road before Django is loaded."""

from argparse import ArgumentParser, Namespace
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from desk.operations import startup


class Command(BaseCommand):
    help = startup.DESCRIPTION
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        startup.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        exit_code = startup.run(Namespace(**options))
        if exit_code:
            raise CommandError("The desk did not run to a requested end.", returncode=exit_code)
