"""What the sandbox networks remember: one SQLite file (write-ahead log), the same few tables for every network.

All instants are integers, milliseconds since 1970 UTC. The store is used from the event loop's thread only; a call
takes microseconds to a few milliseconds. What is committed survives `kill -9` of the process.
"""

# ruff: noqa: S608 - statements are put together from column names of this file only, values are always bound

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from connectors.sandbox.deliveries import Deliveries, dumps, now_ms
from connectors.sandbox.reactions import SCHEMA as REACTIONS
from connectors.sandbox.reactions import Reactions
from connectors.sandbox.records import Account, Post

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    network TEXT NOT NULL, id TEXT NOT NULL, handle TEXT NOT NULL COLLATE NOCASE, name TEXT NOT NULL,
    company INTEGER NOT NULL, followers INTEGER NOT NULL, verified INTEGER NOT NULL,
    credentials TEXT NOT NULL, settings TEXT NOT NULL, created_at INTEGER NOT NULL,
    PRIMARY KEY (network, id));
CREATE UNIQUE INDEX IF NOT EXISTS accounts_handle ON accounts (network, handle);
CREATE TABLE IF NOT EXISTS tokens (
    network TEXT NOT NULL, token TEXT NOT NULL, account_id TEXT NOT NULL, PRIMARY KEY (network, token)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS posts (
    position INTEGER PRIMARY KEY, network TEXT NOT NULL, id TEXT NOT NULL, account_id TEXT NOT NULL,
    kind TEXT NOT NULL, author_id TEXT NOT NULL, parent_id TEXT NOT NULL, root_id TEXT NOT NULL,
    private INTEGER NOT NULL, text TEXT NOT NULL, created_at INTEGER NOT NULL, origin TEXT NOT NULL,
    edited_at INTEGER, deleted_at INTEGER, superseded_by TEXT NOT NULL, hidden INTEGER NOT NULL,
    likes INTEGER NOT NULL, media TEXT NOT NULL, extra TEXT NOT NULL, ref TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS posts_id ON posts (network, id);
CREATE UNIQUE INDEX IF NOT EXISTS posts_ref ON posts (network, ref) WHERE ref <> '';
CREATE INDEX IF NOT EXISTS posts_account ON posts (network, account_id, private, position);
CREATE INDEX IF NOT EXISTS posts_root ON posts (network, root_id, position);
CREATE INDEX IF NOT EXISTS posts_parent ON posts (network, parent_id, position);
CREATE INDEX IF NOT EXISTS posts_author ON posts (network, author_id, position);
CREATE INDEX IF NOT EXISTS posts_mail ON posts (json_extract(extra, '$.message_id')) WHERE network = 'mailbox';
CREATE TABLE IF NOT EXISTS addressed (
    network TEXT NOT NULL, account_id TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (network, account_id, position)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS webhooks (
    id INTEGER PRIMARY KEY, network TEXT NOT NULL, account_id TEXT NOT NULL, url TEXT NOT NULL,
    valid INTEGER NOT NULL, settings TEXT NOT NULL, created_at INTEGER NOT NULL,
    UNIQUE (network, account_id, url));
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY, webhook_id INTEGER NOT NULL, event TEXT NOT NULL, body BLOB NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL, due_at INTEGER NOT NULL, answer TEXT NOT NULL,
    created_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (webhook_id, due_at, id) WHERE state = 'pending';
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY, network TEXT NOT NULL, kind TEXT NOT NULL, match TEXT NOT NULL,
    remaining INTEGER, params TEXT NOT NULL, hits INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS blobs (
    id TEXT PRIMARY KEY, network TEXT NOT NULL, owner_id TEXT NOT NULL, content_type TEXT NOT NULL,
    data BLOB NOT NULL, extra TEXT NOT NULL, created_at INTEGER NOT NULL);
"""
_SNOWFLAKE_EPOCH = 1_288_834_974_657  # Twitter's, in ms: ids come out as long as the real ones and sort by arrival


_POST_COLUMNS = tuple(f.name for f in fields(Post))
_INSERT_POST = f"INSERT INTO posts ({','.join(_POST_COLUMNS)}) VALUES ({','.join('?' * len(_POST_COLUMNS))})"
_SELECT_POST = "SELECT " + ",".join(f"p.{name}" for name in _POST_COLUMNS) + " FROM posts p"
_FLAGS = ("private", "hidden")
_JSON = ("media", "extra")


def position_at(milliseconds: int) -> int:
    """The smallest position that something which arrived at this instant can have."""
    return max(0, (milliseconds - _SNOWFLAKE_EPOCH) << 22)


def _post(row: sqlite3.Row) -> Post:
    values = dict(row)
    for name in _FLAGS:
        values[name] = bool(values[name])
    for name in _JSON:
        values[name] = json.loads(values[name])
    return Post(**values)


def _values(post: Post) -> tuple[Any, ...]:
    return tuple(dumps(value) if name in _JSON else value for name in _POST_COLUMNS for value in (getattr(post, name),))


def _account(row: sqlite3.Row) -> Account:
    values = dict(row)
    values["company"], values["verified"] = bool(values["company"]), bool(values["verified"])
    values["credentials"], values["settings"] = json.loads(values["credentials"]), json.loads(values["settings"])
    return Account(**values)


class Store(Deliveries, Reactions):
    """The tables of one sandbox in `folder`/sandbox.sqlite3."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "sandbox.sqlite3", isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-4000;" + SCHEMA + REACTIONS
        )
        self._depth = 0
        highest = "SELECT max(position) AS it FROM posts UNION ALL SELECT max(position) FROM reactions"
        self._last_position = int(self._db.execute(f"SELECT coalesce(max(it), 0) FROM ({highest})").fetchone()[0])

    def close(self) -> None:
        """Finish and release the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; may be nested, the outermost commits. Do not await inside."""
        if self._depth == 0:
            self._db.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("ROLLBACK")
            raise
        self._depth -= 1
        if self._depth == 0:
            self._db.execute("COMMIT")

    def next_position(self) -> int:
        """A number larger than every one before, shaped like an X id of this very millisecond."""
        self._last_position = max(self._last_position + 1, position_at(now_ms()))
        return self._last_position

    # Accounts

    def save_account(self, account: Account, tokens: Iterable[str] = ()) -> None:
        """Insert or replace an account; `tokens` are the only ones that open it from now on."""
        row = (account.network, account.id, account.handle, account.name, account.company, account.followers)
        more = (account.verified, dumps(account.credentials), dumps(account.settings), account.created_at)
        with self.transaction():
            self._db.execute("INSERT OR REPLACE INTO accounts VALUES (?,?,?,?,?,?,?,?,?,?)", row + more)
            self._db.execute("DELETE FROM tokens WHERE network=? AND account_id=?", (account.network, account.id))
            self._db.executemany(
                "INSERT OR REPLACE INTO tokens VALUES (?,?,?)",
                [(account.network, token, account.id) for token in tokens if token],
            )

    def _one_account(self, where: str, *values: str) -> Account | None:
        row = self._db.execute(f"SELECT accounts.* FROM accounts {where}", values).fetchone()
        return _account(row) if row else None

    def account(self, network: str, account_id: str) -> Account | None:
        """The account with this id."""
        return self._one_account("WHERE network=? AND id=?", network, account_id)

    def account_by_handle(self, network: str, handle: str) -> Account | None:
        """The account with this handle, whatever its case."""
        return self._one_account("WHERE network=? AND handle=?", network, handle)

    def account_by_token(self, network: str, token: str) -> Account | None:
        """The company that this access token speaks for."""
        return self._one_account(
            "JOIN tokens USING (network) WHERE network=? AND token=? AND accounts.id=account_id", network, token
        )

    def accounts(self, network: str, ids: Iterable[str]) -> dict[str, Account]:
        """Accounts by id; unknown ids are left out."""
        wanted = list(dict.fromkeys(ids))
        rows = self._db.execute(
            f"SELECT * FROM accounts WHERE network=? AND id IN ({','.join('?' * len(wanted))})",
            (network, *wanted),
        )
        return {row["id"]: _account(row) for row in rows}

    def companies(self, network: str = "") -> list[Account]:
        """Every company account, oldest first, of one network or of all."""
        rows = self._db.execute(
            "SELECT * FROM accounts WHERE company AND (?='' OR network=?) ORDER BY created_at, id", (network, network)
        )
        return [_account(row) for row in rows]

    # Posts

    def add_posts(self, posts: Sequence[tuple[Post, Iterable[str]]]) -> None:
        """Insert posts, each with the ids of the companies that it reaches, in one transaction."""
        with self.transaction():
            self._db.executemany(_INSERT_POST, [_values(post) for post, _ in posts])
            self._db.executemany(
                "INSERT OR IGNORE INTO addressed VALUES (?,?,?)",
                [(post.network, account_id, post.position) for post, reached in posts for account_id in reached],
            )

    def post(self, network: str, post_id: str) -> Post | None:
        """The post with this id, deleted ones too."""
        row = self._db.execute(f"{_SELECT_POST} WHERE network=? AND id=?", (network, post_id)).fetchone()
        return _post(row) if row else None

    def post_by_ref(self, network: str, ref: str) -> Post | None:
        """The post that the caller named `ref`."""
        row = self._db.execute(f"{_SELECT_POST} WHERE network=? AND ref=? AND ref<>''", (network, ref)).fetchone()
        return _post(row) if row else None

    def posts(
        self,
        network: str,
        *,
        after: int = 0,
        before: int | None = None,
        since_ms: int | None = None,
        until_ms: int | None = None,
        limit: int = 100,
        newest_first: bool = False,
        gone_too: bool = False,
        **equal: str | bool | Sequence[str],
    ) -> list[Post]:
        """Posts by equal columns (a list means any of them) with after < position < before and since <= time < until.

        Deleted posts and superseded versions are left out unless `gone_too`.
        """
        where, values = ["p.network=?"], [network]
        return self._page("", where, values, after, before, since_ms, until_ms, limit, newest_first, gone_too, equal)

    def reaching(
        self,
        network: str,
        account_id: str,
        *,
        after: int = 0,
        before: int | None = None,
        since_ms: int | None = None,
        until_ms: int | None = None,
        limit: int = 100,
        newest_first: bool = True,
        **equal: str | bool | Sequence[str],
    ) -> list[Post]:
        """Like `posts`, for those that reach a company: on X its mentions."""
        join = " JOIN addressed a ON a.position=p.position"
        where, values = ["a.network=?", "a.account_id=?"], [network, account_id]
        return self._page(join, where, values, after, before, since_ms, until_ms, limit, newest_first, False, equal)

    def _page(
        self,
        join: str,
        where: list[str],
        values: list[Any],
        after: int,
        before: int | None,
        since_ms: int | None,
        until_ms: int | None,
        limit: int,
        newest_first: bool,
        gone_too: bool,
        equal: Mapping[str, Any],
    ) -> list[Post]:
        order = "a.position" if join else "p.position"
        for condition, value in (
            (f"{order}>?", after),
            (f"{order}<?", before),
            ("p.created_at>=?", since_ms),
            ("p.created_at<?", until_ms),
        ):
            if value is not None:
                where.append(condition)
                values.append(value)
        for name, value in equal.items():
            if name not in _POST_COLUMNS:
                raise ValueError(f"posts have no column {name}")
            many = isinstance(value, list | tuple | set | frozenset)
            where.append(f"p.{name} IN ({','.join('?' * len(value))})" if many else f"p.{name}=?")
            values.extend(value if many else [value])
        if not gone_too:
            where.append("p.deleted_at IS NULL AND p.superseded_by=''")
        direction = "DESC" if newest_first else "ASC"
        sql = f"{_SELECT_POST}{join} WHERE {' AND '.join(where)} ORDER BY {order} {direction} LIMIT ?"
        return [_post(row) for row in self._db.execute(sql, (*values, limit))]

    def reached(self, post: Post) -> list[str]:
        """Ids of the companies that a post reaches."""
        rows = self._db.execute(
            "SELECT account_id FROM addressed WHERE network=? AND position=?", (post.network, post.position)
        )
        return [row[0] for row in rows]

    def change_post(self, post: Post, **changes: Any) -> Post:
        """Write changed columns and return the post as it is now."""
        if unknown := changes.keys() - set(_POST_COLUMNS):
            raise ValueError(f"posts have no column {', '.join(sorted(unknown))}")
        stored = [dumps(value) if name in _JSON else value for name, value in changes.items()]
        self._db.execute(
            f"UPDATE posts SET {','.join(f'{name}=?' for name in changes)} WHERE position=?",
            (*stored, post.position),
        )
        row = self._db.execute(f"{_SELECT_POST} WHERE position=?", (post.position,)).fetchone()
        return _post(row)

    def select(self, sql: str, *values: str | int) -> list[sqlite3.Row]:
        """A question of a network's own."""
        return self._db.execute(sql, values).fetchall()

    # Files

    def save_blob(
        self, blob_id: str, network: str, owner_id: str, content_type: str, data: bytes, **extra: Any
    ) -> None:
        """Keep an uploaded file."""
        row = (blob_id, network, owner_id, content_type, data, dumps(extra), now_ms())
        self._db.execute("INSERT OR REPLACE INTO blobs VALUES (?,?,?,?,?,?,?)", row)

    def blob(self, blob_id: str) -> sqlite3.Row | None:
        """An uploaded file: network, owner_id, content_type, data, extra (JSON)."""
        row: sqlite3.Row | None = self._db.execute("SELECT * FROM blobs WHERE id=?", (blob_id,)).fetchone()
        return row

    # Faults

    def fault_rows(self) -> list[dict[str, Any]]:
        """Every armed fault, as stored."""
        rows = self._db.execute("SELECT * FROM faults ORDER BY id")
        return [{**dict(row), "params": json.loads(row["params"])} for row in rows]

    def add_fault(self, network: str, kind: str, match: str, remaining: int | None, params: Mapping[str, Any]) -> int:
        """Arm a fault and return its id."""
        cursor = self._db.execute(
            "INSERT INTO faults (network, kind, match, remaining, params, hits) VALUES (?,?,?,?,?,0)",
            (network, kind, match, remaining, dumps(params)),
        )
        return int(cursor.lastrowid or 0)

    def update_fault(self, fault_id: int, remaining: int | None, hits: int) -> None:
        """Count a hit."""
        self._db.execute("UPDATE faults SET remaining=?, hits=? WHERE id=?", (remaining, hits, fault_id))

    def delete_faults(self, fault_id: int | None = None) -> None:
        """Clear one fault or all."""
        self._db.execute("DELETE FROM faults WHERE ? IS NULL OR id=?", (fault_id, fault_id))
