"""`manage.py check_reply --network N < text`: what the rules say of a text, for scripts and editors."""

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from desk.inboxes.gateway import UnknownNetwork, network
from desk.operations.rulebook_files import read_document
from desk.rulebooks.active import in_force
from desk.rulebooks.models import RulebookVersion
from policies.check import check_reply
from policies.facts import ReplyFacts, Visibility
from policies.rulebook import Rulebook
from policies.rulebook_form import default_rulebook, parse
from policies.rulebook_reading import RulebookProblem
from policies.signature import signatures


class Command(BaseCommand):
    help = "Reads a reply from standard input and prints the findings as JSON; exit 1 where one blocks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--network", required=True, help="such as x, facebook_page, instagram")
        parser.add_argument("--visibility", default="public", choices=list(map(str, Visibility)))
        parser.add_argument("--lang", default=settings.LANGUAGE_CODE, choices=[code for code, _ in settings.LANGUAGES])
        parser.add_argument("--rulebook", default="", help="a file instead of the active rulebook, in JSON or YAML")
        parser.add_argument("--signature", default="", help="such as ^JK; without it the one at the end of the text")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            capabilities = network(options["network"]).capabilities
        except UnknownNetwork as problem:
            raise CommandError(str(problem)) from None
        text = _text()
        public = options["visibility"] == Visibility.PUBLIC
        checked = check_reply(
            ReplyFacts(
                text=text,
                now=timezone.now(),
                length=capabilities.public_length if public else capabilities.private_length,
                network=options["network"],
                visibility=Visibility(options["visibility"]),
                signature=options["signature"] or _signature_at_end(text),
                language=options["lang"],
                say_in=options["lang"],
                own=settings.OWN_DETAILS,
            ),
            self._rulebook(options["rulebook"]),
        )
        self.stdout.write(json.dumps(checked.as_json(), ensure_ascii=False, indent=2))
        if checked.blocked:
            sys.exit(1)

    def _rulebook(self, file: str) -> Rulebook:
        if file:
            return _from_file(file)
        try:
            return in_force().rulebook
        except (DatabaseError, RulebookVersion.DoesNotExist):
            self.stderr.write("No desk runs here, so the rules are those that every desk starts with.")
            return default_rulebook()


def _from_file(file: str) -> Rulebook:
    try:
        return parse(read_document(file))
    except RulebookProblem as problem:
        raise CommandError(f"{file} is no rulebook. {problem}") from None


def _text() -> str:
    try:
        text = sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError:
        raise CommandError("The text is not in UTF-8. Save it as UTF-8 and try again.") from None
    return text.removesuffix("\n").removesuffix("\r")


def _signature_at_end(text: str) -> str:
    """Whoever wrote the text signed it there, if anywhere."""
    end = len(text.rstrip())
    return next((mark for _start, stop, mark in signatures(text) if stop == end), "")
