"""A Facebook page and its Messenger, through the Graph API."""

import dataclasses
import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
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
from connectors.graph import Graph
from connectors.http import lost_answer
from connectors.parsing import Sieve, each_object, listed, mapped, path_id, sifted
from connectors.parsing.facebook_cursor import Place, next_after, seconds
from connectors.parsing.facebook_page import SLUG, author_of, comment_item, is_page, post_item
from connectors.parsing.facebook_sending import addressed, attached, attachment_of, handle_of
from connectors.parsing.facebook_threads import CommentsCursor, ConversationsCursor
from connectors.parsing.facebook_webhooks import read_delivery
from connectors.text import clean, gettext_noop, same_words

PAGE_SIZE = 100
WEB = "https://www.facebook.com"  # behind it the id of a post is its address
RECENT_POSTS = 50  # whose comments are read
SKEW = timedelta(minutes=5)  # between our clock and Facebook's when a lost reply is looked for
SEARCHED_PAGES = 5  # of comments, for a lost one
COMMENT_LIMIT = 8_000  # characters
MESSAGE_LIMIT = 2_000
PARTS_SKEW = timedelta(seconds=10)  # between the two clocks when the files of a message are counted
_MB = 1024 * 1024  # bytes
_ON_COMMENTS = dict.fromkeys(("image/jpeg", "image/png"), 4 * _MB)
_ON_MESSENGER = {
    **dict.fromkeys(("image/jpeg", "image/png", "image/gif"), 8 * _MB),
    **dict.fromkeys(("video/mp4", "application/pdf"), 25 * _MB),
}
POST_LIMIT = 63_206
RESPONSE_WINDOW = timedelta(hours=24)
HUMAN_AGENT_WINDOW = timedelta(days=7)

_POST_FIELDS = (
    "id,message,created_time,from,permalink_url,attachments{type,media_type,media,description,target,subattachments}"
)
_COMMENT_FIELDS = "id,message,created_time,from,parent{id},permalink_url,attachment"
_MESSAGE_FIELDS = (
    "id,created_time,from,to,message,attachments{id,mime_type,name,image_data,video_data,file_url},sticker"
)
_MESSAGES = f"messages.limit(20){{{_MESSAGE_FIELDS}}}"


class FacebookPage:
    """One page, and the people who write to it in public or on Messenger."""

    slug: ClassVar[str] = SLUG
    label: ClassVar[str] = "Facebook"
    code: ClassVar[str] = "Fb"
    private_code: ClassVar[str] = "Ms"
    default_base_url: ClassVar[str] = "https://graph.facebook.com"
    capabilities: ClassVar[Capabilities] = Capabilities(
        actions=frozenset(Action),
        edits_seen=True,
        deletions_seen=True,
        webhook=True,
        private_window_hours=24,
        private_extended_hours=168,
        public_length=LengthRule(COMMENT_LIMIT),
        private_length=LengthRule(MESSAGE_LIMIT),
        private_per_hour=750,  # private replies to comments (developers.facebook.com, “Rate limiting”)
        public_media=MediaRule(1, _ON_COMMENTS, longest_alt=1_000),
        # Messenger keeps no description, and the first answer to a comment is a single message.
        private_media=MediaRule(5, _ON_MESSENGER, first_too=False),
        post_length=LengthRule(POST_LIMIT),
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField("page_id", "Page id", "Page → About → Page transparency.", secret=False),
        CredentialField("page_access_token", "Page access token", "Of a system user, so that it does not expire."),
        CredentialField("app_id", "App id", "App dashboard → Settings → Basic.", secret=False, required=False),
        CredentialField("app_secret", "App secret", "App dashboard → Settings → Basic."),
        CredentialField(
            "verify_token", "Verify token", "A word of your own, given to the app's webhook too.", required=False
        ),
    )
    streams: ClassVar[tuple[Stream, ...]] = (
        Stream("feed", private=False, min_seconds=10),
        Stream("comments", private=False, min_seconds=10),
        Stream("tagged", private=False, min_seconds=60),
        Stream("conversations", private=True, min_seconds=5),  # Facebook allows two calls a second
    )

    def __init__(self, account: Account) -> None:
        self._page_id = account.credentials.get("page_id", "").strip() or account.own_id
        self._graph = Graph(account, account.base_url or self.default_base_url, self.credential_fields)

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
            return self._conversations(ConversationsCursor.of(cursor))
        raise ValueError(f"Facebook has no stream “{stream}”.")

    def send(self, message: Outgoing) -> SendResult:
        return self._send_private(message) if message.private else self._send_comment(message)

    def find_sent(self, message: Outgoing) -> SendResult | None:
        since = message.submitted_at - SKEW if message.submitted_at else None
        written = self._recent_private(message) if message.private else self._recent_comments(message)
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
        try:
            if private:
                message = {"attachment": attachment_of(file.content_type, {"is_reusable": True})}
                answer = self._graph.upload(self._page_id, "message_attachments", "filedata", file, message=message)
                handle = handle_of(file.content_type, clean(answer.get("attachment_id")))
            else:
                about = {"alt_text_custom": file.alt_text} if file.alt_text else {}
                answer = self._graph.upload(self._page_id, "photos", "source", file, published=False, **about)
                handle = clean(answer.get("id"))
        except (errors.InvalidContent, errors.NotFound, errors.Unreadable) as problem:
            if not 400 <= self._graph.status < 500:
                raise
            raise errors.InvalidContent(
                "%(network)s refused the attachment. Try another file.", network=self.label, detail=problem.detail
            ) from problem
        if not handle or handle.endswith(":"):
            raise errors.Transient("Facebook did not say where the attachment is. The desk tries again.")
        return handle

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

    @staticmethod
    def handshake(credentials: Mapping[str, str], query: Mapping[str, str]) -> tuple[str, str] | None:
        expected, given = credentials.get("verify_token", ""), query.get("hub.verify_token", "")
        if query.get("hub.mode") != "subscribe" or not expected or "hub.challenge" not in query:
            return None
        if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
            return None
        return query["hub.challenge"], "text/plain"

    @staticmethod
    def verify_webhook(credentials: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> bool:
        secret, given = credentials.get("app_secret", ""), headers.get("x-hub-signature-256", "")
        expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return bool(secret) and hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))

    def parse_webhook(self, body: bytes) -> Page:
        return sifted(body, lambda delivery, sieve: read_delivery(delivery, self._page_id, sieve))

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
            fields = "id,updated_time,comments.filter(stream).limit(0).summary(true)"
            posts = each_object(self._graph.get(self._page_id, "feed", fields=fields, limit=RECENT_POSTS).get("data"))
            looked = cursor.having_looked(posts)
            return Page((), looked.as_json(), more=bool(looked.queue), rate=self._graph.rate)
        post = cursor.queue[0]
        place = cursor.places.get(post.id, Place())
        floor = post.floor if post.after else place.floor
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

    def _conversations(self, cursor: ConversationsCursor) -> Page:
        """Conversations by their last change, each with its newest messages; long ones are read on afterwards."""
        if cursor.queue and not cursor.place.after:
            return self._rest_of_conversation(cursor)
        after = {"after": cursor.place.after} if cursor.place.after else {}
        fields = f"id,updated_time,participants,{_MESSAGES}"
        try:
            answer = self._graph.get(
                self._page_id, "conversations", platform="messenger", fields=fields, limit=25, **after
            )
        except (errors.NotFound, errors.Unreadable):
            if not cursor.place.after:
                raise
            begun_anew = dataclasses.replace(cursor, place=cursor.place.without_token())
            return Page((), begun_anew.as_json(), rate=self._graph.rate)
        sieve = Sieve()
        following, items = cursor.having_listed(answer, self._page_id, sieve)
        return self._page(cursor.place.fresh(items), following.as_json(), following.unfinished, sieve)

    def _rest_of_conversation(self, cursor: ConversationsCursor) -> Page:
        conversation = cursor.queue[0]
        sieve = Sieve()
        try:
            answer = self._graph.get(
                conversation.id,
                "messages",
                fields=_MESSAGE_FIELDS,
                limit=20,
                after=conversation.after,
            )
        except errors.NotFound:  # Facebook gives details of the newest twenty messages only
            answer = {}
        items, goes_on = cursor.messages(answer, {}, self._page_id, conversation.floor, sieve)
        following = cursor.having_read_on(items, next_after(answer, conversation.after) if goes_on else "")
        return self._page(cursor.place.fresh(items), following.as_json(), following.unfinished, sieve)

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

    def _recent_private(self, message: Outgoing) -> tuple[Item, ...]:
        person = message.recipient or message.thread_id
        fields = f"id,participants,{_MESSAGES}"
        answer = self._graph.get(self._page_id, "conversations", platform="messenger", user_id=person, fields=fields)
        sieve = Sieve()
        for conversation in each_object(answer.get("data")):
            people, messages = conversation.get("participants"), mapped(conversation.get("messages"))
            ConversationsCursor().messages(messages, people, self._page_id, 0, sieve)
        return tuple(item for item in sieve.oldest_first() if item.thread_id == person)

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

    def _send_private(self, message: Outgoing) -> SendResult:
        if len(message.text) > MESSAGE_LIMIT:
            raise errors.InvalidContent("The text is too long for Messenger.", limit=MESSAGE_LIMIT)
        parts, thread_id = list[str](), message.thread_id
        whole: list[dict[str, Any]] = [{"attachment": attached(handle)} for handle in message.media]
        whole += [{"text": message.text}] if message.text or not whole else []
        there = self._parts_there(message) if message.again and message.media else ()
        for content in whole[len(there) :]:
            answer = self._graph.post(self._page_id, "messages", message=content, **addressed(message))
            parts.append(clean(answer.get("message_id")))
            if not parts[-1]:
                raise lost_answer(self.label, "the answer names no message")
            thread_id = clean(answer.get("recipient_id")) or thread_id
        *before, last = [*there, *parts]
        return SendResult(last, message.now, thread_id, rate=self._graph.rate, parts=tuple(before))

    def _parts_there(self, message: Outgoing) -> tuple[str, ...]:
        """Files of this message that an earlier try left in the conversation: Messenger shows one in each message."""
        since = message.submitted_at - PARTS_SKEW if message.submitted_at else None
        ours = [item for item in self._recent_private(message) if item.outgoing and not item.text and item.attachments]
        sent = [item.external_id for item in ours if since is None or item.created_at >= since]
        return tuple(sent[: len(message.media)])
