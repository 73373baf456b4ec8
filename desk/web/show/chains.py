"""What a chain will do for one clock, line by line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from desk.actions.alerts.chain_words import Names, when, whom
from desk.common.dates import date_format
from policies.alerts import Planned


@dataclass(frozen=True, slots=True)
class Told:
    """One line of what a chain will do. `hour` has the day where it is another than that of the start."""

    hour: str
    when: str
    whom: str
    waits: bool


def told(planned: Iterable[Planned], start: datetime, names: Names) -> list[Told]:
    """Each step as a line, with the day where it is not that of the start."""
    return [Told(moment(one.at, start), when(one.step), whom(one.step, names), one.waits) for one in planned]


def moment(at: datetime, start: datetime) -> str:
    """“09:30”, or “Monday 30 March 09:30” on another day than the start's."""
    local = timezone.localtime(at)
    same_day = local.date() == timezone.localtime(start).date()
    return date_format(local, "H:i" if same_day else "l j F H:i")
