"""What every endpoint of X goes through: who asks, how often, which parameters, and errors in X's own form."""

import base64
import json
import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox.network import Network
from connectors.sandbox.records import Account, Post
from connectors.sandbox.store import Store
from connectors.sandbox.x.auth import Caller, identify
from connectors.sandbox.x.compose import Composer
from connectors.sandbox.x.limits import LIMITS, Limiter
from connectors.sandbox.x.problems import Problem, app_only_refused, invalid, wrong_parameter
from connectors.sandbox.x.shapes import Shapes

ID = re.compile(r"[0-9]{1,19}", re.ASCII)
FIELD_PARAMS = frozenset(
    "tweet.fields post.fields user.fields media.fields poll.fields place.fields expansions".split()
)
PAGE_PARAMS = frozenset("max_results pagination_token next_token since_id until_id start_time end_time".split())
MAX_JSON_BYTES = 8 * 1024 * 1024


@dataclass(slots=True)
class Api:
    """What the endpoints share."""

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
    """One authenticated request."""

    api: Api
    request: Request
    caller: Caller
    params: Mapping[str, str]

    @property
    def account(self) -> Account:
        """On whose behalf it is."""
        return self.caller.account

    def path_id(self, name: str) -> str:
        """An id from the path. Raises the 400 problem for what is none."""
        value = str(self.request.path_params[name])
        if not ID.fullmatch(value):
            raise wrong_parameter(name, value, "does not match ^[0-9]{1,19}$")
        return value

    def own_path_id(self, name: str) -> str:
        """An id from the path that must be the caller's own."""
        value = self.path_id(name)
        if value != self.account.id:
            raise invalid(
                f"The `{name}` query parameter value [{value}] must be the same as the authenticating user "
                f"[{self.account.id}]",
                **{name: value},
            )
        return value

    def number(self, name: str, low: int, high: int, default: int) -> int:
        """A number from the query, within its bounds."""
        value = self.params.get(name)
        if value is None:
            return default
        if not re.fullmatch(r"[0-9]{1,6}", value, re.ASCII) or not low <= int(value) <= high:
            raise wrong_parameter(name, value, f"is not between {low} and {high}")
        return int(value)

    def post_id(self, name: str) -> int | None:
        """A post's id from the query, as the position that it stands for."""
        value = self.params.get(name)
        if value is None:
            return None
        if not ID.fullmatch(value):
            raise wrong_parameter(name, value, "does not match ^[0-9]{1,19}$")
        return min(int(value), 2**63 - 1)

    def instant(self, name: str) -> int | None:
        """An RFC 3339 time from the query in ms."""
        value = self.params.get(name)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise wrong_parameter(name, value, "is not a valid RFC3339 date-time")
        return int(moment.timestamp() * 1000)

    async def json(self, allowed: Collection[str]) -> dict[str, Any]:
        """The JSON body, an object with no other keys than these."""
        raw = await self.request.body()
        if not self.request.headers.get("content-type", "").startswith("application/json"):
            raise invalid("Invalid content type: the request body must be application/json")
        if len(raw) > MAX_JSON_BYTES:
            raise Problem(413, {"title": "Payload Too Large", "type": "about:blank", "status": 413})
        try:
            body = json.loads(raw)
        except ValueError:
            raise invalid("The request body is not valid JSON") from None
        if not isinstance(body, dict):
            raise invalid("$: must be an object")
        check_keys(body, allowed, "$")
        return body


def check_keys(body: Mapping[str, Any], allowed: Collection[str], at: str) -> None:
    """Refuse what the schema does not define, in X's words."""
    for name in body:
        if name not in allowed:
            rule = "is not defined in the schema and the schema does not allow additional properties"
            raise invalid(f"{at}.{name}: {rule}")


Endpoint = Callable[[Call], Awaitable[tuple[int, dict[str, Any]]]]


def endpoint(api: Api, method: str, path: str, handler: Endpoint, params: Collection[str] = ()) -> Route:
    """A route that authenticates, counts, checks parameter names and answers problems. `path` with :names."""
    name = f"{method} {path}"
    limit = LIMITS[name]

    async def answer(request: Request) -> Response:
        headers: dict[str, str] = {}
        try:
            caller = await identify(request, api.store)
            if not caller.user and limit.app is None:
                raise app_only_refused()
            headers = api.limiter.spend(caller, name)
            headers["x-access-level"] = "read-write-directmessages" if caller.user else "read"
            for given in request.query_params:
                if given not in params:
                    known = ",".join(sorted(params))
                    raise invalid(f"The query parameter [{given}] is not one of [{known}]", **{given: ""})
            status, body = await handler(Call(api, request, caller, request.query_params))
        except Problem as problem:
            problem.headers = {**headers, **problem.headers}
            return problem.response()
        return JSONResponse(body, status, headers=headers, media_type="application/json; charset=utf-8")

    return Route(re.sub(r":(\w+)", r"{\1}", path), answer, methods=[method])


def page_token(before: int, path: str) -> str:
    """An opaque token for the page that follows; it fits only the path that gave it."""
    return base64.b32encode(f"{before}|{sum(path.encode()) % 997}".encode()).decode().rstrip("=").lower()


def page_before(call: Call, *names: str) -> int | None:
    """The position before which the asked page begins."""
    for name in names:
        token = call.params.get(name)
        if token is None:
            continue
        try:
            before, _, check = base64.b32decode(token.upper() + "=" * (-len(token) % 8)).decode().partition("|")
            fits = int(check) == sum(call.request.url.path.encode()) % 997
        except ValueError:
            fits = False
        if not fits:
            raise wrong_parameter(name, token, "is not valid")
        return int(before)
    return None


def paged(call: Call, posts: list[Post], limit: int) -> tuple[list[Post], str]:
    """At most `limit` of `limit + 1` posts, and the token of the next page or ""."""
    if len(posts) <= limit:
        return posts, ""
    return posts[:limit], page_token(posts[limit - 1].position, call.request.url.path)
