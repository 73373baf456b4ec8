"""X API v2 as JSON → items: posts, direct messages and what comes with them in `includes`.

Sources: the recorded exchanges of tweepy's own tests, X's OpenAPI description of 2026-08-22 and docs.x.com. Since
August 2026 the description says `post` where answers and prose say `tweet`; both names are read.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from connectors.base import Attachment, Author, Change, Item, ItemKind
from connectors.parsing import count, each_object, identifier, listed, mapped, reference
from connectors.text import MAX_NAME, clean, clean_json
from connectors.times import moment

SLUG = "x"
MOST_LINKS = 500  # of one post that are put in; one of 25,000 characters is full with a thousand of t.co's

_EPOCH_MS = 1_288_834_974_657  # X's ids count milliseconds from here in their upper bits (since November 2010)
_FIRST_TIMED_ID = 29_700_859_247
# Where the link leads that X puts into the text for a picture or film that is attached anyway.
_ATTACHED = re.compile(
    r"https://(?:twitter|x)\.com/(?:messages/media/\d+(?:\?\w*)?|\w+/status/\d+/(?:photo|video)/\d+)$", re.ASCII
)
_OLD_LANGUAGE_CODES = {"in": "id", "iw": "he", "ji": "yi"}


@dataclass(frozen=True, slots=True)
class Includes:
    """What came beside the posts: users, posts and media by id."""

    users: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    posts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    media: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> "Includes":
        """Read `includes`; the X Activity API wraps some users in `data`."""
        given = mapped(answer.get("includes"))
        users = (mapped(user.get("data")) or user for user in each_object(given.get("users")))
        posts = [*each_object(given.get("tweets")), *each_object(given.get("posts"))]
        return cls(
            users={str(user.get("id")): user for user in users},
            posts={str(post.get("id")): post for post in posts},
            media={str(entry.get("media_key")): entry for entry in each_object(given.get("media"))},
        )


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads posts for one account. `mentions_us` and `quotes_us` say what is known of all of them beforehand.

    `answers_all`: its plan lets it answer anybody. `found`: a search found them, so that whoever did not call the
    account is only looked at.
    """

    own_id: str
    includes: Includes
    mentions_us: bool = False
    quotes_us: bool = False
    answers_all: bool = False
    found: bool = False

    def post(self, post: Mapping[str, Any], *, addressed: bool = True) -> Item | None:
        """One post, or None for a repost, which says nothing to us."""
        references = dict(_references(post))
        if "retweeted" in references:
            return None
        versions = _versions(post)
        newest, first = identifier(post["id"]), versions[0]
        edited = newest != first
        written_at = moment(post["created_at"]) if post.get("created_at") else time_of(newest)
        author_id = reference(post.get("author_id"))
        outgoing = bool(author_id) and author_id == self.own_id
        text, entities = text_and_entities(post)
        kind, called = self._kind(post, references, outgoing), self._calls_us(post, entities, references)
        if self.found and kind is ItemKind.MENTION and not called:
            kind, addressed = ItemKind.FOUND, False
        return Item(
            network=SLUG,
            kind=kind,
            external_id=first,
            thread_id=reference(post.get("conversation_id")) or references.get("replied_to") or first,
            parent_id=self._first_version(references.get("replied_to", "")),
            quotes=self._first_version(references.get("quoted", "")),
            created_at=(time_of(first, written_at) if edited else written_at),
            change=Change.EDITED if edited else Change.CREATED,
            changed_at=written_at if edited else None,
            revision=newest if edited else "",
            author=author_of(author_id, self.includes.users.get(author_id)),
            text=text,
            language=language_of(post.get("lang")),
            url=address_of(first, clean(mapped(self.includes.users.get(author_id)).get("username"))),
            outgoing=outgoing,
            addressed=addressed,
            reply_allowed=outgoing or called or self.answers_all,
            attachments=self._attachments(post),
            raw=clean_json(dict(post)),
        )

    def context(self, posts: object) -> Iterator[Mapping[str, Any]]:
        """The included posts that `posts` answer or quote, each once, without those that came in their own right."""
        own = {str(post.get("id")) for post in each_object(posts)}
        for post in each_object(posts):
            for named in each_object(_reference_list(post)):
                referenced = str(named.get("id"))
                known = referenced in self.includes.posts and referenced not in own
                if known and named.get("type") != "retweeted":
                    own.add(referenced)
                    yield self.includes.posts[referenced]

    def direct_message(self, event: Mapping[str, Any]) -> Item | None:
        """One event of /2/dm_events, or None for people who join and leave."""
        if event.get("event_type", "MessageCreate") != "MessageCreate":
            return None
        event_id = identifier(event["id"])
        sender = identifier(event["sender_id"])
        text = expanded(clean(event.get("text")), links_in(mapped(event.get("entities"))))
        return Item(
            network=SLUG,
            kind=ItemKind.DIRECT_MESSAGE,
            external_id=event_id,
            thread_id=identifier(event["dm_conversation_id"]),
            created_at=moment(event["created_at"]) if event.get("created_at") else time_of(event_id),
            author=author_of(sender, self.includes.users.get(sender)),
            text=text,
            private=True,
            outgoing=sender == self.own_id,
            attachments=self._attachments(event),
            raw=clean_json(dict(event)),
        )

    def _kind(self, post: Mapping[str, Any], references: Mapping[str, str], outgoing: bool) -> ItemKind:
        answers_us = str(post.get("in_reply_to_user_id", "")) == self.own_id
        if "replied_to" in references and (outgoing or answers_us):
            return ItemKind.REPLY
        return ItemKind.POST if outgoing else ItemKind.MENTION

    def _calls_us(self, post: Mapping[str, Any], entities: Mapping[str, Any], references: Mapping[str, str]) -> bool:
        """Whether the author named or quoted us: X lets an app answer nobody else (rule of 2026-02-23)."""
        quoted = mapped(self.includes.posts.get(references.get("quoted", "")))
        if "quoted" in references and (self.quotes_us or str(quoted.get("author_id", "")) == self.own_id):
            return True
        if not entities and not mapped(post.get("entities")):
            return self.mentions_us
        return self._mentions(entities) or self._mentions(mapped(post.get("entities")))

    def _mentions(self, entities: Mapping[str, Any]) -> bool:
        own_name = clean(mapped(self.includes.users.get(self.own_id)).get("username")).lower()
        for mention in each_object(entities.get("mentions")):
            if mention.get("id") is not None:
                if str(mention["id"]) == self.own_id:
                    return True
            elif own_name and clean(mention.get("username")).lower() == own_name:
                return True
        return False

    def _first_version(self, post_id: str) -> str:
        included = self.includes.posts.get(post_id)
        return _versions(included)[0] if included else post_id

    def _attachments(self, post: Mapping[str, Any]) -> tuple[Attachment, ...]:
        keys = listed(mapped(post.get("attachments")).get("media_keys"))
        found = (attachment_of(self.includes.media[str(key)]) for key in keys if str(key) in self.includes.media)
        return tuple(attachment for attachment in found if attachment)


def text_and_entities(post: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The whole text of a post, long ones included, with links as they lead; and the entities that belong to it."""
    source: Mapping[str, Any] = post
    for name in ("note_tweet", "note_post"):
        note = mapped(post.get(name))
        if note.get("text"):
            source = note
    entities = mapped(source.get("entities"))
    return expanded(clean(source["text"]), links_in(entities) | links_in(mapped(post.get("entities")))), entities


def expanded(text: str, links: Mapping[str, str]) -> str:
    """Undo X's escaping of & < > (once, not more) and put each link's own address for its t.co one."""
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    for short in sorted(links, key=len, reverse=True):
        text = text.replace(short, links[short])
    return text.strip()


def links_in(entities: Mapping[str, Any]) -> dict[str, str]:
    """t.co address → where it leads; a link that only stands for an attached picture leads to nothing."""
    links = {}
    for link in islice(each_object(entities.get("urls")), MOST_LINKS):
        short, target = clean(link.get("url")), clean(link.get("expanded_url"), 4_000)
        if re.match(r"https?://t\.co/\w", short):
            links[short] = "" if link.get("media_key") or _ATTACHED.match(target) else (target or short)
    return links


def author_of(author_id: str, user: Mapping[str, Any] | None) -> Author | None:
    """The author; only an id where X did not send the user along."""
    if not author_id:
        return None
    user = mapped(user)
    return Author(
        external_id=author_id,
        handle=clean(user.get("username"), MAX_NAME),
        name=clean(user.get("name"), MAX_NAME),
        avatar_url=clean(user.get("profile_image_url"), 2_000),
        followers=count(mapped(user.get("public_metrics")).get("followers_count")),
        verified=user.get("verified") is True,
        links=tuple(_links_in_profile(mapped(user.get("entities")))),
    )


def _links_in_profile(entities: Mapping[str, Any]) -> Iterator[str]:
    """The address of the profile and those in its description, as they are behind X's short ones."""
    for part in ("url", "description"):
        for link in each_object(mapped(entities.get(part)).get("urls")):
            if address := clean(link.get("expanded_url"), 500):
                yield address


def attachment_of(media: Mapping[str, Any]) -> Attachment | None:
    """A picture at its address, a video or GIF at that of its best MP4; None where X gives no address."""
    kind = "image" if media.get("type") == "photo" else "video"
    url, content_type = (clean(media.get("url"), 2_000) if kind == "image" else ""), ""
    films = [v for v in each_object(media.get("variants")) if v.get("content_type") == "video/mp4" and v.get("url")]
    if films:
        best = max(films, key=lambda film: film.get("bit_rate") or film.get("bitrate") or 0)
        url, content_type = clean(best["url"], 2_000), "video/mp4"
    if not url:
        url, kind = clean(media.get("preview_image_url"), 2_000), "image"
    if not url:
        return None
    return Attachment(
        url=url,
        kind=kind,
        content_type=content_type,
        alt_text=clean(media.get("alt_text"), 2_000),
        external_id=clean(media.get("media_key"), MAX_NAME),
    )


def language_of(code: object) -> str:
    """ISO 639-1 where X names one; its placeholders ("und", "qme", "zxx" …) have three letters and are no language."""
    code = clean(code).lower().partition("-")[0]
    return _OLD_LANGUAGE_CODES.get(code, code) if len(code) == 2 and code.isascii() and code.isalpha() else ""


def time_told_by(post_id: str) -> datetime | None:
    """When a post or message was written, which its id tells; None for an id that is none of X's."""
    if post_id.isdecimal() and _FIRST_TIMED_ID <= int(post_id) < 2**63:
        return datetime.fromtimestamp(((int(post_id) >> 22) + _EPOCH_MS) / 1_000, UTC)
    return None


def id_at(time: datetime) -> int:
    """The lowest id that a post of that time can have."""
    return max(int(time.timestamp() * 1_000) - _EPOCH_MS, 0) << 22


def time_of(post_id: str, otherwise: datetime | None = None) -> datetime:
    """The same, or `otherwise`. ValueError where there is neither."""
    time = time_told_by(post_id) or otherwise
    if time is None:
        raise ValueError("it has no time")
    return time


def address_of(post_id: str, handle: str = "") -> str:
    """Where people see a post."""
    owner = handle if re.fullmatch(r"\w{1,20}", handle) else "i/web"
    return f"https://x.com/{owner}/status/{post_id}"


def conversation_between(one: str, other: str) -> str:
    """The id of the direct conversation between two users, as /2/dm_events gives it: the lower id first."""
    first, second = sorted((one, other), key=lambda user: (len(user), user))
    return f"{first}-{second}"


def _references(post: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for named in each_object(_reference_list(post)):
        yield str(named.get("type")), reference(named.get("id"))


def _reference_list(post: Mapping[str, Any]) -> object:
    return post.get("referenced_tweets", post.get("referenced_posts"))


def _versions(post: Mapping[str, Any]) -> list[str]:
    """The ids of a post from the first version to this one: each edit is a post with a new id."""
    history = listed(post.get("edit_history_tweet_ids", post.get("edit_history_post_ids")))
    return [identifier(version) for version in history] or [identifier(post["id"])]
