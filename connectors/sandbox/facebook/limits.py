"""Facebook's rate limits, and the headers that tell in per cent how much of them is used.

Sources: Meta's "Rate limits" (Graph API) and "Rate limiting" (Messenger, Conversations) of 2026. An account whose
settings say {"rate_limits": "off"} is counted, not stopped; {"engaged_users": n} widens its budgets as on Facebook.
"""

import json
import math
import time
from collections import deque

from connectors.sandbox.facebook.errors import throttled
from connectors.sandbox.records import Account

DAY_SECONDS, HOUR_SECONDS = 86_400, 3_600
ENGAGED_USERS = 100
PAGE_CALLS, MESSENGER_CALLS, APP_CALLS = 4_800, 200, 200  # for each engaged user: a day, a day, an hour
# Calls within some seconds by what they are for.
BURSTS = {"conversations": (2, 1.0), "send": (300, 1.0), "private_reply": (750, 3_600.0)}


class Limiter:
    """Counts calls. Counters live in memory: a restart of the sandbox opens new ones."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}
        self._bursts: dict[tuple[str, str], deque[float]] = {}

    def spend(self, account: Account, *, app: bool, messenger: bool) -> dict[str, str]:
        """Count one call and return the usage headers. Raises the throttling error when nothing was left."""
        engaged = int(account.settings.get("engaged_users", ENGAGED_USERS))
        if app:
            kind, allowed, seconds, code = "app", APP_CALLS * engaged, HOUR_SECONDS, 4
        elif messenger:
            kind, allowed, seconds, code = "messenger", MESSENGER_CALLS * engaged, DAY_SECONDS, 80006
        else:
            kind, allowed, seconds, code = "pages", PAGE_CALLS * engaged, DAY_SECONDS, 80001
        now = time.monotonic()
        opened, used = self._windows.get((account.id, kind), (now, 0))
        if now - opened >= seconds:
            opened, used = now, 0
        self._windows[account.id, kind] = (opened, used + 1)
        over = used >= allowed and account.settings.get("rate_limits") != "off"
        minutes = math.ceil((opened + seconds - now) / 60) if over else 0
        headers = usage(account, kind, min(100, (used + 1) * 100 // max(1, allowed)), minutes)
        if over:
            raise throttled(code, headers)
        return headers

    def burst(self, account: Account, what: str) -> None:
        """Count one call against a limit by the second or hour. Raises error 613."""
        allowed, seconds = BURSTS[what]
        recent = self._bursts.setdefault((account.id, what), deque())
        now = time.monotonic()
        while recent and now - recent[0] >= seconds:
            recent.popleft()
        if len(recent) >= allowed and account.settings.get("rate_limits") != "off":
            raise throttled(613)
        recent.append(now)


def usage(account: Account, kind: str, percent: int, minutes: int = 0) -> dict[str, str]:
    """The header for a counter; `minutes` until calls are welcome again."""
    counters = {"call_count": percent, "total_cputime": percent // 2, "total_time": percent // 2}
    if kind == "app":
        return {"X-App-Usage": json.dumps(counters, separators=(",", ":"))}
    entry = {"type": kind, **counters, "estimated_time_to_regain_access": minutes}
    return {"X-Business-Use-Case-Usage": json.dumps({account.id: [entry]}, separators=(",", ":"))}
