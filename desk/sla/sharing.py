"""The clocks of a ticket that was split in two: each row goes where its cycle is, and keeps what it was promised.

A cycle that both have is there twice from then on: one row stays, and the new ticket gets another under the same
promise. What still differs afterwards (where a cycle starts) is worked out by `desk.sla.replay`.
"""

from collections.abc import Iterator, Sequence
from copy import copy

from django.db.models import F

from desk.common.bulk import update_rows
from desk.sla.clocks import pauses_of
from desk.sla.models import Clock, ClockPause
from desk.sla.replay import histories
from policies.sla import Metric
from policies.story import Cycle, story

_OUT_OF_THE_WAY = 1_000_000  # numbers that no cycle has, while rows are numbered anew


def share_out(ticket_id: int, new_id: int) -> list[int]:
    """Number the rows of both as their timelines have it; the clocks that went to the new ticket. The split must be on
    both timelines, and the caller replays both."""
    told = histories([ticket_id, new_id])
    stays, goes = story(told[ticket_id].entries), story(told[new_id].entries)
    rows = list(Clock.objects.filter(ticket=ticket_id).order_by("cycle"))
    resolutions = [row for row in rows if row.metric == Metric.RESOLUTION]
    responses = [row for row in rows if row.metric != Metric.RESOLUTION]
    wanted = [
        *_wanted(responses, ticket_id, stays.responses),
        *_wanted(resolutions, ticket_id, stays.resolutions),
        *_wanted(responses, new_id, goes.responses),
        *_wanted(resolutions, new_id, goes.resolutions),
    ]
    placed: dict[int, tuple[int, int]] = {}
    again = []
    for row, owner, number, _began_so in sorted(wanted, key=lambda one: not one[-1]):  # it goes with what began it
        if row.pk in placed:
            again.append((row, owner, number))
        else:
            placed[row.pk] = owner, number
    Clock.objects.filter(pk__any_of=[row.pk for row in rows if row.pk not in placed]).delete()
    Clock.objects.filter(ticket=ticket_id).update(cycle=F("cycle") + _OUT_OF_THE_WAY)
    update_rows(Clock, ("id", "ticket_id", "cycle"), ((pk, *place) for pk, place in placed.items()))
    for row, owner, number in again:
        _make_again(row, owner, number)
    return [pk for pk, (owner, _number) in placed.items() if owner == new_id]


def _wanted(rows: Sequence[Clock], owner: int, cycles: Sequence[Cycle]) -> Iterator[tuple[Clock, int, int, bool]]:
    """The row that was kept for each cycle so far, and whether they begin with the same message."""
    for number, cycle in enumerate(cycles):
        if rows:
            ended = [row for row in rows if row.ended_at == cycle.ended_at and _says(row, cycle)]
            begun = [row for row in rows if row.started_at <= cycle.started_at]
            row = (ended or begun[-1:] or rows)[0]
            yield row, owner, number, row.started_at == cycle.started_at


def _says(row: Clock, cycle: Cycle) -> bool:
    return row.is_open if cycle.ended_at is None else row.state == str(cycle.status)


def _make_again(row: Clock, owner: int, number: int) -> None:
    """The same clock on another ticket, with its pauses. Whom it alerts is looked at anew."""
    other = copy(row)
    other.pk, other._state.adding = None, True
    other.ticket_id, other.cycle = owner, number
    other.look_at = row.started_at if row.is_open else None
    other.save(force_insert=True)
    ClockPause.objects.bulk_create(
        ClockPause(clock=other, since=pause.since, until=pause.until, reason=pause.reason)
        for pause in pauses_of([row.pk]).get(row.pk, [])
    )
