"""X's rate limits: calls for each user, app and endpoint in fixed windows, with the headers that tell of them.

Source: docs.x.com "Rate limits" of 2026. An account whose settings say {"rate_limits": "off"} is counted, not stopped.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from connectors.sandbox.x.auth import Caller
from connectors.sandbox.x.problems import too_many

WINDOW_SECONDS = 900
DAY_SECONDS = 86_400
UNLIMITED = 1_000_000


@dataclass(frozen=True, slots=True)
class Limit:
    """Calls in 15 minutes by a user and by an app (None: this kind of caller is refused), and by a user in a day."""

    user: int
    app: int | None = None
    day: int | None = None


LIMITS: dict[str, Limit] = {
    "GET /2/users/me": Limit(75),
    "GET /2/users": Limit(900, 300),
    "GET /2/users/:id": Limit(900, 300),
    "GET /2/users/by/username/:username": Limit(900, 300),
    "GET /2/users/:id/mentions": Limit(300, 450),
    "GET /2/users/:id/tweets": Limit(900, 10_000),
    "GET /2/tweets": Limit(5000, 3500),
    "GET /2/tweets/:id": Limit(900, 450),
    "GET /2/tweets/search/recent": Limit(300, 450),
    "POST /2/tweets": Limit(100),
    "DELETE /2/tweets/:id": Limit(50),
    "PUT /2/tweets/:tweet_id/hidden": Limit(50),
    "POST /2/users/:id/likes": Limit(50, day=1000),
    "DELETE /2/users/:id/likes/:tweet_id": Limit(50, day=1000),
    "GET /2/dm_events": Limit(15),
    "GET /2/dm_events/:id": Limit(15),
    "GET /2/dm_conversations/with/:participant_id/dm_events": Limit(15),
    "GET /2/dm_conversations/:id/dm_events": Limit(15),
    "POST /2/dm_conversations/with/:participant_id/messages": Limit(15, day=1440),
    "POST /2/dm_conversations/:id/messages": Limit(15, day=1440),
    "POST /2/media/upload": Limit(500),
    "GET /2/media/upload": Limit(1000),
    "POST /2/media/upload/initialize": Limit(1875),
    "POST /2/media/upload/:id/append": Limit(1875),
    "POST /2/media/upload/:id/finalize": Limit(1875),
    "POST /2/media/metadata": Limit(500),
    "POST /2/media/subtitles": Limit(100),
    "POST /1.1/media/upload.json": Limit(500),
    "GET /2/webhooks": Limit(450, 450),
    "POST /2/webhooks": Limit(450, 450),
    "PUT /2/webhooks/:id": Limit(450, 450),
    "DELETE /2/webhooks/:id": Limit(450, 450),
    "GET /2/activity/subscriptions": Limit(500, 500),
    "POST /2/activity/subscriptions": Limit(500, 500),
    "DELETE /2/activity/subscriptions/:id": Limit(500, 500),
}


class Limiter:
    """Counts calls. Windows live in memory: a restart of the sandbox opens new ones."""

    def __init__(self, network_ms: Callable[[], int]) -> None:
        self._network_ms = network_ms
        self._windows: dict[tuple[str, bool, str, int], tuple[float, int]] = {}

    def spend(self, caller: Caller, endpoint: str) -> dict[str, str]:
        """Count one call and return the rate headers. Raises the 429 problem when nothing was left."""
        limit = LIMITS[endpoint]
        off = caller.account.settings.get("rate_limits") == "off"
        allowed = UNLIMITED if off else (limit.user if caller.user else limit.app or 0)
        headers = self._count(caller, endpoint, allowed, WINDOW_SECONDS)
        if limit.day is not None and not off:
            day = self._count(caller, endpoint, limit.day, DAY_SECONDS)
            headers.update({name.replace("rate", "user") + "-24hour": value for name, value in day.items()})
        return headers

    def _count(self, caller: Caller, endpoint: str, allowed: int, seconds: int) -> dict[str, str]:
        key = (caller.account.id, caller.user, endpoint, seconds)
        now = time.monotonic()
        opened, used = self._windows.get(key, (now, 0))
        if now - opened >= seconds:
            opened, used = now, 0
        refused = used >= allowed
        self._windows[key] = (opened, used if refused else used + 1)
        reset = int(self._network_ms() / 1000 + opened + seconds - now) + 1
        left = allowed - self._windows[key][1]
        headers = {
            "x-rate-limit-limit": str(allowed),
            "x-rate-limit-remaining": str(left),
            "x-rate-limit-reset": str(reset),
        }
        if refused:
            raise too_many(headers)
        return headers
