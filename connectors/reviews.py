"""What every network of reviews does alike: reading, one answer, looking for a lost one. No webhooks, nothing private.

A network is a subclass in its own file. It asks for a page and for one review, reads an entry, says an answer and takes
it back, and describes itself as `base.Connector` wants it.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from connectors import errors
from connectors.base import (
    Account,
    AccountInfo,
    Action,
    Capabilities,
    Cursor,
    Item,
    Outgoing,
    OwnPost,
    Page,
    RateState,
    SendResult,
)
from connectors.parsing import FAULTS, Sieve, listed, path_id, sifted
from connectors.parsing.reviews import NEVER, Answer, Chain, Look, Review, gone, items_of
from connectors.text import same_words

SKEW = timedelta(minutes=5)  # between our clock and the network's when a lost answer is looked for
MOST_LOOKUPS = 10  # missing reviews that one look asks about
ANSWER = Item.answer_id("")


@dataclass(frozen=True, slots=True)
class Listed:
    """One page as the network tells it, newest first. `token` leads to the next, "" where there is none."""

    entries: object
    token: str = ""


class Reviews(ABC):
    """One account whose reviews are read and answered."""

    slug: ClassVar[str]
    label: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    page_size: ClassVar[int]  # the most that the network gives

    def __init__(self, account: Account) -> None:
        self._account = account

    # What each network says for itself. All raise `connectors.errors`.

    @property
    @abstractmethod
    def rate(self) -> RateState | None:
        """What the network said of its limits in the last answer."""

    @property
    @abstractmethod
    def told_at(self) -> datetime | None:
        """The network's own time of the last answer."""

    @abstractmethod
    def check(self) -> AccountInfo:
        """Ask the network who we are and what we may do."""

    @abstractmethod
    def _list(self, token: str) -> Listed:
        """One page."""

    @abstractmethod
    def _get(self, review_id: str) -> Mapping[str, Any]:
        """One review, as a page tells it. NotFound where it is gone."""

    @abstractmethod
    def _read(self, entry: Mapping[str, Any]) -> Review:
        """An entry of a page. Raises FAULTS for what is none."""

    @abstractmethod
    def _say(self, review_id: str, text: str) -> Answer | None:
        """Answer, in the place of what was answered before; None where the network does not repeat it."""

    @abstractmethod
    def _take_back(self, review_id: str) -> None:
        """Delete the answer. NotFound where there is none."""

    # --- reading ---------------------------------------------------------------------------------------------------

    def fetch(self, stream: str, cursor: Cursor) -> Page:
        if stream == "reviews":
            return self._newest(Chain.of(cursor))
        if stream == "changes":
            return self._changes(Look.of(cursor))
        raise ValueError(f"{self.label} has no stream “{stream}”.")

    def cursor_at(self, stream: str, since: datetime) -> Cursor:
        return Chain(since).as_json() if stream == "reviews" else {}

    def complete(self, item: Item) -> Item:
        return item  # every review comes with its author's name, or the network does not tell it

    def _newest(self, chain: Chain) -> Page:
        try:
            page = self._list(chain.token)
        except (errors.NotFound, errors.Unreadable, errors.InvalidContent):
            if not chain.token:
                raise
            return Page((), chain.without_token().as_json(), rate=self.rate)
        reviews, sieve = self._read_all(page)
        following = chain.after(reviews, page.token, self.told_at)
        return self._page(chain.fresh(reviews), sieve, following.as_json(), more=bool(following.token))

    def _changes(self, look: Look) -> Page:
        """What became of the newest reviews."""
        page = self._list("")
        told_at = self.told_at or NEVER
        reviews, sieve = self._read_all(page)
        for one in look.taken_back(reviews):
            sieve.items.append(gone(self.slug, Item.answer_id(one.id), look.seen[one.id], told_at, one.id))
        # What could not be read is there all the same, and nobody knows which review it is.
        missing = look.missing_from(reviews, full=bool(page.token)) if not sieve.unreadable else []
        if self.capabilities.deletions_seen:
            for review in missing[:MOST_LOOKUPS]:
                if self._is_gone(review):
                    sieve.items.append(gone(self.slug, review, look.seen[review], told_at, review))
        unasked = missing[MOST_LOOKUPS:]
        following = look.after(reviews, unasked).as_json()
        return self._page(look.changed(reviews), sieve, following, more=bool(unasked))

    def _read_all(self, page: Listed) -> tuple[list[Review], Sieve]:
        """Every entry that could be read, in the order of the page."""
        reviews, sieve = [], Sieve()
        for entry in listed(page.entries):
            try:
                reviews.append(self._read(entry))
            except FAULTS as problem:
                sieve.refuse(entry, f"This review could not be read ({type(problem).__name__}: {problem}).")
        unique = {one.id: one for one in reversed(reviews)}  # a page that moves while it is read may tell one twice
        return list(unique.values())[::-1], sieve

    def _page(self, reviews: list[Review], sieve: Sieve, cursor: Cursor, *, more: bool) -> Page:
        sieve.items += [item for one in reviews for item in items_of(self.slug, one)]
        return Page(sieve.oldest_first(), cursor, more, self.rate, unreadable=tuple(sieve.unreadable))

    def _is_gone(self, review_id: str) -> bool:
        try:
            self._get(path_id(review_id))
        except errors.NotFound:
            return True
        return False

    # --- writing ---------------------------------------------------------------------------------------------------

    def send(self, message: Outgoing) -> SendResult:
        if message.private:
            raise errors.NotAllowedByPolicy("%(network)s knows no private messages.", network=self.label)
        rule = self.capabilities.public_length
        if (len(message.text.encode()) if rule.unit == "bytes" else len(message.text)) > rule.limit:
            raise errors.InvalidContent(
                "The text is too long for an answer on %(network)s.", network=self.label, limit=rule.limit
            )
        answer = self._say(path_id(message.reply_to), message.text)
        return self._result(message.reply_to, answer.at if answer else message.now)

    def find_sent(self, message: Outgoing) -> SendResult | None:
        since = message.submitted_at - SKEW if message.submitted_at else NEVER
        try:
            answer = self._read(self._get(path_id(message.reply_to))).answer
        except errors.NotFound:
            return None
        except FAULTS as problem:
            raise errors.Unreadable(
                "%(network)s answered with something that can't be read. The desk tries again.",
                network=self.label,
                detail=type(problem).__name__,
            ) from None
        if answer is None or answer.at < since or not same_words(answer.text, message.text):
            return None
        return self._result(message.reply_to, answer.at)

    def _result(self, review_id: str, at: datetime | None) -> SendResult:
        return SendResult(Item.answer_id(review_id), at, review_id, rate=self.rate)

    def publish(self, post: OwnPost) -> SendResult:
        raise errors.NotAllowedByPolicy("Nobody can post on %(network)s.", network=self.label)

    def find_published(self, post: OwnPost) -> SendResult | None:
        return None

    def act(self, action: Action, external_id: str) -> None:
        review_id = external_id.removesuffix(ANSWER)
        if action is not Action.DELETE or review_id == external_id or action not in self.capabilities.actions:
            raise errors.NotAllowedByPolicy(
                "On %(network)s only an answer of your own can be deleted.", network=self.label
            )
        try:
            self._take_back(path_id(review_id))
        except errors.NotFound:
            return  # gone already, which is what was asked for

    # --- webhooks, of which there are none ------------------------------------------------------------------------

    @staticmethod
    def handshake(credentials: Mapping[str, str], query: Mapping[str, str]) -> tuple[str, str] | None:
        return None

    @staticmethod
    def verify_webhook(credentials: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> bool:
        return False

    def parse_webhook(self, body: bytes) -> Page:
        return sifted(body, lambda delivery, sieve: sieve.refuse(delivery, f"{self.label} has no webhooks."))
