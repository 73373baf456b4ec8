"""When the desk is open: for a ticket by the calendar of its own policy, for colleagues by that of the default one."""

from datetime import datetime, timedelta

from desk.actions.crises.crisis_levels import promises_at
from desk.sla.models import SlaPolicy
from desk.sla.promises import calendar_by
from desk.tickets.models import Ticket
from policies.business_time import OutOfHours
from policies.clocks import ALWAYS, Calendar

LOOKED_AHEAD = timedelta(days=366)
_A_MOMENT = timedelta(seconds=1)


def hours_for(ticket: Ticket, now: datetime) -> Calendar:
    """Those by which its customer would be promised an answer now."""
    return promises_at(now).to([ticket])[ticket.pk].calendar


def opening_hours() -> Calendar:
    """Those of the default policy, as they are now."""
    version = SlaPolicy.objects.filter(is_default=True).values_list("current__calendar__current_id", flat=True).first()
    return ALWAYS if version is None else calendar_by(version)


def next_opening(now: datetime, hours: Calendar) -> datetime | None:
    """This very moment while the desk is open; None where it does not open within a year."""
    first = next(iter(hours.explain(now, now + LOOKED_AHEAD, 1)), None)
    return first[0] if first is not None else None


def is_open(at: datetime, hours: Calendar) -> bool:
    """Whether that moment lies inside opening hours."""
    return bool(hours.between(at, at + _A_MOMENT))


def after(start: datetime, minutes: int, hours: Calendar) -> datetime:
    """That many minutes of opening time later; by the clock on the wall where the desk never opens again."""
    try:
        return hours.add(start, timedelta(minutes=minutes))
    except OutOfHours:
        return start + timedelta(minutes=minutes)
