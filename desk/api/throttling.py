"""How many calls one person may make: `DESK_API_RATE`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import redis
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from desk.common.logs import logger
from desk.common.rates import times_in_window
from desk.people.models import User

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which itself imports this module, by its settings

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


class PerPersonThrottle(BaseThrottle):
    """Counts in windows of the rate's own length: one round trip, however many calls are allowed.

    With Redis away nobody is refused: an answer is worth more than a count.
    """

    def __init__(self) -> None:
        number, _, period = str(api_settings.DEFAULT_THROTTLE_RATES["user"]).partition("/")
        self._allowed, self._seconds = int(number), _SECONDS[period[0]]

    def allow_request(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.user, User):
            return True
        try:
            calls = times_in_window(f"api:{request.user.pk}", self._seconds)
        except redis.RedisError as problem:
            logger.warning("calls are not counted", problem=str(problem))
            return True
        return calls <= self._allowed

    def wait(self) -> float:
        """Seconds until the next window."""
        return self._seconds - time.time() % self._seconds
