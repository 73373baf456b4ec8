"""Reading the networks: claim what is due, fetch page by page, store items and cursor together. Back-off lives here.

Who is fetched is decided in `_CLAIM`: whoever waits longest by the measure of the own rhythm, each account at most its
share of the fetchers, and accounts that are slow or fail together at most a third of them.
"""

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from desk.actions.inboxes.health import (
    ahead,
    allowed_again,
    denied,
    failed,
    lost,
    open_gap,
    reached,
    refuse_over_budget,
    spent,
)
from desk.actions.intake.ingest import store
from desk.common.encryption import Unsealable
from desk.common.live import publish
from desk.inboxes.breaker import OPENS_AT
from desk.inboxes.calls import KeptBack, MeteredConnector, Resting, connect
from desk.inboxes.gateway import (
    AuthExpired,
    NetworkError,
    Page,
    PermissionMissing,
    QuotaExhausted,
    RateLimited,
    RateState,
    connector_of,
    stream_of,
    streams_of,
)
from desk.inboxes.models import CoverageGap, StreamState
from policies.call_budget import SLOWED_DOWN, Left, is_low, pause_to_spread

LEASE = timedelta(seconds=120)  # longer than a poll may take: MOST_SECONDS and one last call
MOST_SECONDS = 10.0  # after that the rest of a long chain waits for the next turn, so that others get theirs
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)
QUOTA_PAUSE = timedelta(hours=1)
LONGEST_DENIED = timedelta(hours=6)  # for what the credentials may not read: new ones make it due at once
UNTOLD = timedelta(minutes=5)  # a longer wait for the network's limit is told as blindness
SLOW = timedelta(seconds=5)  # for one page
MOST_CALLS = 1_000_000_000  # more than any limit; a header may say anything
LOCK_SPACE = 0x1B1  # one claims at a time, so that nobody gets more than a share

_CLAIM = """
WITH stream AS (
    SELECT stream.id, stream.inbox_id, inbox.network, inbox.base_url,
           coalesce(stream.claimed_until >= %(now)s, false) AS held,
           extract(epoch FROM %(now)s - stream.next_poll_at) / inbox.poll_seconds AS waits,
           inbox.breaker_failures >= %(opens_at)s AS half_open,
           inbox.breaker_failures > 0 OR coalesce(stream.took_ms, 0) >= %(slow_ms)s AS troubled
    FROM inboxes_streamstate AS stream
    JOIN inboxes_inbox AS inbox ON inbox.id = stream.inbox_id
    WHERE stream.claimed_until >= %(now)s
       OR stream.next_poll_at <= %(now)s AND inbox.state = 'active'
          AND (inbox.breaker_until IS NULL OR inbox.breaker_until <= %(now)s)
), of_account AS (
    SELECT stream.*, row_number() OVER (PARTITION BY inbox_id ORDER BY held DESC, waits DESC, id) AS place FROM stream
), of_health AS (
    SELECT of_account.*, row_number() OVER (PARTITION BY troubled ORDER BY held DESC, waits DESC, id) AS health_place
    FROM of_account WHERE held OR place <= CASE WHEN half_open THEN 1 ELSE %(third)s END
), of_server AS (
    SELECT of_health.*,
           row_number() OVER (PARTITION BY network, base_url ORDER BY held DESC, waits DESC, id) AS server_place
    FROM of_health WHERE held OR NOT troubled OR health_place <= %(third)s
)
UPDATE inboxes_streamstate AS claimed SET claimed_until = %(until)s
FROM (
    SELECT id FROM of_server
    WHERE NOT held AND server_place <= CASE
        WHEN (SELECT count(DISTINCT (network, base_url)) FROM inboxes_inbox WHERE state = 'active') > 1 THEN %(half)s
        ELSE %(fetchers)s END
    ORDER BY waits DESC, id
    LIMIT greatest(%(fetchers)s - (SELECT count(*) FROM stream WHERE held), 0)
) AS chosen
WHERE claimed.id = chosen.id RETURNING claimed.id
"""


def claim_due(now: datetime) -> list[int]:
    """Streams whose turn it is, as long as somebody is free to fetch them.

    First comes who waits longest for its rhythm. An account holds at most a third of the fetchers, and only one while
    its breaker is half open; those that were slow or failed hold a third of them together, and one server, where there
    are others, half of them: a network that hangs is not known for it at first. A claim is a lease: a killed worker's
    stream comes back.
    """
    fetchers = settings.FETCHERS
    values: dict[str, datetime | int] = {
        "now": now,
        "until": now + LEASE,
        "slow_ms": SLOW // timedelta(milliseconds=1),
        "opens_at": OPENS_AT,
        "fetchers": fetchers,
        "half": max(fetchers // 2, 1),
        "third": max(fetchers // 3, 1),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK_SPACE])
        cursor.execute(_CLAIM, values)
        return [row[0] for row in cursor.fetchall()]


def poll(stream_id: int, now: datetime) -> None:
    """Fetch what is new in one stream of one inbox, and say when to come again."""
    stream = StreamState.objects.select_related("inbox").get(pk=stream_id)
    inbox = stream.inbox
    try:
        refuse_over_budget(inbox, now)
        page = _fetch_all(connect(inbox), stream)
    except (KeptBack, Resting) as later:
        _wait(stream, later, now)
    except Unsealable as problem:
        _failed(stream, AuthExpired(str(problem)), now)
    except NetworkError as problem:
        _failed(stream, problem, now)
    except Exception as fault:  # ours: told to the administrators, and no fetcher is held by it
        broken = NetworkError("The desk could not read this account. The log says why.", detail=type(fault).__name__)
        _failed(stream, broken, now)
        raise
    else:
        _come_again(stream, _next_turn(stream, page, timezone.now()), page.rate)
        allowed_again(stream, now)
        reached(inbox, now)
        publish("inbox", {"id": inbox.pk, "state": inbox.state, "polled": True})


def _failed(stream: StreamState, problem: NetworkError, now: datetime) -> None:
    if isinstance(problem, PermissionMissing) and _others_are_read(stream):
        denied(stream, problem)
        _come_again(stream, _after_denial(stream, timezone.now()))
        return
    with transaction.atomic():  # nobody takes the inbox for well between the one and the other
        _come_again(stream, _after(problem, stream, timezone.now()), failures=stream.failures + 1)
        failed(stream.inbox, problem, now)


def _others_are_read(stream: StreamState) -> bool:
    """Whether the credentials are good for something: an account of which nothing can be read fails as a whole."""
    others = StreamState.objects.filter(inbox=stream.inbox_id, failures=0, denied={}, last_poll_at__isnull=False)
    return others.exclude(pk=stream.pk).exists()


def _wait(stream: StreamState, later: KeptBack | Resting, now: datetime) -> None:
    """The network was not asked, so nothing failed; but who waits long for its limit is blind meanwhile."""
    again = max(later.retry_at or now, now + timedelta(seconds=1))
    with transaction.atomic():
        _come_again(stream, again, failures=stream.failures)
        if isinstance(later, KeptBack) and again - now > UNTOLD:
            open_gap(stream.inbox, CoverageGap.Reason.RATE_LIMIT, stream.last_poll_at or now)


def _fetch_all(connector: MeteredConnector, stream: StreamState) -> Page:
    """Page after page, each stored before the next is asked for, so that a crash costs one page at most."""
    started = timezone.now()
    while True:
        page = _fetch(connector, stream)
        received_at = timezone.now()
        with transaction.atomic():
            store(stream.inbox_id, page.items, source="poll", received_at=received_at, unreadable=page.unreadable)
            StreamState.objects.filter(pk=stream.pk).update(cursor=dict(page.cursor), last_poll_at=received_at)
            spent(stream.inbox_id, page.cost, received_at, reads=page.reads)
            _tell_what_is_lost(stream, page, received_at)
        stream.cursor, stream.last_poll_at = dict(page.cursor), received_at
        if not page.more or (received_at - started).total_seconds() > MOST_SECONDS:
            return page


def _fetch(connector: MeteredConnector, stream: StreamState) -> Page:
    began = time.monotonic()
    try:
        return connector.fetch(stream.name, stream.cursor)
    finally:
        stream.took_ms = round((time.monotonic() - began) * 1000)


def _tell_what_is_lost(stream: StreamState, page: Page, now: datetime) -> None:
    """What was said between the last look and the beginning of what the network still tells can't be had any more."""
    if page.lost is not None:
        lost(stream.inbox, *page.lost)
    described = stream_of(stream.inbox, stream.name)
    if described is None or described.history_days is None or stream.last_poll_at is None:
        return
    told_from = now - timedelta(days=described.history_days)
    if stream.last_poll_at < told_from:
        lost(stream.inbox, stream.last_poll_at, told_from)


def _next_turn(stream: StreamState, page: Page, now: datetime) -> datetime:
    """The inbox's own rhythm, never quicker than the network allows, and the budgets spread over their windows."""
    if page.more:
        return now
    inbox = stream.inbox
    pause = max(float(inbox.poll_seconds), _shortest(stream))
    rate = page.rate
    slower = ahead(inbox, now)
    if rate is not None and rate.remaining is not None:
        left = Left(rate.limit or rate.remaining, rate.remaining, rate.reset_at)
        pause = max(pause, pause_to_spread(left, now, _sharing(stream)))
        slower = slower or is_low(left)
    return now + timedelta(seconds=pause * (SLOWED_DOWN if slower else 1))


def _sharing(stream: StreamState) -> int:
    """How many streams live on the budget of this one."""
    return 1 if connector_of(stream.inbox).capabilities.separate_limits else len(streams_of(stream.inbox))


def _shortest(stream: StreamState) -> float:
    """Seconds between two polls that the network allows at least, also after a failure."""
    described = stream_of(stream.inbox, stream.name)
    return described.min_seconds if described else 60.0


def _after(problem: NetworkError, stream: StreamState, now: datetime) -> datetime:
    if isinstance(problem, RateLimited) and problem.retry_at is not None:
        return max(problem.retry_at, now + timedelta(seconds=1))
    if isinstance(problem, QuotaExhausted):
        return now + QUOTA_PAUSE
    pause: timedelta = min(FIRST_PAUSE * 2 ** min(stream.failures, 10), LONGEST_PAUSE)
    return now + max(pause, timedelta(seconds=_shortest(stream)))


def _after_denial(stream: StreamState, now: datetime) -> datetime:
    """Networks deny what is allowed now and then: soon at first, and ever more seldom the longer it lasts."""
    lasts = now - (stream.last_poll_at or stream.inbox.created_at)
    shortest = max(FIRST_PAUSE, timedelta(seconds=_shortest(stream)))
    return now + min(max(lasts, shortest), LONGEST_DENIED)


def _come_again(stream: StreamState, at: datetime, rate: RateState | None = None, *, failures: int = 0) -> None:
    columns: dict[str, object] = {"next_poll_at": at, "claimed_until": None, "failures": failures}
    columns["took_ms"] = stream.took_ms
    if rate is not None:
        limit, remaining = _as_kept(rate.limit), _as_kept(rate.remaining)
        columns |= {"rate_limit": limit, "rate_remaining": remaining, "rate_reset_at": rate.reset_at}
    StreamState.objects.filter(pk=stream.pk).update(**columns)


def _as_kept(calls: int | None) -> int | None:
    return None if calls is None else max(min(calls, MOST_CALLS), -MOST_CALLS)
