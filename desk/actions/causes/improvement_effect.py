"""What an improvement did: its cause before and after, by the same weekdays, without crises and blind days.

Beside it stands what all other causes did meanwhile: where everything fell, the improvement was not why.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from desk.actions.causes.cause_figures import DAY, added, counts_by_day, excluded, whole
from desk.causes.models import Improvement
from desk.causes.tree import Tree
from policies.rate_change import Change, change, spread, steadier

LOOKED_AT = 84  # days, at most, on each side


@dataclass(frozen=True, slots=True)
class Effect:
    """`others` is all other causes together. `left_out`: days that neither side has. `change` None: too early."""

    first: date
    last: date
    change: Change | None
    others: Change | None
    left_out: int

    @property
    def shown(self) -> bool:
        """Whether the difference is more than chance lets expect."""
        return self.change is not None and not self.change.low <= 1 <= self.change.high

    @property
    def per_week(self) -> float:
        """How many tickets a week fewer (negative: more) than the weekdays before let expect."""
        if self.change is None:
            return 0.0
        before, after = self.change.per_day
        return (before - after) * 7


def effects(improvements: list[Improvement], *, now: datetime | None = None) -> dict[int, Effect]:
    """Of those that are done, by number. A few queries for however many."""
    now = now or timezone.now()
    today = timezone.localtime(now).date()
    done = [(one, one.done_on) for one in improvements if one.done_on is not None]
    if not done:
        return {}
    first = min(on for _one, on in done) - DAY * LOOKED_AT
    tree = Tree()
    by_day = counts_by_day(tree, first, today)
    out = excluded(first, today, now)
    begun = min((day for days in by_day.values() for day in days), default=today)
    found = {}
    for one, on in done:
        since, until = max(on - DAY * LOOKED_AT, begun), min(on + DAY * (LOOKED_AT + 1), today)
        under = tree.under(tree.now(one.cause_id))
        both = []
        for causes in (
            [cause for cause in by_day if cause in under],
            [cause for cause in by_day if cause not in under],
        ):
            days = added(by_day, causes)
            both.append((out.out_of(whole(days, since, on)), out.out_of(whole(days, on + DAY, until))))
        spreads = [spread(*sides) for sides in both]
        own, others = (change(*sides, steadier(varies, spreads)) for sides, varies in zip(both, spreads, strict=True))
        every = max((on - since).days, 0) + max((until - on - DAY).days, 0)
        found[one.pk] = Effect(since, until - DAY, own, others, every - len(both[0][0]) - len(both[0][1]))
    return found
