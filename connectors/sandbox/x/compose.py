"""How words become posts and private messages on X: ids, conversations, the mentions that a reply carries by itself."""

import random
from collections.abc import Sequence
from typing import Any

from connectors.sandbox.network import Draft, Refused
from connectors.sandbox.records import Account, Post
from connectors.sandbox.store import Store
from connectors.sandbox.x.text import LONG, SHORT, mentioned, weight

DM_LIMIT = 10_000  # characters
_DUTCH = frozenset("de het een en van niet ik is op dat met voor aan jullie maar wat hoe kan er nog geen naar".split())
_ENGLISH = frozenset("the a and of not i is on that with for to you but what how can there no my from your".split())


def conversation_of(one: str, other: str) -> str:
    """The id of the conversation of two people: the lower id first, as X writes it."""
    return "-".join(sorted((one, other), key=int))


def language(text: str) -> str:
    """X's `lang`, roughly: nl, en or und."""
    words = set(text.lower().split())
    dutch, english = len(words & _DUTCH), len(words & _ENGLISH)
    return "und" if dutch == english else "nl" if dutch > english else "en"


def _kind(author: Account, parent: Post | None, *, quotes_only: bool) -> str:
    if parent:
        return "reply"
    return "post" if author.company else "quote" if quotes_only else "mention"


class Composer:
    """Makes rows of drafts; the only place that knows what a reply inherits."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def tweet(
        self, author: Account, text: str, created_at: int, origin: str, ref: str = "", **more: Any
    ) -> tuple[Post, list[str]]:
        """A public post. `more`: parent and quoted (posts), media. The second value is whom it reaches."""
        parent: Post | None = more.get("parent")
        quoted: Post | None = more.get("quoted")
        media: Sequence[Any] = more.get("media", ())
        position = self._store.next_position()
        text = self._prefix(author, parent, text) + text
        accounts = {handle.lower(): self._store.account_by_handle("x", handle) for handle in mentioned(text)}
        known = [account for account in accounts.values() if account]
        reached = [account.id for account in known if account.company and account.id != author.id]
        extra: dict[str, Any] = {"mentioned_ids": [account.id for account in known], "lang": language(text)}
        if weight(text) > SHORT:
            extra["long"] = True
        if parent:
            extra["in_reply_to_user_id"] = parent.author_id
        if quoted:
            extra["quoted_id"], extra["quoted_user_id"] = quoted.id, quoted.author_id
            owner = self._store.account("x", quoted.author_id)
            if owner and owner.company and owner.id not in (author.id, *reached):
                reached.append(owner.id)
        own = author.id if author.company else (reached[0] if reached else parent.account_id if parent else "")
        post = Post(
            position=position,
            network="x",
            id=str(position),
            account_id=own,
            kind=_kind(author, parent, quotes_only=bool(quoted) and not any(one.company for one in known)),
            author_id=author.id,
            parent_id=parent.id if parent else "",
            root_id=parent.root_id if parent else str(position),
            private=False,
            text=text,
            created_at=created_at,
            origin=origin,
            media=media,
            extra=extra,
            ref=ref,
        )
        return post, reached

    def _prefix(self, author: Account, parent: Post | None, text: str) -> str:
        """The mentions that a reply begins with: whom it answers, then whom that post named; never oneself."""
        if parent is None:
            return ""
        there = {handle.lower() for handle in mentioned(text)} | {author.handle.lower()}
        answered = self._store.account("x", parent.author_id)
        handles = ([answered.handle] if answered else []) + mentioned(parent.text)
        missing = {handle.lower(): handle for handle in handles if handle.lower() not in there}
        return "".join(f"@{handle} " for handle in missing.values())

    def message(
        self,
        sender: Account,
        recipient: Account,
        text: str,
        created_at: int,
        origin: str,
        ref: str,
        media: Sequence[Any],
    ) -> Post:
        """A private message between a company and somebody."""
        position = self._store.next_position()
        company = sender if sender.company else recipient
        conversation = conversation_of(sender.id, recipient.id)
        return Post(
            position=position,
            network="x",
            id=str(position),
            account_id=company.id,
            kind="dm",
            author_id=sender.id,
            parent_id="",
            root_id=conversation,
            private=True,
            text=text,
            created_at=created_at,
            origin=origin,
            media=media,
            extra={"recipient_id": recipient.id},
            ref=ref,
        )

    def draft(self, draft: Draft) -> tuple[Post, list[str]]:
        """What the town square hears, as X would store it."""
        private = draft.kind == "dm" or (draft.parent is not None and draft.parent.private)
        limit = DM_LIMIT if private else LONG
        if not draft.text.strip() and not draft.media:
            raise Refused("a post needs text or media")
        if len(draft.text) > limit:
            raise Refused(f"X takes at most {limit} characters here, this has {len(draft.text)}")
        if private:
            recipient = self._recipient(draft)
            args = (draft.text, draft.created_at, draft.origin, draft.ref, draft.media)
            return self.message(draft.author, recipient, *args), [draft.company.id]
        if draft.kind in ("reply", "quote") and draft.parent is None:
            raise Refused(f"a {draft.kind} needs in_reply_to")
        text = draft.text
        named = {handle.lower() for handle in mentioned(text)}
        if (
            draft.origin == "customer"
            and draft.kind == "mention"
            and draft.parent is None
            and draft.company.handle.lower() not in named
        ):
            text = f"@{draft.company.handle} {text}"
        quoting = draft.kind == "quote"
        more = {"quoted" if quoting else "parent": draft.parent, "media": draft.media}
        return self.tweet(draft.author, text, draft.created_at, draft.origin, draft.ref, **more)

    def _recipient(self, draft: Draft) -> Account:
        if draft.origin == "customer":
            return draft.company
        if draft.recipient:
            return draft.recipient
        if draft.parent:
            ids = {draft.parent.author_id, str(draft.parent.extra.get("recipient_id", ""))} - {draft.company.id}
            other = self._store.account("x", next(iter(ids), ""))
            if other:
                return other
        raise Refused('a private message of the company needs "to" (a handle) or in_reply_to')


def id_of(handle: str) -> str:
    """A company's id: as long as real ones, the same for the same handle."""
    return str(random.Random(f"x:{handle.lower()}").randrange(10**17, 10**18))  # noqa: S311 - a name, not a secret
