"""What the watch would have told of the company's own past: the curve, the alerts, for any setting, before it is on.

A past is read once, in some seconds, and kept for some minutes: then another sensitivity is a matter of milliseconds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from desk.actions.signals.signal_streams import read_part
from desk.actions.signals.watching import times_of_crises, within
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.signals.models import MentionCount, Stream, Topic
from desk.signals.reading import Bucket, Part, every, inboxes_of, part_of
from policies.backtest import Past, Row, Would, read_past
from policies.crisis_scope import Scope
from policies.signals import Sensitivity, Settings
from policies.time_buckets import FIVE, beginning_of

HOUR, HALF = timedelta(hours=1), timedelta(minutes=30)
RUN_UP = timedelta(days=28)  # before the period: what was normal
LONGEST = timedelta(days=92)
KEPT = 600  # seconds
PERIODS = {"7": timedelta(days=7), "28": timedelta(days=28), "90": timedelta(days=90)}


@dataclass(frozen=True, slots=True)
class Hour:
    at: datetime
    messages: int
    negative: int
    expected: float  # messages
    reach: int
    expected_reach: float  # followers


@dataclass(frozen=True, slots=True)
class Backtest:
    """`buckets` and `expected` go together: five minutes from `since` on; what is expected is in half an hour."""

    since: datetime
    until: datetime
    buckets: list[Bucket]
    expected: list[float]
    expected_reach: list[float]
    alerts: list[Would]
    silences: list[datetime]
    known_from: datetime | None  # the first that was ever said in it, as far as it was looked back

    def hours(self) -> Iterator[Hour]:
        """The curve, hour by hour."""
        size = HOUR // FIVE
        for at in range(0, len(self.buckets), size):
            said = self.buckets[at : at + size]
            messages, negative = sum(one.messages for one in said), sum(one.negative for one in said)
            expected, reached = (
                sum(usual[at : at + size]) * (FIVE / HALF) for usual in (self.expected, self.expected_reach)
            )
            reach = sum(one.reach for one in said)
            yield Hour(self.since + at * FIVE, messages, negative, expected, reach, reached)


def backtest(
    actor: User,
    *,
    scope: Mapping[str, Any] | None = None,
    brand: str = "",
    stream: Stream | None = None,
    settings: Settings,
    period: timedelta = PERIODS["28"],
    now: datetime | None = None,
) -> Backtest:
    """Of a stream that there is, or of any part of what customers say. Raises Invalid."""
    require(actor, Permission.SEE_CRISES)
    until = beginning_of(now or timezone.now(), HOUR)  # so that it is read once an hour
    since = until - min(period, LONGEST)
    inboxes = list(Inbox.objects.all())
    if stream is not None:
        part, asked = part_of(stream, inboxes), stream.scope
    else:
        asked, brand = read_part(scope, brand)
        part = Part(frozenset(inboxes_of(asked, brand, inboxes)), asked.languages, _topic(asked))
    buckets = part.buckets(MentionCount, since - RUN_UP, until)
    first = min(buckets, default=None)
    past = _past(part, asked, buckets, settings.sensitivity, since, until) if first is not None else Past()
    unknown = [0.0] * ((until - since) // FIVE - len(past.expected))  # before anything was ever said
    return Backtest(
        since,
        until,
        [said for _at, said in every(buckets, since, until, FIVE)],
        unknown + past.expected,
        unknown + past.expected_reach,
        past.alerts(settings, since),
        past.silences,
        first,
    )


def _topic(scope: Scope) -> int | None:
    """0, of which nothing is counted, where a topic was never asked for."""
    if not scope.topics:
        return None
    return Topic.objects.filter(words__in=scope.topics).values_list("pk", flat=True).first() or 0


def _past(
    part: Part, scope: Scope, buckets: Mapping[datetime, Bucket], sensitivity: Sensitivity, since: datetime,
    until: datetime,
) -> Past:  # fmt: skip
    """Read at the highest sensitivity, which is the same for all unless there was a silence."""
    name = f"backtest:{part.name}:{since:%Y%m%d%H}:{until:%Y%m%d%H}:{sum(one.messages for one in buckets.values())}"
    easiest = Sensitivity.SENSITIVE
    past = _kept(f"{name}:{easiest}", scope, buckets, easiest, since, until)
    if past.silences and sensitivity is not easiest:
        past = _kept(f"{name}:{sensitivity}", scope, buckets, sensitivity, since, until)
    return past


def _kept(
    name: str, scope: Scope, buckets: Mapping[datetime, Bucket], sensitivity: Sensitivity, since: datetime,
    until: datetime,
) -> Past:  # fmt: skip
    past: Past | None = cache.get(name)
    if past is None:
        past = read_past(_rows(scope, buckets, until), sensitivity, since)
        cache.set(name, past, KEPT)
    return past


def _rows(scope: Scope, buckets: Mapping[datetime, Bucket], until: datetime) -> Iterator[Row]:
    """From the first that was said on."""
    first = min(buckets)
    crises = times_of_crises(scope, first)
    for at, said in every(buckets, first, until, FIVE):
        yield Row(timezone.localtime(at), said.messages, said.negative, said.reach, not within(at, crises))
