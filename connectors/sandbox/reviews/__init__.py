"""What the sandbox's networks of reviews do alike: a review with stars by a customer, and one answer of the company's.

Stars are written before the words (“★★ De app loopt vast”, “2/5 …”) or given as `rating`; without either it is 3. What
an author's `settings` say of `app_version`, `device`, `language` and `country` stands with the review where the network
tells it. The sandbox takes several reviews of one person.
"""

import hashlib
import re
import time
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from connectors.sandbox.network import Draft, Network, Refused
from connectors.sandbox.records import Account, Post

MOST_REVIEWS = 5_000  # of a company that are looked at
USUAL_RATING = 3
_STARS = re.compile(r"\A\s*(?:([★*]{1,5})[☆]{0,4}|([1-5])/5)(?:\s+|\Z)")


Handler = Callable[[Request], Awaitable[Response]]


class Refusal(Exception):
    """An error answer, carried to the front of the request."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class Limiter:
    """Counts calls in windows that live in memory: a restart of the sandbox opens new ones."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}

    def left(self, account: Account, name: str, allowed: int, seconds: int) -> int:
        """Count one call; how many are left after it, or -1 where it was one too many."""
        now = time.monotonic()
        opened, used = self._windows.get((account.id, name), (now, 0))
        if now - opened >= seconds:
            opened, used = now, 0
        if used >= allowed and account.settings.get("rate_limits") != "off":
            return -1
        self._windows[account.id, name] = (opened, used + 1)
        return max(allowed - used - 1, 0)


class ReviewNetwork(Network):
    """One network of reviews. Subclasses have its routes, its ids, its shapes and its errors."""

    kinds = frozenset({"review"})

    @abstractmethod
    def review_id(self, position: int) -> str:
        """An id as the network gives them."""

    def compose(self, draft: Draft) -> tuple[Post, Iterable[str]]:
        """A customer's review, or what the company answers in the network's own app."""
        if draft.origin == "native":
            if draft.parent is None or draft.parent.kind != "review":
                raise Refused(f"On {self.label} a company can only answer a review.")
            before = self.answer_to(draft.parent)
            post = self._answer(draft.company, draft.parent, draft.text, draft.created_at, "native", draft.ref)
            if before is not None:
                self.store.change_post(before, superseded_by=post.id)
            return post, []
        position = self.store.next_position()
        text, rating = starred(draft.text, draft.rating)
        told = draft.author.settings
        extra = {name: told[name] for name in ("app_version", "device", "language", "country") if told.get(name)}
        review_id = self.review_id(position)
        post = Post(
            position, self.slug, review_id, draft.company.id, "review", draft.author.id, "", review_id, False, text,
            draft.created_at, media=draft.media, extra={**extra, "rating": rating}, ref=draft.ref,
        )  # fmt: skip
        return post, [draft.company.id]

    def edit(self, post: Post, text: str) -> Post:
        """The author writes it anew; stars before the words change the stars."""
        if post.kind == "review":
            text, rating = starred(text, post.extra["rating"])
            return self.store.change_post(
                post, text=text, edited_at=self.now_ms(), extra={**post.extra, "rating": rating}
            )
        return super().edit(post, text)

    def say(self, company: Account, review: Post, text: str) -> Post:
        """The company answers through the API: in the place of what it said before."""
        before = self.answer_to(review)
        if before is not None:
            return self.store.change_post(before, text=text, edited_at=self.now_ms(), origin="api")
        post = self._answer(company, review, text, self.now_ms(), "api", "")
        self.publish([(post, [])])
        return post

    def take_back(self, review: Post) -> bool:
        """Delete the answer; False where there is none."""
        answer = self.answer_to(review)
        if answer is None:
            return False
        self.remove(answer)
        return True

    def answer_to(self, review: Post) -> Post | None:
        """What the company says to a review now."""
        found = self.store.posts(self.slug, parent_id=review.id, kind="reply", limit=1, newest_first=True)
        return found[0] if found else None

    def reviews_of(self, *account_ids: str) -> list[Post]:
        """Reviews that are there, those that were touched last first."""
        rows = self.store.posts(
            self.slug, account_id=list(account_ids), kind="review", limit=MOST_REVIEWS, newest_first=True
        )
        return sorted(rows, key=lambda one: (touched(one), one.position), reverse=True)

    def review(self, account: Account, review_id: str) -> Post | None:
        """A review of this company that is there."""
        post = self.store.post(self.slug, review_id)
        if post is None or post.deleted_at is not None or (post.kind, post.account_id) != ("review", account.id):
            return None
        return post

    def page(self, rows: Sequence[Post], token: str, size: int, line: str) -> tuple[list[Post], str]:
        """One page behind the place that `token` names, and the token of the next."""
        at, _, position = token.partition(".")
        if at.isdecimal() and position.isdecimal():
            rows = [one for one in rows if (touched(one), one.position) < (int(at), int(position))]
        page = list(rows[:size])
        following = f"{touched(page[-1])}.{page[-1].position}" if len(rows) > size else ""
        return self.sandbox.faults.disturb_page(self.slug, line, page), following

    def _answer(self, company: Account, review: Post, text: str, at: int, origin: str, ref: str) -> Post:
        position = self.store.next_position()
        return Post(
            position, self.slug, str(position), company.id, "reply", company.id, review.id, review.root_id, False, text,
            at, origin=origin, ref=ref,
        )  # fmt: skip


def starred(text: str, given: int | None) -> tuple[str, int]:
    """The words without the stars before them, and the stars."""
    found = _STARS.match(text)
    if found is None:
        return text, given or USUAL_RATING
    return text[found.end() :], len(found[1]) if found[1] else int(found[2])


def touched(post: Post) -> int:
    """When its author wrote it last, in ms."""
    return post.edited_at or post.created_at


def scrambled(position: int, length: int) -> str:
    """A number as an id that nobody can count by."""
    return hashlib.sha256(str(position).encode()).hexdigest()[:length]


def endpoint(method: str, path: str, handler: Handler) -> BaseRoute:
    """A route whose refusals are answers."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except Refusal as refusal:
            return refusal.response

    return Route(path, answer, methods=[method])
