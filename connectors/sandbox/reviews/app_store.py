"""The sandbox's App Store Connect: customerReviews and customerReviewResponses, below /app_store.

Who asks signs a token with the key's ES256; what it says of issuer, key, audience and time is checked as Apple does.
A response is PENDING_PUBLISH for `publish_seconds` of the company's settings (2), PUBLISHED from then on.
"""

import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute

from connectors.sandbox.faults import Fault
from connectors.sandbox.network import Sandbox
from connectors.sandbox.records import Account, Post
from connectors.sandbox.reviews import Limiter, Refusal, ReviewNetwork, endpoint, scrambled, touched

MOST_CHARACTERS = 5_970
AUDIENCE = "appstoreconnect-v1"
LONGEST_TOKEN = 20 * 60  # seconds
CALLS = (3_500, 3_600)
_AGREEMENT = "FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED"
_ERRORS = {
    400: ("PARAMETER_ERROR", "A parameter has an invalid value"),
    401: ("NOT_AUTHORIZED", "Authentication credentials are missing or invalid."),
    402: ("PAYMENT_REQUIRED", "Payment required"),
    403: ("FORBIDDEN_ERROR", "This request is forbidden for security reasons"),
    404: ("NOT_FOUND", "The specified resource does not exist"),
    409: ("ENTITY_ERROR.ATTRIBUTE.INVALID", "An attribute in the provided entity has invalid value"),
    429: ("RATE_LIMIT_EXCEEDED", "The request rate limit has been reached."),
    500: ("UNEXPECTED_ERROR", "An unexpected error occurred."),
    503: ("UNEXPECTED_ERROR", "An unexpected error occurred."),
}


class AppStore(ReviewNetwork):
    """A store with apps."""

    slug: ClassVar[str] = "app_store"
    label: ClassVar[str] = "App Store"

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.limiter = Limiter()

    def routes(self) -> Sequence[BaseRoute]:
        """The endpoints."""
        return [
            endpoint("GET", "/v1/apps/{app}", self._app),
            endpoint("GET", "/v1/apps/{app}/customerReviews", self._listed),
            endpoint("GET", "/v1/customerReviews/{review}", self._one),
            endpoint("GET", "/v1/customerReviews/{review}/response", self._response),
            endpoint("POST", "/v1/customerReviewResponses", self._reply),
            endpoint("DELETE", "/v1/customerReviewResponses/{response}", self._unsay),
        ]

    def new_account(self, handle: str, given: Mapping[str, str], own_id: str = "") -> tuple[str, dict[str, str]]:
        """The number of an app, and a key of its own."""
        app = given.get("app_id") or own_id or str(1_000_000_000 + self.store.next_position() % 8_999_999_999)
        fresh = {
            "app_id": app,
            "issuer_id": str(UUID(bytes=secrets.token_bytes(16), version=4)),
            "key_id": secrets.token_hex(5).upper(),
        }
        if not given.get("private_key"):
            fresh["private_key"] = new_key()
        return app, {**fresh, **given}

    def tokens(self, credentials: Mapping[str, str]) -> Iterable[str]:
        """The id of the key, by which its account is found."""
        return (credentials.get("key_id", ""),)

    def caller(self, headers: Mapping[str, str]) -> str:
        """Whose token it is, "" where it is nobody's."""
        account = self._bearer(headers.get("authorization", ""))
        return account.id if account else ""

    def review_id(self, position: int) -> str:
        """A number in the shape of Apple's."""
        return str(UUID(scrambled(position, 32)))

    def failure(self, fault: Fault, path: str) -> Response:
        """A fault in Apple's own words; it never says when to come back."""
        if fault.kind == "server_error_html":
            page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1>Apple</body></html>"
            return HTMLResponse(page, status_code=int(fault.params.get("status", 502)))
        return error(self.status_of(fault), code=_AGREEMENT if fault.kind == "not_allowed" else "")

    async def _app(self, request: Request) -> Response:
        account, headers = self._asking(request)
        self._is_ours(account, request.path_params["app"])
        told = {"name": account.name, "bundleId": f"nl.sandbox.{account.handle}"}
        return JSONResponse({"data": {"type": "apps", "id": account.id, "attributes": told}}, headers=headers)

    async def _listed(self, request: Request) -> Response:
        account, headers = self._asking(request)
        self._is_ours(account, request.path_params["app"])
        size = request.query_params.get("limit", "50")
        if not size.isdecimal() or not 1 <= int(size) <= 200:
            raise Refusal(error(400, "'limit' must be between 1 and 200"))
        path, rows = str(request.scope["path"]), self.reviews_of(account.id)
        page, following = self.page(rows, request.query_params.get("cursor", ""), int(size), f"GET {path}")
        told = self._document(page, account)
        told["links"] = {"self": str(request.url)}
        if following:
            told["links"]["next"] = str(request.url.include_query_params(cursor=following))
        told["meta"] = {"paging": {"total": len(rows), "limit": int(size)}}
        return JSONResponse(told, headers=headers)

    async def _one(self, request: Request) -> Response:
        account, headers = self._asking(request)
        told = self._document([self._found(account, request.path_params["review"])], account)
        return JSONResponse({**told, "data": told["data"][0]}, headers=headers)

    async def _response(self, request: Request) -> Response:
        account, headers = self._asking(request)
        answer = self.answer_to(self._found(account, request.path_params["review"]))
        if answer is None:
            raise Refusal(error(404))
        return JSONResponse({"data": self._answer_shape(answer, account)}, headers=headers)

    async def _reply(self, request: Request) -> Response:
        account, headers = self._asking(request)
        try:
            data = (await request.json())["data"]
            text = data["attributes"]["responseBody"]
            post = self._found(account, str(data["relationships"]["review"]["data"]["id"]))
        except (ValueError, KeyError, TypeError):
            raise Refusal(error(409)) from None
        if not isinstance(text, str) or not text.strip() or len(text) > MOST_CHARACTERS:
            raise Refusal(error(409, f"The attribute 'responseBody' takes at most {MOST_CHARACTERS} characters"))
        said = self.say(account, post, text)
        return JSONResponse({"data": self._answer_shape(said, account)}, 201, headers=headers)

    async def _unsay(self, request: Request) -> Response:
        account, headers = self._asking(request)
        answer = self.store.post(self.slug, request.path_params["response"])
        if answer is None or answer.deleted_at is not None or answer.account_id != account.id or answer.kind != "reply":
            raise Refusal(error(404))
        self.remove(answer)
        return Response(status_code=204, headers=headers)

    def _asking(self, request: Request) -> tuple[Account, dict[str, str]]:
        """Who asks, and what is left of the hour. Raises the 401, 403 or 429."""
        account = self._bearer(request.headers.get("authorization", ""))
        if account is None:
            raise Refusal(error(401))
        left = self.limiter.left(account, "all", *CALLS)
        headers = {"X-Rate-Limit": f"user-hour-lim:{CALLS[0]};user-hour-rem:{max(left, 0)};"}
        if left < 0:
            raise Refusal(error(429, headers=headers))
        if ("read" if request.method == "GET" else "write") in (account.settings.get("missing_permissions") or ()):
            raise Refusal(error(403, "The API key in use does not allow this request", headers=headers))
        return account, headers

    def _bearer(self, header: str) -> Account | None:
        import jwt
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        token = header.removeprefix("Bearer ")
        try:
            account = self.store.account_by_token(self.slug, str(jwt.get_unverified_header(token).get("kid") or "-"))
            if account is None:
                return None
            key: Any = load_pem_private_key(account.credentials["private_key"].encode(), None).public_key()
            claims = jwt.decode(token, key, algorithms=["ES256"], audience=AUDIENCE)
        except (jwt.PyJWTError, KeyError, ValueError):
            return None
        issuer = account.credentials.get("issuer_id", "")
        meant = claims.get("iss") == issuer if issuer else claims.get("sub") == "user"
        return account if meant and claims.get("exp", 0) - time.time() <= LONGEST_TOKEN else None

    def _is_ours(self, account: Account, app: str) -> None:
        if app != account.id:
            raise Refusal(error(404))

    def _found(self, account: Account, review_id: str) -> Post:
        post = self.review(account, review_id)
        if post is None:
            raise Refusal(error(404))
        return post

    def _document(self, posts: Sequence[Post], account: Account) -> dict[str, Any]:
        answers = {post.id: self.answer_to(post) for post in posts}
        included = [self._answer_shape(one, account) for one in answers.values() if one is not None]
        told: dict[str, Any] = {"data": [self._shape(post, answers[post.id]) for post in posts]}
        return {**told, "included": included} if included else told

    def _shape(self, post: Post, answer: Post | None) -> dict[str, Any]:
        author = self.store.account(self.slug, post.author_id)
        title, _, body = post.text.partition("\n")
        link = {"type": "customerReviewResponses", "id": answer.id} if answer else None
        return {
            "type": "customerReviews",
            "id": post.id,
            "attributes": {
                "rating": post.extra["rating"],
                "title": title,
                "body": body.strip(),
                "reviewerNickname": author.name if author else "",
                "createdDate": _written(touched(post)),
                "territory": post.extra.get("country", "NLD"),
            },
            "relationships": {"response": {"data": link}},
        }

    def _answer_shape(self, answer: Post, account: Account) -> dict[str, Any]:
        waits = float(account.settings.get("publish_seconds", 2)) * 1000
        state = "PENDING_PUBLISH" if self.now_ms() < touched(answer) + waits else "PUBLISHED"
        told = {"responseBody": answer.text, "lastModifiedDate": _written(touched(answer)), "state": state}
        review = {"data": {"type": "customerReviews", "id": answer.parent_id}}
        return {
            "type": "customerReviewResponses",
            "id": answer.id,
            "attributes": told,
            "relationships": {"review": review},
        }


def error(status: int, detail: str = "", headers: Mapping[str, str] | None = None, *, code: str = "") -> JSONResponse:
    """An error as Apple writes it."""
    usual, title = _ERRORS.get(status, ("UNEXPECTED_ERROR", "An unexpected error occurred."))
    told = {
        "id": secrets.token_hex(8),
        "status": str(status),
        "code": code or usual,
        "title": title,
        "detail": detail or title,
    }
    return JSONResponse({"errors": [told]}, status, headers=dict(headers or {}))


def new_key() -> str:
    """A private key as Apple gives them."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _written(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")
