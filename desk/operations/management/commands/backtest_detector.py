"""`manage.py backtest_detector FILE.csv [--out FILE.csv]`: what the crisis detector would have told of a past."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from desk.operations.counts import COLUMNS, Unusable, read_counts
from desk.operations.json_input import named
from policies.detector import Detector
from policies.signals import Kind, Reading, Sensitivity, Settings


class Writable(Protocol):
    def write(self, text: str, /) -> object: ...


class Command(BaseCommand):
    help = (
        "Runs the crisis detector over the rows timestamp,value of a CSV file (gzip too; - reads standard input), each "
        "row with no more knowledge than of the rows before it, and writes timestamp,value,anomaly_score,alert. From "
        "an anomaly_score of 0.5 a row is an alert."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        usual = Settings()
        parser.add_argument("file", help="with a header; times in ISO 8601, ascending; counts of 0 or more")
        parser.add_argument("--out", type=Path, metavar="FILE", help="where to write; without it standard output")
        parser.add_argument("--sensitivity", choices=list(map(str, Sensitivity)), default=str(usual.sensitivity))
        parser.add_argument("--floor", type=_amount, default=usual.floor, help="fewest posts in half an hour")
        parser.add_argument(
            "--cooldown",
            type=_amount,
            default=usual.cooldown / timedelta(hours=1),
            metavar="HOURS",
            help="after an alert, until the next that is not far rarer",
        )
        parser.add_argument("--explain", action="store_true", help="say why of each alert, on standard error")

    def handle(self, *args: Any, **options: Any) -> None:
        settings = Settings(
            sensitivity=Sensitivity(options["sensitivity"]),
            floor=options["floor"],
            cooldown=timedelta(hours=options["cooldown"]),
        )
        out: Path | None = options["out"]
        try:
            with _written(out) if out else _as_it_is(self.stdout) as file:
                rows, alerts = self._run(options["file"], settings, file, explain=options["explain"])
        except Unusable as problem:
            raise CommandError(str(problem)) from None
        except OSError as problem:
            raise CommandError(f"{out} can't be written: {problem.strerror or problem}.") from None
        if out:
            self.stdout.write(f"{alerts:,} alerts in {rows:,} rows.")

    def _run(self, place: str, settings: Settings, file: Writable, *, explain: bool) -> tuple[int, int]:
        """How many rows were read, and how many of them were alerts."""
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*COLUMNS, "anomaly_score", "alert"])
        detector, rows, alerts = Detector(settings), 0, 0
        for row in read_counts(place, timezone.get_default_timezone()):
            try:
                reading = detector.observe(row.at, row.count)
            except ValueError as problem:
                raise Unusable(f"{named(place)}, line {row.line}: {problem}.") from None
            writer.writerow([row.timestamp, row.value, f"{reading.score:.6f}", int(reading.alert)])
            rows, alerts = rows + 1, alerts + reading.alert
            if explain:
                for words in _why(reading):
                    self.stderr.write(f"{row.timestamp} {words}")
        return rows, alerts


def _why(reading: Reading) -> Iterator[str]:
    if reading.alert:
        counted = f"{reading.counted:,.0f} in half an hour; {reading.expected:,.1f} expected in such a half hour, "
        usual = f"and in 99 of 100 no more than {reading.usual_high:,.0f}; "
        if reading.kind is Kind.SURGE:
            yield f"surge: {counted}{usual}as much comes once in {reading.rare_days:,.1f} days"
        else:
            yield f"busy hour: {counted}{usual}no hour was as busy for {reading.unrivalled_days:,.0f} days"
    if reading.silence:
        yield f"silence: nothing came while {reading.missed:,.0f} were expected"


@contextmanager
def _as_it_is(file: Writable) -> Iterator[Writable]:
    yield file


@contextmanager
def _written(path: Path) -> Iterator[Writable]:
    """A new file that takes the place of `path` once it is whole, so that nobody finds half of one."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            yield file
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _amount(text: str) -> float:
    amount = float(text)
    if not 0 <= amount < 1e9:
        raise ValueError(text)
    return amount
