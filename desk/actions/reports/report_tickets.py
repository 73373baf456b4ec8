"""The tickets behind a figure of a report: exactly those that were counted."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils.translation import gettext as _

from desk.common.errors import Invalid
from desk.common.paging import Slice, slice_after
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.reports import flow
from desk.reports.counting import Chosen
from desk.reports.models import CountedCycle
from policies.reports import buckets_between

PAGE = 50
COUNTED_TO = 10_000  # a longer list says that there are more
KINDS = {
    "answered": Q(wall__isnull=False),
    "on_time": Q(on_time=True),
    "late": Q(late=True),
    "promised": Q(on_time=True) | Q(late=True),  # what compliance is a share of
    "unanswered": Q(unanswered=True),
    "cancelled": Q(cancelled=True),
    "resolved_unanswered": Q(resolved_unanswered=True),
}
LEVELS = {"backlog": True, "backlog_unanswered": False}  # kind → whether resolving ends it


@dataclass(frozen=True, slots=True)
class Figure:
    """Which figure of a report: what is left out narrows nothing.

    `above` and `to` are seconds: of the answered, those that took more than the one and at most the other; with `lag`,
    of all messages, those that took that long to reach us. `at` is the instant of a level of the backlog.
    """

    kind: str = ""
    weekday: int | None = None
    hour: int | None = None
    above: int | None = None
    to: int | None = None
    lag: bool = False
    at: datetime | None = None


def behind(user: User, chosen: Chosen, figure: Figure, *, cursor: str = "") -> Slice[CountedCycle]:
    """A page of them: the slowest first where times are asked for, else the newest. Raises NotPermitted and Invalid."""
    rows = _rows(user, chosen, figure).select_related("ticket__profile", "ticket__inbox", "ticket__assignee")
    return slice_after(rows, (_order(chosen, figure), "clock_id"), cursor, PAGE, descending=True)


def how_many(user: User, chosen: Chosen, figure: Figure) -> int:
    """How many there are, counted to one more than COUNTED_TO."""
    return _rows(user, chosen, figure)[: COUNTED_TO + 1].count()


def _rows(user: User, chosen: Chosen, figure: Figure) -> QuerySet[CountedCycle]:
    require(user, Permission.SEE_REPORTS)
    if figure.kind and figure.kind not in KINDS and figure.kind not in LEVELS:
        raise Invalid(_("There is no such figure."), errors={"kind": [_("Unknown figure.")]})
    if figure.kind in LEVELS:
        if figure.at is None:
            raise Invalid(_("There is no such figure."), errors={"at": [_("Say at which time.")]})
        return flow.open_at(figure.at, resolves=LEVELS[figure.kind]).filter(**chosen.filters)
    rows = CountedCycle.objects.filter(
        metric=chosen.metric, started_at__gte=chosen.since, started_at__lt=chosen.until, **chosen.filters
    )
    if figure.kind:
        rows = rows.filter(KINDS[figure.kind])
    if figure.weekday is not None:
        rows = rows.alias(weekday=ExtractIsoWeekDay("started_at")).filter(weekday=figure.weekday)
    if figure.hour is not None:
        rows = rows.alias(hour=ExtractHour("started_at")).filter(hour=figure.hour)
    if _is_about_times(figure):
        buckets = buckets_between(-1 if figure.above is None else figure.above, figure.to)
        rows = rows.filter(**{f"{_time(chosen, figure)}__range": (buckets.start, buckets.stop - 1)})
    return rows


def _order(chosen: Chosen, figure: Figure) -> str:
    """The column that a list goes by."""
    if figure.kind in LEVELS:
        return "open_from"
    return _time(chosen, figure) if _is_about_times(figure) else "started_at"


def _is_about_times(figure: Figure) -> bool:
    return figure.lag or figure.above is not None or figure.to is not None


def _time(chosen: Chosen, figure: Figure) -> str:
    return "lag" if figure.lag else "business" if chosen.business else "wall"
