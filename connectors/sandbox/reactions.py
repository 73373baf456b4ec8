"""Who likes and shares what on a network: a part of the store."""

# ruff: noqa: S608 - statements are put together from words of this file only, values are always bound

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable

from connectors.sandbox.records import Reaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS reactions (
    position INTEGER PRIMARY KEY, network TEXT NOT NULL, account_id TEXT NOT NULL, post_id TEXT NOT NULL,
    person_id TEXT NOT NULL, kind TEXT NOT NULL, created_at INTEGER NOT NULL,
    UNIQUE (network, post_id, person_id, kind));
CREATE INDEX IF NOT EXISTS reactions_account ON reactions (network, account_id, position);
"""
_LAST = 2**63 - 1


class Reactions(ABC):
    """What people feel about posts; each of them once in each way."""

    _db: sqlite3.Connection

    @abstractmethod
    def next_position(self) -> int:
        """A number larger than every one before."""

    def react(
        self, network: str, account_id: str, post_id: str, person_id: str, kind: str, created_at: int
    ) -> Reaction | None:
        """Keep it; None where this person feels so already. `account_id` is the company that hears of it."""
        row = (self.next_position(), network, account_id, post_id, person_id, kind, created_at)
        done = self._db.execute("INSERT OR IGNORE INTO reactions VALUES (?,?,?,?,?,?,?)", row)
        return Reaction(*row) if done.rowcount else None

    def take_back(self, network: str, post_id: str, person_id: str, kind: str) -> Reaction | None:
        """Forget it; None where there is nothing to forget."""
        values = (network, post_id, person_id, kind)
        sql = "DELETE FROM reactions WHERE network=? AND post_id=? AND person_id=? AND kind=? RETURNING *"
        row = self._db.execute(sql, values).fetchone()
        return Reaction(**dict(row)) if row else None

    def reactions(
        self,
        network: str,
        account_id: str,
        *,
        after: int = 0,
        before: int | None = None,
        limit: int = 100,
        newest_first: bool = True,
    ) -> list[Reaction]:
        """What people feel about a company's posts, with after < position < before."""
        rows = self._db.execute(
            "SELECT * FROM reactions WHERE network=? AND account_id=? AND position>? AND position<? "
            f"ORDER BY position {'DESC' if newest_first else 'ASC'} LIMIT ?",
            (network, account_id, after, _LAST if before is None else before, limit),
        )
        return [Reaction(**dict(row)) for row in rows]

    def reactions_to(self, network: str, post_ids: Iterable[str]) -> list[Reaction]:
        """Everything that is felt about these posts, in order of arrival."""
        wanted = list(post_ids)
        rows = self._db.execute(
            f"SELECT * FROM reactions WHERE network=? AND post_id IN ({','.join('?' * len(wanted))}) ORDER BY position",
            (network, *wanted),
        )
        return [Reaction(**dict(row)) for row in rows]
