"""A Facebook page and its Messenger, through the Graph API."""

import dataclasses
import json
from collections.abc import Mapping
from datetime import UTC, datetime
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
    RateState,
    SendResult,
    Stream,
)
from connectors.capabilities import Handover
from connectors.graph import PAGE_FIELDS, Graph
from connectors.graph_messages import Messages, uploaded
from connectors.http import lost_answer
from connectors.parsing import SKEW, Sieve, each_object, listed, mapped, path_id, sifted
from connectors.parsing.facebook_cursor import Place, next_after, seconds
from connectors.parsing.facebook_page import SLUG, author_of, comment_item, is_page, message_item, post_item
from connectors.parsing.facebook_signing import handshake, is_signed
from connectors.parsing.facebook_threads import CommentsCursor, ConversationsCursor
from connectors.parsing.facebook_webhooks import read_delivery
from connectors.text import clean, gettext_noop, same_words

PAGE_SIZE = 100
WEB = "https://www.facebook.com"  # behind it the id of a post is its address
RECENT_POSTS = 50  # that are looked at for new comments at a time
SEARCHED_PAGES = 5  # of comments, for a lost one
COMMENT_LIMIT = 8_000  # characters
MESSAGE_LIMIT = 2_000
LATEST = 10**11  # seconds since 1970; what is later is no time of Facebook's
_MB = 1024 * 1024  # bytes
_ON_COMMENTS = dict.fromkeys(("image/jpeg", "image/png"), 4 * _MB)
_ON_MESSENGER = {
    **dict.fromkeys(("image/jpeg", "image/png", "image/gif"), 8 * _MB),
    **dict.fromkeys(("video/mp4", "application/pdf"), 25 * _MB),
}
POST_LIMIT = 63_206

_POST_FIELDS = (
    "id,message,created_time,from,permalink_url,attachments{type,media_type,media,description,target,subattachments}"
)
_COMMENT_FIELDS = "id,message,created_time,from,parent{id},permalink_url,attachment"
_MESSAGE_FIELDS = (
    "id,created_time,from,to,message,attachments{id,mime_type,name,image_data,video_data,file_url},sticker"
)


class FacebookPage:
    """One page, and the people who write to it in public or on Messenger."""

    slug: ClassVar[str] = SLUG
    label: ClassVar[str] = "Facebook"
    code: ClassVar[str] = "Fb"
    private_code: ClassVar[str] = "Ms"
    default_base_url: ClassVar[str] = "https://graph.facebook.com"
    capabilities: ClassVar[Capabilities] = Capabilities(
        actions=frozenset(Action),
        deletes_theirs=True,
        edits_seen=True,
        deletions_seen=True,
        webhook=True,
        private_once=True,
        private_window_hours=24,
        private_extended_hours=168,
        public_length=LengthRule(COMMENT_LIMIT),
        private_length=LengthRule(MESSAGE_LIMIT),
        private_per_hour=750,  # private replies to comments (developers.facebook.com, “Rate limiting”)
        public_media=MediaRule(1, _ON_COMMENTS, longest_alt=1_000),
        # Messenger keeps no description, and the first answer to a comment is a single message.
        private_media=MediaRule(5, _ON_MESSENGER, first_too=False),
        post_length=LengthRule(POST_LIMIT),
        private_link="https://m.me/{own_id}",
        blocks=True,
        tells_read=True,
        marks_read=True,
        hands_over=True,
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField("page_id", "Page id", "Page → About → Page transparency.", secret=False),
        *PAGE_FIELDS,
    )
    streams: ClassVar[tuple[Stream, ...]] = (
        Stream("feed", private=False, min_seconds=10),
        Stream("comments", private=False, min_seconds=10, oldest_first=True),
        Stream("tagged", private=False, min_seconds=60),
        Stream("conversations", private=True, min_seconds=5),  # Facebook allows two calls a second
    )

    def __init__(self, account: Account) -> None:
        self._app_id = account.credentials.get("app_id", "").strip()
        self._page_id = account.credentials.get("page_id", "").strip() or account.own_id
        self._graph = Graph(account, account.base_url or self.default_base_url, self.credential_fields, self.label)
        self._messages = Messages(
            self._graph,
            "MESSENGER",
            _MESSAGE_FIELDS,
            lambda message, participants: message_item(message, participants, self._page_id),
        )

    @property
    def rate(self) -> RateState | None:
        """What Facebook said of its limits in the last answer."""
        return self._graph.rate

    def check(self) -> AccountInfo:
        page = self._graph.get(self._page_id, fields="id,name,username")
        if clean(page.get("id")) != self._page_id:
            raise errors.AuthExpired("The token belongs to another page than the page id. Correct one of the two.")
        problems = [
            sentence
            for edge, sentence in (
                ("feed", gettext_noop("The token may not read the page's posts: it lacks pages_read_user_content.")),
                ("conversations", gettext_noop("The token may not read Messenger: it lacks pages_messaging.")),
            )
            if not self._may_read(edge)
        ]
        handle = clean(page.get("username"), 100) or self._page_id
        return AccountInfo(self._page_id, handle, clean(page.get("name"), 100), tuple(problems))

    def fetch(self, stream: str, cursor: Cursor) -> Page:
        if stream == "feed":
            return self._posts("feed", cursor, ItemKind.POST)
        if stream == "tagged":
            return self._posts("tagged", cursor, ItemKind.MENTION)
        if stream == "comments":
            return self._comments(CommentsCursor.of(cursor))
        if stream == "conversations":
            return self._messages.fetch(self._page_id, ConversationsCursor.of(cursor))
        raise ValueError(f"Facebook has no stream “{stream}”.")

    def cursor_at(self, stream: str, since: datetime) -> Cursor:
        begin = int(since.timestamp())
        if stream == "comments":
            return CommentsCursor(begin=begin).as_json()
        if stream == "conversations":
            return ConversationsCursor(Place(mark=begin), base=begin).as_json()
        return Place(mark=begin).as_json()

    def credentials_end(self) -> datetime | None:
        """When the token or its access to data ends, by debug_token; None without an app id, which that needs."""
        found = mapped(self._graph.debug_token().get("data"))
        ends = [found.get(name) for name in ("expires_at", "data_access_expires_at")]
        known = [end for end in ends if isinstance(end, int) and 0 < end < LATEST]
        return datetime.fromtimestamp(min(known), UTC) if known else None

    def send(self, message: Outgoing) -> SendResult:
        return self._send_private(message) if message.private else self._send_comment(message)

    def find_sent(self, message: Outgoing) -> SendResult | None:
        since = message.submitted_at - SKEW if message.submitted_at else None
        written = (
            self._messages.recent_with(self._page_id, message) if message.private else self._recent_comments(message)
        )
        candidates = [
            item
            for item in reversed(written)
            if item.outgoing and (since is None or item.created_at >= since) and same_words(item.text, message.text)
        ]
        found = self._in_its_place(candidates, message)
        if found is None:
            return None
        return SendResult(found.external_id, found.created_at, found.thread_id, found.url, self._graph.rate)

    def upload(self, file: OutgoingFile, *, private: bool) -> str:
        """A photo that is not published, for a comment; a file that can be used again, for Messenger."""
        return uploaded(
            self._graph, lambda: self._messages.upload(self._page_id, file) if private else self._photo(file)
        )

    def publish(self, post: OwnPost) -> SendResult:
        if len(post.text) > POST_LIMIT:
            raise errors.InvalidContent("The text is too long for a post on Facebook.", limit=POST_LIMIT)
        post_id = clean(self._graph.post(self._page_id, "feed", message=post.text).get("id"))
        if not post_id:
            raise lost_answer(self.label, "the answer names no post")
        return SendResult(post_id, post.now, post_id, f"{WEB}/{post_id}", self._graph.rate)

    def find_published(self, post: OwnPost) -> SendResult | None:
        since = {"since": int((post.submitted_at - SKEW).timestamp())} if post.submitted_at else {}
        answer = self._graph.get(self._page_id, "feed", fields=_POST_FIELDS, limit=PAGE_SIZE, **since)
        sieve = Sieve()
        sieve.read(answer.get("data"), lambda one: post_item(one, self._page_id))
        for item in sieve.oldest_first():
            if item.outgoing and same_words(item.text, post.text):
                return SendResult(item.external_id, item.created_at, item.thread_id, item.url, self._graph.rate)
        return None

    def act(self, action: Action, external_id: str) -> None:
        path_id(external_id)
        if action is Action.LIKE:
            self._graph.post(external_id, "likes")
        elif action is Action.UNLIKE:
            self._graph.delete(external_id, "likes")
        elif action in (Action.HIDE, Action.UNHIDE):
            self._graph.post(external_id, is_hidden=action is Action.HIDE)
        else:
            try:
                self._graph.delete(external_id)
            except errors.NotFound:
                return  # gone already, which is what was asked for

    def block(self, person_id: str, *, blocked: bool) -> None:
        """From the whole page: they can neither comment nor write on Messenger. Who they are is known by page."""
        person = json.dumps([path_id(person_id)])
        if blocked:
            self._graph.post(self._page_id, "blocked", psid=person)
        else:
            self._graph.delete(self._page_id, "blocked", psid=path_id(person_id))

    def mark_read(self, thread_id: str) -> None:
        self._messages.mark_read(self._page_id, thread_id)

    def hand_over(self, thread_id: str, how: Handover, app_id: str = "") -> None:
        self._messages.hand_over(self._page_id, thread_id, how, app_id)

    handshake = staticmethod(handshake)
    verify_webhook = staticmethod(is_signed)

    def parse_webhook(self, body: bytes) -> Page:
        return sifted(body, lambda delivery, sieve: read_delivery(delivery, self._page_id, sieve, self._app_id))

    def complete(self, item: Item) -> Item:
        """Fetch the author of a mention that came without one, or the name of a new person on Messenger."""
        nameless = item.author is None or (item.private and not item.author.name)
        if not nameless or item.outgoing or item.change is Change.DELETED:
            return item
        try:
            if item.private:
                person = self._graph.get(item.thread_id, fields="id,name,profile_pic")
                author = author_of({**person, "id": item.thread_id})
                picture = clean(person.get("profile_pic"), 2_000)
                return dataclasses.replace(item, author=author and dataclasses.replace(author, avatar_url=picture))
            found = self._graph.get(item.external_id, fields="id,from,permalink_url")
        except (errors.NotFound, errors.PermissionMissing):
            return item  # Facebook does not tell; the desk shows "unknown"
        author = author_of(found.get("from"))
        url = item.url or clean(found.get("permalink_url"), 2_000)
        return dataclasses.replace(item, author=author, url=url, outgoing=is_page(author, self._page_id))

    # --- reading ---------------------------------------------------------------------------------------------------

    def _posts(self, edge: str, cursor: Cursor, kind: ItemKind) -> Page:
        place = Place.of(cursor)
        since = {"since": place.floor} if place.floor else {}
        after = {"after": place.after} if place.after else {}
        try:
            answer = self._graph.get(self._page_id, edge, fields=_POST_FIELDS, limit=PAGE_SIZE, **since, **after)
        except (errors.NotFound, errors.Unreadable):
            if not place.after:
                raise
            return Page((), place.without_token().as_json(), rate=self._graph.rate)
        sieve = Sieve()
        newest_first = listed(answer.get("data"))  # turned round, so that posts of one second keep their order
        sieve.read(newest_first[::-1], lambda post: post_item(post, self._page_id, kind))
        items = sieve.oldest_first()
        following = place.having_given(items, seconds(items), next_after(answer, place.after))
        return self._page(place.fresh(items), following.as_json(), bool(following.after), sieve)

    def _comments(self, cursor: CommentsCursor) -> Page:
        """First which posts have something new, then one page of comments for each call, oldest first."""
        if not cursor.queue:
            looked = self._look_at_posts(cursor)
            return Page((), looked.as_json(), more=bool(looked.queue), rate=self._graph.rate)
        post = cursor.queue[0]
        place = cursor.places.get(post.id, Place())
        floor = post.floor if post.after or post.floor else place.floor
        since = {"since": floor} if floor else {}
        after = {"after": post.after} if post.after else {}
        try:
            answer = self._graph.get(
                post.id,
                "comments",
                filter="stream",
                order="chronological",
                fields=_COMMENT_FIELDS,
                limit=PAGE_SIZE,
                **since,
                **after,
            )
        except errors.NotFound:  # the post is gone; the next look no longer lists it
            skipped = cursor.without(post)
            return Page((), skipped.as_json(), more=bool(skipped.queue), rate=self._graph.rate)
        sieve = Sieve()
        sieve.read(answer.get("data"), lambda comment: comment_item(comment, post.id, self._page_id))
        items = sieve.oldest_first()
        following = cursor.having_read(post, items, next_after(answer, post.after), floor)
        return self._page(place.fresh(items), following.as_json(), bool(following.queue), sieve)

    def _look_at_posts(self, cursor: CommentsCursor) -> CommentsCursor:
        """What changed on the newest posts, or on a page of older ones where it is their turn."""
        fields = "id,updated_time,comments.filter(stream).limit(0).summary(true)"
        after = {"after": cursor.below} if cursor.looks_at_older else {}
        try:
            answer = self._graph.get(self._page_id, "feed", fields=fields, limit=RECENT_POSTS, **after)
        except (errors.NotFound, errors.Unreadable):
            if not after:
                raise
            return cursor.without_older()
        posts = each_object(answer.get("data"))
        if after:
            return cursor.having_looked_older(posts, next_after(answer, cursor.below))
        return cursor.having_looked(posts, next_after(answer))

    def _recent_comments(self, message: Outgoing) -> tuple[Item, ...]:
        """The newest comments below the post, or below what is answered where the post is not known."""
        post_id = message.thread_id or message.reply_to
        since = {"since": int((message.submitted_at - SKEW).timestamp())} if message.submitted_at else {}
        sieve, after = Sieve(), ""
        for _ in range(SEARCHED_PAGES):
            answer = self._graph.get(
                post_id,
                "comments",
                filter="stream",
                order="reverse_chronological",
                fields=_COMMENT_FIELDS,
                limit=PAGE_SIZE,
                **since,
                **({"after": after} if after else {}),
            )
            sieve.read(answer.get("data"), lambda comment: comment_item(comment, post_id, self._page_id))
            after = next_after(answer, after)
            if not after:
                break
        return sieve.oldest_first()

    def _in_its_place(self, candidates: list[Item], message: Outgoing) -> Item | None:
        """The first that stands where `reply_to` puts it; an answer to an answer goes below their common parent."""
        if message.private or not candidates:
            return next(iter(candidates), None)
        parents = {message.reply_to or message.thread_id}
        if not any(item.parent_id in parents for item in candidates):
            answered = self._graph.get(message.reply_to or message.thread_id, fields="id,parent{id}")
            parents = {clean(mapped(answered.get("parent")).get("id"))}
        return next((item for item in candidates if item.parent_id in parents), None)

    def _may_read(self, edge: str) -> bool:
        try:
            self._graph.get(self._page_id, edge, fields="id", limit=1)
        except errors.PermissionMissing:
            return False
        return True

    def _page(self, items: tuple[Item, ...], cursor: Mapping[str, Any], more: bool, sieve: Sieve) -> Page:
        return Page(items, cursor, more, self._graph.rate, unreadable=tuple(sieve.unreadable))

    # --- writing ---------------------------------------------------------------------------------------------------

    def _send_comment(self, message: Outgoing) -> SendResult:
        if len(message.text) > COMMENT_LIMIT:
            raise errors.InvalidContent("The text is too long for a comment on Facebook.", limit=COMMENT_LIMIT)
        photo = {"attachment_id": message.media[0]} if message.media else {}
        answer = self._graph.post(message.reply_to or message.thread_id, "comments", message=message.text, **photo)
        comment_id = clean(answer.get("id"))
        if not comment_id:
            raise lost_answer(self.label, "the answer names no comment")
        return SendResult(comment_id, message.now, message.thread_id, rate=self._graph.rate)

    def _photo(self, file: OutgoingFile) -> str:
        about = {"alt_text_custom": file.alt_text} if file.alt_text else {}
        answer = self._graph.upload(self._page_id, "photos", "source", file, published=False, **about)
        return clean(answer.get("id"))

    def _send_private(self, message: Outgoing) -> SendResult:
        if len(message.text) > MESSAGE_LIMIT:
            raise errors.InvalidContent("The text is too long for Messenger.", limit=MESSAGE_LIMIT)
        return self._messages.send(self._page_id, message)
