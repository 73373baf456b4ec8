"""Bluesky: posts and replies in public by the AppView, direct messages by the chat service, both through our server.

Records are written as the lexicons say and read as plain JSON: what does not keep to them never costs its page.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
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
from connectors.bluesky_api import BlueskyApi
from connectors.bluesky_messages import Messages
from connectors.http import lost_answer
from connectors.parsing import Sieve, each_object, found_among, listed, mapped
from connectors.parsing import bluesky_deletions as deletions
from connectors.parsing import bluesky_labels as labels
from connectors.parsing.bluesky import SLUG, Reader, references_of
from connectors.parsing.bluesky_cursor import after_page, begun_anew, entries_of, unseen
from connectors.parsing.bluesky_media import MEDIA_RULE, embed_of, handle_of
from connectors.parsing.bluesky_text import facets_of, handles_in
from connectors.parsing.bluesky_threadgate import changed, root_of
from connectors.parsing.bluesky_uri import (
    BLOCK,
    LIKE,
    POST,
    THREADGATE,
    is_post,
    post_to_act_on,
    record_uri,
    web_address,
)
from connectors.text import clean

PAGE_SIZE = 50  # of a feed: what is new on it is asked for again as it is shown, 25 posts in one call
WATCHED = 100  # of the newest notifications, the most in one page
AT_ONCE = 25  # posts or people that one call may ask for
REASONS, FEELINGS = ("mention", "reply", "quote"), ("like", "repost")
_TEXT = LengthRule(300, "graphemes", max_bytes=3_000)


class Bluesky:
    """One account on Bluesky, or on another server of the same network."""

    slug: ClassVar[str] = SLUG
    label: ClassVar[str] = "Bluesky"
    code: ClassVar[str] = "Bs"
    private_code: ClassVar[str] = "Bs"
    default_base_url: ClassVar[str] = "https://bsky.social"
    capabilities: ClassVar[Capabilities] = Capabilities(
        actions=frozenset(Action),
        hides_own_threads=True,  # the gate of a thread is a record of whoever began it
        own_threads_begin="at://{own_id}/",
        edits_seen=False,  # there are none
        deletions_seen=True,
        webhook=False,
        public_length=_TEXT,
        post_length=_TEXT,
        private_length=LengthRule(1_000, "graphemes", max_bytes=10_000),
        public_per_hour=1_666,  # 5,000 points an hour, 3 for each record (docs.bsky.app, “Rate limits”)
        public_media=MEDIA_RULE,
        blocks=True,
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField("handle", "Handle", "Such as vlotlijn.bsky.social, or the account's own domain.", secret=False),
        CredentialField(
            "app_password",
            "App password",
            "Settings → Privacy and security → App passwords; with “Allow access to your direct messages”.",
        ),
    )
    # A server answers 3,000 calls in 5 minutes.
    streams: ClassVar[tuple[Stream, ...]] = (
        Stream("mentions", private=False, min_seconds=3),
        Stream("direct_messages", private=True, min_seconds=5),
        Stream("own_posts", private=False, min_seconds=30),
        Stream("reactions", private=False, min_seconds=60),
        Stream("deletions", private=False, min_seconds=60, history_items=WATCHED),
    )

    def __init__(self, account: Account) -> None:
        self._api = BlueskyApi(account, account.base_url or self.default_base_url, self.credential_fields)
        self._messages = Messages(self._api, self._profiles)
        self._own_did = account.own_id

    @property
    def own_id(self) -> str:
        """The account's DID: as given, else as the session says."""
        if not self._own_did:
            self._own_did = self._api.did()
        return self._own_did

    def check(self) -> AccountInfo:
        tokens = self._api.log_in()
        self._own_did = tokens.did
        problems = self._messages.problems()
        profile = self._profiles([tokens.did]).get(tokens.did, {})  # of a new account there is none for a moment
        return AccountInfo(tokens.did, tokens.handle, clean(profile.get("displayName"), 100), problems)

    def fetch(self, stream: str, cursor: Cursor) -> Page:
        if stream == "mentions":
            return self._mentions(cursor)
        if stream == "own_posts":
            return self._own_posts(cursor)
        if stream == "deletions":
            return self._deletions(cursor)
        if stream == "reactions":
            return self._reactions(cursor)
        if stream == "direct_messages":
            return self._messages.fetch(cursor, self.own_id)
        raise ValueError(f"Bluesky has no stream “{stream}”.")

    def cursor_at(self, stream: str, since: datetime) -> Cursor:
        if stream in ("deletions", "reactions"):
            return {}
        return {"since": since.isoformat()} if stream == "direct_messages" else {"floor": since.isoformat()}

    def send(self, message: Outgoing) -> SendResult:
        return (
            self._messages.send(message, self._facets(message.text)) if message.private else self._send_public(message)
        )

    def find_sent(self, message: Outgoing) -> SendResult | None:
        candidates = self._messages.recent_with(message, self.own_id) if message.private else self._recent_public()
        found = found_among(candidates, message, lambda item: item.private or item.parent_id == message.reply_to)
        if found is None:
            return None
        return SendResult(found.external_id, found.created_at, found.thread_id, found.url, self._api.rate)

    def upload(self, file: OutgoingFile, *, private: bool) -> str:
        captions = self._blob(file.captions.encode(), "text/vtt") if file.captions else None
        return handle_of(self._blob(file.content, file.content_type), file, captions)

    def _blob(self, content: bytes, content_type: str) -> Mapping[str, Any]:
        try:
            answer = self._api.upload(content, content_type)
        except errors.Unreadable as problem:
            raise errors.InvalidContent(
                "%(network)s refused the attachment. Try another file.", network=self.label, detail=problem.detail
            ) from problem
        blob = mapped(answer.get("blob"))
        if not mapped(blob.get("ref")).get("$link"):
            raise errors.Transient("Bluesky did not say where the attachment is. The desk tries again.")
        return blob

    def publish(self, post: OwnPost) -> SendResult:
        return self._send_public(post.as_message())

    def find_published(self, post: OwnPost) -> SendResult | None:
        return self.find_sent(post.as_message())

    def act(self, action: Action, external_id: str) -> None:
        uri = post_to_act_on(external_id)
        if action is Action.DELETE:
            if uri.did != self.own_id:
                raise errors.NotAllowedByPolicy("On Bluesky an account can delete only what it wrote itself.")
            self._delete(external_id)  # harmless where it is gone already
            return
        view = self._posts([external_id]).get(external_id)
        if view is None:
            raise errors.NotFound("This is not on Bluesky any more.")
        if action in (Action.HIDE, Action.UNHIDE):
            self._hide(view, hidden=action is Action.HIDE)
            return
        liked = clean(mapped(view.get("viewer")).get("like"))
        if action is Action.LIKE and not liked:
            subject = {"uri": external_id, "cid": clean(view.get("cid"))}
            self._create(LIKE, {"subject": subject}, datetime.now(UTC))
        elif action is Action.UNLIKE and liked:
            self._delete(liked)

    def block(self, person_id: str, *, blocked: bool) -> None:
        person = self._profiles([person_id]).get(person_id)
        if person is None:
            raise errors.NotFound("This account is not on Bluesky any more.")
        known = clean(mapped(person.get("viewer")).get("blocking"))  # the address of our record
        if blocked and not known:
            self._create(BLOCK, {"subject": person_id}, datetime.now(UTC))
        elif known and not blocked:
            self._delete(known)

    @staticmethod
    def handshake(credentials: Mapping[str, str], query: Mapping[str, str]) -> tuple[str, str] | None:
        return None  # there are no webhooks

    @staticmethod
    def verify_webhook(credentials: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> bool:
        return False

    def parse_webhook(self, body: bytes) -> Page:
        return Page((), {})

    def complete(self, item: Item) -> Item:
        return item  # polls bring everything along

    # --- reading ---------------------------------------------------------------------------------------------------

    def _mentions(self, cursor: Cursor) -> Page:
        answer = self._feed("app.bsky.notification.list_notifications", cursor, reasons=list(REASONS))
        if answer is None:
            return Page((), begun_anew(cursor), more=True, rate=self._api.rate)
        rate, notices = self._api.rate, listed(answer.get("notifications"))
        fresh = unseen(cursor, notices)
        reader, sieve = self._reader([one for one in fresh if isinstance(one, dict)]), Sieve()
        sieve.read(fresh, reader.notification)
        told = [uri for uri, _ in entries_of(fresh)]
        sieve.read(list(reader.context(told)), lambda view: reader.post(view, addressed=False))
        following = after_page(cursor, entries_of(notices), answer.get("cursor"))
        return Page(sieve.oldest_first(), following, "page" in following, rate, unreadable=tuple(sieve.unreadable))

    def _reactions(self, cursor: Cursor) -> Page:
        """Who liked or reposted what we wrote; at the first look the newest page, for nobody waits for the rest."""
        answer = self._feed("app.bsky.notification.list_notifications", cursor, reasons=list(FEELINGS))
        if answer is None:
            return Page((), begun_anew(cursor), more=True, rate=self._api.rate)
        notices, sieve = listed(answer.get("notifications")), Sieve()
        entries = entries_of(notices)
        sieve.read(unseen(cursor, notices), Reader(self.own_id).reaction)
        following = after_page(cursor, entries, answer.get("cursor") if cursor else None)
        return self._page(sieve, following)

    def _own_posts(self, cursor: Cursor) -> Page:
        options = {"actor": self.own_id, "filter": "posts_with_replies"}
        answer = self._feed("app.bsky.feed.get_author_feed", cursor, **options)
        if answer is None:
            return Page((), begun_anew(cursor), more=True, rate=self._api.rate)
        # What is there for another reason was written by somebody else (a repost) or is out of its place (pinned).
        views = [mapped(one.get("post")) for one in each_object(answer.get("feed")) if not one.get("reason")]
        sieve = Sieve()
        sieve.read(unseen(cursor, views), Reader(self.own_id).post)
        following = after_page(cursor, entries_of(views), answer.get("cursor"))
        return self._page(sieve, following)

    def _page(self, sieve: Sieve, following: dict[str, Any]) -> Page:
        more = "page" in following
        return Page(sieve.oldest_first(), following, more, self._api.rate, unreadable=tuple(sieve.unreadable))

    def _feed(self, method: str, cursor: Cursor, **options: Any) -> dict[str, Any] | None:
        """A page of a feed; None where the network no longer takes the cursor's page."""
        try:
            return self._api.read(method, {"limit": PAGE_SIZE, "cursor": cursor.get("page"), **options})
        except errors.Unreadable:
            if cursor.get("page") and self._api.refused_question:
                return None
            raise

    def _deletions(self, cursor: Cursor) -> Page:
        """Nobody tells of a post that was deleted, but it is missing among the newest notifications from then on.

        How a post has been marked since stands there too.
        """
        newest = {"limit": WATCHED, "reasons": list(REASONS)}
        answer = self._api.read("app.bsky.notification.list_notifications", newest)
        rate = self._api.rate
        notices = answer.get("notifications")
        listing = deletions.listing_of(notices)
        suspects = deletions.suspects(cursor, listing, AT_ONCE)
        there = self._posts(suspects) if suspects else {}
        gone = [uri for uri in suspects if uri not in there]
        marked, sieve = labels.changed(cursor, listing, notices, AT_ONCE), Sieve()
        if marked:
            reader = self._reader(marked)
            sieve.read(marked, lambda notice: labels.told(reader.notification(notice)))
        items = (*sieve.oldest_first(), *deletions.items(cursor, gone))
        following = {**deletions.after(cursor, listing, suspects, gone), **labels.after(cursor, listing, marked)}
        return Page(items, following, rate=rate, unreadable=tuple(sieve.unreadable))

    def _reader(self, notices: Sequence[Mapping[str, Any]]) -> Reader:
        """What is needed to read these: as they are shown, what they answer and quote, and who wrote them."""
        views = self._posts([uri for one in notices if is_post(uri := str(one.get("uri")))])
        referenced = [uri for one in notices for uri in references_of(mapped(one.get("record"))) if uri not in views]
        try:
            views |= self._posts(referenced)
        except errors.Unreadable:  # a customer's own app wrote these addresses
            if not self._api.refused_question:
                raise
        dids = [str(mapped(one.get("author")).get("did")) for one in notices]
        return Reader(self.own_id, views, self._profiles(dids))

    def _posts(self, uris: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Posts as they are shown, by address; without those that are gone."""
        return self._each("app.bsky.feed.get_posts", "uris", uris, "posts", "uri")

    def _profiles(self, dids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """People in full, by DID; without those who are gone."""
        known = [did for did in dids if did.startswith("did:") and len(did) <= 200]
        return self._each("app.bsky.actor.get_profiles", "actors", known, "profiles", "did")

    def _each(self, method: str, name: str, values: Sequence[str], key: str, by: str) -> dict[str, dict[str, Any]]:
        wanted, found = list(dict.fromkeys(values)), dict[str, dict[str, Any]]()
        for start in range(0, len(wanted), AT_ONCE):
            answer = self._api.read(method, {name: wanted[start : start + AT_ONCE]})
            found |= {str(one.get(by)): one for one in each_object(answer.get(key))}
        return found

    def _recent_public(self) -> tuple[Item, ...]:
        """Our newest posts from our own server, which knows them before the AppView does."""
        asked = {"repo": self.own_id, "collection": POST, "limit": 100}
        answer = self._api.read("com.atproto.repo.list_records", asked)
        reader, sieve = Reader(self.own_id), Sieve()
        sieve.read(
            answer.get("records"),
            lambda one: reader.post({"uri": one["uri"], "record": one["value"], "author": {"did": self.own_id}}),
        )
        return sieve.oldest_first()

    # --- writing ---------------------------------------------------------------------------------------------------

    def _send_public(self, message: Outgoing) -> SendResult:
        record: dict[str, Any] = {"text": message.text, **self._facets(message.text)}
        thread_id = ""
        if message.reply_to:
            record["reply"] = self._place_below(message.reply_to)
            thread_id = record["reply"]["root"]["uri"]
        if embed := embed_of(message.media):
            record["embed"] = embed
        written_at = message.now or datetime.now(UTC)
        uri = self._create(POST, record, written_at)
        return SendResult(uri, written_at, thread_id or uri, web_address(uri), self._api.rate)

    def _place_below(self, external_id: str) -> dict[str, Any]:
        """The two references that make a post a reply: what it answers, and where the thread began."""
        view = self._posts([str(post_to_act_on(external_id))]).get(external_id)
        if view is None:
            raise errors.NotFound("The post that is answered is not on Bluesky any more.")
        if mapped(view.get("viewer")).get("replyDisabled") is True:
            raise errors.NotAllowedByPolicy("Whoever began this thread on Bluesky lets only some people answer in it.")
        parent = {"uri": external_id, "cid": clean(view.get("cid"))}
        root = mapped(mapped(mapped(view.get("record")).get("reply")).get("root"))
        named = {"uri": clean(root.get("uri")), "cid": clean(root.get("cid"))}
        return {"root": named if named["uri"] and named["cid"] else parent, "parent": parent}

    def _facets(self, text: str) -> dict[str, Any]:
        """Makes links of addresses, and mentions of handles, so that whoever is named hears of it."""
        facets = facets_of(text, {handle: did for handle in handles_in(text) if (did := self._did_of(handle))})
        return {"facets": facets} if facets else {}

    def _did_of(self, handle: str) -> str:
        try:
            found = self._api.read("com.atproto.identity.resolve_handle", {"handle": handle.lower()})
        except (errors.Unreadable, errors.NotFound):
            return ""  # nobody of that name: the words stay words
        return clean(found.get("did"))

    def _hide(self, view: Mapping[str, Any], *, hidden: bool) -> None:
        root = root_of(view)
        if not is_post(root) or record_uri(root).did != self.own_id:
            raise errors.NotAllowedByPolicy("On Bluesky an account can hide replies only in threads that it began.")
        place = {"repo": self.own_id, "collection": THREADGATE, "rkey": record_uri(root).rkey}
        try:
            known = self._api.read("com.atproto.repo.get_record", place)
        except errors.NotFound:
            known = {}
        gate = changed(mapped(known.get("value")), root, clean(view.get("uri")), _iso(datetime.now(UTC)), hidden=hidden)
        if gate is None:
            return
        cid = clean(known.get("cid"))  # written only where nobody changed it, or made one, meanwhile
        if cid:
            self._api.write("com.atproto.repo.put_record", {**place, "record": gate, "swapRecord": cid})
        else:
            self._api.write("com.atproto.repo.create_record", {**place, "record": gate})

    def _create(self, collection: str, record: Mapping[str, Any], at: datetime) -> str:
        body = {"repo": self.own_id, "collection": collection}
        whole = {"$type": collection, **record, "createdAt": _iso(at)}
        uri = clean(self._api.write("com.atproto.repo.create_record", {**body, "record": whole}).get("uri"))
        if not uri:
            raise lost_answer(self.label, "the answer names no record")
        return uri

    def _delete(self, address: str) -> None:
        uri = record_uri(address)
        body = {"repo": self.own_id, "collection": uri.collection, "rkey": uri.rkey}
        self._api.write("com.atproto.repo.delete_record", body)


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
