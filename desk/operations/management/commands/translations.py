"""`manage.py translations`: brings the words in other languages up to date, or says what is missing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from desk.operations import translations


class Command(BaseCommand):
    help = "Collect translatable words into desk/locale and compile them; --check only says what is missing or stale."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail when something is missing or stale"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            if problems := translations.check():
                raise CommandError("\n".join(problems))
            self.stdout.write("Every word is translated.")
            return
        for language, missing in translations.update().items():
            for text in missing:
                self.stdout.write(f"{language}: {text}")
            self.stdout.write(f"{language}: {len(missing)} without translation.")
