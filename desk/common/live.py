"""Telling open screens that something changed: one Redis stream, read once by each web process.

The stream keeps the last events, so that a browser whose connection broke catches up from the id it saw last. Redis
may lose it all: screens then load again, because the database holds the truth.
"""

import json
from collections.abc import Mapping
from functools import partial

import redis
from django.conf import settings
from django.db import transaction

from desk.common.logs import logger

STREAM = "desk:live"
KEPT_EVENTS = 10_000

_client: redis.Redis | None = None


def client() -> redis.Redis:
    """A pooled connection to Redis, one for each process."""
    global _client
    if _client is None:
        _client = redis.Redis.from_url(
            settings.REDIS_URL, decode_responses=True, socket_connect_timeout=1, socket_timeout=2
        )
    return _client


def publish(kind: str, payload: Mapping[str, object]) -> None:
    """Send `payload` to every open screen once the running transaction is committed."""
    transaction.on_commit(partial(_send, kind, dict(payload)), robust=True)


def _send(kind: str, payload: dict[str, object]) -> None:
    try:
        client().xadd(
            STREAM, {"kind": kind, "data": json.dumps(payload, default=str)}, maxlen=KEPT_EVENTS, approximate=True
        )
    except redis.RedisError as problem:
        logger.warning("live event lost, screens will catch up", kind=kind, problem=str(problem))
