"""Cases that began in public and moved to private: how many, how fast, and how many got a last word in public."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from desk.reports.counting import Chosen
from desk.tickets.models import Message, Ticket


@dataclass(frozen=True, slots=True)
class Moved:
    """Of one network, in a period. Times are from the first public message to the first private one."""

    network: str
    invited: int  # cases in which we asked the customer to write in private
    moved: int
    closed: int  # of those, with a public word of ours afterwards
    median: timedelta | None
    p90: timedelta | None


class _Median(Aggregate):
    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


class _P90(Aggregate):
    template = "percentile_cont(0.9) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def moved(chosen: Chosen) -> list[Moved]:
    """By network, in two queries over indexes of the few that were asked or went. Public and private are both in it."""
    columns = {name: value for name, value in chosen.filters.items() if name != "private"}
    rows = Ticket.objects.filter(inbox__drill=False, merged_into=None, **columns)
    asked = rows.filter(invited_at__gte=chosen.since, invited_at__lt=chosen.until)
    invited = dict(asked.values_list("inbox__network").annotate(Count("pk")))
    afterwards = Message.objects.filter(
        ticket=OuterRef("pk"), outgoing=True, private=False, created_at__gt=OuterRef("moved_private_at")
    )
    took = ExpressionWrapper(F("moved_private_at") - F("created_at"), output_field=DurationField())
    went = rows.filter(moved_private_at__gte=chosen.since, moved_private_at__lt=chosen.until)
    grouped = went.annotate(took=took, ended=Exists(afterwards)).values_list("inbox__network")
    rows_of_networks: QuerySet[Any, Any] = grouped.annotate(
        number=Count("pk"), closed=Count("pk", filter=Q(ended=True)), median=_Median("took"), p90=_P90("took")
    )
    found: dict[str, tuple[Any, ...]] = {network: tuple(figures) for network, *figures in rows_of_networks}
    nothing = (0, 0, None, None)
    return [Moved(one, invited.get(one, 0), *found.get(one, nothing)) for one in sorted({*found, *invited})]
