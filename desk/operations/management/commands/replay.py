"""`manage.py replay FILE --inbox ID`: real text arrives on a sandbox network as if customers wrote it now."""

import math
import secrets
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Generator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from desk.inboxes.models import Inbox
from desk.inboxes.sandbox import NAMES, Sandbox, SandboxAway, SandboxRefused
from desk.operations.replay.mails import are_mails, read_mails
from desk.operations.replay.poster import Poster, Tally
from desk.operations.replay.rhythm import Rhythm
from desk.operations.replay.rows import Refused, Row, Unusable, parse_columns, read_rows

TOLD_EVERY = 10.0  # seconds between two lines of progress where the output is no terminal
INTERRUPTED = 130  # the shell's code for Ctrl-C


class Command(BaseCommand):
    help = (
        "Posts the rows of a CSV or JSON-lines file (gzip too) as customers on the sandbox network behind an inbox, in "
        "their own rhythm. Columns: text, author, posted_at, and optionally id, in_reply_to, private, subject. Into a "
        "mailbox an mbox file can be replayed, each mail to the byte. A row that can't be posted is named on standard "
        "error, rows counted from 1 without the header, and the rest goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--inbox", type=int, required=True, metavar="ID", help="the inbox on whose network to post")
        parser.add_argument("--speed", type=_speed, default=1.0, help="times as fast (default 1); 0 or max: at once")
        parser.add_argument("--limit", type=_limit, help="read that many rows at most")
        parser.add_argument(
            "--columns",
            action="append",
            default=[],
            metavar="NAME=COLUMN,…",
            help="other names of columns, such as posted_at=created_at,id=tweet_id",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._told_at = time.monotonic()
        sandbox, network, inbox = _sandbox_behind(options["inbox"])
        run = secrets.token_hex(4)
        poster = Poster(sandbox, network, inbox.own_id, run, report=self._report, progress=self._progress)
        tally, problem, code = poster.tally, "", 0
        with sandbox:
            try:
                with closing(_rows(options["file"], options["columns"], network)) as rows:
                    poster.play(islice(rows, options["limit"]), Rhythm(options["speed"]))
            except KeyboardInterrupt:
                problem, code = "Stopped.", INTERRUPTED
            except Unusable as unusable:
                problem = str(unusable)
            except (SandboxAway, SandboxRefused) as away:
                problem, code = str(away), 1
        self._end_line()
        if problem:
            self.stderr.write(problem)
        self.stdout.write(f"{tally.posted:,} posted, {tally.refused:,} refused, of {tally.read:,} rows.")
        if code or not tally.posted:
            sys.exit(code or 1)

    def _report(self, number: int, words: str) -> None:
        self._end_line()
        self.stderr.write(f"row {number}: {words.rstrip('.')}.")

    def _progress(self, tally: Tally) -> None:
        line = f"{tally.posted:,} posted, {tally.refused:,} refused"
        if self.stderr.isatty():
            self.stderr.write(f"\r{line}", ending="")
        elif time.monotonic() - self._told_at >= TOLD_EVERY:
            self._told_at = time.monotonic()
            self.stderr.write(line)

    def _end_line(self) -> None:
        """Leave the line that progress is written on."""
        if self.stderr.isatty():
            self.stderr.write("\r\x1b[K", ending="")


def _sandbox_behind(inbox_id: int) -> tuple[Sandbox, str, Inbox]:
    inbox = Inbox.objects.filter(pk=inbox_id).first()
    if inbox is None:
        known = ", ".join(f"{one.pk} ({one.name})" for one in Inbox.objects.order_by("pk")[:20]) or "none yet"
        raise CommandError(f"There is no inbox {inbox_id}. There are: {known}.")
    found = Sandbox.behind(inbox.base_url)
    if found is None:
        where = inbox.base_url or "the network itself"
        raise CommandError(
            f"Inbox {inbox_id} ({inbox.name}) is not on a running sandbox but on {where}. Choose another."
        )
    return *found, inbox


def _rows(path: Path, columns: list[str], network: str) -> Generator[Row | Refused]:
    if not are_mails(path):
        return read_rows(path, parse_columns(columns))
    if network != NAMES["mail"]:
        raise Unusable(f"{path} holds mails. Choose an inbox that is a mailbox.")
    return read_mails(path)


def _speed(given: str) -> float:
    if given == "max":
        return 0.0
    try:
        speed = float(given)
    except ValueError:
        speed = -1.0
    if not (math.isfinite(speed) and speed >= 0):
        raise ArgumentTypeError(f"{given} is no speed: give a number from 0, or max")
    return speed


def _limit(given: str) -> int:
    if not given.isascii() or not given.isdigit() or len(given) > 12:
        raise ArgumentTypeError(f"{given} is no number of rows")
    return int(given)
