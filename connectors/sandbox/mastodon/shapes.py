"""Accounts, statuses and notifications as Mastodon 4.5 writes them."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from connectors.sandbox.mastodon.text import as_html
from connectors.sandbox.network import Sandbox
from connectors.sandbox.records import Account, Post, Reaction

SLUG = "mastodon"
# A notification has a number of its own, smaller than that of any status; it grows with the order of arrival too.
_FIRST_NOTIFICATION = 2 * 10**18
FELT = {"favourite": "like", "reblog": "share"}  # types of notification, and what people do without words
_TYPES = {"image": "image", "video": "video", "audio": "audio", "gif": "gifv"}


def notification_id(position: int) -> str:
    """The id by which a post's notification is listed."""
    return str(position - _FIRST_NOTIFICATION)


def position_of_notification(given: str) -> int | None:
    """The inverse; None for what is no id."""
    return int(given) + _FIRST_NOTIFICATION if given.isdecimal() and len(given) < 19 else None


def written(milliseconds: int | None) -> str | None:
    """A time as Mastodon writes it."""
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def type_of(post: Post, reader_id: str) -> str:
    """Why somebody hears of a status: it names them, or quotes what they wrote without naming them."""
    return "mention" if reader_id in post.extra.get("mentioned_ids", ()) else "quote"


def _field(link: str) -> dict[str, Any]:
    """A line of the table in a profile."""
    shown = html.escape(link)
    return {"name": "Elsewhere", "value": f'<a href="{shown}" rel="me">{shown}</a>', "verified_at": None}


@dataclass(frozen=True, slots=True)
class Shapes:
    """Writes things down for one reader (nobody in particular: "")."""

    sandbox: Sandbox
    reader_id: str = ""

    def seen_by(self, account: Account) -> "Shapes":
        """The same for this account."""
        return replace(self, reader_id=account.id)

    @property
    def origin(self) -> str:
        """Where people see the network."""
        return f"{self.sandbox.address}/{SLUG}"

    def account(self, account: Account) -> dict[str, Any]:
        """Who somebody is. A handle with a server in it is somebody on another server."""
        avatar = f"{self.sandbox.address}/_sandbox/avatars/{account.id}.png"
        username = account.handle.partition("@")[0]
        return {
            "id": account.id, "username": username, "acct": account.handle, "display_name": account.name,
            "locked": False, "bot": False, "discoverable": True, "group": False,
            "created_at": written(account.created_at), "note": "", "url": f"{self.origin}/@{account.handle}",
            "uri": f"{self.origin}/users/{username}", "avatar": avatar, "avatar_static": avatar,
            "header": avatar, "header_static": avatar, "followers_count": account.followers, "following_count": 0,
            "statuses_count": 1, "last_status_at": None, "emojis": [], "roles": [],
            "fields": [_field(link) for link in account.settings.get("links", ())],
        }  # fmt: skip

    def status(self, post: Post, people: Mapping[str, Account] | None = None) -> dict[str, Any]:
        """A status with everything that comes with it."""
        people = self.people_of([post]) if people is None else people
        author = people[post.author_id]
        extra = post.extra
        liked_by = extra.get("liked_by", ())
        felt = [one.kind for one in self.sandbox.store.reactions_to(SLUG, [post.id])]
        return {
            "id": post.id, "created_at": written(post.created_at), "in_reply_to_id": post.parent_id or None,
            "in_reply_to_account_id": extra.get("answered_id"), "sensitive": bool(extra.get("warning")),
            "spoiler_text": extra.get("warning", ""), "visibility": extra["visibility"], "language": "nl",
            "uri": f"{self.origin}/users/{author.handle}/statuses/{post.id}", "url": self.url(post, author),
            "replies_count": 0, "reblogs_count": felt.count("share"),
            "favourites_count": post.likes + felt.count("like"), "quotes_count": 0,
            "edited_at": written(post.edited_at), "favourited": self.reader_id in liked_by, "reblogged": False,
            "muted": False, "bookmarked": False, "pinned": False, "content": self._content(post, author),
            "filtered": [], "reblog": None, "application": None, "account": self.account(author),
            "media_attachments": [self.media(one) for one in post.media],
            "mentions": [self._mention(people[one]) for one in extra.get("mentioned_ids", ()) if one in people],
            "tags": [], "emojis": [], "quote": self._quote(post), "card": None, "poll": None,
        }  # fmt: skip

    def url(self, post: Post, author: Account) -> str:
        """Where people see a status."""
        return f"{self.origin}/@{author.handle}/{post.id}"

    def _quote(self, post: Post) -> dict[str, Any] | None:
        quoted = self.sandbox.store.post(SLUG, str(post.extra.get("quoted_id", "")))
        if quoted is None:
            return None
        if quoted.deleted_at is not None:
            return {"state": "deleted", "quoted_status": None}
        return {"state": "accepted", "quoted_status": {**self.status(quoted), "quote": None}}

    def reaction(self, reaction: Reaction, post: Post, people: Mapping[str, Account]) -> dict[str, Any]:
        """That somebody favoured or boosted what the reader wrote."""
        number = notification_id(reaction.position)
        name = next(name for name, kind in FELT.items() if kind == reaction.kind)
        return {
            "id": number, "type": name, "created_at": written(reaction.created_at), "group_key": f"{name}-{post.id}",
            "account": self.account(people[reaction.person_id]), "status": self.status(post, people),
        }  # fmt: skip

    def notification(self, post: Post, people: Mapping[str, Account]) -> dict[str, Any]:
        """That somebody mentioned or quoted the reader."""
        number, kind = notification_id(post.position), type_of(post, self.reader_id)
        return {
            "id": number, "type": kind, "created_at": written(post.created_at), "group_key": f"ungrouped-{number}",
            "account": self.account(people[post.author_id]), "status": self.status(post, people),
        }  # fmt: skip

    def media(self, media: Mapping[str, str]) -> dict[str, Any]:
        """A file; addresses of our own with their origin."""
        url = media["url"] if not media["url"].startswith("/") else self.sandbox.address + media["url"]
        return {
            "id": media["id"], "type": _TYPES.get(media["kind"], "unknown"), "url": url, "preview_url": url,
            "remote_url": None, "meta": {}, "description": media["alt_text"] or None, "blurhash": None,
        }  # fmt: skip

    def people_of(self, posts: Sequence[Post], others: Sequence[str] = ()) -> dict[str, Account]:
        """Everybody who wrote or stands in these posts, and others."""
        ids = [*others] + [one for post in posts for one in (post.author_id, *post.extra.get("mentioned_ids", ()))]
        return self.sandbox.store.accounts(SLUG, ids)

    def _content(self, post: Post, author: Account) -> str:
        """Words as HTML. Some people are on a server that sends whatever markup they write."""
        if author.settings.get("html"):
            return post.text
        return as_html(post.text, html.escape(self.origin))

    def _mention(self, account: Account) -> dict[str, str]:
        username = account.handle.partition("@")[0]
        return {
            "id": account.id, "username": username, "url": f"{self.origin}/@{account.handle}", "acct": account.handle
        }  # fmt: skip
