"""How words become posts and messages on Bluesky: references, facets, and whom they reach."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.sandbox.bluesky import ids
from connectors.sandbox.bluesky.text import (
    CHAT_BYTES,
    CHAT_GRAPHEMES,
    facet,
    facets_for,
    handles_in,
    length_problem,
)
from connectors.sandbox.network import Draft, Refused
from connectors.sandbox.records import Account, Post
from connectors.sandbox.store import Store

SLUG = "bluesky"
ANCESTORS = 5  # levels up whose authors hear of a reply


def time_of(milliseconds: int) -> str:
    """As records have it."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def convo_of(one: str, other: str) -> str:
    """The id of the conversation of two people."""
    pair = " ".join(sorted((one, other)))
    return ids.tid_of(int.from_bytes(hashlib.sha256(pair.encode()).digest()[:7], "big"))


class Composer:
    """Makes rows of records; the only place that knows whom a post reaches."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def post(
        self,
        author: Account,
        record: Mapping[str, Any],
        created_at: int,
        origin: str,
        ref: str = "",
        media: Sequence[Mapping[str, str]] = (),
        rkey: str = "",
    ) -> tuple[Post, list[str]]:
        """A public post from its record, and the companies that it reaches."""
        position = self._store.next_position()
        address = ids.address_of(author.id, ids.POST, rkey or ids.tid_of(position))
        reply = record.get("reply") or {}
        parent_id, root_id = (str((reply.get(end) or {}).get("uri", "")) for end in ("parent", "root"))
        reasons = self._reasons(author, record, parent_id)
        parent = self._store.post(SLUG, parent_id) if parent_id else None
        own = author.id if author.company else next(iter(reasons), parent.account_id if parent else "")
        made = Post(
            position=position,
            network=SLUG,
            id=address,
            account_id=own,
            kind="reply" if parent_id else "post" if author.company else "mention",
            author_id=author.id,
            parent_id=parent_id,
            root_id=root_id or address,
            private=False,
            text=str(record.get("text", "")),
            created_at=created_at,
            origin=origin,
            media=media,
            extra={"record": dict(record), "cid": ids.cid_of(record), "reasons": reasons},
            ref=ref,
        )
        return made, list(reasons)

    def message(
        self, sender: Account, recipient: Account, body: Mapping[str, Any], created_at: int, origin: str, ref: str = ""
    ) -> Post:
        """A direct message between a company and somebody."""
        position = self._store.next_position()
        company = sender if sender.company else recipient
        return Post(
            position=position,
            network=SLUG,
            id=ids.tid_of(position),
            account_id=company.id,
            kind="dm",
            author_id=sender.id,
            parent_id="",
            root_id=convo_of(sender.id, recipient.id),
            private=True,
            text=str(body.get("text", "")),
            created_at=created_at,
            origin=origin,
            extra={"recipient_id": recipient.id, "message": dict(body)},
            ref=ref,
        )

    def draft(self, draft: Draft) -> tuple[Post, list[str]]:
        """What the town square hears, as the official app would write it."""
        private = draft.kind == "dm" or (draft.parent is not None and draft.parent.private)
        if not draft.text.strip() and not draft.media:
            raise Refused("a post needs text or media")
        if private:
            return self._private(draft), [draft.company.id]
        if draft.kind in ("reply", "quote") and draft.parent is None:
            raise Refused(f"a {draft.kind} needs in_reply_to")
        text, mention = self._text(draft)
        if problem := length_problem(text):
            raise Refused(f"too long for a post on Bluesky: {problem}")
        facets = facets_for(text, self.did_of) + mention
        record: dict[str, Any] = {"$type": ids.POST, "text": text, "createdAt": time_of(draft.created_at)}
        record |= {"facets": facets} if facets else {}
        embed = self._embed(draft)
        record |= {"embed": embed} if embed else {}
        if draft.parent is not None and draft.kind != "quote":
            record["reply"] = self.place_below(draft.parent)
        return self.post(draft.author, record, draft.created_at, draft.origin, draft.ref, draft.media)

    def place_below(self, parent: Post) -> dict[str, Any]:
        """The references of an answer."""
        root = self._store.post(SLUG, parent.root_id) or parent
        return {"root": self.reference(root), "parent": self.reference(parent)}

    @staticmethod
    def reference(post: Post) -> dict[str, str]:
        """A post by address and content."""
        return {"uri": post.id, "cid": str(post.extra.get("cid", ""))}

    def did_of(self, handle: str) -> str:
        """Whose handle this is; "" for nobody's."""
        found = self.by_handle(handle)
        return found.id if found else ""

    def by_handle(self, handle: str) -> Account | None:
        """The account with this handle, with or without its domain."""
        own = self._store.account(SLUG, ids.did_of(ids.full_handle(handle)))
        return own or self._store.account_by_handle(SLUG, handle.lower().removesuffix(ids.DOMAIN))

    def _text(self, draft: Draft) -> tuple[str, list[dict[str, Any]]]:
        """What is posted: a customer's first word names the company, so that it hears of it."""
        text, handle = draft.text, ids.full_handle(draft.company.handle)
        speaks_first = draft.origin == "customer" and draft.kind == "mention" and draft.parent is None
        if not speaks_first or handle in (one.lower() for one in handles_in(text)):
            return text, []
        if not length_problem(f"@{handle} {text}"):
            return f"@{handle} {text}", []
        word = len(text.split(maxsplit=1)[0]) if text.strip() else 0
        start = len(text) - len(text.lstrip())
        # Where there is no room for the handle, the mention lies on the first word: its letters need not be the name.
        feature = {"$type": "app.bsky.richtext.facet#mention", "did": draft.company.id}
        return text, [facet(text, start, start + word, feature)]

    def _embed(self, draft: Draft) -> dict[str, Any] | None:
        images = [self._image(entry) for entry in draft.media]
        pictures = {"$type": "app.bsky.embed.images", "images": images} if images else None
        if draft.kind != "quote" or draft.parent is None:
            return pictures
        quoted = {"$type": "app.bsky.embed.record", "record": self.reference(draft.parent)}
        if pictures is None:
            return quoted
        return {"$type": "app.bsky.embed.recordWithMedia", "record": quoted, "media": pictures}

    @staticmethod
    def _image(entry: Mapping[str, str]) -> dict[str, Any]:
        blob = {"$type": "blob", "ref": {"$link": ids.blob_cid(entry["url"].encode())}, "size": 1_024}
        return {"alt": entry["alt_text"], "image": {**blob, "mimeType": entry["content_type"]}}

    def _private(self, draft: Draft) -> Post:
        if problem := length_problem(draft.text, CHAT_GRAPHEMES, CHAT_BYTES):
            raise Refused(f"too long for a message on Bluesky: {problem}")
        if draft.media:
            raise Refused("messages on Bluesky take no pictures along")
        body: dict[str, Any] = {"text": draft.text}
        facets = facets_for(draft.text, self.did_of)
        body |= {"facets": facets} if facets else {}
        return self.message(draft.author, self._recipient(draft), body, draft.created_at, draft.origin, draft.ref)

    def _recipient(self, draft: Draft) -> Account:
        if draft.origin == "customer":
            return draft.company
        if draft.recipient:
            return draft.recipient
        if draft.parent:
            people = {draft.parent.author_id, str(draft.parent.extra.get("recipient_id", ""))} - {draft.company.id}
            other = self._store.account(SLUG, next(iter(people), ""))
            if other:
                return other
        raise Refused('a private message of the company needs "to" (a handle) or in_reply_to')

    def _reasons(self, author: Account, record: Mapping[str, Any], parent_id: str) -> dict[str, str]:
        """Which companies hear of a post, and why: each once, a mention before a quote before an answer."""
        found: dict[str, str] = {}
        for one in record.get("facets") or ():
            for feature in one.get("features", ()):
                if feature.get("$type") == "app.bsky.richtext.facet#mention":
                    found.setdefault(str(feature.get("did")), "mention")
        if (quoted := quoted_in(record)) and (parts := ids.parts_of(quoted)):
            found.setdefault(parts[0], "quote")
        above = parent_id
        for _ in range(ANCESTORS):
            parts = ids.parts_of(above)
            if parts is None:
                break
            found.setdefault(parts[0], "reply")
            earlier = self._store.post(SLUG, above)
            above = earlier.parent_id if earlier else ""
        known = self._store.accounts(SLUG, found)
        return {did: why for did, why in found.items() if did != author.id and did in known and known[did].company}


def quoted_in(record: Mapping[str, Any]) -> str:
    """The address of what a post quotes; "" where it quotes nothing."""
    embed = record.get("embed") or {}
    kind, record_part = embed.get("$type"), embed.get("record") or {}
    if kind == "app.bsky.embed.recordWithMedia":
        record_part = record_part.get("record") or {}
    return str(record_part.get("uri", "")) if kind in _QUOTING else ""


_QUOTING = ("app.bsky.embed.record", "app.bsky.embed.recordWithMedia")
