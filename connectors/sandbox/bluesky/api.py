"""What every method of XRPC goes through: who asks, how often, which parameters, and errors in Bluesky's own form."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox.bluesky import tokens
from connectors.sandbox.bluesky.compose import SLUG, Composer
from connectors.sandbox.bluesky.ids import parts_of, position_of, tid_of
from connectors.sandbox.bluesky.limits import Limiter
from connectors.sandbox.bluesky.problems import XrpcError, bad_token, invalid, not_served
from connectors.sandbox.bluesky.shapes import Shapes
from connectors.sandbox.network import Network
from connectors.sandbox.records import Account, Post, Reaction
from connectors.sandbox.store import Store

Listed = TypeVar("Listed", bound=Post | Reaction)

CHAT_SERVICE = "did:web:api.bsky.chat#bsky_chat"
MAX_JSON_BYTES = 1024 * 1024


@dataclass(slots=True)
class Api:
    """What the methods share."""

    network: Network
    composer: Composer
    shapes: Shapes
    limiter: Limiter

    @property
    def store(self) -> Store:
        """The sandbox's memory."""
        return self.network.store


@dataclass(slots=True)
class Call:
    """One request of `account`."""

    api: Api
    request: Request
    account: Account

    def text(self, name: str) -> str:
        """A parameter that must be there."""
        value = self.request.query_params.get(name, "")
        if not value:
            raise invalid(f'Error: Params must have the property "{name}"')
        return value

    def several(self, name: str, most: int) -> list[str]:
        """A parameter that is given once or several times."""
        values = self.request.query_params.getlist(name)
        if not 1 <= len(values) <= most:
            raise invalid(f"Error: {name} must have 1 to {most} elements")
        return values

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from 1 to `most`."""
        value = self.request.query_params.get(name)
        if value is None:
            return default
        if not re.fullmatch(r"[0-9]{1,6}", value, re.ASCII) or not 1 <= int(value) <= most:
            raise invalid(f"Error: {name} can not be greater than {most}")
        return int(value)

    def flag(self, name: str) -> bool:
        """Yes or no. What is written otherwise the vendor's server does not foresee."""
        value = self.request.query_params.get(name, "false")
        if value not in ("true", "false"):
            raise XrpcError(500, "InternalServerError", "Internal Server Error")
        return value == "true"

    def before(self) -> int | None:
        """The position below which the asked page begins."""
        value = self.request.query_params.get("cursor")
        if value is None:
            return None
        found = position_of(value)
        if found is None:
            raise invalid("Malformed cursor")
        return found

    async def json(self) -> dict[str, Any]:
        """The JSON body, an object."""
        raw = await self.request.body()
        if len(raw) > MAX_JSON_BYTES:
            raise XrpcError(413, "PayloadTooLarge", "request entity too large")
        if not self.request.headers.get("content-type", "").startswith("application/json"):
            raise invalid("Request encoding (Content-Type) required but not provided")
        try:
            body = json.loads(raw)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise invalid("Input must be an object")
        return body

    def actor(self, named: str) -> Account:
        """An account by DID or handle. Raises the error where there is none."""
        found = self.api.store.account(SLUG, named) if named.startswith("did:") else self.api.composer.by_handle(named)
        if found is None:
            raise invalid("Profile not found")
        return found

    def public(self, address: object) -> Post | None:
        """A post that is there; None where it is gone. Raises the error for what is no address."""
        if parts_of(address) is None:
            raise invalid(f"Error: uris must be a valid at-uri, got {str(address)[:80]}")
        post = self.api.store.post(SLUG, str(address))
        return post if post and not post.private and post.deleted_at is None else None


Method = Callable[[Call], Awaitable[dict[str, Any]]]


def bearer(headers: Mapping[str, str]) -> str:
    """The token of a request, "" without one."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme == "Bearer" else ""


def method(api: Api, verb: str, name: str, handler: Method) -> Route:
    """A route that authenticates, counts and answers errors. Methods of the chat go by its proxy header."""
    chat = name.startswith("chat.bsky.")

    async def answer(request: Request) -> Response:
        headers: dict[str, str] = {}
        try:
            account, scope = tokens.opened(bearer(request.headers), api.store, refresh=False)
            headers = api.limiter.spend(account, name)
            if chat and request.headers.get("atproto-proxy") != CHAT_SERVICE:
                raise not_served()
            if chat and scope != tokens.PRIVILEGED:
                raise bad_token("Bad token method")
            body = await handler(Call(api, request, account))
        except XrpcError as problem:
            problem.headers = {**headers, **problem.headers}
            return problem.response()
        return JSONResponse(body, headers=headers)

    return Route(f"/xrpc/{name}", answer, methods=[verb])


def page_of(call: Call, posts: list[Listed], limit: int) -> tuple[list[Listed], dict[str, str]]:
    """At most `limit` of these, disturbed where a fault says so, and the cursor of the page that follows."""
    cursor = {"cursor": tid_of(posts[limit - 1].position)} if len(posts) > limit else {}
    line = f"GET {call.request.url.path}"
    return call.api.network.sandbox.faults.disturb_page(SLUG, line, posts[:limit]), cursor
