"""How words become statuses: whom they name, how far they go, and in which conversation they stand."""

from collections.abc import Iterable, Sequence
from typing import Any

from connectors.sandbox.mastodon.shapes import SLUG
from connectors.sandbox.mastodon.text import WARNING, mentioned
from connectors.sandbox.network import Draft, Refused
from connectors.sandbox.records import Account, Post
from connectors.sandbox.store import Store

VISIBILITIES = ("public", "unlisted", "private", "direct")


class Composer:
    """Makes rows of words; the only place that knows what a status carries."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def status(
        self,
        author: Account,
        text: str,
        created_at: int,
        origin: str,
        *,
        parent: Post | None = None,
        visibility: str = "public",
        warning: str = "",
        media: Sequence[Any] = (),
        ref: str = "",
        key: str = "",
        quoted: Post | None = None,
    ) -> tuple[Post, list[str]]:
        """A status, and the ids of the companies that it reaches: those that it names or quotes, and nobody else."""
        position = self._store.next_position()
        named = {one.id: one for name in mentioned(text) if (one := self._named(*name)) is not None}
        others = [one for one in named.values() if one.id != author.id]
        extra: dict[str, Any] = {"visibility": visibility, "mentioned_ids": [one.id for one in others]}
        if warning:
            extra["warning"] = warning
        if parent is not None:
            extra["answered_id"] = parent.author_id
        if key:
            extra["key"] = key
        if quoted is not None:
            extra["quoted_id"] = quoted.id
        private = visibility == "direct"
        company, other = self._sides(author, others, parent or quoted)
        if private and other is not None:
            extra["recipient_id"] = other.id if author.company else company
        root = parent.root_id if parent is not None and parent.private == private else str(position)
        if private and other is not None:
            root = "-".join(sorted((company, other.id)))
        post = Post(
            position=position,
            network=SLUG,
            id=str(position),
            account_id=company,
            kind="dm" if private else "reply" if parent else "post" if author.company else "mention",
            author_id=author.id,
            parent_id=parent.id if parent else "",
            root_id=root,
            private=private,
            text=text,
            created_at=created_at,
            origin=origin,
            media=media,
            extra=extra,
            ref=ref,
        )
        told = {one.id: one for one in others}
        if quoted is not None and (quoted_author := self._store.account(SLUG, quoted.author_id)) is not None:
            told[quoted_author.id] = quoted_author
        return post, [one.id for one in told.values() if one.company and one.id != author.id]

    def _named(self, name: str, server: str) -> Account | None:
        """Somebody on that server; where none is named or nobody known there, somebody on ours, else on any other."""
        there = self._store.account_by_handle(SLUG, f"{name}@{server}") if server else None
        return there or self._store.account_by_handle(SLUG, name) or next(iter(self._elsewhere(name)), None)

    def _elsewhere(self, handle: str) -> Iterable[Account]:
        pattern = handle.replace("\\", "").replace("%", "").replace("_", "\\_") + "@%"
        rows = self._store.select(
            "SELECT id FROM accounts WHERE network=? AND handle LIKE ? ESCAPE '\\' LIMIT 1", SLUG, pattern
        )
        return self._store.accounts(SLUG, [row["id"] for row in rows]).values()

    def _sides(self, author: Account, others: Sequence[Account], parent: Post | None) -> tuple[str, Account | None]:
        """The company in whose square it stands, and who is on the other side of it."""
        if author.company:
            answered = self._store.account(SLUG, parent.author_id) if parent is not None else None
            known = answered if answered is not None and not answered.company else None
            return author.id, known or next((one for one in others if not one.company), None)
        company = next((one.id for one in others if one.company), parent.account_id if parent is not None else "")
        return company, author

    def draft(self, draft: Draft) -> tuple[Post, list[str]]:
        """What the town square hears, as Mastodon would store it. Raises Refused."""
        warning = WARNING.match(draft.text) if draft.origin == "customer" else None
        text = draft.text[warning.end() :] if warning else draft.text
        private, quotes = draft.kind == "dm", draft.kind == "quote"
        if quotes and draft.parent is None:
            raise Refused("a quote needs in_reply_to")
        if private and draft.origin == "native":
            if draft.recipient is None and draft.parent is None:
                raise Refused("a private message of the company needs “to”")
            to = draft.recipient or self._store.account(SLUG, draft.parent.author_id if draft.parent else "")
            text = self._naming(text, [to] if to is not None else [])
        elif draft.origin == "customer" and not quotes:
            text = self._naming(text, self._wanted(draft))
        wanted = str(draft.author.settings.get("visibility", "public"))
        return self.status(
            draft.author,
            text,
            draft.created_at,
            draft.origin,
            parent=None if quotes else draft.parent,
            quoted=draft.parent if quotes else None,
            visibility="direct" if private else wanted if wanted in VISIBILITIES else "public",
            warning=warning[1].strip() if warning else "",
            media=draft.media,
            ref=draft.ref,
        )

    def _wanted(self, draft: Draft) -> list[Account]:
        """Whom an app puts into a customer's words: who is answered, and whom that post named; else the company."""
        if draft.parent is None or draft.kind == "mention":
            return [draft.company]
        ids = [draft.parent.author_id, *draft.parent.extra.get("mentioned_ids", ())]
        known = self._store.accounts(SLUG, ids)
        return [known[one] for one in dict.fromkeys(ids) if one in known and one != draft.author.id]

    def _naming(self, text: str, people: Sequence[Account]) -> str:
        there = {name.lower() for name, _ in mentioned(text)}
        missing = [one for one in people if one.handle.partition("@")[0].lower() not in there]
        return "".join(f"@{one.handle} " for one in missing) + text
