"""People, posts and messages as the AppView and the chat service show them (lexicons app.bsky.*.defs, chat.bsky.*)."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.sandbox.bluesky import ids
from connectors.sandbox.bluesky.compose import SLUG, quoted_in, time_of
from connectors.sandbox.network import Sandbox
from connectors.sandbox.records import Account, Post, Reaction
from connectors.sandbox.store import Store

REASONS = {"like": "like", "share": "repost"}  # what people do without words, as notifications call it
_IMAGES, _RECORD = "app.bsky.embed.images#view", "app.bsky.embed.record"


class Shapes:
    """Makes views; whoever looks is `viewer`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._store: Store = sandbox.store

    def basic(self, account: Account) -> dict[str, Any]:
        """A person beside a post."""
        found: dict[str, Any] = {
            "did": account.id,
            "handle": ids.full_handle(account.handle),
            "displayName": account.name,
            "avatar": f"{self._sandbox.address}/_sandbox/avatars/{account.id}.png",
            "associated": {"chat": {"allowIncoming": "none" if account.settings.get("unavailable") else "all"}},
            "viewer": {"muted": False, "blockedBy": False},
            "labels": [self._label(account.id, value) for value in account.settings.get("labels", ())],
            "createdAt": time_of(account.created_at),
        }
        if account.verified:
            found["verification"] = {"verifications": [], "verifiedStatus": "valid", "trustedVerifierStatus": "none"}
        return found

    def detailed(self, account: Account, viewer: Account) -> dict[str, Any]:
        """A person's own page."""
        counts = {"followersCount": account.followers, "followsCount": 0, "postsCount": 0}
        found = {**self.basic(account), **counts, "indexedAt": time_of(account.created_at)}
        blocking = (viewer.settings.get("blocked") or {}).get(account.id)
        return {**found, "viewer": {**found["viewer"], "blocking": blocking}} if blocking else found

    def post(self, post: Post, viewer: Account) -> dict[str, Any]:
        """One post."""
        author = self._store.account(SLUG, post.author_id)
        felt = [one.kind for one in self._store.reactions_to(SLUG, [post.id])]
        found: dict[str, Any] = {
            "uri": post.id,
            "cid": post.extra["cid"],
            "author": self.basic(author) if author else {"did": post.author_id, "handle": "handle.invalid"},
            "record": post.extra["record"],
            "replyCount": len(self._store.posts(SLUG, parent_id=post.id, limit=100)),
            "repostCount": felt.count("share"),
            "likeCount": post.likes + felt.count("like"),
            "quoteCount": 0,
            "indexedAt": seen_at(post),
            "viewer": self._viewer(post, viewer),
            "labels": [self._label(post.id, value) for value in post.extra.get("labels", ())],
        }
        embed = self._embed(post)
        return {**found, "embed": embed} if embed else found

    def reaction(self, reaction: Reaction) -> dict[str, Any]:
        """That somebody liked or reposted what a company wrote."""
        person, reason = self._store.account(SLUG, reaction.person_id), REASONS[reaction.kind]
        post = self._store.post(SLUG, reaction.post_id)
        subject = {"uri": reaction.post_id, "cid": str(post.extra["cid"]) if post else ""}
        kind, at = f"app.bsky.feed.{reason}", time_of(reaction.created_at)
        record = {"$type": kind, "subject": subject, "createdAt": at}
        return {
            "uri": ids.address_of(reaction.person_id, kind, ids.tid_of(reaction.position)),
            "cid": ids.cid_of(record),
            "author": self.basic(person) if person else {"did": reaction.person_id, "handle": "handle.invalid"},
            "reason": reason,
            "reasonSubject": reaction.post_id,
            "record": record,
            "isRead": False,
            "indexedAt": at,
            "labels": [],
        }

    def notification(self, post: Post, company: Account) -> dict[str, Any]:
        """One post as news for a company."""
        author = self._store.account(SLUG, post.author_id)
        reason = post.extra["reasons"].get(company.id, "mention")
        found: dict[str, Any] = {
            "uri": post.id,
            "cid": post.extra["cid"],
            "author": self.basic(author) if author else {"did": post.author_id, "handle": "handle.invalid"},
            "reason": reason,
            "record": post.extra["record"],
            "isRead": False,
            "indexedAt": seen_at(post),
            "labels": [self._label(post.id, value) for value in post.extra.get("labels", ())],
        }
        subject = {"reply": post.parent_id, "quote": quoted_in(post.extra["record"])}.get(reason)
        return {**found, "reasonSubject": subject} if subject else found

    def thread(self, post: Post, viewer: Account, depth: int, height: int) -> dict[str, Any]:
        """A post with what is below and above it. Hidden answers are there: hiding is for whoever shows them."""
        found: dict[str, Any] = {"$type": "app.bsky.feed.defs#threadViewPost", "post": self.post(post, viewer)}
        below = self._store.posts(SLUG, parent_id=post.id, limit=100) if depth > 0 else []
        found["replies"] = [self.thread(reply, viewer, depth - 1, 0) for reply in below]
        if height > 0 and post.parent_id:
            found["parent"] = self._above(post.parent_id, viewer, height)
        return found

    def message(self, post: Post) -> dict[str, Any]:
        """One direct message."""
        return {
            "$type": "chat.bsky.convo.defs#messageView",
            "id": post.id,
            "rev": ids.tid_of(post.position),
            "sender": {"did": post.author_id},
            "sentAt": time_of(post.created_at),
            **post.extra["message"],
        }

    def gone_message(self, post: Post) -> dict[str, Any]:
        """A direct message that its author took back."""
        facts = {"id": post.id, "rev": ids.tid_of(int(post.extra.get("gone_at", post.position)))}
        kind = "chat.bsky.convo.defs#deletedMessageView"
        return {"$type": kind, **facts, "sender": {"did": post.author_id}, "sentAt": time_of(post.created_at)}

    def convo(self, convo_id: str, people: Sequence[Account], last: Post | None) -> dict[str, Any]:
        """A conversation with its members."""
        members = [self.basic(person) for person in people]
        facts = {"id": convo_id, "rev": ids.tid_of(last.position if last else 0), "members": members}
        known = {"muted": False, "unreadCount": 0, "status": "accepted"}
        return {**facts, **known, "lastMessage": self.message(last)} if last else {**facts, **known}

    def _above(self, address: str, viewer: Account, height: int) -> dict[str, Any]:
        post = self._store.post(SLUG, address)
        if post is None or post.deleted_at is not None:
            return {"$type": "app.bsky.feed.defs#notFoundPost", "uri": address, "notFound": True}
        return self.thread(post, viewer, 0, height - 1)

    def _viewer(self, post: Post, viewer: Account) -> dict[str, Any]:
        found: dict[str, Any] = {"threadMuted": False, "embeddingDisabled": False}
        if liked := post.extra.get("liked_by", {}).get(viewer.id):
            found["like"] = liked
        root = post if post.root_id == post.id else self._store.post(SLUG, post.root_id)
        owner = self._store.account(SLUG, root.author_id) if root else None
        if owner and owner.id != viewer.id and owner.settings.get("replies") == "nobody":
            found["replyDisabled"] = True
        return found

    def _embed(self, post: Post) -> dict[str, Any] | None:
        if post.media and post.media[0]["kind"] == "video":
            return self._film(post.media[0])
        images = {"$type": _IMAGES, "images": [self._image(media) for media in post.media]} if post.media else None
        quoted = self._quoted(quoted_in(post.extra["record"]))
        if images is None or quoted is None:
            return images or quoted or self._card(post.extra["record"])
        return {"$type": "app.bsky.embed.recordWithMedia#view", "record": quoted, "media": images}

    def _image(self, media: Mapping[str, str]) -> dict[str, Any]:
        url = self._sandbox.address + media["url"] if media["url"].startswith("/") else media["url"]
        return {"thumb": url, "fullsize": url, "alt": media["alt_text"], "aspectRatio": {"width": 240, "height": 160}}

    def _film(self, media: Mapping[str, str]) -> dict[str, Any]:
        """The network shows a list of parts, and never captions: those are in the record."""
        playlist = f"{self._sandbox.address}/{SLUG}/watch/{media['id']}/playlist.m3u8"
        shown = {"$type": "app.bsky.embed.video#view", "cid": media["id"], "playlist": playlist}
        return {**shown, "alt": media["alt_text"]}

    def _quoted(self, address: str) -> dict[str, Any] | None:
        if not address:
            return None
        post = self._store.post(SLUG, address)
        author = self._store.account(SLUG, post.author_id) if post else None
        if post is None or author is None or post.deleted_at is not None:
            gone = {"$type": f"{_RECORD}#viewNotFound", "uri": address, "notFound": True}
            return {"$type": f"{_RECORD}#view", "record": gone}
        shown = {
            "$type": f"{_RECORD}#viewRecord",
            "uri": post.id,
            "cid": post.extra["cid"],
            "author": self.basic(author),
            "value": post.extra["record"],
            "indexedAt": seen_at(post),
        }
        return {"$type": f"{_RECORD}#view", "record": shown}

    @staticmethod
    def _card(record: Mapping[str, Any]) -> dict[str, Any] | None:
        external = (record.get("embed") or {}).get("external")
        return {"$type": "app.bsky.embed.external#view", "external": external} if external else None

    @staticmethod
    def _label(subject: str, value: str) -> dict[str, Any]:
        return {"src": ids.did_of("labeler"), "uri": subject, "val": value, "cts": time_of(0)}


def seen_at(post: Post) -> str:
    """When the network saw it, or when its author says it was written, where that is earlier."""
    arrived = (post.position >> 22) + 1_288_834_974_657
    return time_of(min(arrived, post.created_at))
