"""From a network's item to a ticket, first half: store what was told, then work through it in order.

`store` is the one way in, for polls and webhooks alike. `process` is the one way on: it takes the raw items of an inbox
in batches, each batch in one transaction (`batch/`), one worker per inbox at a time. Killed at any line,
nothing is lost and nothing happens twice, because the raw item is marked in the transaction of its effects.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from django.db.models import Exists, F, Func, JSONField, Q, Value

from desk.actions.intake.batch import Around, Batch, Stored
from desk.actions.intake.inbound_mail import hand_on
from desk.actions.intake.nameless import UNASKED, ask_for_authors
from desk.common.background import enqueue
from desk.common.bulk import insert_rows
from desk.common.logs import logger
from desk.common.storable import storable_json
from desk.crises.models import Crisis
from desk.inboxes.gateway import Item, item_from_json, item_to_json
from desk.inboxes.models import Inbox, RawItem
from desk.privacy.digests import known_erased
from desk.signals.moods import learned_moods, mood_version
from desk.signals.topics import Topics, all_topics
from desk.tickets.models import Profile

BATCH = 1_000
CLOCK_SKEW = timedelta(minutes=5)
EARLIEST = datetime(2004, 1, 1, tzinfo=UTC)  # older than any network: whoever says so did not look at a clock
LOCK_SPACE = 0x1B0  # advisory locks of inboxes, apart from any other use
POISON_DELAYS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))

_COLUMNS = (
    "inbox_id",
    "event_key",
    "source",
    "item",
    "occurred_at",
    "received_at",
    "attempts",
    "problem",
    "processed_at",
)


def store(
    inbox_id: int,
    items: Sequence[Item],
    *,
    source: str,
    received_at: datetime,
    unreadable: Sequence[Mapping[str, Any]] = (),
) -> int:
    """Keep what a network told us, in the caller's transaction; how many events were new. Known ones are ignored.

    What was erased does not come back, however often the network tells it.

    What could not be read is kept too, with the problem beside it, so that a person can look and nothing is lost.
    """
    erased = known_erased(inbox_id, items[0].network, {item.external_id for item in items}) if items else set()
    rows: list[tuple[object, ...]] = [
        (
            inbox_id,
            item.event_key[:300],
            source,
            item_to_json(item),
            item.changed_at or item.created_at,
            received_at,
            0,
            "",
            None,
        )
        for item in items
        if item.external_id not in erased
    ]
    for entry in unreadable:
        kept = storable_json({"raw": entry}, str)
        key = f"unreadable:{hashlib.sha256(kept.encode()).hexdigest()}"
        rows.append(
            (inbox_id, key, source, kept, received_at, received_at, 0, "This entry could not be read.", received_at)
        )
    new = insert_rows(
        RawItem,
        _COLUMNS,
        rows,
        on_conflict="(inbox_id, event_key) DO NOTHING",
        returning=("occurred_at", "processed_at"),
    )
    fresh = [occurred_at for occurred_at, processed_at in new if processed_at is None]
    if fresh:
        lag = max(int((received_at - max(fresh)).total_seconds() * 1000), 0)
        Inbox.objects.filter(pk=inbox_id).update(last_event_at=received_at, last_event_lag_ms=lag)
        transaction.on_commit(partial(_wake_worker, inbox_id), robust=True)
    return len(fresh)


def process(inbox_id: int, now: datetime) -> int:
    """Work through everything that waits for this inbox; how many items were taken. Safe to call at any time."""
    cache.delete(_woken(inbox_id))  # before the first look: what is stored from now on wakes another worker
    ask_for_authors(inbox_id, now)
    done = 0
    while taken := _process_batch(inbox_id, now):
        done += taken
    return done


def waiting_inboxes(now: datetime) -> list[int]:
    """Inboxes with raw items that nobody has processed: what the sweep picks up after a crash."""
    due = Q(retry_at=None) | Q(retry_at__lte=now)
    return list(RawItem.objects.filter(due, processed_at=None).values_list("inbox_id", flat=True).distinct())


def _woken(inbox_id: int) -> str:
    return f"process:{inbox_id}"


def _wake_worker(inbox_id: int) -> None:
    """One worker for however many deliveries come in before it starts."""
    if cache.add(_woken(inbox_id), 1, timeout=5):
        enqueue("desk.tasks.process_inbox", inbox_id)


def _process_batch(inbox_id: int, now: datetime) -> int:
    with transaction.atomic():
        take_inbox(inbox_id)
        inbox, around = _inbox(inbox_id)
        stored = _next_items(inbox_id, now)
        if not stored:
            return 0
        tagged, again_later = _hand_on(inbox, stored, now)
        queued = [item for item in stored if item.raw_id not in tagged]
        try:
            with transaction.atomic():
                again = Batch(inbox, queued, now, around).run() if queued else set()
        except OperationalError:
            raise
        except Exception:  # one item of a stranger may hold anything; the others must go on
            logger.exception("a batch failed, its items are taken one by one", inbox=inbox_id)
            again = _one_by_one(inbox, queued, now, around)
        again |= again_later
        settled = [item.raw_id for item in stored if item.raw_id not in again]
        RawItem.objects.filter(pk__any_of=settled).update(processed_at=now)
    return len(stored)


def _hand_on(inbox: Inbox, stored: Sequence[Stored], now: datetime) -> tuple[set[int], set[int]]:
    """Mail that answers something else than a case goes to whoever asked: what was taken, of it what comes again."""
    taken, again = set(), set()
    for item in stored:
        if not item.item.tag:
            continue
        try:
            with transaction.atomic():
                if hand_on(inbox, item):
                    taken.add(item.raw_id)
        except OperationalError:
            raise
        except Exception as problem:
            logger.exception("an answer by mail could not be handed on", raw_item=item.raw_id)
            _push_forward(item.raw_id, item.attempts, f"{type(problem).__name__}: {problem}", now)
            again.add(item.raw_id)
    return taken | again, again


def _one_by_one(inbox: Inbox, stored: Sequence[Stored], now: datetime, around: Around) -> set[int]:
    """After a failure: each item in a savepoint of its own, so that one bad item harms no other."""
    again = set()
    for item in stored:
        try:
            with transaction.atomic():
                again |= Batch(inbox, [item], now, around).run()
        except OperationalError:  # the database itself is in trouble, and no item's fault
            raise
        except Exception as problem:
            logger.exception("raw item could not be processed", raw_item=item.raw_id, attempt=item.attempts + 1)
            _push_forward(item.raw_id, item.attempts, f"{type(problem).__name__}: {problem}", now)
            again.add(item.raw_id)
    return again


def _push_forward(raw_id: int, attempts: int, problem: str, now: datetime) -> None:
    """A poisoned item comes again later, ever more rarely, and is shown with its problem; it never blocks the rest."""
    delay = POISON_DELAYS[min(attempts, len(POISON_DELAYS) - 1)]
    RawItem.objects.filter(pk=raw_id).update(
        attempts=F("attempts") + 1, retry_at=now + delay, problem=problem.replace("\x00", "")[:2000]
    )


def take_inbox(inbox_id: int) -> None:
    """One worker per inbox at a time: held until the transaction ends, however it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, inbox_id])


def keep_ingest_away(customer_ids: Collection[int]) -> None:
    """No batch under way may hang anything on customers who are about to change, until the transaction ends."""
    networks = Profile.objects.filter(customer__in=customer_ids).values("network")
    for inbox_id in Inbox.objects.filter(network__in=networks).order_by("pk").values_list("pk", flat=True):
        take_inbox(inbox_id)


def _inbox(inbox_id: int) -> tuple[Inbox, Around]:
    """The inbox and what a batch has to know beside it, in one look."""
    active = Exists(Crisis.objects.filter(state=Crisis.State.ACTIVE))
    rows = Inbox.objects.select_related("team").annotate(any_crisis=active, topics=all_topics(), mood=mood_version())
    inbox = rows.get(pk=inbox_id)
    return inbox, Around(inbox.any_crisis, Topics(inbox.topics), learned_moods(inbox.mood))


def _next_items(inbox_id: int, now: datetime) -> list[Stored]:
    due = Q(retry_at=None) | Q(retry_at__lte=now)
    ready = RawItem.objects.filter(due, inbox_id=inbox_id, processed_at=None).exclude(**UNASKED)
    rows = ready.order_by("id")[:BATCH]
    said = Func(F("item"), Value("raw"), arg_joiner=" - ", template="%(expressions)s", output_field=JSONField())
    stored = []
    for raw_id, item, received_at, attempts in rows.values_list("id", said, "received_at", "attempts"):
        try:
            stored.append(Stored(raw_id, _in_time(item_from_json(item), received_at), received_at, attempts))
        except (KeyError, TypeError, ValueError) as problem:  # written by another version of the desk
            _push_forward(raw_id, attempts, f"{type(problem).__name__}: {problem}", now)
    return stored


def _in_time(item: Item, received_at: datetime) -> Item:
    """Nothing was written after it reached us, nor before there were networks: it then was written as it reached us.

    Else its clock would never run out, or would have run for a hundred years. A network's clock may be a little fast,
    which is left as it is. The raw item keeps what the network said.
    """

    def believed(told: datetime) -> bool:
        return EARLIEST <= told <= received_at + CLOCK_SKEW

    created_at = item.created_at if believed(item.created_at) else received_at
    changed_at = item.changed_at if item.changed_at is None or believed(item.changed_at) else received_at
    if created_at is item.created_at and changed_at is item.changed_at:
        return item
    return replace(item, created_at=created_at, changed_at=changed_at)
