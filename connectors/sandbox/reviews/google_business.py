"""The sandbox's Google reviews: what the Business Profile API (v4) has about reviews, below /google_business.

Each company is one place of one business account. `account_id` given when a company is made puts several places into
one account, and credentials with several `location_ids` read them together.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from connectors.sandbox.records import Account, Post
from connectors.sandbox.reviews import endpoint, scrambled, touched
from connectors.sandbox.reviews.google import GoogleNetwork, oauth, refused

MOST_BYTES = 4_096
CALLS = (300, 60)
_STARS = ("ONE", "TWO", "THREE", "FOUR", "FIVE")


class GoogleBusiness(GoogleNetwork):
    """Places on the map."""

    slug: ClassVar[str] = "google_business"
    label: ClassVar[str] = "Google reviews"

    def routes(self) -> Sequence[BaseRoute]:
        """The endpoints of v4, and the one that says what a place is called."""
        one = "/v4/accounts/{owner}/locations/{place}/reviews/{review}"
        return [
            *self.token_routes(),
            endpoint("GET", "/v4/accounts/{owner}/locations/{place}/reviews", self._listed),
            endpoint("POST", "/v4/accounts/{owner}/locations:batchGetReviews", self._several),
            endpoint("GET", one, self._one),
            endpoint("PUT", one + "/reply", self._reply),
            endpoint("DELETE", one + "/reply", self._unsay),
            endpoint("GET", "/v1/locations/{place}", self._place),
        ]

    def new_account(self, handle: str, given: Mapping[str, str], own_id: str = "") -> tuple[str, dict[str, str]]:
        """A number for the place, one for the business behind it, and an OAuth client."""
        place = own_id or given.get("location_ids", "").partition(",")[0] or str(self.store.next_position())
        named = {"account_id": f"1{place}"[-21:], "location_ids": place}
        return place, {**named, **oauth(given), **given}

    def review_id(self, position: int) -> str:
        """As long as Google's, which are encrypted."""
        return f"AbFvOq{scrambled(position, 40)}"

    async def _listed(self, request: Request) -> Response:
        account = self._at(self._asking(request), request.path_params["owner"], request.path_params["place"])
        rows = self.reviews_of(account.id)
        size = request.query_params.get("pageSize", "50")
        page, following = self._paged(request, rows, size, request.query_params.get("pageToken", ""))
        stars = [post.extra["rating"] for post in rows]
        told = {
            "reviews": [self._shape(post, account) for post in page],
            "averageRating": sum(stars) / len(stars) if stars else 0,
            "totalReviewCount": len(rows),
            "nextPageToken": following,
        }
        return JSONResponse({name: value for name, value in told.items() if value})

    async def _several(self, request: Request) -> Response:
        asking = self._asking(request)
        body = await _json(request)
        names = body.get("locationNames")
        if not isinstance(names, list) or not names:
            raise refused(400, "location_names must not be empty")
        owner = request.path_params["owner"]
        places = {place.id: place for place in (self._at(asking, owner, str(one).rpartition("/")[2]) for one in names)}
        rows = self.reviews_of(*places)
        page, following = self._paged(request, rows, str(body.get("pageSize", 50)), str(body.get("pageToken") or ""))
        told: dict[str, Any] = {
            "locationReviews": [
                {
                    "name": f"accounts/{owner}/locations/{one.account_id}",
                    "review": self._shape(one, places[one.account_id]),
                }
                for one in page
            ]
        }
        return JSONResponse({**told, "nextPageToken": following} if following else told)

    async def _one(self, request: Request) -> Response:
        account, post = self._found(request)
        return JSONResponse(self._shape(post, account))

    async def _reply(self, request: Request) -> Response:
        account, post = self._found(request)
        text = (await _json(request)).get("comment")
        if not isinstance(text, str) or not text.strip():
            raise refused(400, "Request contains an invalid argument.")
        if len(text.encode()) > MOST_BYTES:
            raise refused(400, "The comment is longer than 4096 bytes.")
        return JSONResponse(_reply_shape(self.say(account, post, text), account))

    async def _unsay(self, request: Request) -> Response:
        _account, post = self._found(request)
        if not self.take_back(post):
            raise refused(404, "Requested entity was not found.")
        return JSONResponse({})

    async def _place(self, request: Request) -> Response:
        account = self._at(self._asking(request), "", request.path_params["place"])
        return JSONResponse({"title": account.name})

    def _asking(self, request: Request) -> Account:
        return self.asking(request, "all", *CALLS)

    def _at(self, asking: Account, owner: str, place: str) -> Account:
        """A place that this client may speak for: its own, and those of the same business that its credentials name."""
        known = self.store.account(self.slug, place)
        named = [one.strip() for one in asking.credentials.get("location_ids", "").split(",")]
        ours = known is not None and (known.id == asking.id or known.id in named)
        if known is None or not ours or owner not in ("", asking.credentials.get("account_id")):
            raise refused(404, "Requested entity was not found.")
        return known

    def _found(self, request: Request) -> tuple[Account, Post]:
        told = request.path_params
        account = self._at(self._asking(request), told["owner"], told["place"])
        post = self.review(account, told["review"])
        if post is None:
            raise refused(404, "Requested entity was not found.")
        return account, post

    def _paged(self, request: Request, rows: list[Post], size: str, token: str) -> tuple[list[Post], str]:
        most = min(int(size), 50) if size.isdecimal() and size != "0" else 50
        return self.page(rows, token, most, f"{request.method} {request.scope['path']}")

    def _shape(self, post: Post, account: Account) -> dict[str, Any]:
        author = self.store.account(self.slug, post.author_id)
        name = f"accounts/{account.credentials.get('account_id')}/locations/{account.id}/reviews/{post.id}"
        shown: dict[str, Any] = {
            "name": name,
            "reviewId": post.id,
            "reviewer": self._reviewer(author),
            "starRating": _STARS[post.extra["rating"] - 1],
            "createTime": written(post.created_at),
            "updateTime": written(touched(post)),
            "reviewReplyUrl": f"{self.sandbox.address}/square/?network={self.slug}&post={post.id}",
        }
        if post.text:
            shown["comment"] = post.text
        if post.media:
            urls = [one["url"] for one in post.media]
            shown["reviewMediaItems"] = [
                {"thumbnailUrl": self.sandbox.address + url if url.startswith("/") else url} for url in urls
            ]
        if (answer := self.answer_to(post)) is not None:
            shown["reviewReply"] = _reply_shape(answer, account)
        return shown

    def _reviewer(self, author: Account | None) -> dict[str, Any]:
        if author is None or author.settings.get("anonymous"):
            return {"displayName": "A Google user", "isAnonymous": True}
        photo = f"{self.sandbox.address}/_sandbox/avatars/{author.id}.png"
        return {"displayName": author.name, "profilePhotoUrl": photo}


def _reply_shape(answer: Post, account: Account) -> dict[str, Any]:
    """`replies` in a company's settings may say REJECTED or PENDING."""
    state = str(account.settings.get("replies", "APPROVED"))
    return {"comment": answer.text, "updateTime": written(touched(answer)), "reviewReplyState": state}


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        raise refused(400, "Invalid JSON payload received.") from None
    if not isinstance(body, dict):
        raise refused(400, "Invalid JSON payload received.")
    return body


def written(milliseconds: int) -> str:
    """A time as Google writes it."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
