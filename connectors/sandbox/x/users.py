"""People: me, by id, by handle."""

from typing import Any

from starlette.routing import Route

from connectors.sandbox.x.api import ID, Api, Call, endpoint
from connectors.sandbox.x.problems import not_found_entry, wrong_parameter
from connectors.sandbox.x.shapes import Wanted

_PARAMS = frozenset({"user.fields", "tweet.fields", "post.fields", "expansions"})


def routes(api: Api) -> list[Route]:
    """The endpoints of this file."""
    return [
        endpoint(api, "GET", "/2/users/me", me, _PARAMS),
        endpoint(api, "GET", "/2/users", several, _PARAMS | {"ids"}),
        endpoint(api, "GET", "/2/users/by/username/:username", by_handle, _PARAMS),
        endpoint(api, "GET", "/2/users/:id", by_id, _PARAMS),
    ]


async def me(call: Call) -> tuple[int, dict[str, Any]]:
    """The account whose token was used."""
    return 200, {"data": call.api.shapes.user(call.account, Wanted.of(call.params).user)}


async def by_id(call: Call) -> tuple[int, dict[str, Any]]:
    """One user."""
    wanted, user_id = Wanted.of(call.params), call.path_id("id")
    account = call.api.store.account("x", user_id)
    if account is None:
        return 200, {"errors": [not_found_entry("user", "id", user_id)]}
    return 200, {"data": call.api.shapes.user(account, wanted.user)}


async def by_handle(call: Call) -> tuple[int, dict[str, Any]]:
    """One user by handle."""
    wanted, handle = Wanted.of(call.params), str(call.request.path_params["username"])
    account = call.api.store.account_by_handle("x", handle)
    if account is None:
        return 200, {"errors": [not_found_entry("user", "username", handle)]}
    return 200, {"data": call.api.shapes.user(account, wanted.user)}


async def several(call: Call) -> tuple[int, dict[str, Any]]:
    """Up to 100 users."""
    wanted = Wanted.of(call.params)
    ids = [part for part in call.params.get("ids", "").split(",") if part]
    if not 1 <= len(ids) <= 100 or not all(ID.fullmatch(part) for part in ids):
        raise wrong_parameter("ids", ",".join(ids)[:100], "must be 1 to 100 ids")
    found = call.api.store.accounts("x", ids)
    answer: dict[str, Any] = {}
    if found:
        answer["data"] = [call.api.shapes.user(found[own_id], wanted.user) for own_id in ids if own_id in found]
    if missing := [not_found_entry("user", "ids", own_id) for own_id in ids if own_id not in found]:
        answer["errors"] = missing
    return 200, answer
