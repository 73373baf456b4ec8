"""Bluesky as JSON → items: notifications, posts as the AppView shows them, and who wrote them.

Source: the lexicons app.bsky.feed.defs, app.bsky.notification.listNotifications and app.bsky.actor.defs.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.base import Attachment, Author, Item, ItemKind
from connectors.parsing import count, each_object, identifier, listed, mapped
from connectors.parsing.bluesky_text import expanded
from connectors.parsing.bluesky_uri import POST, is_post, record_uri, web_address
from connectors.parsing.reactions import HEART, SHARED, reaction_item
from connectors.text import MAX_NAME, addresses_in, clean, clean_json
from connectors.times import moment

SLUG = "bluesky"
MOST_LABELS = 10  # anybody may run a service that labels

_FELT = {"like": HEART, "repost": SHARED}
_NO_HANDLE = "handle.invalid"  # stands where a handle can't be confirmed


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads posts for one account. `views` are posts as the AppView shows them, `profiles` people in full."""

    own_did: str
    views: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def notification(self, notice: Mapping[str, Any]) -> Item | None:
        """What somebody wrote to or about us; None for what is no post (a like, a follow)."""
        record = mapped(notice.get("record"))
        if record.get("$type", POST) != POST:
            return None
        uri = identifier(notice["uri"])
        seen = {**self.views.get(uri, {}), "uri": uri, "record": record, "author": notice["author"]}
        seen = {**seen, "indexedAt": notice.get("indexedAt")}
        return self.post(seen, reply_to_us=notice.get("reason") == "reply")

    def post(self, view: Mapping[str, Any], *, addressed: bool = True, reply_to_us: bool = False) -> Item:
        """One post. ValueError, KeyError where it is none."""
        uri = record_uri(identifier(view["uri"]))
        record = mapped(view["record"])
        if uri.collection != POST:
            raise ValueError("this is no post")
        reply, outgoing = mapped(record.get("reply")), uri.did == self.own_did
        parent, root = (_named(reply.get(end)) for end in ("parent", "root"))
        answers_us = bool(parent) and (reply_to_us or outgoing or parent.startswith(f"at://{self.own_did}/"))
        return Item(
            network=SLUG,
            kind=ItemKind.REPLY if answers_us else ItemKind.POST if outgoing else ItemKind.MENTION,
            external_id=str(uri),
            thread_id=root or parent or str(uri),
            parent_id=parent,
            quotes=quoted_in(record),
            created_at=_written_at(record, view),
            author=author_of(mapped(view["author"]), self.profiles),
            text=_text_of(record),
            language=_language_of(record.get("langs")),
            url=web_address(str(uri)),
            outgoing=outgoing,
            addressed=addressed,
            reply_allowed=outgoing or mapped(view.get("viewer")).get("replyDisabled") is not True,
            about=labelled(view, record, mapped(view["author"])),
            attachments=tuple(attachments_of(view.get("embed"))),
            raw=clean_json(dict(view)),
        )

    def reaction(self, notice: Mapping[str, Any]) -> Item | None:
        """That somebody liked or reposted a post of ours; None for other notifications.

        That it was taken back nobody tells.
        """
        emoji, subject = _FELT.get(clean(notice.get("reason"))), notice.get("reasonSubject")
        if emoji is None or not is_post(subject):
            return None
        author = author_of(mapped(notice["author"]), self.profiles)
        outgoing = author.external_id == self.own_did
        return reaction_item(SLUG, notice, author, str(subject), moment(notice["indexedAt"]), emoji, outgoing=outgoing)

    def context(self, told: Iterable[str]) -> Iterator[Mapping[str, Any]]:
        """The posts that others answer or quote, each once; without `told`, which came in their own right."""
        own = set(told)
        return (view for uri, view in self.views.items() if uri not in own)


def references_of(record: Mapping[str, Any]) -> list[str]:
    """The posts that a post answers, hangs below, or quotes; one level, however deep quotes are nested."""
    reply = mapped(record.get("reply"))
    found = [mapped(reply.get("parent")).get("uri"), mapped(reply.get("root")).get("uri"), quoted_in(record)]
    return list(dict.fromkeys(str(uri) for uri in found if is_post(uri)))


def quoted_in(record: Mapping[str, Any]) -> str:
    """The address of the post that a post quotes, with pictures beside it or without; "" where it quotes none."""
    shown = mapped(mapped(record.get("embed")).get("record"))
    found = (shown.get("uri"), mapped(shown.get("record")).get("uri"))
    return next((str(uri) for uri in found if is_post(uri)), "")


def author_of(profile: Mapping[str, Any], profiles: Mapping[str, Mapping[str, Any]] | None = None) -> Author:
    """Who wrote it, with what is known of him in full. KeyError, ValueError where not even an id is there."""
    did = identifier(profile["did"])
    profile = {**profile, **mapped((profiles or {}).get(did))}
    handle = clean(profile.get("handle"), MAX_NAME)
    verification = mapped(profile.get("verification"))
    trusted = "valid" in (verification.get("verifiedStatus"), verification.get("trustedVerifierStatus"))
    return Author(
        external_id=did,
        handle="" if handle == _NO_HANDLE else handle,
        name=clean(profile.get("displayName"), MAX_NAME).strip(),
        avatar_url=clean(profile.get("avatar"), 2_000),
        followers=count(profile.get("followersCount")),
        verified=trusted,
        links=addresses_in(f"{clean(profile.get('website'), 500)} {clean(profile.get('description'), 3_000)}"),
    )


def attachments_of(embed: object) -> Iterator[Attachment]:
    """The pictures of a post, of a film its still: the film itself is a playlist and no file."""
    seen = mapped(embed)
    media = mapped(seen.get("media")) or seen
    for image in each_object(media.get("images")):
        url = clean(image.get("fullsize") or image.get("thumb"), 2_000)
        if url:
            yield Attachment(url, "image", alt_text=clean(image.get("alt"), 2_000))
    still = clean(media.get("thumbnail"), 2_000)
    if still:
        yield Attachment(still, "image", alt_text=clean(media.get("alt"), 2_000))


def labelled(view: Mapping[str, Any], record: Mapping[str, Any], author: Mapping[str, Any]) -> dict[str, str]:
    """What moderators marked post or author as, and what the author says of the post, for `Item.about`.

    Those that begin with “!” tell apps what to do, and those that were taken back (`neg`) mark nothing any more
    (com.atproto.label.defs).
    """
    marks = [*each_object(view.get("labels")), *each_object(author.get("labels"))]
    marks += each_object(mapped(record.get("labels")).get("values"))
    said = [clean(val, 60) for one in marks if isinstance(val := one.get("val"), str) and one.get("neg") is not True]
    found = list(dict.fromkeys(value for value in said if value and not value.startswith("!")))
    return {"labels": ", ".join(found[:MOST_LABELS])} if found else {}


def _named(strong_reference: object) -> str:
    """The post that a record points at; its author's app wrote that, and may have written anything."""
    uri = mapped(strong_reference).get("uri")
    return uri if isinstance(uri, str) and is_post(uri) else ""


def _text_of(record: Mapping[str, Any]) -> str:
    """The words, and the address of the card below them where they do not name it."""
    text = expanded(record.get("text"), record.get("facets"))
    embed = mapped(record.get("embed"))
    card = mapped((mapped(embed.get("media")) or embed).get("external"))
    address = clean(card.get("uri"), 2_000)
    return text if not address or address in text else f"{text}\n{address}".strip()


def _written_at(record: Mapping[str, Any], view: Mapping[str, Any]) -> datetime:
    """When it was written. The author says so, and may say anything: never later than the network saw it."""
    told = list[datetime]()
    for value in (record.get("createdAt"), view.get("indexedAt")):
        try:
            told.append(moment(value))
        except ValueError:
            continue
    if not told:
        raise ValueError("it has no time")
    return min(told)


def _language_of(codes: object) -> str:
    """The first language that the author's app names, as ISO 639-1."""
    code = clean(next(iter(listed(codes)), "")).lower().partition("-")[0]
    return code if len(code) == 2 and code.isascii() and code.isalpha() else ""
