"""Django's cache in Redis, for a desk that goes on when Redis is away: what can't be looked up is worked out again."""

from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache

from desk.common.logs import logger


class SpareCache(RedisCache):
    """Nothing is found and nothing is kept while Redis is away. Sessions are in the database as well."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return _or(default, lambda: super(SpareCache, self).get(key, default, version))

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        found: dict[Any, Any] = _or({}, lambda: super(SpareCache, self).get_many(keys, version))
        return found

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return bool(_or(False, lambda: super(SpareCache, self).has_key(key, version)))

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(_or(False, lambda: super(SpareCache, self).add(key, value, timeout, version)))

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        _or(None, lambda: super(SpareCache, self).set(key, value, timeout, version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(_or(False, lambda: super(SpareCache, self).delete(key, version)))


def _or(otherwise: Any, look: Callable[[], Any]) -> Any:
    try:
        return look()
    except redis.RedisError as problem:
        logger.warning("cache away", problem=str(problem))
        return otherwise
