"""Counting how often somebody does something, in windows of a fixed length: one round trip, however much is allowed."""

import time

from desk.common.live import client


def times_in_window(what: str, seconds: int) -> int:
    """How often `what` has happened in the running window, this time included. Raises redis.RedisError.

    What to do while Redis is away differs: a call may pass uncounted, a guess at a secret may not.
    """
    key = f"desk:rate:{what}:{int(time.time() // seconds)}"
    with client().pipeline(transaction=False) as pipeline:
        pipeline.incr(key)
        pipeline.expire(key, seconds + 1)
        count: int = pipeline.execute()[0]
    return count
