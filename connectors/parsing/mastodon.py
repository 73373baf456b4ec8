"""Mastodon's REST API as JSON → items: statuses, and the notifications that bring them.

Sources: docs.joinmastodon.org (entities Status, Notification, Account, MediaAttachment) and recorded answers of a
server of 2026. Pleroma, Akkoma and GoToSocial leave out fields and add some; ids there are no numbers.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from connectors.base import Attachment, Author, Change, Item, ItemKind
from connectors.parsing import count, each_object, identifier, mapped, reference
from connectors.parsing.mastodon_html import text_of
from connectors.parsing.reactions import SHARED, STAR, reaction_item
from connectors.text import MAX_NAME, addresses_in, clean, clean_json, digest
from connectors.times import moment

SLUG = "mastodon"
MENTION, QUOTE = "mention", "quote"  # the types of notification that bring words for us
FAVOURITE, BOOST = "favourite", "reblog"  # and those that tell what somebody feels about ours
MOST_OPTIONS = 50  # of a poll; servers take 4 to 20
MOST_FIELDS = 16  # of a profile; Mastodon has four, other software more
MOST_ABOVE = 20  # posts above a mention that are given as context

_FELT = {FAVOURITE: STAR, BOOST: SHARED}
_KINDS = {"image": "image", "gifv": "video", "video": "video", "audio": "audio"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads statuses for one account. `roots` are the beginnings of threads that are known, by status."""

    own_id: str
    roots: Mapping[str, str] = field(default_factory=dict)

    def notification(self, entry: Mapping[str, Any]) -> Item | None:
        """The status of a notification; None for favourites, follows and whatever else is no word to us."""
        if entry["type"] not in (MENTION, QUOTE) or entry.get("status", 0) is None:
            return None
        return self.status(entry["status"])

    def reaction(self, entry: Mapping[str, Any]) -> Item | None:
        """That somebody favoured or boosted a status of ours; None for other notifications.

        That it was taken back no server tells.
        """
        emoji = _FELT.get(clean(entry["type"]))
        status = mapped(entry.get("status"))
        if emoji is None or not status:
            return None
        status_id = identifier(status["id"])
        author, at = author_of(mapped(entry["account"])), moment(entry["created_at"])
        private = status.get("visibility") == "direct"
        return reaction_item(
            SLUG, entry, author, status_id, at, emoji, private=private, outgoing=author.external_id == self.own_id
        )

    def status(self, status: Mapping[str, Any], *, addressed: bool = True) -> Item | None:
        """One status, or None for a boost, which says nothing."""
        if status.get("reblog"):
            return None
        status_id, account = identifier(status["id"]), mapped(status.get("account"))
        author_id = identifier(account["id"])
        outgoing = author_id == self.own_id
        private = status.get("visibility") == "direct"
        edited_at = moment(status["edited_at"]) if status.get("edited_at") else None
        parent = reference(status.get("in_reply_to_id"))
        return Item(
            network=SLUG,
            kind=self._kind(status, outgoing=outgoing, private=private),
            external_id=status_id,
            thread_id=thread_with(self._other(status, author_id))
            if private
            else self.roots.get(status_id) or parent or status_id,
            parent_id=parent,
            quotes=reference(quoted_in(status).get("id"))
            or reference(mapped(status.get("quote")).get("quoted_status_id")),
            created_at=moment(status["created_at"]),
            change=Change.EDITED if edited_at else Change.CREATED,
            changed_at=edited_at,
            revision=_revision(status, edited_at),
            author=author_of(account),
            text=text_in(status),
            language=_language(status.get("language")),
            url=_web_address(status.get("url")) or _web_address(status.get("uri")),
            private=private,
            outgoing=outgoing,
            addressed=addressed,
            attachments=tuple(_attachments(status)),
            raw=clean_json(dict(status)),
        )

    def _kind(self, status: Mapping[str, Any], *, outgoing: bool, private: bool) -> ItemKind:
        if private:
            return ItemKind.DIRECT_MESSAGE
        answers_us = clean(status.get("in_reply_to_account_id")) == self.own_id
        if status.get("in_reply_to_id") and (outgoing or answers_us):
            return ItemKind.REPLY
        return ItemKind.POST if outgoing else ItemKind.MENTION

    def _other(self, status: Mapping[str, Any], author_id: str) -> str:
        """With whom a direct post is a conversation: its author, or whom we wrote to."""
        if author_id != self.own_id:
            return author_id
        mentioned = [reference(one.get("id")) for one in each_object(status.get("mentions"))]
        answered = reference(status.get("in_reply_to_account_id"))
        others = [one for one in (answered, *mentioned) if one and one != self.own_id]
        return next(iter(others), self.own_id)


def quoted_in(status: Mapping[str, Any]) -> dict[str, Any]:
    """The post that a status quotes, where its author let it be quoted and the server shows it; else nothing.

    Mastodon (4.5) has it in an envelope with a state, Pleroma and its kin the post itself.
    """
    quote = mapped(status.get("quote")) or mapped(mapped(status.get("pleroma")).get("quote"))
    return mapped(quote.get("quoted_status")) if "quoted_status" in quote or "state" in quote else quote


def thread_with(account_id: str) -> str:
    """The private conversation with somebody: Mastodon has none of its own that would hold its posts together."""
    return f"direct:{account_id}"


def needs_root(status: Mapping[str, Any]) -> bool:
    """Whether only its context tells in which thread a status stands."""
    return bool(status.get("in_reply_to_id")) and status.get("visibility") != "direct"


def above(context: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What stands above a status, from the beginning of its thread down."""
    return list(each_object(context.get("ancestors")))


def shown_above(ancestors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of these the first and the nearest, so that the longest thread is no flood."""
    return ancestors if len(ancestors) <= MOST_ABOVE else [ancestors[0], *ancestors[1 - MOST_ABOVE :]]


def text_in(status: Mapping[str, Any]) -> str:
    """The words of a status: the warning that its author put before it, the text, and what a poll asks."""
    warning, text = " ".join(clean(status.get("spoiler_text"), 2_000).split()), text_of(clean(status["content"]))
    choices = islice(each_object(mapped(status.get("poll")).get("options")), MOST_OPTIONS)
    options = [clean(one.get("title"), 500) for one in choices]
    parts = [f"⚠ {warning}" if warning else "", text, "\n".join(f"○ {option}" for option in options)]
    return "\n\n".join(part for part in parts if part)


def author_of(account: Mapping[str, Any]) -> Author:
    """The author. `acct` has the server behind the name of whoever is on another one."""
    handle = clean(account.get("acct"), MAX_NAME) or clean(account.get("username"), MAX_NAME)
    return Author(
        external_id=identifier(account["id"]),
        handle=handle,
        name=clean(account.get("display_name"), MAX_NAME) or handle,
        avatar_url=_web_address(account.get("avatar_static")) or _web_address(account.get("avatar")),
        followers=count(account.get("followers_count")),
        links=_links_of(account),
    )


def _links_of(account: Mapping[str, Any]) -> tuple[str, ...]:
    """The addresses in the table of a profile and in its words."""
    fields = [clean(field.get("value"), 2_000) for field in each_object(account.get("fields"))][:MOST_FIELDS]
    markup = " ".join(one for one in (*fields, clean(account.get("note"), 10_000)) if "http" in one)
    return addresses_in(text_of(markup)) if markup else ()


def gone(status_id: str, created_at: str, told_at: datetime | None, private: bool) -> Item:
    """A status that its author took back. The server does not say when; `told_at` is its time when it was missed."""
    written_at = moment(created_at)
    return Item(
        network=SLUG,
        kind=ItemKind.DIRECT_MESSAGE if private else ItemKind.MENTION,
        external_id=status_id,
        thread_id="",
        created_at=written_at,
        change=Change.DELETED,
        changed_at=max(told_at, written_at) if told_at else None,
        private=private,
    )


def _revision(status: Mapping[str, Any], edited_at: datetime | None) -> str:
    """Which version it is: by the time of the edit and, since that has only seconds on some servers, by the words."""
    return f"{edited_at.isoformat()}:{digest(text_in(status))}" if edited_at else ""


def _attachments(status: Mapping[str, Any]) -> Iterator[Attachment]:
    for media in each_object(status.get("media_attachments")):
        url = next(filter(None, (_web_address(media.get(name)) for name in ("url", "remote_url", "preview_url"))), "")
        if url:
            yield Attachment(
                url=url,
                kind=_KINDS.get(clean(media.get("type")), "file"),
                alt_text=clean(media.get("description"), 2_000),
                external_id=clean(media.get("id"), MAX_NAME),
            )


def _language(code: object) -> str:
    """ISO 639-1 of what may be a whole tag ("pt-BR")."""
    short = clean(code, 20).lower().partition("-")[0]
    return short if re.fullmatch("[a-z]{2}", short) else ""


def _web_address(value: object) -> str:
    """An address that a browser may be given; "" for any other."""
    address = clean(value, 2_000)
    return address if re.match(r"https?://", address, re.IGNORECASE) else ""
