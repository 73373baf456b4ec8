"""Reviews as every network of reviews has them: stars, some words, and at most one answer of the company's.

They are listed by when the customer touched them last, newest first. `Chain` reads what came since a mark, page by
page; `Look` compares the newest page with what it was, for all that moves no review to the top: an answer that was
typed elsewhere, what the network decided about one, and what is gone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base import Attachment, Author, Change, Cursor, Item, ItemKind
from connectors.parsing import mapped
from connectors.text import MAX_NAME, clean, clean_json, digest
from connectors.times import moment

FIRST_DAYS = (
    90  # that the very first reading goes back: whoever connects a shop of ten years wants no ten years of tickets
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the company said to a review. `publication` is one of `base.PUBLICATION`, or "" where nobody tells."""

    text: str
    at: datetime
    publication: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """One review as it stands. `written_at` is None where the network tells only when it was touched last.

    No network of reviews names its people beyond a name, and lets each write one review: so the review is the account.
    """

    id: str
    text: str
    rating: int | None
    touched_at: datetime
    written_at: datetime | None = None
    author: str = ""
    avatar_url: str = ""
    language: str = ""
    url: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    answer: Answer | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """Changes with everything about it that the desk shows."""
        answer = self.answer and (self.answer.text, self.answer.publication)
        return digest(repr((self.rating, self.text, self.touched_at.isoformat(), answer)))


def items_of(network: str, review: Review) -> Iterator[Item]:
    """The review and, where there is one, the answer to it."""
    edited = review.written_at is None or review.touched_at > review.written_at
    yield Item(
        network=network,
        kind=ItemKind.REVIEW,
        external_id=review.id,
        thread_id=review.id,
        created_at=review.written_at or review.touched_at,
        change=Change.EDITED if edited else Change.CREATED,
        changed_at=review.touched_at if edited else None,
        author=Author(review.id, name=clean(review.author, MAX_NAME), avatar_url=review.avatar_url),
        text=review.text,
        language=review.language,
        url=review.url,
        # The same words may come back after others, so the time has its part in the name.
        revision=_revision(review.touched_at, f"{review.rating} {review.text}"),
        rating=review.rating,
        about={name: value for name, value in review.about.items() if value},
        attachments=review.attachments,
        raw=clean_json(dict(review.raw)),
    )
    if review.answer is not None:
        yield _answer_item(network, review, review.answer)


def _answer_item(network: str, review: Review, answer: Answer) -> Item:
    return Item(
        network=network,
        kind=ItemKind.REPLY,
        external_id=Item.answer_id(review.id),
        thread_id=review.id,
        parent_id=review.id,
        created_at=answer.at,
        text=answer.text,
        url=review.url,
        outgoing=True,
        revision=_revision(answer.at, f"{answer.publication} {answer.text}"),
        about={"publication": answer.publication} if answer.publication else {},
    )


def gone(network: str, external_id: str, seen: "Sighting", told_at: datetime, review_id: str) -> Item:
    """That a review is not there any more, or the answer to one."""
    outgoing = external_id != review_id
    return Item(
        network=network,
        kind=ItemKind.REPLY if outgoing else ItemKind.REVIEW,
        external_id=external_id,
        thread_id=review_id,
        created_at=seen.touched_at,
        change=Change.DELETED,
        changed_at=max(told_at, seen.touched_at),
        parent_id=review_id if outgoing else "",
        outgoing=outgoing,
        revision=str(int(told_at.timestamp())),
    )


def stars(value: object) -> int | None:
    """1 to 5; None where it is none of them."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 5 else None


@dataclass(frozen=True, slots=True)
class Chain:
    """How far reviews were read. `mark`: all that was touched before it has been given; `top`: the next mark."""

    mark: datetime | None = None
    top: datetime | None = None
    token: str = ""

    @classmethod
    def of(cls, cursor: Cursor) -> "Chain":
        """Read what `as_json` wrote."""
        return cls(_time(cursor.get("mark")), _time(cursor.get("top")), clean(cursor.get("token"), 4_000))

    def as_json(self) -> dict[str, Any]:
        """For the cursor."""
        told = {"mark": _written(self.mark), "top": _written(self.top), "token": self.token}
        return {name: value for name, value in told.items() if value}

    def fresh(self, reviews: Iterable[Review]) -> list[Review]:
        """Those that may be news. What was touched in the very moment of the mark is given again: its key is known."""
        return [one for one in reviews if self.mark is None or one.touched_at >= self.mark]

    def after(self, reviews: Sequence[Review], token: str, told_at: datetime | None) -> "Chain":
        """Where to go on after a page that `token` leads on from. The mark moves when the chain has come down to it.

        `told_at` is the network's own time, where it said that.
        """
        times = [one.touched_at for one in reviews]
        top = max([*times, *([self.top] if self.top else [])], default=None)
        floor = self.mark or (told_at or NEVER) - timedelta(days=FIRST_DAYS)
        if token and token != self.token and not any(time < floor for time in times):
            return Chain(self.mark, top, token)
        if top is not None and told_at is not None:  # a time to come would hide all that is written until then
            top = min(top, told_at + timedelta(days=1))
        return Chain(max(top or floor, floor))

    def without_token(self) -> "Chain":
        """The same chain from its newest page on, where the network does not know the token any more."""
        return replace(self, token="")


@dataclass(frozen=True, slots=True)
class Sighting:
    """How a review stood at the last look."""

    touched_at: datetime
    state: str
    answered: bool

    def as_json(self) -> list[Any]:
        return [_written(self.touched_at), self.state, self.answered]


@dataclass(frozen=True, slots=True)
class Look:
    """What the newest page was at the last look, by review."""

    seen: Mapping[str, Sighting] = field(default_factory=dict)
    begun: bool = False

    @classmethod
    def of(cls, cursor: Cursor) -> "Look":
        """Read what `as_json` wrote."""
        seen = {}
        for review, one in mapped(cursor.get("seen")).items():
            if isinstance(one, list) and len(one) == 3 and (touched_at := _time(one[0])):
                seen[clean(review)] = Sighting(touched_at, clean(one[1]), one[2] is True)
        return cls(seen, "seen" in cursor)

    def as_json(self) -> dict[str, Any]:
        """For the cursor."""
        return {"seen": {review: one.as_json() for review, one in self.seen.items()}}

    def changed(self, reviews: Iterable[Review]) -> list[Review]:
        """What reads otherwise than at the last look. At the first nothing does: it all comes with the chain."""
        return [one for one in reviews if self.begun and self._state(one.id) != one.state]

    def taken_back(self, reviews: Iterable[Review]) -> list[Review]:
        """Those that had an answer and have none now."""
        return [one for one in reviews if one.answer is None and one.id in self.seen and self.seen[one.id].answered]

    def missing_from(self, reviews: Sequence[Review], *, full: bool) -> list[str]:
        """The reviews that should be on this page and are not. Below the end of a full one nothing can be said."""
        present = {one.id for one in reviews}
        end = min((one.touched_at for one in reviews), default=None) if full else None
        return [
            review
            for review, one in self.seen.items()
            if review not in present and (end is None or one.touched_at > end)
        ]

    def after(self, reviews: Iterable[Review], kept: Iterable[str]) -> "Look":
        """As it stands now, and of what is missing those that nobody has asked about yet."""
        now = {one.id: Sighting(one.touched_at, one.state, one.answer is not None) for one in reviews}
        return Look({**{review: self.seen[review] for review in kept}, **now}, begun=True)

    def _state(self, review: str) -> str:
        return self.seen[review].state if review in self.seen else ""


def _revision(at: datetime, text: str) -> str:
    return f"{int(at.timestamp() * 1000)}-{digest(text)}"


def _written(time: datetime | None) -> str:
    return time.isoformat() if time else ""


def _time(value: object) -> datetime | None:
    try:
        return moment(value) if isinstance(value, str) and value else None
    except ValueError:
        return None


NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # where a server does not say what time it is
