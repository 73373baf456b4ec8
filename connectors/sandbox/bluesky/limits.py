"""Bluesky's rate limits in fixed windows, with the headers that tell of them (docs.bsky.app, “Rate limits”).

An account whose settings say {"rate_limits": "off"} is counted, not stopped; {"calls": n} is another number of calls
in five minutes. Windows live in memory: a restart of the sandbox opens new ones.
"""

import time
from collections.abc import Callable

from connectors.sandbox.bluesky.problems import too_many
from connectors.sandbox.records import Account

CALLS, CALL_SECONDS = 3_000, 300
POINTS, POINT_SECONDS = 5_000, 3_600
LOGINS, LOGIN_SECONDS = 30, 300
COST = {  # points of a write
    "com.atproto.repo.createRecord": 3,
    "com.atproto.repo.putRecord": 2,
    "com.atproto.repo.deleteRecord": 1,
}
UNLIMITED = 1_000_000


class Limiter:
    """Counts calls and points."""

    def __init__(self, network_ms: Callable[[], int]) -> None:
        self._network_ms = network_ms
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}

    def spend(self, account: Account, method: str) -> dict[str, str]:
        """Count one call and give the rate headers. Raises the 429 where nothing was left."""
        off = account.settings.get("rate_limits") == "off"
        calls = UNLIMITED if off else int(account.settings.get("calls", CALLS))
        headers = self._count((account.id, "calls"), 1, calls, CALL_SECONDS)
        if cost := COST.get(method):
            headers = self._count((account.id, "points"), cost, UNLIMITED if off else POINTS, POINT_SECONDS)
        return headers

    def log_in(self, account: Account) -> dict[str, str]:
        """The same for a login."""
        off = account.settings.get("rate_limits") == "off"
        return self._count((account.id, "logins"), 1, UNLIMITED if off else LOGINS, LOGIN_SECONDS)

    def _count(self, key: tuple[str, str], cost: int, allowed: int, seconds: int) -> dict[str, str]:
        now = time.monotonic()
        opened, used = self._windows.get(key, (now, 0))
        if now - opened >= seconds:
            opened, used = now, 0
        refused = used + cost > allowed
        used = used if refused else used + cost
        self._windows[key] = (opened, used)
        headers = {
            "ratelimit-limit": str(allowed),
            "ratelimit-remaining": str(allowed - used),
            "ratelimit-reset": str(int(self._network_ms() / 1000 + opened + seconds - now) + 1),
            "ratelimit-policy": f"{allowed};w={seconds}",
        }
        if refused:
            raise too_many(headers)
        return headers
