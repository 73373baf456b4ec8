"""What every endpoint of Mastodon goes through: who asks, how often, which parameters, and errors in its own form.

Limits are those of docs.joinmastodon.org/api/rate-limits; an account whose settings say {"rate_limits": "off"} is
counted, not stopped. Settings that make another server of it: `software` "other" (no idempotency, no rate headers, 401
for what is not ours, no v2 of anything), `max_characters`, `missing_scopes` (of "read" and "write").
"""

import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox.mastodon.refusals import Refusal, dead_token, not_found, out_of_scope, too_many
from connectors.sandbox.records import Account, Post
from connectors.sandbox.store import Store

if TYPE_CHECKING:
    from connectors.sandbox.mastodon import Mastodon
    from connectors.sandbox.mastodon.shapes import Shapes

MAX_BODY_BYTES = 20 * 1024 * 1024
MAX_CHARACTERS = 500
UNLIMITED = 1_000_000
# Calls by one account, and the seconds in which.
EVERY = (300, 300)
LIMITS = {"POST /api/v1/statuses": (300, 10_800), "DELETE /api/v1/statuses/{id}": (30, 1_800), "media": (30, 1_800)}


class Limiter:
    """Counts calls. Windows live in memory: a restart of the sandbox opens new ones."""

    def __init__(self, network_ms: Callable[[], int]) -> None:
        self._network_ms = network_ms
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}

    def spend(self, account: Account, endpoint: str) -> dict[str, str]:
        """Count one call and return the rate headers. Raises the 429 where nothing was left."""
        name = "media" if endpoint.endswith("/media") else endpoint
        allowed, seconds = LIMITS.get(name, EVERY)
        key = (account.id, name if name in LIMITS else "")
        now = time.monotonic()
        opened, used = self._windows.get(key, (now, 0))
        if now - opened >= seconds:
            opened, used = now, 0
        if account.settings.get("rate_limits") == "off":
            allowed = UNLIMITED
        refused = used >= allowed
        self._windows[key] = (opened, used if refused else used + 1)
        left = allowed - self._windows[key][1]
        headers = rate_headers(allowed, left, self._network_ms() + int((opened + seconds - now) * 1000))
        if refused:
            raise too_many(headers)
        return headers if account.settings.get("software") != "other" else {}


def rate_headers(limit: int, remaining: int, reset_ms: int) -> dict[str, str]:
    """As Mastodon writes them: the end of the window is a time of ISO 8601."""
    reset = datetime.fromtimestamp(reset_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(remaining), "X-RateLimit-Reset": reset}


@dataclass(slots=True)
class Call:
    """One authenticated request."""

    network: "Mastodon"
    request: Request
    account: Account

    @property
    def store(self) -> Store:
        """The sandbox's memory."""
        return self.network.store

    @property
    def shapes(self) -> "Shapes":
        """How things look to this caller."""
        return self.network.shapes.seen_by(self.account)

    @property
    def is_other_software(self) -> bool:
        """Whether this account is on a server that is no Mastodon."""
        return bool(self.account.settings.get("software") == "other")

    def number(self, name: str, default: int, most: int) -> int:
        """A number from the query, brought within its bounds as Mastodon does."""
        value = self.request.query_params.get(name, "")
        return min(int(value), most) if value.isdecimal() and 0 < len(value) < 10 else default

    def listed(self, name: str) -> list[str]:
        """A list from the query."""
        return self.request.query_params.getlist(f"{name}[]")

    def scope(self, needed: str) -> None:
        """Raises the 403 where the token lacks "read" or "write"."""
        if needed in (self.account.settings.get("missing_scopes") or ()):
            raise out_of_scope()

    def visible(self, status_id: str) -> Post:
        """A status that this account may see. Raises the 404."""
        post = self.store.post(self.network.slug, status_id)
        if post is None or post.deleted_at is not None:
            raise not_found()
        concerned = (post.author_id, *post.extra.get("mentioned_ids", ()))
        if post.private and self.account.id not in concerned:
            raise not_found()
        return post

    def own(self, status_id: str) -> Post:
        """A status of this account's own. Raises the 404 that Mastodon has for those of others too."""
        post = self.visible(status_id)
        if post.author_id != self.account.id:
            raise Refusal(401, "Unauthorized") if self.is_other_software else not_found()
        return post

    async def parameters(self) -> dict[str, Any]:
        """What was sent, as JSON or as a form; names with [] are lists, files are files."""
        if self.request.headers.get("content-type", "").startswith("application/json"):
            try:
                body = json.loads(await self.request.body() or b"{}")
            except ValueError:
                raise Refusal(400, "Bad Request") from None
            return body if isinstance(body, dict) else {}
        form = await self.request.form()
        found: dict[str, Any] = {}
        for name in form:
            values = form.getlist(name)
            file = next((value for value in values if isinstance(value, UploadFile)), None)
            found[name.removesuffix("[]")] = file or (values if name.endswith("[]") else values[-1])
        return found


Endpoint = Callable[[Call], Awaitable[Response | dict[str, Any] | list[dict[str, Any]]]]


def endpoint(network: "Mastodon", method: str, path: str, handler: Endpoint, *, limiter: Limiter) -> Route:
    """A route that authenticates, counts and answers refusals."""
    name = f"{method} {path}"

    async def answer(request: Request) -> Response:
        headers: dict[str, str] = {}
        try:
            account = network.store.account(network.slug, network.caller(request.headers))
            if account is None:
                raise dead_token()
            headers = limiter.spend(account, name)
            call = Call(network, request, account)
            call.scope("read" if method == "GET" else "write")
            content = await handler(call)
        except Refusal as refusal:
            refusal.headers = {**headers, **refusal.headers}
            return refusal.response()
        if not isinstance(content, Response):
            content = JSONResponse(content)
        content.headers.update(headers)
        return content

    return Route(path, answer, methods=[method])
