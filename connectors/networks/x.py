"""X (Twitter) through API v2 with tweepy (`x_api.py`)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from connectors import errors, x_media
from connectors.base import (
    Account,
    AccountInfo,
    Action,
    Capabilities,
    CredentialField,
    Cursor,
    Item,
    LengthRule,
    OptionField,
    Outgoing,
    OutgoingFile,
    OwnPost,
    Page,
    RateState,
    SendResult,
    Stream,
)
from connectors.http import lost_answer
from connectors.parsing import SKEW, Sieve, found_among, listed, mapped, path_id, sifted
from connectors.parsing import x_plans as plans
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
from connectors.parsing.x_fields import MESSAGE_PARAMETERS, OWN_FIELDS, POST_PARAMETERS
from connectors.parsing.x_media import PRIVATE, PUBLIC
from connectors.parsing.x_refusals import permission_problems
from connectors.parsing.x_search import MOST_QUOTED, found_query, is_without_floor, quotes_query, without_floor
from connectors.parsing.x_sending import private_place
from connectors.parsing.x_signing import handshake, is_signed
from connectors.parsing.x_webhooks import read_delivery
from connectors.text import clean
from connectors.x_api import CREDENTIAL_FIELDS, XApi

PAGE_SIZE = 100  # the most that X gives
MENTIONS_LISTED, POSTS_LISTED = 800, 3_200  # the newest ones; what is below them X does not tell any more
SEARCHED_DAYS = 7
SEARCHED_PAGES = 5  # of our own posts, for a lost one


class X:
    """One account on X."""

    slug: ClassVar[str] = SLUG
    label: ClassVar[str] = "X"
    code: ClassVar[str] = "X"
    private_code: ClassVar[str] = "X"
    default_base_url: ClassVar[str] = "https://api.twitter.com"
    capabilities: ClassVar[Capabilities] = Capabilities(
        actions=frozenset({Action.HIDE, Action.UNHIDE, Action.DELETE}),  # likes by API are for enterprise only
        hides_own_threads=True,
        edits_seen=True,
        deletions_seen=False,  # X tells only of our own
        webhook=True,
        public_length=LengthRule(280, "weighted"),
        post_length=LengthRule(280, "weighted"),
        private_link="https://x.com/messages/compose?recipient_id={own_id}",
        private_length=LengthRule(10_000),
        public_per_hour=400,  # 100 posts in 15 minutes (docs.x.com, “Rate limits”)
        private_per_hour=60,  # 15 messages in 15 minutes
        public_media=PUBLIC,
        private_media=PRIVATE,
        separate_limits=True,
        charges=True,
        reads_per_month=plans.plan_of({}).reads_per_month,
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = CREDENTIAL_FIELDS
    option_fields: ClassVar[tuple[OptionField, ...]] = plans.OPTION_FIELDS
    # X tells the newest 800 mentions, 3,200 own posts, 30 days of messages, and finds what is 7 days old (docs.x.com,
    # “Timelines”, “Direct Messages lookup”, “Search”). How often each may be asked is the plan's.
    streams: ClassVar[tuple[Stream, ...]] = (
        Stream("mentions", private=False, min_seconds=3, history_items=MENTIONS_LISTED, item_cost=prices.OF_A_MENTION),
        Stream("direct_messages", private=True, min_seconds=60, history_days=30, item_cost=prices.OF_A_MESSAGE),
        Stream("own_posts", private=False, min_seconds=60, history_items=POSTS_LISTED, item_cost=prices.OWN_READ),
        Stream("quotes", False, 60, history_days=SEARCHED_DAYS, item_cost=prices.OF_A_FOUND_POST),
        Stream(plans.SEARCH, False, 60, history_days=SEARCHED_DAYS, item_cost=prices.OF_A_FOUND_POST),
    )

    def __init__(self, account: Account) -> None:
        self._account, self._own_id = account, account.own_id
        self._api = XApi(account, account.base_url or self.default_base_url)
        self._client = self._api.client
        self._plan = plans.plan_of(account.options)

    @staticmethod
    def capabilities_at(known: Mapping[str, Any]) -> Capabilities:
        """What an account can do with this plan, and with its own subscription to X."""
        return plans.capabilities_at(X.capabilities, known)

    @staticmethod
    def streams_at(options: Mapping[str, Any]) -> tuple[Stream, ...]:
        """What an account with this plan reads; a search only where one was saved."""
        return plans.streams_at(X.streams, options)

    @property
    def own_id(self) -> str:
        """The account's id: as given, else from the access token, which begins with it, else X is asked."""
        if not self._own_id:
            prefix = self._account.credentials.get("access_token", "").partition("-")[0]
            self._own_id = prefix if prefix.isdecimal() else self.check().own_id
        return self._own_id

    def check(self) -> AccountInfo:
        me = mapped(self._api.ask(self._client.get_me, user_fields=OWN_FIELDS).get("data"))
        if not me.get("id") or not me.get("username"):
            raise errors.Unreadable("X did not say which account this is. Test the connection again.")
        self._own_id = clean(me["id"])
        return AccountInfo(
            own_id=self._own_id,
            handle=clean(me["username"], 100),
            name=clean(me.get("name"), 100),
            problems=permission_problems(self._api.headers),
            limits=plans.limits_in(me),
        )

    def fetch(self, stream: str, cursor: Cursor) -> Page:
        if stream == "mentions":
            return self._timeline(self._client.get_users_mentions, cursor, MENTIONS_LISTED, mentions_us=True)
        if stream == "own_posts":
            return self._timeline(self._client.get_users_tweets, cursor, POSTS_LISTED, exclude="retweets")
        if stream == "direct_messages":
            return self._direct_messages(cursor)
        if stream == "quotes":
            return self._quotes(cursor)
        if stream == plans.SEARCH:
            return self._found(cursor)
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
        return x_media.bring(self._api, file, private=private)

    def publish(self, post: OwnPost) -> SendResult:
        return self._send_public(post.as_message())

    def find_published(self, post: OwnPost) -> SendResult | None:
        return self.find_sent(post.as_message())

    def act(self, action: Action, external_id: str) -> None:
        post_id = path_id(external_id)
        if action is Action.HIDE:
            self._api.write(self._client.hide_reply, post_id)
        elif action is Action.UNHIDE:
            self._api.write(self._client.unhide_reply, post_id)
        elif action is Action.DELETE:
            try:
                self._api.write(self._client.delete_tweet, post_id)
            except errors.NotFound:
                return  # gone already, which is what was asked for
        elif not self._plan.likes:
            raise errors.NotAllowedByPolicy("X lets only enterprise customers like posts through its API.")
        elif action is Action.LIKE:
            self._api.write(self._client.like, post_id)
        else:
            self._api.write(self._client.unlike, post_id)

    handshake = staticmethod(handshake)
    verify_webhook = staticmethod(is_signed)

    def parse_webhook(self, body: bytes) -> Page:
        return sifted(
            body,
            lambda delivery, sieve: read_delivery(delivery, self.own_id, sieve, answers_all=self._plan.answers_all),
        )

    def complete(self, item: Item) -> Item:
        return item  # X names the author of everything; who he is comes with the next poll

    # --- reading ---------------------------------------------------------------------------------------------------

    def _timeline(
        self, method: Callable[..., Any], cursor: Cursor, depth: int, *, mentions_us: bool = False, **options: Any
    ) -> Page:
        """A page of posts, newest first on X, down to the last known one; X lists the newest `depth`."""
        asked = {"pagination_token": cursor.get("token"), **options}
        page, ids = self._posts(method, self.own_id, cursor, prices.of_posts, asked, {"mentions_us": mentions_us})
        gone = lost_between(cursor, ids, page.cursor, depth)
        between = tuple(filter(None, map(time_told_by, gone or ())))
        return replace(page, lost=(between[0], between[1])) if len(between) == 2 else page

    def _search(self, query: str, cursor: Cursor, facts: Mapping[str, bool], *, once: bool = False) -> Page:
        """A page of what a search finds, the same way. `once`: no page but this one is read."""
        asked = {"next_token": cursor.get("token")}
        method = self._client.search_recent_tweets
        try:
            return self._posts(method, query, cursor, prices.of_found, asked, facts, once=once)[0]
        except errors.Unreadable as problem:
            if self._api.status != 400:
                raise
            if is_without_floor(cursor):
                raise errors.PermissionMissing(
                    "X does not understand the saved search. Change it under Inboxes.", detail=problem.detail
                ) from problem
            return Page((), without_floor(cursor), more=True, rate=self.rate)

    def _quotes(self, cursor: Cursor) -> Page:
        """Who quoted one of our newest posts. X has no list of that, but finds the quotes of several posts at once."""
        cost = 0.0
        if not cursor.get("token"):
            cursor, cost = self._with_own_posts(cursor)
        ours = {name: cursor[name] for name in ("of", "day") if name in cursor}
        if not ours.get("of"):
            return Page((), cursor, rate=self.rate)
        page = self._search(quotes_query(ours["of"]), cursor, {"quotes_us": True})
        return replace(page, cursor={**page.cursor, **ours}, cost=round(page.cost + cost, 6))

    def _with_own_posts(self, cursor: Cursor) -> tuple[Cursor, float]:
        """The cursor with the ids of our newest posts, and what it cost: X charges for each once in a UTC day."""
        ids = self._newest_own(["replies", "retweets"])
        if len(ids) < MOST_QUOTED:  # there is room for our answers
            ids = list(dict.fromkeys([*ids, *self._newest_own(["retweets"])]))[:MOST_QUOTED]
        told_at = self._api.session.told_at
        day = told_at.date().isoformat() if told_at else ""
        known = listed(cursor.get("of")) if day and cursor.get("day") == day else []
        cost = self._charged(prices.OWN_READ * len(set(ids) - set(known)))
        return {**cursor, "of": ids, "day": day}, cost

    def _newest_own(self, excluded: list[str]) -> list[str]:
        method = self._client.get_users_tweets
        return ids_of(self._api.ask(method, self.own_id, max_results=MOST_QUOTED, exclude=excluded).get("data"))

    def _found(self, cursor: Cursor) -> Page:
        """What the saved search finds. Of what was said before it was saved only the newest page is read: it costs."""
        words = self._account.options.get(plans.SEARCH, "")
        if not words:
            return Page((), cursor)
        facts = {"found": not self._plan.answers_all}
        return self._search(found_query(words, self.own_id), cursor, facts, once="mark" not in cursor)

    def _posts(
        self,
        method: Callable[..., Any],
        subject: str,
        cursor: Cursor,
        price: Callable[..., float],
        asked: Mapping[str, Any],
        facts: Mapping[str, bool],
        *,
        once: bool = False,
    ) -> tuple[Page, list[str]]:
        """A page of posts with what they answer and quote, and the ids in it."""
        place = {"until_id": cursor.get("until"), "since_id": floor_of(cursor), **asked}
        try:
            answer = self._api.ask(method, subject, max_results=PAGE_SIZE, **place, **POST_PARAMETERS)
        except errors.Unreadable:
            if cursor.get("token") and self._api.status == 400:
                below = below_refused_token(cursor)
                return Page((), below, more="until" in below, rate=self.rate), []
            raise
        posts, ids = list(unseen(cursor, answer.get("data"))), ids_of(answer.get("data"))
        includes, sieve = Includes.of(answer), Sieve()
        reader = Reader(self.own_id, includes, answers_all=self._plan.answers_all, **facts)
        sieve.read(posts, reader.post)
        sieve.read(list(reader.context(posts)), lambda post: reader.post(post, addressed=False))
        following = after_page(cursor, ids, "" if once else next_token(answer), self._api.session.told_at)
        if not posts:
            return self._page(sieve, following, 0.0), ids
        cost = price(len(posts), included_posts=len(includes.posts), users=len(includes.users))
        return replace(self._page(sieve, following, cost), reads=len(posts) + len(includes.posts)), ids

    def _direct_messages(self, cursor: Cursor) -> Page:
        """A page of direct messages, newest first. X can't be asked for "since", so the chain stops at a known id."""
        try:
            answer = self._api.ask(
                self._client.get_direct_message_events,
                max_results=PAGE_SIZE,
                pagination_token=cursor.get("token"),
                **MESSAGE_PARAMETERS,
            )
        except errors.Unreadable:
            if cursor.get("token") and self._api.status == 400:
                # There is no other way down than from the top: the mark stayed, so nothing is skipped.
                kept = {name: cursor[name] for name in ("mark", "since", "day") if name in cursor}
                return Page((), kept, rate=self.rate)
            raise
        events, told_at = list(unseen(cursor, answer.get("data"))), self._api.session.told_at
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
            answer = self._api.ask(
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
        answer = self._api.ask(
            self._client.get_direct_message_events, max_results=PAGE_SIZE, **place, **MESSAGE_PARAMETERS
        )
        sieve = Sieve()
        sieve.read(answer.get("data"), Reader(self.own_id, Includes.of(answer)).direct_message)
        return sieve.oldest_first()

    def _page(self, sieve: Sieve, cursor: dict[str, Any], cost: float) -> Page:
        return Page(
            items=sieve.oldest_first(),
            cursor=cursor,
            more="token" in cursor,
            rate=self.rate,
            cost=self._charged(cost),
            unreadable=tuple(sieve.unreadable),
        )

    # --- writing ---------------------------------------------------------------------------------------------------

    def _send_public(self, message: Outgoing) -> SendResult:
        answer = self._api.write(
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
            cost=self._charged(prices.of_post(message.text, reply=bool(message.reply_to))),
        )

    def _send_private(self, message: Outgoing) -> SendResult:
        answer = self._api.write(
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
            cost=self._charged(prices.MESSAGE),
        )

    def _charged(self, dollars: float) -> float:
        """What is charged for this use: nothing where the plan has a price of its own."""
        return dollars if self._plan.charges else 0.0

    @property
    def rate(self) -> RateState | None:
        """What X said of its limits in the last answer."""
        return self._api.rate
