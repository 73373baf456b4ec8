"""Instagram through the Graph API: a professional account, and the Facebook page that it is linked to.

Comments and mentions hang on the account, direct messages on the page (its conversations on the platform INSTAGRAM).
The page is never asked of a person: it is the one that the token belongs to.
"""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from connectors import errors
from connectors.base import (
    Account,
    AccountInfo,
    Action,
    Capabilities,
    Change,
    CredentialField,
    Cursor,
    Item,
    ItemKind,
    LengthRule,
    MediaRule,
    Outgoing,
    OutgoingFile,
    OwnPost,
    Page,
    SendResult,
    Stream,
)
from connectors.capabilities import Handover
from connectors.graph import PAGE_FIELDS, Graph
from connectors.graph_messages import Messages, uploaded
from connectors.http import lost_answer
from connectors.parsing import FAULTS, Sieve, each_object, found_among, listed, mapped, path_id, sifted
from connectors.parsing import instagram_fields as fields
from connectors.parsing.facebook_cursor import Place, next_after, seconds
from connectors.parsing.facebook_signing import handshake, is_signed
from connectors.parsing.facebook_threads import ConversationsCursor
from connectors.parsing.instagram import (
    ELSEWHERE,
    SLUG,
    comment_item,
    comment_items,
    media_item,
    message_item,
    tag_item,
    with_its_place,
    with_what_was_mentioned,
)
from connectors.parsing.instagram_cursor import MOST_PAGES, MediaCursor
from connectors.parsing.instagram_sending import COMMENT_LIMIT, comment_fault
from connectors.parsing.instagram_webhooks import read_delivery
from connectors.text import clean, gettext_noop

RECENT_MEDIA = 50  # whose comments are read
PAGE_SIZE = 50  # the most comments that Meta gives at once
MESSAGE_LIMIT = 1_000  # bytes of UTF-8
_MB = 1024 * 1024  # bytes
_IN_MESSAGES = {
    **dict.fromkeys(("image/jpeg", "image/png"), 8 * _MB),
    **dict.fromkeys(("video/mp4", "application/pdf"), 25 * _MB),
}


class Instagram:
    """One professional account, and the people who write to it in public or in private."""

    slug: ClassVar[str] = SLUG
    label: ClassVar[str] = "Instagram"
    code: ClassVar[str] = "Ig"
    private_code: ClassVar[str] = "Dm"
    default_base_url: ClassVar[str] = "https://graph.facebook.com"
    capabilities: ClassVar[Capabilities] = Capabilities(
        actions=frozenset({Action.HIDE, Action.UNHIDE, Action.DELETE}),
        deletes_theirs=True,
        webhook=True,
        private_once=True,
        private_window_hours=24,
        private_extended_hours=168,
        private_link="https://ig.me/m/{handle}",
        public_length=LengthRule(COMMENT_LIMIT),
        private_length=LengthRule(MESSAGE_LIMIT, "bytes"),
        private_per_hour=750,  # private replies to comments (developers.facebook.com, “Rate limiting”)
        # The first answer to a comment is a single message.
        private_media=MediaRule(5, _IN_MESSAGES, first_too=False),
        blocks=True,
        tells_read=True,
        marks_read=True,
        hands_over=True,
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField(
            "instagram_id", "Instagram account id", "Business settings → Instagram accounts.", secret=False
        ),
        *PAGE_FIELDS,
    )
    streams: ClassVar[tuple[Stream, ...]] = (
        # Of each of the newest media; post by post, so a page with nothing new on it is not the end.
        Stream("comments", private=False, min_seconds=10, history_items=MOST_PAGES * PAGE_SIZE, oldest_first=True),
        Stream("tags", private=False, min_seconds=60),
        Stream("conversations", private=True, min_seconds=5),  # Meta allows two calls a second
    )

    def __init__(self, account: Account) -> None:
        self._own_id = account.credentials.get("instagram_id", "").strip() or account.own_id
        self._app_id = account.credentials.get("app_id", "").strip()
        self._page_id = ""
        self._graph = Graph(account, account.base_url or self.default_base_url, self.credential_fields, self.label)
        self._messages = Messages(
            self._graph,
            "INSTAGRAM",
            fields.MESSAGE,
            lambda message, participants: message_item(message, participants, (self._own_id, self._page_id)),
        )

    def check(self) -> AccountInfo:
        linked = self._linked_account()
        problems = [
            sentence
            for node, edge, about, sentence in (
                (
                    self._own_id,
                    "media",
                    {},
                    gettext_noop("The token may not read the account's posts: it lacks instagram_basic."),
                ),
                (
                    self._page(),
                    "conversations",
                    {"platform": "INSTAGRAM"},
                    gettext_noop("The token may not read direct messages: it lacks instagram_manage_messages."),
                ),
            )
            if not self._may_read(node, edge, about)
        ]
        handle = clean(linked.get("username"), 100) or self._own_id
        return AccountInfo(self._own_id, handle, clean(linked.get("name"), 100) or handle, tuple(problems))

    def fetch(self, stream: str, cursor: Cursor) -> Page:
        if stream == "comments":
            return self._comments(MediaCursor.of(cursor))
        if stream == "tags":
            return self._tags(Place.of(cursor))
        if stream == "conversations":
            return self._conversations(cursor)
        raise ValueError(f"Instagram has no stream “{stream}”.")

    def cursor_at(self, stream: str, since: datetime) -> Cursor:
        begin = int(since.timestamp())
        if stream == "comments":
            return MediaCursor(begin=begin).as_json()
        if stream == "conversations":
            return ConversationsCursor(Place(mark=begin), base=begin).as_json()
        return Place(mark=begin).as_json()

    def send(self, message: Outgoing) -> SendResult:
        return self._send_private(message) if message.private else self._send_comment(message)

    def find_sent(self, message: Outgoing) -> SendResult | None:
        written = self._messages.recent_with(self._page(), message) if message.private else self._near(message)
        found = found_among(written, message)
        if found is None:
            return None
        thread_id = found.thread_id if message.private else message.thread_id
        return SendResult(found.external_id, found.created_at, thread_id, rate=self._graph.rate)

    def upload(self, file: OutgoingFile, *, private: bool) -> str:
        """A file that can be used again in direct messages; comments take none."""
        return uploaded(self._graph, lambda: self._messages.upload(self._page(), file))

    def publish(self, post: OwnPost) -> SendResult:
        raise errors.NotAllowedByPolicy("Instagram takes no post that is words alone.")

    def find_published(self, post: OwnPost) -> SendResult | None:
        return None

    def act(self, action: Action, external_id: str) -> None:
        path_id(external_id)
        if action in (Action.HIDE, Action.UNHIDE):
            self._graph.post(external_id, hide=action is Action.HIDE)
        elif action is Action.DELETE:
            try:
                self._graph.delete(external_id)
            except errors.NotFound:
                return  # gone already, which is what was asked for
        else:
            raise errors.NotAllowedByPolicy("Instagram knows no likes of an account through its interface.")

    def block(self, person_id: str, *, blocked: bool) -> None:
        """Whoever has a conversation with the account: others Meta does not let an account shut out."""
        if person_id.startswith("@"):  # of whom only the name is told
            raise errors.NotAllowedByPolicy("Instagram blocks only people who have written to the account in private.")
        people = [{"id": path_id(person_id)}]
        actions = ["block_user" if blocked else "unblock_user"]
        self._graph.post(self._page(), "moderate_conversations", user_ids=people, actions=actions)

    def mark_read(self, thread_id: str) -> None:
        self._messages.mark_read(self._page(), thread_id)

    def hand_over(self, thread_id: str, how: Handover, app_id: str = "") -> None:
        self._messages.hand_over(self._page(), thread_id, how, app_id)

    handshake = staticmethod(handshake)
    verify_webhook = staticmethod(is_signed)

    def parse_webhook(self, body: bytes) -> Page:
        return sifted(body, lambda delivery, sieve: read_delivery(delivery, self._own_id, sieve, self._app_id))

    def complete(self, item: Item) -> Item:
        """Fetch the words of a mention, the place of a comment, or who somebody new in private is."""
        if item.outgoing or item.change is Change.DELETED or (item.author is not None and item.author.name):
            return item
        try:
            return self._completed(item)
        except (errors.NotFound, errors.PermissionMissing, *FAULTS):
            return item  # Instagram does not tell, or nothing that can be read; the desk shows "unknown"

    # --- who we are ------------------------------------------------------------------------------------------------

    def _linked_account(self) -> Mapping[str, Any]:
        """The account behind the page of the token, which must be ours."""
        page = self._graph.get("me", fields="id,instagram_business_account{id,username,name}")
        account = mapped(page.get("instagram_business_account"))
        if clean(account.get("id")) != self._own_id:
            raise errors.AuthExpired(
                "The token's page is not linked to this Instagram account. Correct the token or the account id."
            )
        self._page_id = clean(page.get("id"))
        return account

    def _page(self) -> str:
        """The page's id, asked once."""
        if not self._page_id:
            self._linked_account()
        return self._page_id

    def _may_read(self, node: str, edge: str, about: Mapping[str, str]) -> bool:
        try:
            self._graph.get(node, edge, fields="id", limit=1, **about)
        except errors.PermissionMissing:
            return False
        return True

    # --- reading ---------------------------------------------------------------------------------------------------

    def _comments(self, cursor: MediaCursor) -> Page:
        """First the newest media with what changed, then one page of comments or answers for each call."""
        if not cursor.queue:
            wanted = f"{fields.MEDIA},comments_count,comments.limit(1){{id}}"
            answer = self._graph.get(self._own_id, "media", fields=wanted, limit=RECENT_MEDIA)
            sieve = Sieve()
            sieve.read(answer.get("data"), lambda media: media_item(media, self._own_id))
            items = sieve.oldest_first()
            looked = cursor.having_looked(each_object(answer.get("data")), items)
            items = tuple(item for item in items if item.created_at.timestamp() >= cursor.begin)
            return self._given(cursor.posts.fresh(items), looked.as_json(), bool(looked.queue), sieve)
        reading = cursor.queue[0]
        node, edge = (reading.comment, "replies") if reading.comment else (reading.media, "comments")
        replies = "" if reading.comment else f",replies.limit({PAGE_SIZE}){{{fields.COMMENT}}}"
        after = {"after": reading.after} if reading.after else {}
        try:
            answer = self._graph.get(node, edge, fields=fields.COMMENT + replies, limit=PAGE_SIZE, **after)
        except errors.NotFound:  # it is gone; the next look no longer lists it
            skipped = cursor.without_first()
            return Page((), skipped.as_json(), more=bool(skipped.queue), rate=self._graph.rate)
        sieve = Sieve()
        parent = {"parent_id": reading.comment} if reading.comment else {}
        newest_first = listed(answer.get("data"))  # turned round, so that comments of one second keep their order
        sieve.read(
            newest_first[::-1], lambda comment: comment_items({**parent, **comment}, reading.media, self._own_id)
        )
        items = sieve.oldest_first()
        further = [
            (clean(comment.get("id")), token)
            for comment in each_object(answer.get("data"))
            if (token := next_after(mapped(comment.get("replies"))))
        ]
        fresh = cursor.places.get(reading.media, Place()).fresh(items)
        below = next_after(answer, reading.after)
        following = cursor.having_read(items, below, further)
        page = self._given(fresh, following.as_json(), bool(following.queue), sieve)
        return dataclasses.replace(page, lost=cursor.lost_below(items, below))

    def _tags(self, place: Place) -> Page:
        """Media of others in which we are tagged, newest first, down to what is known."""
        after = {"after": place.after} if place.after else {}
        try:
            answer = self._graph.get(self._own_id, "tags", fields=fields.MEDIA, limit=PAGE_SIZE, **after)
        except (errors.NotFound, errors.Unreadable):
            if not place.after:
                raise
            return Page((), place.without_token().as_json(), rate=self._graph.rate)
        sieve = Sieve()
        newest_first = listed(answer.get("data"))
        sieve.read(newest_first[::-1], tag_item)
        items = sieve.oldest_first()
        reached_known = any(item.created_at.timestamp() < place.floor for item in items)
        token = "" if reached_known else next_after(answer, place.after)
        following = place.having_given(items, seconds(items), token)
        return self._given(place.fresh(items), following.as_json(), bool(following.after), sieve)

    def _conversations(self, cursor: Cursor) -> Page:
        """Direct messages. The page's id is kept in the cursor, so that it is not asked for at each look."""
        self._page_id = self._page_id or clean(cursor.get("page"))
        page = self._messages.fetch(self._page(), ConversationsCursor.of(cursor))
        return dataclasses.replace(page, cursor={**page.cursor, "page": self._page_id})

    def _given(self, items: tuple[Item, ...], cursor: Mapping[str, Any], more: bool, sieve: Sieve) -> Page:
        return Page(items, cursor, more, self._graph.rate, unreadable=tuple(sieve.unreadable))

    def _completed(self, item: Item) -> Item:
        if item.private:
            return self._introduced(item)
        if item.kind is ItemKind.MENTION:
            return with_what_was_mentioned(item, self._mentioned(item), self._own_id)
        found = self._graph.get(item.external_id, fields=f"{fields.COMMENT},media{{id}}")
        return with_its_place(item, found, self._own_id)

    def _introduced(self, item: Item) -> Item:
        """Who somebody is of whom a webhook told only the id."""
        person = self._graph.get(item.thread_id, fields=fields.PERSON)
        handle, followers = clean(person.get("username"), 100), person.get("follower_count")
        author = (
            dataclasses.replace(
                item.author,
                handle=handle,
                name=clean(person.get("name"), 100) or handle,
                avatar_url=clean(person.get("profile_pic"), 2_000),
                followers=followers if isinstance(followers, int) and not isinstance(followers, bool) else None,
                verified=person.get("is_verified_user") is True,
            )
            if item.author
            else None
        )
        return dataclasses.replace(item, author=author)

    def _mentioned(self, item: Item) -> Mapping[str, Any]:
        """The comment, or the media, in which the account was named."""
        path_id(item.external_id)
        if not item.parent_id:
            wanted = f"mentioned_media.media_id({item.external_id}){{{fields.MENTIONED_MEDIA}}}"
            return mapped(self._graph.get(self._own_id, fields=wanted).get("mentioned_media"))
        for asked in fields.MENTIONED:
            wanted = f"mentioned_comment.comment_id({item.external_id}){{{asked}}}"
            try:
                return mapped(self._graph.get(self._own_id, fields=wanted).get("mentioned_comment"))
            except errors.Unreadable:
                if asked == fields.MENTIONED[-1]:
                    raise
        return {}

    def _near(self, message: Outgoing) -> tuple[Item, ...]:
        """The comments among which a reply of ours would stand, the newest page, oldest first."""
        media_id = message.thread_id.removeprefix(ELSEWHERE)
        if message.thread_id.startswith(ELSEWHERE):
            wanted = f"mentioned_media.media_id({path_id(media_id)}){{comments{{{fields.COMMENT}}}}}"
            media = mapped(self._graph.get(self._own_id, fields=wanted).get("mentioned_media"))
            found: object = mapped(media.get("comments")).get("data")
        elif message.reply_to in ("", media_id):
            found = self._graph.get(media_id, "comments", fields=fields.COMMENT, limit=PAGE_SIZE).get("data")
        else:
            top = clean(self._graph.get(message.reply_to, fields="id,parent_id").get("parent_id")) or message.reply_to
            found = self._graph.get(top, "replies", fields=fields.COMMENT, limit=PAGE_SIZE).get("data")
        sieve = Sieve()
        sieve.read(found, lambda comment: comment_item(comment, media_id, self._own_id))
        return sieve.oldest_first()

    # --- writing ---------------------------------------------------------------------------------------------------

    def _send_comment(self, message: Outgoing) -> SendResult:
        if fault := comment_fault(message.text):
            raise fault
        media_id = message.thread_id.removeprefix(ELSEWHERE)
        if message.thread_id.startswith(ELSEWHERE):
            comment = {"comment_id": message.reply_to} if message.reply_to not in ("", media_id) else {}
            answer = self._graph.post(self._own_id, "mentions", media_id=media_id, message=message.text, **comment)
        elif message.reply_to in ("", media_id):
            answer = self._graph.post(media_id, "comments", message=message.text)
        else:
            answer = self._graph.post(message.reply_to, "replies", message=message.text)
        comment_id = clean(answer.get("id"))
        if not comment_id:
            raise lost_answer(self.label, "the answer names no comment")
        return SendResult(comment_id, message.now, message.thread_id, rate=self._graph.rate)

    def _send_private(self, message: Outgoing) -> SendResult:
        if len(message.text.encode("utf-8", "replace")) > MESSAGE_LIMIT:
            raise errors.InvalidContent("The text is too long for a message on Instagram.", limit=MESSAGE_LIMIT)
        public_place = message.thread_id if message.reply_to_public else ""
        if public_place and (public_place.startswith(ELSEWHERE) or message.reply_to in ("", public_place)):
            raise errors.NotAllowedByPolicy(
                "Instagram lets an account write in private only to whoever commented below its own posts."
            )
        return self._messages.send(self._page(), message)
