"""Mastodon, and whatever else speaks its API (Pleroma, Akkoma, GoToSocial …).

There are no webhooks: new mentions come by their notifications, and a second look at the newest ones finds what was
edited or deleted. `connectors.mastodon_api` makes the calls.
"""

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

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
    Outgoing,
    OutgoingFile,
    OwnPost,
    Page,
    SendResult,
    Stream,
)
from connectors.http import lost_answer
from connectors.mastodon_api import MastodonApi
from connectors.mastodon_stream import address_of as stream_at
from connectors.mastodon_stream import listen
from connectors.parsing import SKEW, Sieve, each_object, found_among, mapped, path_id, sifted
from connectors.parsing.mastodon import (
    BOOST,
    FAVOURITE,
    MENTION,
    QUOTE,
    SLUG,
    Reader,
    above,
    gone,
    quoted_in,
    thread_with,
)
from connectors.parsing.mastodon_cursor import (
    PAGE_SIZE,
    Descent,
    Look,
    after_page,
    has_moved,
    ids_of,
    is_full,
    newest_roots,
    roots_in,
)
from connectors.parsing.mastodon_refusals import LABEL
from connectors.parsing.mastodon_sending import (
    DIRECT,
    PUBLIC,
    private_text,
    public_text,
    same_post,
    visibility_below,
    warning_below,
    warning_in,
)
from connectors.parsing.mastodon_server import LENGTH, UNIT, capabilities_at, limits_in, media_rule
from connectors.parsing.mastodon_threads import each_once, find_roots, writer_of
from connectors.text import clean, gettext_noop
from connectors.times import moment

WORDS = [MENTION, QUOTE]  # other software takes no notice of a type that it does not know
SEARCHED_PAGES = 5  # of our own posts, for a lost one
MOST_LOOKUPS = 10  # missing posts that one look asks about


class Mastodon:
    """One account on one server."""

    slug: ClassVar[str] = SLUG
    label: ClassVar[str] = LABEL
    code: ClassVar[str] = "Ma"
    private_code: ClassVar[str] = "Ma"
    default_base_url: ClassVar[str] = ""  # no server is everybody's, and a token must not go to a wrong one
    capabilities: ClassVar[Capabilities] = Capabilities(
        actions=frozenset({Action.LIKE, Action.UNLIKE, Action.DELETE}),
        edits_seen=True,
        deletions_seen=True,
        public_length=LengthRule(LENGTH, UNIT, mention_counts=True),
        private_length=LengthRule(LENGTH, UNIT, mention_counts=True),
        post_length=LengthRule(LENGTH, UNIT),
        separate_limits=True,  # reading 300 in 5 minutes, posting 300 in 3 hours
        public_per_hour=100,  # docs.joinmastodon.org/api/rate-limits
        private_per_hour=100,
        public_media=media_rule({}),
        private_media=media_rule({}),
        blocks=True,
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField(
            "access_token",
            "Access token",
            "Preferences → Development → your application, made for the company's own account with “read” and “write”.",
        ),
    )
    # A server allows an account 300 calls in 5 minutes.
    streams: ClassVar[tuple[Stream, ...]] = (
        Stream("notifications", private=False, min_seconds=3, hinted=True),
        Stream("changes", private=False, min_seconds=60, history_items=PAGE_SIZE),
        Stream("own_posts", private=False, min_seconds=60),
        Stream("reactions", private=False, min_seconds=60),
    )

    def __init__(self, account: Account) -> None:
        self._api = MastodonApi(account, self.credential_fields)
        self._account, self._own_id = account, account.own_id

    @staticmethod
    def capabilities_at(limits: Mapping[str, Any]) -> Capabilities:
        """What an account can do on a server with these limits, as `AccountInfo.limits` gave them."""
        return capabilities_at(Mastodon.capabilities, limits)

    @property
    def own_id(self) -> str:
        """The account's id: as given, else the server is asked."""
        if not self._own_id:
            self._own_id = clean(self._api.me().get("id"))
        return self._own_id

    def check(self) -> AccountInfo:
        me = self._api.me()
        own_id, handle = clean(me.get("id")), clean(me.get("acct") or me.get("username"), 100)
        if not own_id or not handle:
            raise errors.Unreadable("The server did not say which account this is. Check its address.")
        self._own_id = own_id
        problems: tuple[str, ...] = ()
        try:
            self._api.read("notifications", types=[MENTION], limit=1)
        except errors.PermissionMissing:
            problems = (
                gettext_noop(
                    "The access token can't read notifications, so nothing would come in. Make one with “read” and "
                    "“write” in Mastodon."
                ),
            )
        return AccountInfo(own_id, handle, clean(me.get("display_name"), 100), problems, limits_in(self._api.server()))

    def fetch(self, stream: str, cursor: Cursor) -> Page:
        if stream == "notifications":
            return self._notifications(cursor)
        if stream == "changes":
            return self._changes(cursor)
        if stream == "own_posts":
            return self._own_posts(cursor)
        if stream == "reactions":
            return self._reactions(cursor)
        raise ValueError(f"Mastodon has no stream “{stream}”.")

    def cursor_at(self, stream: str, since: datetime) -> Cursor:
        return {} if stream in ("changes", "reactions") else {"since": since.isoformat()}

    def send(self, message: Outgoing) -> SendResult:
        answered = self._answered(message)
        acct = self._acct(message, answered)
        if message.private and not acct:
            raise errors.RecipientUnavailable("It is not known who should get this message.")
        visibility = DIRECT if message.private else visibility_below(answered)
        sent = self._post(
            (private_text if visibility == DIRECT else public_text)(message.text, acct),
            warning=warning_below(answered),
            visibility=visibility,
            in_reply_to_id=message.reply_to if answered else None,
            media_ids=list(message.media) or None,
            idempotency_key=_key(message.idempotency_key),
        )
        private_thread = thread_with(message.recipient or clean(mapped(answered.get("account")).get("id")))
        thread_id = private_thread if message.private else message.thread_id or sent.external_id
        return SendResult(sent.external_id, sent.created_at or message.now, thread_id, sent.url, self._api.rate)

    def find_sent(self, message: Outgoing) -> SendResult | None:
        since = message.submitted_at - SKEW if message.submitted_at else None
        wanted = message
        if message.private:
            text = private_text(message.text, self._acct(message, self._answered(message)))
            wanted = dataclasses.replace(message, text=text)

        def in_place(item: Item) -> bool:
            # The message that a private one answered may be gone, and with it its place.
            right_place = item.parent_id == message.reply_to or (message.private and not item.parent_id)
            return item.private == message.private and right_place

        found = found_among(self._recent(since), wanted, in_place, same_post)
        if found is None:
            return None
        thread_id = found.thread_id if message.private else message.thread_id or found.thread_id
        return SendResult(found.external_id, found.created_at, thread_id, found.url, self._api.rate)

    def upload(self, file: OutgoingFile, *, private: bool) -> str:
        try:
            answer = self._bring(file)
        except errors.NotFound:
            self._api.upload_as_before()
            answer = self._bring(file)
        media_id = clean(mapped(answer).get("id"))
        if not media_id:
            raise errors.Transient("Mastodon did not say where the attachment is. The desk tries again.")
        return media_id

    def publish(self, post: OwnPost) -> SendResult:
        sent = self._post(post.text, visibility=PUBLIC)
        return SendResult(sent.external_id, sent.created_at or post.now, sent.external_id, sent.url, self._api.rate)

    def find_published(self, post: OwnPost) -> SendResult | None:
        return self.find_sent(post.as_message())

    def act(self, action: Action, external_id: str) -> None:
        status_id = path_id(external_id)
        if action is Action.LIKE:
            self._api.write("status_favourite", status_id)
        elif action is Action.UNLIKE:
            self._api.write("status_unfavourite", status_id)
        elif action is Action.DELETE:
            self._delete(status_id)
        else:
            raise errors.NotAllowedByPolicy("Mastodon lets nobody hide what others wrote.")

    def listen(self, heard: Callable[[], None], goes_on: Callable[[], bool]) -> None:
        """Raises AddressRefused where the server has its stream elsewhere."""
        account = self._account
        address = stream_at(account.base_url, self._api.server())
        listen(address, account.credentials, account.timeout, heard, goes_on)

    def block(self, person_id: str, *, blocked: bool) -> None:
        self._api.write("account_block" if blocked else "account_unblock", path_id(person_id))

    warning_in = staticmethod(warning_in)

    @staticmethod
    def handshake(credentials: Mapping[str, str], query: Mapping[str, str]) -> tuple[str, str] | None:
        return None  # there are no webhooks

    @staticmethod
    def verify_webhook(credentials: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> bool:
        return False

    def parse_webhook(self, body: bytes) -> Page:
        return sifted(body, lambda delivery, sieve: sieve.refuse(delivery, "Mastodon has no webhooks."))

    def complete(self, item: Item) -> Item:
        return item  # every status comes with its author

    # --- reading ---------------------------------------------------------------------------------------------------

    def _notifications(self, cursor: Cursor) -> Page:
        """The mentions right after the last known one, from the very first on; or down to some moment."""
        descent = Descent.of(cursor)
        place = descent.place if descent else {"min_id": cursor.get("min") or "0"}
        entries = self._api.listed("notifications", types=WORDS, limit=PAGE_SIZE, **place)
        roots, sieve = roots_in(cursor), Sieve()
        self._read_mentions(entries, roots, sieve)
        following, more = descent.after(entries) if descent else (after_page(cursor, entries), is_full(entries))
        more = more and (descent is not None or has_moved(cursor, following))
        return self._page(sieve, {**following, "roots": newest_roots(roots)}, more=more)

    def _changes(self, cursor: Cursor) -> Page:
        """What became of the newest mentions: edited, deleted, or seen late."""
        entries = self._api.listed("notifications", types=WORDS, limit=PAGE_SIZE)
        told_at = self._api.told_at
        look, roots, sieve = Look.of(cursor), roots_in(cursor), Sieve()
        self._read_mentions([entry for entry in entries if look.is_news(entry)], roots, sieve)
        missing = look.missing_from(entries)
        for status_id in missing[:MOST_LOOKUPS]:
            if self._is_gone(status_id):
                sieve.read(status_id, lambda one: gone(one, look.seen[one].created_at, told_at, look.seen[one].private))
        unasked = missing[MOST_LOOKUPS:]
        following = {**look.after(entries, unasked).as_json(), "roots": newest_roots(roots)}
        return self._page(sieve, following, more=bool(unasked))

    def _read_mentions(self, entries: list[Any], roots: dict[str, str], sieve: Sieve) -> None:
        """Notifications with what stands above them. `roots` learns where their threads begin."""
        statuses = [mapped(entry.get("status")) for entry in each_object(entries) if entry.get("type") in WORDS]
        ancestors = find_roots(statuses, roots, self._above)
        reader = Reader(self.own_id, roots)
        # Newest first as they come, and many in one moment. What both names and quotes us is told twice.
        sieve.read(each_once(entries[::-1]), reader.notification)
        told = {clean(status.get("id")) for status in statuses}
        quoted = [one for one in map(quoted_in, statuses) if clean(one.get("id")) not in told]
        # Our own words among them come in their own right.
        around = {clean(one.get("id")): one for one in (*ancestors, *quoted)}
        others = [one for one in around.values() if writer_of(one) not in ("", self.own_id)]
        sieve.read(others, lambda status: reader.status(status, addressed=False))

    def _reactions(self, cursor: Cursor) -> Page:
        """Who favoured or boosted what we wrote, from the newest page on: of what was before nobody waits for it."""
        place = {"min_id": cursor["min"]} if cursor.get("min") else {}
        entries = self._api.listed("notifications", types=[FAVOURITE, BOOST], limit=PAGE_SIZE, **place)
        sieve = Sieve()
        sieve.read(entries[::-1], Reader(self.own_id).reaction)
        return self._page(sieve, after_page(cursor, entries), more=bool(place) and is_full(entries))

    def _own_posts(self, cursor: Cursor) -> Page:
        """What the account itself wrote, here or in an app, from the newest page on; or down to some moment."""
        descent = Descent.of(cursor)
        place = descent.place if descent else {"min_id": cursor["min"]} if cursor.get("min") else {}
        entries = self._own(limit=PAGE_SIZE, **place)
        roots, sieve = roots_in(cursor), Sieve()
        find_roots(list(each_object(entries)), roots, self._above)
        sieve.read(entries[::-1], Reader(self.own_id, roots).status)
        goes_on = bool(place) and is_full(entries)
        following, more = descent.after(entries) if descent else (after_page(cursor, entries), goes_on)
        more = more and (descent is not None or has_moved(cursor, following))
        return self._page(sieve, {**following, "roots": newest_roots(roots)}, more=more)

    def _above(self, status_id: str) -> list[dict[str, Any]]:
        try:
            return above(mapped(self._api.read("status_context", path_id(status_id))))
        except (errors.NotFound, errors.PermissionMissing, errors.Unreadable):
            return []

    def _is_gone(self, status_id: str) -> bool:
        try:
            self._api.read("status", path_id(status_id))
        except errors.NotFound:
            return True
        return False

    def _recent(self, since: datetime | None) -> tuple[Item, ...]:
        """Our own newest posts, back to `since` or for so many pages."""
        sieve, bottom = Sieve(), ""
        for _ in range(SEARCHED_PAGES):
            entries = self._own(limit=PAGE_SIZE, **({"max_id": bottom} if bottom else {}))
            sieve.read(entries, Reader(self.own_id).status)
            oldest = min((item.created_at for item in sieve.items), default=None)
            bottom = next(reversed(ids_of(entries)), "")
            if not is_full(entries) or (since and oldest and oldest < since):
                break
        return sieve.oldest_first()

    def _own(self, **place: Any) -> list[Any]:
        return self._api.listed("account_statuses", path_id(self.own_id), exclude_reblogs=True, **place)

    def _page(self, sieve: Sieve, cursor: dict[str, Any], *, more: bool) -> Page:
        return Page(
            items=sieve.oldest_first(),
            cursor=cursor,
            more=more,
            rate=self._api.rate,
            unreadable=tuple(sieve.unreadable),
        )

    # --- writing ---------------------------------------------------------------------------------------------------

    def _answered(self, message: Outgoing) -> dict[str, Any]:
        """The status that is answered. A private message goes out without it where it is gone."""
        if not message.reply_to:
            return {}
        try:
            return mapped(self._api.read("status", path_id(message.reply_to)))
        except errors.NotFound:
            if message.private:
                return {}
            raise

    def _acct(self, message: Outgoing, answered: Mapping[str, Any]) -> str:
        """The address of whom we write to, "" where it is ourselves or nobody."""
        account = mapped(answered.get("account"))
        if message.recipient and clean(account.get("id")) != message.recipient:
            account = mapped(self._api.read("account", path_id(message.recipient)))
        return "" if clean(account.get("id")) == self.own_id else clean(account.get("acct"))

    def _post(self, text: str, warning: str = "", **options: Any) -> SendResult:
        answer = self._api.post(text, warning, **{name: value for name, value in options.items() if value is not None})
        status_id = clean(answer.get("id"))
        if not status_id:
            raise lost_answer(LABEL, "the answer names no post")
        try:
            created_at = moment(answer.get("created_at"))
        except ValueError:
            created_at = None
        return SendResult(status_id, created_at, url=clean(answer.get("url"), 2_000))

    def _delete(self, status_id: str) -> None:
        """Delete one of our own. That of somebody else is answered like one that is gone, so it is looked for."""
        try:
            self._api.write("status_delete", status_id)
        except errors.NotFound:
            if not self._is_gone(status_id):
                raise errors.NotAllowedByPolicy("Mastodon lets an account delete only its own posts.") from None

    def _bring(self, file: OutgoingFile) -> Any:
        words = {"description": file.alt_text} if file.alt_text else {}
        return self._api.read("media_post", file.content, mime_type=file.content_type, file_name=file.name, **words)


def _key(key: str) -> str | None:
    """What a server knows a second try by. Ours may hold what no header can."""
    return hashlib.sha256(key.encode()).hexdigest() if key else None
