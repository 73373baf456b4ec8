"""The sandbox's Google Play: reviews.list, get and reply of androidpublisher v3, below /google_play.

Listed is what has words and was touched in the last week. 200 reads an hour and 2,000 replies a day for each app.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from connectors.sandbox.records import Account, Post
from connectors.sandbox.reviews import endpoint, scrambled, touched
from connectors.sandbox.reviews.google import GoogleNetwork, oauth, refused

MOST_CHARACTERS = 350
WEEK_MS = 7 * 86_400_000
READS, REPLIES = (200, 3_600), (2_000, 86_400)
_MARKUP = re.compile(r"<[^<>]*>")


class GooglePlay(GoogleNetwork):
    """A store with apps."""

    slug: ClassVar[str] = "google_play"
    label: ClassVar[str] = "Google Play"

    def routes(self) -> Sequence[BaseRoute]:
        """The three endpoints."""
        app = "/androidpublisher/v3/applications/{package}/reviews"
        return [
            *self.token_routes(),
            endpoint("GET", app, self._listed),
            endpoint("GET", app + "/{review}", self._one),
            endpoint("POST", app + "/{review}:reply", self._reply),
        ]

    def new_account(self, handle: str, given: Mapping[str, str], own_id: str = "") -> tuple[str, dict[str, str]]:
        """A package name, and an OAuth client where no service account is given."""
        package = (
            given.get("package_name") or own_id or f"nl.sandbox.{re.sub(r'[^a-z0-9]', '', handle.lower()) or 'app'}"
        )
        return package, {"package_name": package, **oauth(given), **given}

    def review_id(self, position: int) -> str:
        """As long as Google's."""
        return f"gp:AOqpTO{scrambled(position, 56)}"

    async def _listed(self, request: Request) -> Response:
        account = self._asking(request)
        rows = [one for one in self.reviews_of(account.id) if self._is_listed(one)]
        size = request.query_params.get("maxResults", "10")
        most = min(int(size), 100) if size.isdecimal() and size != "0" else 10
        token = request.query_params.get("token", "")
        page, following = self.page(rows, token, most, f"GET {request.scope['path']}")
        told: dict[str, Any] = {"reviews": [self._shape(one) for one in page]} if page else {}
        return JSONResponse({**told, "tokenPagination": {"nextPageToken": following}} if following else told)

    async def _one(self, request: Request) -> Response:
        return JSONResponse(self._shape(self._found(request, self._asking(request))))

    async def _reply(self, request: Request) -> Response:
        account = self._asking(request)
        post = self._found(request, account)
        try:
            text = (await request.json()).get("replyText")
        except (ValueError, AttributeError):
            raise refused(400, "Invalid JSON payload received.") from None
        text = _MARKUP.sub("", text) if isinstance(text, str) else ""
        if not text.strip():
            raise refused(400, "Reply text must not be empty.")
        if len(text) > MOST_CHARACTERS:
            raise refused(400, "Reply text is too long.")
        said = self.say(account, post, text)
        return JSONResponse({"result": {"replyText": said.text, "lastEdited": _time(touched(said))}})

    def _asking(self, request: Request) -> Account:
        account = self.asking(request, request.method, *(READS if request.method == "GET" else REPLIES))
        if account.id != request.path_params["package"]:
            raise refused(404, "Package not found: " + request.path_params["package"])
        return account

    def _found(self, request: Request, account: Account) -> Post:
        post = self.review(account, request.path_params["review"])
        if post is None or not self._is_listed(post):
            raise refused(404, "Review not found.")
        return post

    def _is_listed(self, post: Post) -> bool:
        return bool(post.text.strip()) and touched(post) > self.now_ms() - WEEK_MS

    def _shape(self, post: Post) -> dict[str, Any]:
        author = self.store.account(self.slug, post.author_id)
        extra = post.extra
        said: dict[str, Any] = {
            "text": post.text,
            "lastModified": _time(touched(post)),
            "starRating": extra["rating"],
            "reviewerLanguage": extra.get("language", "nl"),
            "thumbsUpCount": 0,
            "thumbsDownCount": 0,
        }
        if extra.get("app_version"):
            said |= {"appVersionName": str(extra["app_version"]), "appVersionCode": 12_345, "androidOsVersion": 35}
        if extra.get("device"):
            said |= {"device": "e1q", "deviceMetadata": {"productName": str(extra["device"]), "deviceClass": "phone"}}
        comments: list[dict[str, Any]] = [{"userComment": said}]
        if (answer := self.answer_to(post)) is not None:
            comments.append({"developerComment": {"text": answer.text, "lastModified": _time(touched(answer))}})
        return {"reviewId": post.id, "authorName": author.name if author else "", "comments": comments}


def _time(milliseconds: int) -> dict[str, Any]:
    return {"seconds": str(milliseconds // 1000), "nanos": milliseconds % 1000 * 1_000_000}
