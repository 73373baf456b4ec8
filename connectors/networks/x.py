"""X (Twitter) through API v2 with tweepy.

Everything is asked as the account itself (OAuth 1.0a), because mentions and search otherwise go out with the app's
bearer token. Answers are read here and not by tweepy's models, which fail on a missing name; tweepy never waits for
a rate limit, because it would sleep inside the worker.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

import requests
import tweepy

from connectors import errors
from connectors.base import (
    Account,
    AccountInfo,
    Action,
    Capabilities,
    CredentialField,
    Cursor,
    Item,
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
from connectors.credentials import first_missing
from connectors.http import NetworkSession, lost_answer
from connectors.parsing import SKEW, Sieve, found_among, listed, mapped, path_id, sifted
from connectors.parsing import x_prices as prices
from connectors.parsing.x import SLUG, Includes, Reader, address_of, id_at, time_told_by
from connectors.parsing.x_cursor import (
    after_page,
    below_refused_token,
    floor_of,
    ids_of,
    lost_between,
    next_token,
    unseen,
)
from connectors.parsing.x_fields import MESSAGE_PARAMETERS, POST_PARAMETERS, USER_FIELDS
from connectors.parsing.x_media import REFUSES_FILE, described, upload_body
from connectors.parsing.x_refusals import permission_problems, rate_of, refusal
from connectors.parsing.x_sending import private_place
from connectors.parsing.x_signing import handshake, is_signed
from connectors.parsing.x_webhooks import read_delivery
from connectors.text import clean

# These libraries write tokens, signatures and private messages to their logs at level DEBUG.
for _talkative in ("tweepy", "oauthlib", "requests_oauthlib"):
    logging.getLogger(_talkative).setLevel(logging.INFO)

HOSTS = ("api.twitter.com", "api.x.com", "upload.twitter.com")
PAGE_SIZE = 100  # the most that X gives
MENTIONS_LISTED, POSTS_LISTED = 800, 3_200  # the newest ones; what is below them X does not tell any more
SEARCHED_PAGES = 5  # of our own posts, for a lost one
IMAGES = dict.fromkeys(("image/jpeg", "image/png", "image/webp"), 5 * 1024 * 1024)  # bytes


class X:
    """One account on X."""

    slug: ClassVar[str] = SLUG
    label: ClassVar[str] = "X"
    code: ClassVar[str] = "X"
    private_code: ClassVar[str] = "X"
    default_base_url: ClassVar[str] = "https://api.twitter.com"
    capabilities: ClassVar[Capabilities] = Capabilities(
        actions=frozenset({Action.HIDE, Action.UNHIDE, Action.DELETE}),  # likes by API are for enterprise only
        edits_seen=True,
        deletions_seen=False,  # X tells only of our own
        webhook=True,
        public_length=LengthRule(280, "weighted"),
        post_length=LengthRule(280, "weighted"),
        private_link="https://x.com/messages/compose?recipient_id={own_id}",
        private_length=LengthRule(10_000),
        public_per_hour=400,  # 100 posts in 15 minutes (docs.x.com, “Rate limits”)
        private_per_hour=60,  # 15 messages in 15 minutes
        public_media=MediaRule(4, IMAGES, longest_alt=1_000),
        private_media=MediaRule(1, IMAGES, longest_alt=1_000),
        separate_limits=True,
        charges=True,
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField("consumer_key", "API key", "Developer Portal → your app → “Keys and tokens”."),
        CredentialField("consumer_secret", "API key secret"),
        CredentialField(
            "access_token", "Access token", "Made for the company's own account, with read, write and direct messages."
        ),
        CredentialField("access_token_secret", "Access token secret"),
        CredentialField("bearer_token", "Bearer token", "Kept for later; nothing needs it today.", required=False),
    )
    # Per account and 15 minutes X allows 300 reads of mentions and 15 of direct messages. It tells the newest 800
    # mentions, 3,200 own posts and 30 days of messages (docs.x.com, “Timelines”, “Direct Messages lookup”).
    streams: ClassVar[tuple[Stream, ...]] = (
        Stream("mentions", private=False, min_seconds=3, history_items=MENTIONS_LISTED, item_cost=prices.OF_A_MENTION),
        Stream("direct_messages", private=True, min_seconds=60, history_days=30, item_cost=prices.OF_A_MESSAGE),
        Stream("own_posts", private=False, min_seconds=60, history_items=POSTS_LISTED, item_cost=prices.OWN_READ),
    )

    def __init__(self, account: Account) -> None:
        self._account = account
        given = account.credentials
        self._session = NetworkSession(HOSTS, account.base_url or self.default_base_url, account.timeout)
        self._client = tweepy.Client(
            bearer_token=given.get("bearer_token"),
            consumer_key=given.get("consumer_key"),
            consumer_secret=given.get("consumer_secret"),
            access_token=given.get("access_token"),
            access_token_secret=given.get("access_token_secret"),
            return_type=requests.Response,
            wait_on_rate_limit=False,
        )
        self._client.session = self._session
        self._own_id = account.own_id

    @property
    def own_id(self) -> str:
        """The account's id: as given, else from the access token, which begins with it, else X is asked."""
        if not self._own_id:
            prefix = self._account.credentials.get("access_token", "").partition("-")[0]
            self._own_id = prefix if prefix.isdecimal() else self.check().own_id
        return self._own_id

    def check(self) -> AccountInfo:
        me = mapped(self._ask(self._client.get_me, user_fields=USER_FIELDS).get("data"))
        if not me.get("id") or not me.get("username"):
            raise errors.Unreadable("X did not say which account this is. Test the connection again.")
        self._own_id = clean(me["id"])
        return AccountInfo(
            own_id=self._own_id,
            handle=clean(me["username"], 100),
            name=clean(me.get("name"), 100),
            problems=permission_problems(self._session.last.headers if self._session.last else {}),
        )

    def fetch(self, stream: str, cursor: Cursor) -> Page:
        if stream == "mentions":
            return self._timeline(self._client.get_users_mentions, cursor, MENTIONS_LISTED, mentions_us=True)
        if stream == "own_posts":
            return self._timeline(self._client.get_users_tweets, cursor, POSTS_LISTED, exclude="retweets")
        if stream == "direct_messages":
            return self._direct_messages(cursor)
        raise ValueError(f"X has no stream “{stream}”.")

    def cursor_at(self, stream: str, since: datetime) -> Cursor:
        return {"mark": str(id_at(since))}

    def send(self, message: Outgoing) -> SendResult:
        return self._send_private(message) if message.private else self._send_public(message)

    def find_sent(self, message: Outgoing) -> SendResult | None:
        candidates = self._recent_private(message) if message.private else self._recent_public(message)
        found = found_among(candidates, message, lambda item: item.private or item.parent_id == message.reply_to)
        if found is None:
            return None
        url = "" if found.private else found.url
        return SendResult(found.external_id, found.created_at, found.thread_id, url, self.rate)

    def upload(self, file: OutgoingFile, *, private: bool) -> str:
        try:
            answer = self._ask(self._client.request, "POST", "/2/media/upload", json=upload_body(file, private=private))
            media_id = clean(mapped(answer.get("data")).get("id"))
            if media_id and file.alt_text:
                self._ask(self._client.request, "POST", "/2/media/metadata", json=described(media_id, file.alt_text))
        except errors.Unreadable as problem:
            if self._status() not in REFUSES_FILE:
                raise
            raise errors.InvalidContent(
                "%(network)s refused the attachment. Try another file.", network=self.label, detail=problem.detail
            ) from problem
        if not media_id:
            raise errors.Transient("X did not say where the attachment is. The desk tries again.")
        return media_id

    def publish(self, post: OwnPost) -> SendResult:
        return self._send_public(post.as_message())

    def find_published(self, post: OwnPost) -> SendResult | None:
        return self.find_sent(post.as_message())

    def act(self, action: Action, external_id: str) -> None:
        post_id = path_id(external_id)
        if action is Action.HIDE:
            self._write(self._client.hide_reply, post_id)
        elif action is Action.UNHIDE:
            self._write(self._client.unhide_reply, post_id)
        elif action is Action.DELETE:
            try:
                self._write(self._client.delete_tweet, post_id)
            except errors.NotFound:
                return  # gone already, which is what was asked for
        else:
            raise errors.NotAllowedByPolicy("X lets only enterprise customers like posts through its API.")

    handshake = staticmethod(handshake)
    verify_webhook = staticmethod(is_signed)

    def parse_webhook(self, body: bytes) -> Page:
        return sifted(body, lambda delivery, sieve: read_delivery(delivery, self.own_id, sieve))

    def complete(self, item: Item) -> Item:
        return item  # X names the author of everything; who he is comes with the next poll

    # --- reading ---------------------------------------------------------------------------------------------------

    def _timeline(
        self, method: Callable[..., Any], cursor: Cursor, depth: int, *, mentions_us: bool = False, **options: Any
    ) -> Page:
        """A page of posts, newest first on X, down to the last known one; X lists the newest `depth`."""
        place = {
            "pagination_token": cursor.get("token"),
            "until_id": cursor.get("until"),
            "since_id": floor_of(cursor),
        }
        try:
            answer = self._ask(
                method,
                self.own_id,
                max_results=PAGE_SIZE,
                **place,
                **options,
                **POST_PARAMETERS,
            )
        except errors.Unreadable:
            if cursor.get("token") and self._status() == 400:
                below = below_refused_token(cursor)
                return Page((), below, more="until" in below, rate=self.rate)
            raise
        posts = list(unseen(cursor, answer.get("data")))
        includes = Includes.of(answer)
        reader = Reader(self.own_id, includes, mentions_us=mentions_us)
        sieve = Sieve()
        sieve.read(posts, reader.post)
        sieve.read(list(reader.context(posts)), lambda post: reader.post(post, addressed=False))
        following = after_page(cursor, ids_of(answer.get("data")), next_token(answer), self._session.told_at)
        charged = prices.of_posts(len(posts), included_posts=len(includes.posts), users=len(includes.users))
        page = self._page(sieve, following, charged if posts else 0.0)
        gone = lost_between(cursor, ids_of(answer.get("data")), following, depth)
        between = tuple(filter(None, map(time_told_by, gone or ())))
        return replace(page, lost=(between[0], between[1])) if len(between) == 2 else page

    def _direct_messages(self, cursor: Cursor) -> Page:
        """A page of direct messages, newest first. X can't be asked for "since", so the chain stops at a known id."""
        try:
            answer = self._ask(
                self._client.get_direct_message_events,
                max_results=PAGE_SIZE,
                pagination_token=cursor.get("token"),
                **MESSAGE_PARAMETERS,
            )
        except errors.Unreadable:
            if cursor.get("token") and self._status() == 400:
                # There is no other way down than from the top: the mark stayed, so nothing is skipped.
                kept = {name: cursor[name] for name in ("mark", "since", "day") if name in cursor}
                return Page((), kept, rate=self.rate)
            raise
        events, told_at = list(unseen(cursor, answer.get("data"))), self._session.told_at
        includes = Includes.of(answer)
        sieve = Sieve()
        sieve.read(events, Reader(self.own_id, includes).direct_message)
        following = after_page(cursor, ids_of(answer.get("data")), next_token(answer), told_at)
        day = {"day": told_at.date().isoformat()} if told_at else {}
        # What is known comes along each time. X charges for it once in a UTC day.
        charged = events if day.get("day") == cursor.get("day") else listed(answer.get("data"))
        cost = prices.of_messages(len(charged), users=len(includes.users)) if charged else 0.0
        return self._page(sieve, {**following, **day}, cost)

    def _recent_public(self, message: Outgoing) -> tuple[Item, ...]:
        start = {"start_time": message.submitted_at - SKEW} if message.submitted_at else {}
        sieve, token = Sieve(), None
        for _ in range(SEARCHED_PAGES):
            answer = self._ask(
                self._client.get_users_tweets,
                self.own_id,
                max_results=PAGE_SIZE,
                pagination_token=token,
                **start,
                **POST_PARAMETERS,
            )
            sieve.read(answer.get("data"), Reader(self.own_id, Includes.of(answer)).post)
            token = next_token(answer)
            if not token:
                break
        return sieve.oldest_first()

    def _recent_private(self, message: Outgoing) -> tuple[Item, ...]:
        place = private_place(message)
        answer = self._ask(self._client.get_direct_message_events, max_results=PAGE_SIZE, **place, **MESSAGE_PARAMETERS)
        sieve = Sieve()
        sieve.read(answer.get("data"), Reader(self.own_id, Includes.of(answer)).direct_message)
        return sieve.oldest_first()

    def _page(self, sieve: Sieve, cursor: dict[str, Any], cost: float) -> Page:
        return Page(
            items=sieve.oldest_first(),
            cursor=cursor,
            more="token" in cursor,
            rate=self.rate,
            cost=cost,
            unreadable=tuple(sieve.unreadable),
        )

    # --- writing ---------------------------------------------------------------------------------------------------

    def _send_public(self, message: Outgoing) -> SendResult:
        answer = self._write(
            self._client.create_tweet,
            text=message.text or None,
            in_reply_to_tweet_id=message.reply_to or None,
            media_ids=list(message.media) or None,
        )
        post_id = clean(mapped(answer.get("data")).get("id"))
        if not post_id:
            raise lost_answer(self.label, "the answer names no post")
        return SendResult(
            external_id=post_id,
            created_at=time_told_by(post_id) or message.now,
            thread_id=message.thread_id or post_id,
            url=address_of(post_id),
            rate=self.rate,
            cost=prices.of_post(message.text, reply=bool(message.reply_to)),
        )

    def _send_private(self, message: Outgoing) -> SendResult:
        answer = self._write(
            self._client.create_direct_message,
            text=message.text or None,
            media_id=next(iter(message.media), None),
            **private_place(message),
        )
        sent = mapped(answer.get("data"))
        event_id = clean(sent.get("dm_event_id"))
        if not event_id:
            raise lost_answer(self.label, "the answer names no message")
        return SendResult(
            external_id=event_id,
            created_at=time_told_by(event_id) or message.now,
            thread_id=clean(sent.get("dm_conversation_id")) or message.thread_id,
            rate=self.rate,
            cost=prices.MESSAGE,
        )

    # --- calling ---------------------------------------------------------------------------------------------------

    def _ask(self, method: Callable[..., Any], *arguments: str, **options: Any) -> dict[str, Any]:
        given = {name: value for name, value in options.items() if value is not None}
        return self._call(method, arguments, given, write=False)

    def _write(self, method: Callable[..., Any], *arguments: str, **options: Any) -> dict[str, Any]:
        return self._call(method, arguments, options, write=True)

    def _call(
        self, method: Callable[..., Any], arguments: tuple[str, ...], options: Mapping[str, Any], *, write: bool
    ) -> dict[str, Any]:
        """Let tweepy make one call, and judge the answer ourselves."""
        if missing := first_missing(self.credential_fields, self._account.credentials):
            raise errors.AuthExpired("The field “%(field)s” is empty. Fill it in under Inboxes.", field=missing)
        answer = self._session.answer_to(
            lambda: method(*arguments, user_auth=True, **options),
            network=self.label,
            write=write,
            library_error=tweepy.TweepyException,
        )
        content = answer.json() if answer.status != 204 else {}
        says_only_errors = isinstance(content, dict) and "errors" in content and not {"data", "meta"} & content.keys()
        if answer.status >= 300 or says_only_errors:
            raise refusal(answer, write=write, credentials=self._account.credentials)
        if not isinstance(content, dict):
            detail = f"HTTP {answer.status}, no JSON object"
            if write:
                raise lost_answer(self.label, detail)
            raise errors.Unreadable(
                "X answered with something that can't be read. The desk tries again.", detail=detail
            )
        return content

    @property
    def rate(self) -> RateState | None:
        """What X said of its limits in the last answer."""
        return rate_of(self._session.last.headers) if self._session.last else None

    def _status(self) -> int:
        return self._session.last.status if self._session.last else 0
