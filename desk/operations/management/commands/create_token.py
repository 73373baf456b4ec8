"""`manage.py create_token USERNAME`: a token for programs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from desk.actions.people.people import issue_token
from desk.common.errors import Invalid
from desk.people.models import User


class Command(BaseCommand):
    help = "Prints an API token for a user. It is shown this once; only a digest is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="what it is for, to tell tokens apart")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            known = ", ".join(User.objects.order_by("username").values_list("username", flat=True)[:10])
            raise CommandError(f"There is no user “{options['username']}”. Known are: {known or 'none yet'}.")
        if not user.is_active:
            raise CommandError(f"{user.username} has left, so a token would open nothing. Choose another user.")
        try:
            _token, secret = issue_token(None, user, options["name"])
        except Invalid as refused:
            raise CommandError(str(refused.message)) from None
        self.stdout.write(secret)
