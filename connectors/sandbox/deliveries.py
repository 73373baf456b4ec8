"""Webhooks, and what is on its way to them: a part of the store."""

import json
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from connectors.sandbox.records import Delivery, Webhook


def now_ms() -> int:
    """This machine's time in milliseconds, without any skew that a fault adds."""
    return time.time_ns() // 1_000_000


def dumps(value: object) -> str:
    """JSON as the tables keep it."""
    return json.dumps(value, separators=(",", ":"))


def _webhook(row: sqlite3.Row) -> Webhook:
    values = dict(row)
    return Webhook(**{**values, "valid": bool(values["valid"]), "settings": json.loads(values["settings"])})


class Deliveries(ABC):
    """Addresses that want to hear, and the outbox before them."""

    _db: sqlite3.Connection

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing."""

    def save_webhook(
        self, network: str, account_id: str, url: str, *, valid: bool, settings: Mapping[str, Any]
    ) -> Webhook:
        """Register an address, or change what is known of it."""
        self._db.execute(
            "INSERT INTO webhooks (network, account_id, url, valid, settings, created_at) VALUES (?,?,?,?,?,?)"
            " ON CONFLICT (network, account_id, url) DO UPDATE SET valid=excluded.valid, settings=excluded.settings",
            (network, account_id, url, valid, dumps(settings), now_ms()),
        )
        return next(hook for hook in self.webhooks(network, account_id) if hook.url == url)

    def webhooks(self, network: str = "", account_id: str = "") -> list[Webhook]:
        """Registered addresses, of a network and account or of all."""
        rows = self._db.execute(
            "SELECT * FROM webhooks WHERE (?='' OR network=?) AND (?='' OR account_id=?) ORDER BY id",
            (network, network, account_id, account_id),
        )
        return [_webhook(row) for row in rows]

    def move_webhook(self, hook: Webhook, url: str) -> None:
        """Another address for the same account; what is still on its way goes there."""
        with self.transaction():
            there = self.save_webhook(hook.network, hook.account_id, url, valid=True, settings=hook.settings)
            self._db.execute("UPDATE deliveries SET webhook_id=? WHERE webhook_id=?", (there.id, hook.id))
            self._db.execute("DELETE FROM webhooks WHERE id=?", (hook.id,))

    def delete_webhook(self, webhook_id: int) -> None:
        """Forget an address and what was still on its way there."""
        with self.transaction():
            self._db.execute("DELETE FROM webhooks WHERE id=?", (webhook_id,))
            self._db.execute("DELETE FROM deliveries WHERE webhook_id=?", (webhook_id,))

    def enqueue(self, webhook_id: int, event: str, body: bytes, due_at: int, answer: str = "") -> None:
        """Put an event into the outbox."""
        self._db.execute(
            "INSERT INTO deliveries (webhook_id, event, body, state, attempts, due_at, answer, created_at)"
            " VALUES (?,?,?,'pending',0,?,?,?)",
            (webhook_id, event, body, due_at, answer, now_ms()),
        )

    def due_deliveries(self, webhook_id: int, now: int, limit: int) -> list[Delivery]:
        """What should go out by `now`, earliest due first."""
        rows = self._db.execute(
            "SELECT * FROM deliveries WHERE webhook_id=? AND state='pending' AND due_at<=? ORDER BY due_at, id LIMIT ?",
            (webhook_id, now, limit),
        )
        return [Delivery(**dict(row)) for row in rows]

    def deliveries(self, limit: int = 100) -> list[Delivery]:
        """The latest deliveries, newest first."""
        rows = self._db.execute("SELECT * FROM deliveries ORDER BY id DESC LIMIT ?", (limit,))
        return [Delivery(**dict(row)) for row in rows]

    def settle(self, delivery: Delivery, state: str, answer: str, due_at: int) -> None:
        """Write down how an attempt went. Delivered events older than the last 10,000 are dropped."""
        self._db.execute(
            "UPDATE deliveries SET state=?, answer=?, attempts=attempts+1, due_at=? WHERE id=?",
            (state, answer, due_at, delivery.id),
        )
        if delivery.id % 1000 == 0:
            self._db.execute("DELETE FROM deliveries WHERE id<? AND state='delivered'", (delivery.id - 10_000,))
