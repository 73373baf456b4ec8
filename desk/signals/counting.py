"""What ingest counted, added up: in minutes as the detector reads them, and in five minutes by the networks' time.

Ingest writes rows that nobody else touches. They are added up by whoever holds the clock: rows are deleted and counted
in one transaction, so that a worker that is killed has counted nothing, and the next one counts it once. A message is
counted in the batch that brought it, so one that is told again is not; an inbox that tells its past fills the history
and no minute that the detector reads.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

from desk.common.bulk import insert_rows
from desk.signals.models import Arrival, Clock, Counted, Loud, MentionCount, MinuteCount
from policies.time_buckets import FIVE, MINUTE, beginning_of, place

GRACE = timedelta(seconds=20)  # after a minute's end, before it is closed: most networks are asked once a minute
LATE = timedelta(minutes=30)  # what is older counts in no minute that is still to be read
SLEPT = timedelta(hours=1)  # nobody counted for so long: those minutes are not known, rather than empty
PORTION = 20_000  # rows in one go
LOUD_FROM = 1_000  # followers: whom to keep for a look at trigger words, at the least
MINUTES_KEPT, HISTORY_KEPT = timedelta(days=3), timedelta(days=750)

Key = tuple[int | None, datetime, int, str]  # topic, at, inbox, language
_KEY = ("topic_id", "at", "inbox_id", "language")
_SUMS = ("messages", "negative", "positive", "reach")


class Tally:
    """What a batch of ingest hears, until it is written with the batch."""

    def __init__(self) -> None:
        self._counted: Counter[tuple[Key, str]] = Counter()
        self._loud: list[tuple[int, int]] = []

    def heard(
        self, inbox_id: int, language: str, sentiment: str, at: datetime, reach: int, topics: Iterable[int] = ()
    ) -> None:
        for topic in (None, *topics):
            key = (topic, beginning_of(at, MINUTE), inbox_id, language)
            self._counted[key, "messages"] += 1
            if sentiment in ("negative", "positive"):
                self._counted[key, sentiment] += 1
            self._counted[key, "reach"] += reach

    def loud(self, message_id: int, reach: int) -> None:
        """Whom many follow is looked at for trigger words."""
        if reach >= LOUD_FROM:
            self._loud.append((message_id, reach))

    def write(self) -> None:
        insert_rows(Arrival, (*_KEY, *_SUMS), _rows(self._counted))
        insert_rows(Loud, ("message_id", "reach"), self._loud)
        self._counted.clear()
        self._loud.clear()


@transaction.atomic
def add_up(now: datetime) -> Clock | None:
    """Count what came, and close the minutes that are over. None where somebody else is at it."""
    clock = hold(now)
    if clock is None:
        return None
    if now - clock.closed_until > SLEPT:
        clock.known_since = clock.closed_until = beginning_of(now - GRACE, MINUTE)
    while _take_portion(clock) == PORTION:
        pass
    clock.closed_until = max(beginning_of(now - GRACE, MINUTE), clock.closed_until)
    clock.save()
    return clock


def hold(now: datetime) -> Clock | None:
    """The clock, held until the transaction ends. None where somebody else holds it."""
    beginning = beginning_of(now - GRACE, MINUTE)
    Clock.objects.get_or_create(pk=1, defaults={"known_since": beginning, "closed_until": beginning})
    return Clock.objects.select_for_update(skip_locked=True).filter(pk=1).first()


def forget(now: datetime) -> None:
    """What is too old to be asked for."""
    MinuteCount.objects.filter(at__lt=now - MINUTES_KEPT).delete()
    MentionCount.objects.filter(at__lt=now - HISTORY_KEPT).delete()


def add_history(rows: Iterable[tuple[Key, str, int]]) -> None:
    """More of the past: (key, what, how many), a key with the beginning of its five minutes."""
    counted: Counter[tuple[Key, str]] = Counter()
    for key, what, count in rows:
        counted[key, what] += count
    _add(MentionCount, counted)


def _take_portion(clock: Clock) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """DELETE FROM signals_arrival WHERE id IN (SELECT id FROM signals_arrival ORDER BY id LIMIT %s)
            RETURNING topic_id, at, inbox_id, language, messages, negative, positive, reach""",
            [PORTION],
        )
        rows = cursor.fetchall()
    minutes: Counter[tuple[Key, str]] = Counter()
    history: Counter[tuple[Key, str]] = Counter()
    for topic, at, inbox, language, *sums in rows:
        minute = place(at, clock.closed_until, LATE) if at >= clock.known_since else None
        for what, count in zip(_SUMS, sums, strict=True):
            history[(topic, beginning_of(at, FIVE), inbox, language), what] += count
            if minute is not None:
                minutes[(topic, minute, inbox, language), what] += count
    _add(MinuteCount, minutes)
    _add(MentionCount, history)
    return len(rows)


def _add(model: type[Counted], counted: Counter[tuple[Key, str]]) -> None:
    table = model._meta.db_table
    sums = ", ".join(f"{name} = {table}.{name} + EXCLUDED.{name}" for name in _SUMS)
    insert_rows(
        model, (*_KEY, *_SUMS), _rows(counted), on_conflict=f"(topic_id, at, inbox_id, language) DO UPDATE SET {sums}"
    )


def _rows(counted: Counter[tuple[Key, str]]) -> list[tuple[object, ...]]:
    keys = sorted({key for key, _what in counted}, key=lambda key: (key[0] or 0, *key[1:]))
    return [(*key, *(counted[key, name] for name in _SUMS)) for key in keys]
