"""Reading the networks: claim what is due, fetch page by page, store items and cursor together. Back-off lives here."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from desk.actions.health import failed, reached, refuse_over_budget, spent
from desk.actions.ingest import store
from desk.common.encryption import Unsealable
from desk.common.live import publish
from desk.inboxes.gateway import (
    AuthExpired,
    Connector,
    NetworkError,
    Page,
    QuotaExhausted,
    RateLimited,
    RateState,
    UnknownNetwork,
    connect,
    connector_of,
)
from desk.inboxes.models import StreamState

LEASE = timedelta(seconds=120)  # longer than a poll may take: MOST_SECONDS and one last call
MOST_SECONDS = 50.0  # after that the rest of a long chain waits for the next turn, so that others get theirs
KEPT_BACK = 0.2  # of the rate budget, for answers and for people
SLOWED_DOWN = 5
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)
QUOTA_PAUSE = timedelta(hours=1)

_CLAIM = """
UPDATE inboxes_streamstate AS claimed SET claimed_until = %(until)s
FROM (
    SELECT stream.id FROM inboxes_streamstate AS stream
    JOIN inboxes_inbox AS inbox ON inbox.id = stream.inbox_id AND inbox.state = 'active'
    WHERE stream.next_poll_at <= %(now)s AND (stream.claimed_until IS NULL OR stream.claimed_until < %(now)s)
    ORDER BY stream.next_poll_at
    LIMIT greatest(%(fetchers)s - (SELECT count(*) FROM inboxes_streamstate WHERE claimed_until >= %(now)s), 0)
    FOR UPDATE OF stream SKIP LOCKED
) AS due
WHERE claimed.id = due.id RETURNING claimed.id
"""


def claim_due(now: datetime) -> list[int]:
    """Streams whose turn it is, longest overdue first, as long as somebody is free to fetch them.

    A claim is a lease, so a killed worker's stream comes back. Slow networks hold at most `FETCHERS` workers.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "until": now + LEASE, "fetchers": settings.FETCHERS})
        return [row[0] for row in cursor.fetchall()]


def poll(stream_id: int, now: datetime) -> None:
    """Fetch what is new in one stream of one inbox, and say when to come again."""
    stream = StreamState.objects.select_related("inbox").get(pk=stream_id)
    inbox = stream.inbox
    try:
        refuse_over_budget(inbox, now)
        connector = connect(inbox)
        page = _fetch_all(connector, stream)
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
        reached(inbox, now)
        publish("inbox", {"id": inbox.pk, "state": inbox.state, "polled": True})


def _failed(stream: StreamState, problem: NetworkError, now: datetime) -> None:
    with transaction.atomic():  # nobody takes the inbox for well between the one and the other
        _come_again(stream, _after(problem, stream, timezone.now()), failures=stream.failures + 1)
        failed(stream.inbox, problem, now)


def _fetch_all(connector: Connector, stream: StreamState) -> Page:
    """Page after page, each stored before the next is asked for, so that a crash costs one page at most."""
    started = timezone.now()
    while True:
        page = connector.fetch(stream.name, stream.cursor)
        received_at = timezone.now()
        with transaction.atomic():
            store(stream.inbox_id, page.items, source="poll", received_at=received_at, unreadable=page.unreadable)
            StreamState.objects.filter(pk=stream.pk).update(cursor=dict(page.cursor), last_poll_at=received_at)
            spent(stream.inbox_id, page.cost, received_at)
        stream.cursor = dict(page.cursor)
        if not page.more or (received_at - started).total_seconds() > MOST_SECONDS:
            return page


def _next_turn(stream: StreamState, page: Page, now: datetime) -> datetime:
    """The inbox's own rhythm, never quicker than the network allows, and the budget spread over its window."""
    if page.more:
        return now
    pause = max(float(stream.inbox.poll_seconds), _shortest(stream))
    rate = page.rate
    if rate is not None and rate.reset_at is not None and rate.remaining is not None:
        window = max((rate.reset_at - now).total_seconds(), 0.0)
        budget = rate.remaining - KEPT_BACK * (rate.limit or rate.remaining)
        pause = max(pause, window / budget if budget >= 1 else window)
    elif rate is not None and rate.limit and rate.remaining is not None and rate.remaining < rate.limit * KEPT_BACK:
        pause *= SLOWED_DOWN  # the network says how much is left, but not until when
    return now + timedelta(seconds=pause)


def _shortest(stream: StreamState) -> float:
    """Seconds between two polls that the network allows at least, also after a failure."""
    try:
        streams = connector_of(stream.inbox).streams
    except UnknownNetwork:
        streams = ()
    return next((one.min_seconds for one in streams if one.name == stream.name), 60.0)


def _after(problem: NetworkError, stream: StreamState, now: datetime) -> datetime:
    if isinstance(problem, RateLimited) and problem.retry_at is not None:
        return max(problem.retry_at, now + timedelta(seconds=1))
    if isinstance(problem, QuotaExhausted):
        return now + QUOTA_PAUSE
    pause: timedelta = min(FIRST_PAUSE * 2 ** min(stream.failures, 10), LONGEST_PAUSE)
    return now + max(pause, timedelta(seconds=_shortest(stream)))


def _come_again(stream: StreamState, at: datetime, rate: RateState | None = None, *, failures: int = 0) -> None:
    columns: dict[str, object] = {"next_poll_at": at, "claimed_until": None, "failures": failures}
    if rate is not None:
        columns |= {"rate_limit": rate.limit, "rate_remaining": rate.remaining, "rate_reset_at": rate.reset_at}
    StreamState.objects.filter(pk=stream.pk).update(**columns)
