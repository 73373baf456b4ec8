"""Short ways to say what is promised, and what became of it."""

from typing import Any

from django.db.models import QuerySet

from desk.sla.models import BusinessCalendar, CalendarVersion, Clock, SlaPolicy, SlaPolicyVersion
from desk.sla.promises import holidays_of
from policies.sla import Conditions
from tests.actions.builders import NOON

_NOTHING: dict[str, Any] = {
    "first_response_seconds": None,
    "next_response_seconds": None,
    "resolution_seconds": None,
}


def promise(*, first: int | None = None, following: int | None = None, resolution: int | None = None) -> SlaPolicy:
    """What the default policy promises from now on, in minutes; both responses the same where only one is given."""
    policy = SlaPolicy.objects.get(is_default=True)
    return _version(policy, first, following if following is not None else first, resolution)


def a_policy(
    name: str,
    *,
    first: int | None = None,
    following: int | None = None,
    resolution: int | None = None,
    position: int = 1,
    calendar: BusinessCalendar | None = None,
    **conditions: Any,
) -> SlaPolicy:
    """Another policy, before the default one."""
    policy = SlaPolicy.objects.create(name=name, position=position)
    return _version(policy, first, following, resolution, calendar, Conditions(**conditions))


def a_calendar(name: str, form: dict[str, Any]) -> BusinessCalendar:
    calendar = BusinessCalendar.objects.create(name=name)
    calendar.current = CalendarVersion.objects.create(
        calendar=calendar, number=1, form=form, holidays=holidays_of(form), at=NOON
    )
    calendar.save()
    return calendar


def responses() -> QuerySet[Clock]:
    """The response clocks in the order of their cycles."""
    return Clock.objects.exclude(metric="resolution").order_by("ticket_id", "cycle")


def the_response() -> Clock:
    return responses().get()


def shown(clock: Clock) -> tuple[object, ...]:
    """What matters of a clock, in minutes past noon."""
    return (clock.metric, clock.state, *(past_noon(at) for at in (clock.started_at, clock.due_at, clock.ended_at)))


def past_noon(at: Any) -> float | None:
    return (at - NOON).total_seconds() / 60 if at is not None else None


def clocks(*metrics: str) -> list[tuple[Any, ...]]:
    """All clocks, or those of some metrics, in the order of their cycles."""
    rows = Clock.objects.order_by("ticket_id", "cycle", "id")
    return [shown(row) for row in (rows.filter(metric__in=metrics) if metrics else rows)]


def _version(
    policy: SlaPolicy,
    first: int | None,
    following: int | None,
    resolution: int | None,
    calendar: BusinessCalendar | None = None,
    conditions: Conditions = Conditions(),  # noqa: B008 - it never changes
) -> SlaPolicy:
    seconds = [None if minutes is None else minutes * 60 for minutes in (first, following, resolution)]
    policy.current = SlaPolicyVersion.objects.create(
        policy=policy,
        number=policy.versions.count() + 1,
        conditions_form=conditions.as_json(),
        calendar=calendar or BusinessCalendar.objects.get(name="24/7"),
        at=NOON,
        **dict(zip(_NOTHING, seconds, strict=True)),
    )
    policy.save()
    return policy
