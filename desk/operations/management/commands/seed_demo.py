"""`manage.py seed_demo`: the demo company, once."""

import time
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from desk import environment
from desk.common.errors import DeskError
from desk.environment import EnvironmentProblem
from desk.inboxes.sandbox import Sandbox, SandboxAway, SandboxRefused
from desk.operations.demo.accounts import HANDLE, Account, register_webhooks
from desk.operations.demo.automation import make_automation
from desk.operations.demo.canned import make_canned
from desk.operations.demo.causes import make_causes
from desk.operations.demo.changes import make_changes
from desk.operations.demo.conversations import decide, react, write_talk
from desk.operations.demo.finds import save_search
from desk.operations.demo.forms import make_form
from desk.operations.demo.history import make_company
from desk.operations.demo.hours import make_hours, share_out
from desk.operations.demo.knowledge import make_articles, tell_what_came_of_them
from desk.operations.demo.mails import write_mails
from desk.operations.demo.people import keep_logins, make_people
from desk.operations.demo.promises import make_promises
from desk.operations.demo.questions import make_questions
from desk.operations.demo.reviews import write_reviews
from desk.operations.demo.streams import make_streams
from desk.operations.demo.threads import make_threads

WEB_PATIENCE = 15.0  # seconds; the web starts at the same time and may be slower


class Command(BaseCommand):
    help = (
        "Makes the demo company Vlotlijn: people, canned responses, accounts on the sandbox networks, three weeks of "
        "history, and customers who write by themselves. A second run changes nothing; an interrupted one goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", help="the moment at which the history ends, ISO 8601 (default: now)")
        parser.add_argument("--pace", type=float, default=1.0, help="of the customers who write by themselves; 0: none")
        parser.add_argument(
            "--wait",
            type=float,
            default=WEB_PATIENCE,
            metavar="SECONDS",
            help="how long to wait for the web to answer when the networks ask for it (default %(default)g)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = _moment(options["now"])
        logins = environment.data_folder() / "demo_logins.json"
        first_time = not logins.exists()
        try:
            people, passwords = make_people(logins)
            make_canned(people["admin"], people["comms"])
            make_articles(people["comms"])
            make_promises(people["admin"], now)
            make_hours(people["admin"], people)
            if settings.SANDBOX_URL:
                with Sandbox(settings.SANDBOX_URL) as sandbox:
                    accounts = make_company(people["admin"], people, sandbox, now)
                    if first_time:
                        make_streams((account.inbox for account in accounts), now)
                        if options["pace"]:
                            write_reviews(accounts, timezone.now())
                            write_mails(accounts, timezone.now())
                            write_talk(accounts, timezone.now())
                            save_search(people["admin"], accounts, timezone.now())
                    self._listen(accounts, options["wait"])
                    if first_time and options["pace"]:
                        react(accounts)
                    for account in accounts if first_time else ():  # later it is the operator's to switch
                        account.sandbox.switch_crowd(account.network, HANDLE, options["pace"] * account.crowd)
            if first_time:  # after the history, in which people took tickets themselves
                make_causes(people["admin"], people, now)
                make_automation(people, now)
                share_out(people["admin"], people)
                make_questions(people["admin"], people, now)
                make_threads(people, now)
                make_changes(people, now)
                make_form(people["agent"], now)
                decide(people, now)
                tell_what_came_of_them(now)
            keep_logins(logins, passwords)
        except (SandboxAway, SandboxRefused, EnvironmentProblem) as problem:
            raise CommandError(str(problem)) from problem
        except DeskError as problem:
            raise CommandError(problem.message) from problem

    def _listen(self, accounts: list[Account], patience: float) -> None:
        """Let the networks deliver events; the web may still be on its way up."""
        deadline = time.monotonic() + patience
        while True:
            try:
                register_webhooks(accounts)
                break
            except SandboxRefused as problem:
                if time.monotonic() > deadline:  # the poll brings everything, some seconds later
                    self.stderr.write(f"No webhooks: {problem}")
                    break
                time.sleep(0.5)


def _moment(given: str | None) -> datetime:
    if given is None:
        return timezone.now().replace(microsecond=0)
    try:
        moment = parse_datetime(given)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise CommandError("--now is no moment with a zone: write it as 2026-03-10T09:12:00+01:00.")
    return moment
