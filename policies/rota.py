"""On-call rotas: colleagues in turn, with a handover at a time of the wall clock in a zone, and days that were swapped.

Each instant belongs to exactly one turn. A turn ends where the next begins, so a week with a change of the clocks is an
hour longer or shorter, and nobody is on call twice or not at all.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from policies.wall_clock import instant, moment_of, opening

MOST_MEMBERS = 50
LONGEST_TURN = 28  # days
MOST_SHOWN = 100  # turns


@dataclass(frozen=True, slots=True)
class Rota:
    """Members have turns of `days` each, in this order, for ever; the first begins on `first_day`.

    `handover` is minutes after midnight in `timezone`. A time that exists twice means the first; one that does not
    exist means the first instant after the gap.
    """

    timezone: str
    first_day: date
    handover: int
    days: int
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Swap:
    """Somebody stands in from an instant until another. Those of one rota do not overlap."""

    start: datetime
    end: datetime
    person: int


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is on call from an instant until another: nobody before the first day, and where everybody is missing.

    `start` is None before the rota begins, `end` where nothing that is known ends it.
    """

    person: int | None
    start: datetime | None
    end: datetime | None
    swapped: bool = False


def on_call(rota: Rota, swaps: Sequence[Swap], at: datetime, missing: Collection[int] = ()) -> Turn:
    """Whose turn it is at this moment. Raises ValueError for a naive time.

    Who is `missing` (has left, or is absent) is passed by: their turn is the next one's in order, and a swap with them
    does not count.
    """
    now = instant(at)
    counting = sorted((one for one in swaps if one.person not in missing), key=lambda swap: swap.start)
    for swap in counting:
        if swap.start <= at < swap.end:
            return Turn(swap.person, swap.start, swap.end, swapped=True)
    number = _number(rota, at)
    start = None if number < 0 else moment_of(_handover(rota, number))
    end = moment_of(_handover(rota, max(number + 1, 0))) if rota.members else None
    for swap in counting:
        if swap.end <= at:
            start = swap.end if start is None else max(start, swap.end)
        elif instant(swap.start) > now:
            end = swap.start if end is None else min(end, swap.start)
    return Turn(_member(rota, number, missing), start, end)


def turns(
    rota: Rota, swaps: Sequence[Swap], since: datetime, until: datetime, missing: Collection[int] = ()
) -> list[Turn]:
    """Every turn between two instants, at most MOST_SHOWN, in order; each begins where the one before it ends."""
    found: list[Turn] = []
    at: datetime | None = since
    while at is not None and at < until and len(found) < MOST_SHOWN:
        turn = on_call(rota, swaps, at, missing)
        found.append(turn)
        at = turn.end
    return found


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is missing from an instant until another; `end` None is until further notice."""

    person: int
    start: datetime
    end: datetime | None


def past(
    rota: Rota,
    swaps: Sequence[Swap],
    aways: Sequence[Away],
    left: Collection[int],
    since: datetime,
    until: datetime,
) -> list[Turn]:
    """Who was on call between two instants, in which nothing was decided: each minute once, whoever came and went.

    `left` are those who were gone for all of it.
    """
    spans = [(one.start, one.end) for one in swaps] + [(one.start, one.end or until) for one in aways]
    moments = [moment for span in spans for moment in span]
    changes = sorted(moment for moment in moments if since < moment < until)
    found: list[Turn] = []
    at = since
    while at < until:
        missing = {one.person for one in aways if one.start <= at and (one.end is None or at < one.end)}
        turn = on_call(rota, swaps, at, missing.union(left))
        next_change = next((moment for moment in changes if moment > at), until)
        end = min(turn.end or until, next_change)
        found.append(Turn(turn.person, at, end, turn.swapped))
        at = end
    return joined(found)


def joined(found: Sequence[Turn]) -> list[Turn]:
    """The same in as few rows as say it: what goes on is one."""
    rows: list[Turn] = []
    for turn in found:
        last = rows[-1] if rows else None
        if last is not None and (last.person, last.swapped, last.end) == (turn.person, turn.swapped, turn.start):
            rows[-1] = Turn(last.person, last.start, turn.end, last.swapped)
        else:
            rows.append(turn)
    return rows


def _number(rota: Rota, at: datetime) -> int:
    """Of the turn that holds `at`, from 0; -1 before the first."""
    now = instant(at)
    day = at.astimezone(ZoneInfo(rota.timezone)).date()
    number = (day - rota.first_day).days // rota.days + 1
    while number >= 0 and _handover(rota, number) > now:
        number -= 1
    return max(number, -1)


def _handover(rota: Rota, number: int) -> int:
    """The instant at which a turn begins."""
    day = rota.first_day + timedelta(days=number * rota.days)
    return opening(day, rota.handover, ZoneInfo(rota.timezone))


def _member(rota: Rota, number: int, missing: Collection[int]) -> int | None:
    if number < 0:
        return None
    count = len(rota.members)
    in_order = (rota.members[(number + step) % count] for step in range(count))
    return next((person for person in in_order if person not in missing), None)
