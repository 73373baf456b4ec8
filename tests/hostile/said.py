"""How each network tells of one message, with any part of it replaced by something that no network would say."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from desk.actions.inboxes import poll, webhooks
from desk.actions.intake import ingest
from desk.inboxes import budgets
from desk.inboxes.models import Inbox, StreamState
from desk.inboxes.words import told as in_words
from desk.tickets.models import Message
from tests.connectors.accounts import (
    BLUESKY_CREDENTIALS,
    BLUESKY_SESSION,
    INSTAGRAM_CREDENTIALS,
    INSTAGRAM_ID,
    MASTODON_CREDENTIALS,
    OWN_DID,
    OWN_ID,
    PAGE_CREDENTIALS,
    PAGE_ID,
    REVIEW_CREDENTIALS,
    X_CREDENTIALS,
    snowflake,
)
from tests.connectors.wire import Asked, Said, Wire

BEGAN = timezone.now() - timedelta(hours=2)


@dataclass(frozen=True)
class Words:
    """One message. Parts are as a network tells them, or anything else; `inside` is raw JSON put before all of it."""

    number: int
    text: Any = "gewoon"
    name: Any = "Jan"
    id: Any = ...
    author: Any = ...
    at: Any = ...
    parent: Any = None
    quotes: Any = None
    files: tuple[Any, ...] = ()
    avatar: Any = ""
    links: tuple[Any, ...] = ()
    followers: Any = 10
    facets: Any = ()
    inside: str = ""
    behind: str = ""


@dataclass
class Network:
    """One network that says what a test wants to one inbox of the desk."""

    name: str
    slug: str
    own_id: str
    credentials: Mapping[str, str]
    stream: str = ""  # polled; empty: told by webhook
    wire: Wire = field(kw_only=True)
    inbox: Inbox = field(init=False)
    limits: dict[str, str] = field(default_factory=dict, kw_only=True)  # headers of what is left

    def __post_init__(self) -> None:
        self.inbox = Inbox(network=self.slug, name=self.name, own_id=self.own_id, handle="vlotlijn")
        self.inbox.base_url, self.inbox.credentials = f"{self.wire.address}/{self.slug}", self.credentials
        self.inbox.save()
        budgets.forget(self.inbox.pk)

    def id_of(self, number: int) -> str:
        """What the network calls a message."""
        return str(3_000_000 + number)

    def author_of(self, number: int) -> str:
        return str(2_000 + number)

    def time_of(self, number: int) -> Any:
        return _iso(BEGAN + timedelta(seconds=number))

    def told(self, words: Words) -> str:
        """The JSON of one entry."""
        plain = json.dumps(self.entry(self._filled(words)))
        return "{" + (f"{words.inside}," if words.inside else "") + plain[1:-1] + words.behind + "}"

    def entry(self, words: Words) -> dict[str, Any]:
        raise NotImplementedError

    def page(self, entries: Sequence[str], all_words: Sequence[Words]) -> str:
        raise NotImplementedError

    def beside(self, asked: Asked, all_words: Sequence[Words]) -> Any:
        """The answer to whatever else is asked."""
        return {}

    def found(self, words: Words) -> Message | None:
        """The message, by whichever of its marks is not what is hostile about it."""
        mine = Message.objects.filter(inbox=self.inbox)
        if words.id is ...:
            return mine.filter(external_id=self.id_of(words.number)).first()
        return mine.filter(profile__external_id=self.author_of(words.number)).first()

    def say(self, *all_words: Words, more: Sequence[str] = ()) -> str:
        """All of it on one page, taken in to the end; what administrators read of it on the inbox's page."""
        filled = [self._filled(words) for words in all_words]
        body = self.page([*map(self.told, all_words), *more], filled).encode("utf-8", "surrogatepass")
        now = timezone.now()
        if self.stream:
            pages = [body]
            self.wire.answer_with(lambda asked: self._answer(asked, pages, filled))
            stream, _ = StreamState.objects.get_or_create(
                inbox=self.inbox, name=self.stream, defaults={"next_poll_at": now}
            )
            poll.poll(stream.pk, now)
        else:
            self.wire.answer_with(lambda asked: Said(self.beside(asked, filled)))
            secret = self.credentials["app_secret"].encode()
            signature = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
            webhooks.receive(self.inbox.pk, {"x-hub-signature-256": signature}, body)
        ingest.process(self.inbox.pk, timezone.now())
        self.inbox.refresh_from_db()
        return in_words(self.inbox.last_error)

    def _answer(self, asked: Asked, pages: list[bytes], all_words: Sequence[Words]) -> Said:
        """A page is told once; there is nothing new afterwards."""
        if asked.path.endswith(self.feed):
            return Said(pages.pop() if pages else self.page([], []).encode(), headers=self.limits)
        return Said(self.beside(asked, all_words))

    feed = ""

    def _filled(self, words: Words) -> Words:
        given = {"id": self.id_of, "author": self.author_of, "at": self.time_of}
        values = {
            name: (given[name](words.number) if name in given and value is ... else value)
            for name, value in vars(words).items()
        }
        return Words(**values)


class OnX(Network):
    feed = "/mentions"

    def id_of(self, number: int) -> str:
        return snowflake(number)

    def entry(self, words: Words) -> dict[str, Any]:
        named = (("replied_to", words.parent), ("quoted", words.quotes))
        return {
            "id": words.id, "text": words.text, "author_id": words.author, "created_at": words.at,
            "conversation_id": words.parent or words.id, "edit_history_tweet_ids": [words.id],
            "entities": {"mentions": [{"id": OWN_ID, "username": "vlotlijn"}], "urls": list(words.facets)},
            "attachments": {"media_keys": [f"3_{words.number}_{place}" for place in range(len(words.files))]},
            "referenced_tweets": [{"type": kind, "id": other} for kind, other in named if other is not None],
        }  # fmt: skip

    def page(self, entries: Sequence[str], all_words: Sequence[Words]) -> str:
        users = [
            {
                "id": words.author, "name": words.name, "username": words.name, "profile_image_url": words.avatar,
                "public_metrics": {"followers_count": words.followers},
                "entities": {"url": {"urls": [{"expanded_url": link} for link in words.links]}},
            }
            for words in all_words
        ]  # fmt: skip
        media = [
            {"media_key": f"3_{words.number}_{place}", "type": "photo", "url": file}
            for words in all_words
            for place, file in enumerate(words.files)
        ]
        includes = json.dumps({"users": users, "media": media})
        return f'{{"data": [{",".join(entries)}], "meta": {{}}, "includes": {includes}}}'


class OnSearch(OnX):
    """What X finds: quotes of a post of ours, or what a saved search asks for."""

    feed = "/search/recent"

    def beside(self, asked: Asked, all_words: Sequence[Words]) -> Any:
        return {"data": [{"id": snowflake(9_000)}]} if asked.path.endswith("/tweets") else {}

    def entry(self, words: Words) -> dict[str, Any]:
        told = super().entry(words)
        told["entities"]["mentions"] = []
        return told


class OnMastodon(Network):
    feed = "/notifications"

    def entry(self, words: Words) -> dict[str, Any]:
        account = {
            "id": words.author, "acct": words.name, "username": words.name, "display_name": words.name,
            "avatar_static": words.avatar, "followers_count": words.followers,
            "fields": [{"name": "site", "value": link} for link in words.links],
        }  # fmt: skip
        files = [{"id": str(place), "type": "image", "url": file} for place, file in enumerate(words.files)]
        return {
            "id": words.id, "created_at": words.at, "content": words.text, "visibility": "public", "account": account,
            "in_reply_to_id": words.parent, "media_attachments": files, "tags": list(words.facets),
            "quote": {"quoted_status": {"id": words.quotes}} if words.quotes is not None else None,
        }  # fmt: skip

    def page(self, entries: Sequence[str], all_words: Sequence[Words]) -> str:
        notices = [
            f'{{"id": "{500 + place}", "type": "mention", "status": {one}}}' for place, one in enumerate(entries)
        ]
        return f"[{','.join(reversed(notices))}]"


class OnBluesky(Network):
    feed = "listNotifications"

    def id_of(self, number: int) -> str:
        return f"at://{self.author_of(number)}/app.bsky.feed.post/3k{number:011d}"

    def author_of(self, number: int) -> str:
        return f"did:plc:jan{number}"

    def entry(self, words: Words) -> dict[str, Any]:
        record: dict[str, Any] = {
            "$type": "app.bsky.feed.post", "text": words.text, "createdAt": words.at, "facets": words.facets,
        }  # fmt: skip
        if words.parent is not None:
            record["reply"] = {"parent": {"uri": words.parent}, "root": {"uri": words.parent}}
        if words.quotes is not None:
            record["embed"] = {"$type": "app.bsky.embed.record", "record": {"uri": words.quotes}}
        author = {"did": words.author, "handle": words.name, "displayName": words.name, "avatar": words.avatar}
        return {"uri": words.id, "author": author, "record": record, "reason": "mention", "indexedAt": words.at}

    def page(self, entries: Sequence[str], all_words: Sequence[Words]) -> str:
        return f'{{"notifications": [{",".join(reversed(entries))}]}}'

    def beside(self, asked: Asked, all_words: Sequence[Words]) -> Any:
        if asked.path.endswith("Session"):
            return BLUESKY_SESSION
        if asked.path.endswith("getProfiles"):
            return {"profiles": [{"did": words.author, "followersCount": words.followers} for words in all_words]}
        views = [
            {**self.entry(words), "embed": {"images": [{"fullsize": file} for file in words.files]}}
            for words in all_words
            if words.files
        ]
        return {"posts": views}


class OnFacebook(Network):
    def time_of(self, number: int) -> Any:
        return int(BEGAN.timestamp()) + number

    def entry(self, words: Words) -> dict[str, Any]:
        return {
            "item": "comment", "verb": "add", "comment_id": words.id, "post_id": f"{PAGE_ID}_{words.number}",
            "parent_id": words.parent, "from": {"id": words.author, "name": words.name}, "created_time": words.at,
            "message": words.text, "photos": list(words.files),
        }  # fmt: skip

    def page(self, entries: Sequence[str], all_words: Sequence[Words]) -> str:
        changes = [f'{{"field": "feed", "value": {one}}}' for one in entries]
        return f'{{"object": "page", "entry": [{{"id": "{PAGE_ID}", "changes": [{",".join(changes)}]}}]}}'


class OnMessenger(Network):
    place, own = "page", PAGE_ID

    def time_of(self, number: int) -> Any:
        return (int(BEGAN.timestamp()) + number) * 1_000

    def entry(self, words: Words) -> dict[str, Any]:
        files = [{"type": "image", "payload": {"url": file}} for file in words.files]
        message = {"mid": words.id, "text": words.text, "reply_to": {"mid": words.parent}, "attachments": files}
        people = {"sender": {"id": words.author}, "recipient": {"id": self.own}}
        return {**people, "timestamp": words.at, "message": message}

    def page(self, entries: Sequence[str], all_words: Sequence[Words]) -> str:
        inner = f'{{"id": "{self.own}", "time": 1, "messaging": [{",".join(entries)}]}}'
        return f'{{"object": "{self.place}", "entry": [{inner}]}}'

    def beside(self, asked: Asked, all_words: Sequence[Words]) -> Any:
        """The name of a person, which Messenger tells to whoever asks."""
        author = asked.path.rpartition("/")[2]
        words = next((one for one in all_words if str(one.author) == author), None)
        return {"id": author, "name": words.name, "profile_pic": words.avatar} if words else {}


class OnInstagram(OnMessenger):
    """Comments, and direct messages where files are sent along."""

    place, own = "instagram", INSTAGRAM_ID

    def time_of(self, number: int) -> Any:
        return int(BEGAN.timestamp()) + number

    def entry(self, words: Words) -> dict[str, Any]:
        if words.files:
            return super().entry(words)
        return {
            "id": words.id, "text": words.text, "from": {"id": words.author, "username": words.name},
            "media": {"id": str(1_800 + words.number)}, "parent_id": words.parent, "timestamp": words.at,
        }  # fmt: skip

    def page(self, entries: Sequence[str], all_words: Sequence[Words]) -> str:
        if any(words.files for words in all_words):
            return super().page(entries, all_words)
        changes = [f'{{"field": "comments", "value": {one}}}' for one in entries]
        return f'{{"object": "instagram", "entry": [{{"id": "{self.own}", "changes": [{",".join(changes)}]}}]}}'


WITH_FILES = ("x", "facebook", "messenger", "instagram", "mastodon", "bluesky", "google_business")  # behind addresses
NAMES = (*WITH_FILES, "google_play", "app_store", "mail")


def network(name: str, wire: Wire) -> Network:
    """An inbox on it, connected to `wire`."""
    match name:
        case "x":
            return OnX(name, "x", OWN_ID, X_CREDENTIALS, "mentions", wire=wire)
        case "quotes" | "search":
            return OnSearch(name, "x", OWN_ID, X_CREDENTIALS, name, wire=wire)
        case "facebook":
            return OnFacebook(name, "facebook_page", PAGE_ID, PAGE_CREDENTIALS, wire=wire)
        case "messenger":
            return OnMessenger(name, "facebook_page", PAGE_ID, PAGE_CREDENTIALS, wire=wire)
        case "instagram":
            return OnInstagram(name, "instagram", INSTAGRAM_ID, INSTAGRAM_CREDENTIALS, wire=wire)
        case "mastodon":
            return OnMastodon(name, "mastodon", OWN_ID, MASTODON_CREDENTIALS, "notifications", wire=wire)
        case "bluesky":
            return OnBluesky(name, "bluesky", OWN_DID, BLUESKY_CREDENTIALS, "mentions", wire=wire)
        case _:
            return _other(name, wire)


def _other(name: str, wire: Wire) -> Network:
    from tests.hostile import said_more  # which stands on this file

    if name == "mail":
        credentials = {"address": "help@vlotlijn.example", "user": "help", "password": "geheim"}
        mailbox = said_more.OnMail(name, "mail", "help@vlotlijn.example", credentials, wire=wire)
        mailbox.inbox.base_url = "imap://127.0.0.1:1"
        mailbox.inbox.save()
        return mailbox
    kind = {
        "google_business": said_more.OnGoogleBusiness,
        "google_play": said_more.OnGooglePlay,
        "app_store": said_more.OnAppStore,
    }[name]
    return kind(name, name, "1043188450", REVIEW_CREDENTIALS[name], "reviews", wire=wire)


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
