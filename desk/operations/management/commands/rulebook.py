"""`manage.py rulebook export | import | activate`: the rulebook as a file, and switching it on from a script."""

from argparse import _SubParsersAction
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from desk.actions.rulebooks import rulebooks
from desk.actions.rulebooks.rulebook_templates import exported
from desk.common.errors import DeskError
from desk.operations.rulebook_files import read_document
from desk.people.models import User
from desk.replies.models import CannedResponse
from desk.rulebooks.models import RulebookVersion
from desk.rulebooks.text import written
from policies.canned_states import State as CannedState
from policies.rulebook_states import State


class Command(BaseCommand):
    help = "Writes the rulebook to a file, reads one as a draft, and switches a version on."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs: _SubParsersAction[CommandParser] = parser.add_subparsers(dest="verb", required=True)
        export = verbs.add_parser("export", help="prints a version, the active one by default")
        export.add_argument("--number", type=int, help="which one")
        export.add_argument("--form", choices=["yaml", "json"], default="yaml")
        bring = verbs.add_parser("import", help="reads a file as a draft and hands it in for review; prints its number")
        bring.add_argument("file", help="in JSON or YAML; - for standard input")
        bring.add_argument("--author", required=True, help="the username of whoever wrote it")
        bring.add_argument("--summary", default="", help="what is different")
        activate = verbs.add_parser("activate", help="switches a version on")
        activate.add_argument("number", type=int)
        activate.add_argument("--reviewer", required=True, help="the username of whoever read it; not its author")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['verb']}")(options)
        except DeskError as refused:
            lines = [f"  {path}: {sentence}" for path, said in refused.errors.items() for sentence in said]
            raise CommandError("\n".join([str(refused.message), *lines])) from None

    def _export(self, options: dict[str, Any]) -> None:
        number = options["number"]
        found = RulebookVersion.objects.filter(state=State.ACTIVE) if number is None else _numbered(number)
        version = found.first()
        if version is None:
            raise CommandError(f"There is no version {number} of the rulebook.")
        self.stdout.write(written(exported(version), options["form"]))

    def _import(self, options: dict[str, Any]) -> None:
        author = _person(options["author"])
        document = read_document(options["file"])
        draft = rulebooks.write_draft(author, document=document, summary=options["summary"])
        rulebooks.hand_in(author, draft.number)
        self.stdout.write(str(draft.number))

    def _activate(self, options: dict[str, Any]) -> None:
        version = rulebooks.switch_on(_person(options["reviewer"]), options["number"])
        self.stdout.write(f"Version {version.number} is active.")
        suspended = CannedResponse.objects.filter(state=CannedState.SUSPENDED).order_by("shortcut")
        for shortcut in suspended.values_list("shortcut", flat=True):
            self.stdout.write(f"The canned response /{shortcut} breaks it and is not offered.")


def _numbered(number: int) -> Any:
    return RulebookVersion.objects.filter(number=number)


def _person(username: str) -> User:
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        known = ", ".join(
            User.objects.filter(is_active=True).order_by("username").values_list("username", flat=True)[:10]
        )
        raise CommandError(f"There is no user “{username}”. Known are: {known or 'none yet'}.")
    return person
