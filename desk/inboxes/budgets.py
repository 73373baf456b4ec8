"""Calls that are left to an account, shared by all processes: every call asks here first (`calls.py`).

The network's own headers are the truth. Redis keeps what they said last, less what has been asked for since, so that
two processes do not both take the last call. Redis may lose it all: then a call is made, and its answer tells anew.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import redis

from desk.common.live import client
from desk.common.logs import logger
from policies.call_budget import KEPT_BACK, Left, Purpose

BELIEVED = timedelta(minutes=1)  # how long a figure counts of which the network does not say until when it holds
ALL = ""  # the one kind of call of networks that count all calls of an account together

# Takes one call, or says until when (seconds since 1970) there is none for this purpose.
_TAKE = """
local limit, remaining, till, counted = unpack(redis.call('HMGET', KEYS[1], 'limit', 'remaining', 'till', 'counted'))
if not remaining or tonumber(till) <= tonumber(ARGV[1]) then return '' end
if tonumber(remaining) <= math.floor(tonumber(limit) * tonumber(ARGV[2])) then return till end
if counted == '1' then redis.call('HINCRBY', KEYS[1], 'remaining', -1) end
return ''
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of one kind of call. `reset_at` is None where the network does not say."""

    kind: str
    limit: int
    remaining: int
    reset_at: datetime | None

    @property
    def used(self) -> int:
        return max(self.limit - self.remaining, 0)


def take(inbox_id: int, kind: str, purpose: Purpose, now: datetime) -> datetime | None:
    """Take one call for a purpose. None: call. Otherwise until when what is left is kept for what goes before."""
    try:
        till: Any = client().eval(_TAKE, 1, _key(inbox_id, kind), str(now.timestamp()), str(KEPT_BACK[purpose]))
    except redis.RedisError as problem:
        logger.warning("budgets away, the network itself says when it is too much", problem=str(problem))
        return None
    return datetime.fromtimestamp(float(till), UTC) if till else None


def told(inbox_id: int, kind: str, left: Left, now: datetime) -> None:
    """What the network said in its last answer."""
    till = left.reset_at or now + BELIEVED
    if till <= now:
        return
    values = {
        "limit": left.limit,
        "remaining": left.remaining,
        "till": till.timestamp(),
        "counted": int(left.reset_at is not None),
    }
    key = _key(inbox_id, kind)
    try:
        with client().pipeline() as pipeline:
            pipeline.hset(key, mapping=values)
            pipeline.sadd(_kinds(inbox_id), kind)
            pipeline.expireat(key, int(till.timestamp()) + 1)
            pipeline.expire(_kinds(inbox_id), timedelta(days=2))
            pipeline.execute()
    except redis.RedisError as problem:
        logger.warning("budgets away", problem=str(problem))


def standing(inbox_id: int) -> list[Standing]:
    """What is known now, by kind of call; nothing where Redis has lost it."""
    try:
        kinds = _known_kinds(inbox_id)
        with client().pipeline(transaction=False) as pipeline:
            for kind in kinds:
                pipeline.hgetall(_key(inbox_id, kind))
            rows = pipeline.execute()
    except redis.RedisError:
        return []
    return [
        Standing(
            kind,
            int(row["limit"]),
            max(int(row["remaining"]), 0),
            datetime.fromtimestamp(float(row["till"]), UTC) if row["counted"] == "1" else None,
        )
        for kind, row in zip(kinds, rows, strict=True)
        if row
    ]


def forget(inbox_id: int) -> None:
    """New credentials may be another app's, with limits of its own."""
    try:
        client().delete(_kinds(inbox_id), *(_key(inbox_id, kind) for kind in _known_kinds(inbox_id)))
    except redis.RedisError as problem:
        logger.warning("budgets away", problem=str(problem))


def _known_kinds(inbox_id: int) -> list[str]:
    kinds: Any = client().smembers(_kinds(inbox_id))
    return sorted(kinds)


def _key(inbox_id: int, kind: str) -> str:
    return f"desk:budget:{inbox_id}:{kind}"


def _kinds(inbox_id: int) -> str:
    return f"desk:budgets:{inbox_id}"
