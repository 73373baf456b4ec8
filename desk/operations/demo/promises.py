"""What Vlotlijn promises: travel questions round the clock, private matters in office hours, urgent ones at once."""

from datetime import datetime, timedelta
from typing import Any

from desk.actions.sla.calendars import create_calendar
from desk.actions.sla.sla_policies import change_policy, create_policy
from desk.people.models import User
from desk.sla.models import BusinessCalendar, SlaPolicy
from desk.tickets.models import Priority

BEFORE_THE_HISTORY = timedelta(days=30)
OFFICE_HOURS = "Kantooruren"
_DAY = [["08:30", "12:30"], ["13:00", "17:30"]]
_FORM: dict[str, Any] = {
    "timezone": "Europe/Amsterdam",
    "week": {**dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), _DAY), "sat": [["10:00", "16:00"]]},
    "holidays": {"country": "NL", "subdivision": None},
    "exceptions": {},
}


def make_promises(actor: User, now: datetime) -> None:
    """Once: what a supervisor has changed since stays."""
    if BusinessCalendar.objects.filter(name=OFFICE_HOURS).exists():
        return
    at = now - BEFORE_THE_HISTORY
    office = create_calendar(actor, name=OFFICE_HOURS, form=_FORM, now=at)
    default = SlaPolicy.objects.select_related("current").get(is_default=True)
    always = default.current.calendar_id if default.current else office.pk
    create_policy(
        actor, name="Spoed", conditions={"priorities": [int(Priority.URGENT)]}, calendar_id=always,
        first_response_minutes=15, next_response_minutes=15, resolution_minutes=4 * 60, now=at,
    )  # fmt: skip
    create_policy(
        actor, name="Privéberichten", conditions={"private": True}, calendar_id=office.pk,
        first_response_minutes=60, next_response_minutes=60, resolution_minutes=16 * 60, now=at,
    )  # fmt: skip
    change_policy(
        actor, default.pk, first_response_minutes=30, next_response_minutes=30, resolution_minutes=24 * 60, now=at
    )
