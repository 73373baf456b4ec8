"""What other promises would have meant for tickets that came in before: which clocks would have been late, which not.

Both promises are worked out anew for the same clocks, so that what was changed in between is in neither. Tickets are
asked as they are today: their tags, priority and tier may have been others then. Nothing is written.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.sla.clocks import pauses_of
from desk.sla.models import Clock, ClockPause
from desk.sla.promises import Promise, Promises
from desk.sla.renewal import same
from desk.tickets.models import Ticket
from policies.sla import Metric, Pause, deadline
from policies.story import Happened

LOOKED_AT = 10_000  # tickets, the newest
_PORTION = 1_000
_SHOWN = (
    "pk", "ticket_id", "metric", "state", "started_at", "met_at", "cancelled_at", "due_at", "dropped_as",
    "policy_version_id", "calendar_version_id",
)  # fmt: skip


@dataclass(slots=True)
class PastEffect:
    """Of tickets that came in during a period. `complete`: all were counted, not only the newest."""

    looked_at: int = 0
    complete: bool = True
    other_policy: int = 0  # tickets for which another policy would have spoken
    moved: int = 0  # clocks that would have been due at another time
    saved: int = 0  # clocks that were late and would not have been
    lost: int = 0  # clocks that were in time and would have been late


def past_effect(
    before: Promises,
    after: Promises,
    same_policy: Callable[[Promise, Promise], bool],
    since: datetime,
    now: datetime,
    limit: int = LOOKED_AT,
) -> PastEffect:
    """Count over the tickets that began since then, at most `limit`. `same_policy`: of two wordings of one policy."""
    begun = Clock.objects.filter(metric=Metric.FIRST_RESPONSE, started_at__gte=since, started_at__lte=now)
    real = begun.filter(ticket__inbox__drill=False)
    ids = list(real.order_by("-started_at").values_list("ticket_id", flat=True)[: limit + 1])
    counted = PastEffect(min(len(ids), limit), len(ids) <= limit)
    for portion in _portions(ids[:limit]):
        _count(counted, portion, before, after, same_policy, now)
    return counted


def _count(
    counted: PastEffect,
    ids: Sequence[int],
    before: Promises,
    after: Promises,
    same_policy: Callable[[Promise, Promise], bool],
    now: datetime,
) -> None:
    tickets = list(Ticket.objects.filter(pk__any_of=ids).select_related("inbox"))
    old, new = before.to(tickets), after.to(tickets)
    concerned = [pk for pk, promise in new.items() if not same(old[pk], promise)]
    counted.other_policy += sum(not same_policy(old[pk], new[pk]) for pk in concerned)
    clocks = list(Clock.objects.filter(ticket__any_of=concerned).only(*_SHOWN))
    pauses = pauses_of(clock.pk for clock in clocks if clock.metric == Metric.RESOLUTION)
    for clock in clocks:
        stood = pauses.get(clock.pk, [])
        was, would = (_due(clock, promise[clock.ticket_id], stood) for promise in (old, new))
        if was == would:
            continue
        counted.moved += 1
        until = _until(clock, stood, now)
        was_late, would_be_late = (due is not None and until > due for due in (was, would))
        spam = clock.dropped_as == Happened.SPAM  # breaks no promise
        counted.saved += was_late and not would_be_late and not spam
        counted.lost += would_be_late and not was_late and not spam


def _due(clock: Clock, promise: Promise, pauses: Iterable[ClockPause]) -> datetime | None:
    has = clock.policy_version_id, clock.calendar_version_id
    if has == (promise.policy_version_id, promise.calendar_version_id):
        return clock.due_at  # worked out already
    target = promise.targets.of(clock.metric)
    if target is None:
        return None
    stood = [Pause(pause.since, pause.until) for pause in pauses]
    return deadline(clock.started_at, target, stood, promise.calendar).due_at


def _until(clock: Clock, pauses: Sequence[ClockPause], now: datetime) -> datetime:
    """Until when its time ran: to its end, to where it stands still, or to this moment."""
    if clock.ended_at is not None:
        return clock.ended_at
    return pauses[-1].since if clock.state == Clock.State.PAUSED and pauses else now


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _PORTION):
        yield ids[start : start + _PORTION]
