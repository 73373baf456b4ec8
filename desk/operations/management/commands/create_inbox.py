"""`manage.py create_inbox`: connect an account from the command line."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from desk.actions.inboxes.inboxes import create_inbox
from desk.common.errors import DeskError
from desk.operations.json_input import named, read_json
from desk.people.models import Team


class Command(BaseCommand):
    help = "Connects an account of a network and prints the inbox's id."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--network", required=True, help="such as x, facebook_page, instagram")
        parser.add_argument("--name", required=True, help="how colleagues will call it")
        parser.add_argument("--base-url", default="", help="the server to talk to; the network's own by default")
        parser.add_argument(
            "--credentials",
            required=True,
            metavar="FILE",
            help="JSON by name; - reads standard input, so that no secret shows",
        )
        parser.add_argument("--poll-seconds", type=int, default=60)
        parser.add_argument("--language", default="nl", help="in which most customers write: nl or en")
        parser.add_argument("--team", default="", help="the name of the team that gets its tickets")
        parser.add_argument("--no-check", action="store_true", help="connect without asking the network first")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            inbox = create_inbox(
                None,
                network=options["network"],
                name=options["name"],
                base_url=options["base_url"],
                credentials=_credentials(options["credentials"]),
                poll_seconds=options["poll_seconds"],
                language=options["language"],
                team_id=_team(options["team"]),
                check=not options["no_check"],
            )
        except DeskError as refused:
            raise CommandError(_one_line(refused)) from None
        if options["no_check"]:
            self.stderr.write("The account was not checked. Test the connection under Administration → Inboxes.")
        self.stdout.write(str(inbox.pk))


def _credentials(place: str) -> dict[str, str]:
    """The JSON object in a file or on standard input. The error never shows what was read."""
    values = read_json(place, 'Write the credentials as {"name": "value", …}.')
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise CommandError(f'{named(place)} must hold one JSON object of texts: {{"name": "value", …}}.')
    return values


def _team(name: str) -> int | None:
    if not name:
        return None
    team = Team.objects.filter(name=name).first()
    if team is None:
        known = ", ".join(Team.objects.values_list("name", flat=True)[:10])
        raise CommandError(f"There is no team “{name}”. Known are: {known or 'none yet'}.")
    return team.pk


def _one_line(refused: DeskError) -> str:
    """What is wrong with which value, and what to do about it."""
    said = [str(refused.message)]
    if refused.code == "address_refused" and not settings.ALLOW_PRIVATE_NETWORKS:
        said.append("Give a public address; for a sandbox of your own set DESK_ALLOW_PRIVATE_NETWORKS=1.")
    elif refused.code == "connection_refused":
        said.append("Nothing was connected. Correct it and try again, or connect without asking by --no-check.")
    else:
        fields: dict[str, list[str]] = {}
        for field, sentences in refused.errors.items():
            for sentence in sentences:
                fields.setdefault(str(sentence), []).append(field.removeprefix("credentials."))
        said += [f"{', '.join(names)}: {sentence}" for sentence, names in fields.items() if names != ["network"]]
    return " ".join(said)
