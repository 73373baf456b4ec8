"""What an account may still ask of its network, and who goes first: answers before polls, polls before enrichment.

Two budgets: calls, of which the network tells how many are left until when, and dollars, of which the company says
how many a month may cost. Both are spread over what is left of their window.
"""

import calendar
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

SLOWED_DOWN = 5  # times as rarely, where the network does not say until when, or money runs ahead of the month
A_DAY_AHEAD = 1.5  # days of the month's money that a busy day may take before anything gets slower


class Purpose(StrEnum):
    """What a call is for, the most important first."""

    ANSWER = "answer"  # what a customer or a person at the desk waits for
    POLL = "poll"
    ENRICHMENT = "enrichment"  # names of authors, comparing with the network: can wait


# Of the limit, what a purpose leaves to those before it.
KEPT_BACK = {Purpose.ANSWER: 0.0, Purpose.POLL: 0.2, Purpose.ENRICHMENT: 0.5}


@dataclass(frozen=True, slots=True)
class Left:
    """What a network said is left: `remaining` of `limit` calls until `reset_at`."""

    limit: int
    remaining: int
    reset_at: datetime | None = None


def kept_back(limit: int, purpose: Purpose) -> int:
    """So many calls are not for this purpose: it may call while more than these are left."""
    return math.floor(limit * KEPT_BACK[purpose])


def pause_to_spread(left: Left, now: datetime, sharing: int = 1) -> float:
    """Seconds between two polls by which what polls may use lasts until the window ends; 0 where nothing is pressing.

    `sharing` streams live on the same budget. Where nothing is left for polls it is the whole of the window.
    """
    if left.reset_at is None:
        return 0.0
    window = max((left.reset_at - now).total_seconds(), 0.0)
    mine = (left.remaining - KEPT_BACK[Purpose.POLL] * left.limit) / max(sharing, 1)
    return window / mine if mine >= 1 else window


def is_low(left: Left) -> bool:
    """Nothing is left for polls but what is kept back, and the network does not say until when."""
    return left.reset_at is None and left.remaining < left.limit * KEPT_BACK[Purpose.POLL]


def share_of_month(now: datetime) -> float:
    """How much of the month (UTC, as networks bill) is over: 0 to 1."""
    now = now.astimezone(UTC)
    days = calendar.monthrange(now.year, now.month)[1]
    over = now - now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return over / timedelta(days=days)


def ahead_of_month(spent: Decimal, budget: int | None, now: datetime) -> bool:
    """More money is gone than the time of the month allows: polls get slower and enrichment waits; answers never."""
    if budget is None:
        return False
    days = calendar.monthrange(now.astimezone(UTC).year, now.astimezone(UTC).month)[1]
    allowed = min(share_of_month(now) + A_DAY_AHEAD / days, 1.0)
    return spent > budget * Decimal(allowed)


def lasts_until(spent: Decimal, budget: int | None, now: datetime) -> datetime | None:
    """When the month's money is gone if it goes on like this; None where it lasts, or nothing can be said yet."""
    share = share_of_month(now)
    if budget is None or spent <= 0 or share <= 0:
        return None
    first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    days = calendar.monthrange(first.year, first.month)[1]
    gone = float(budget / spent) * share
    return first + timedelta(days=days) * gone if gone < 1 else None
