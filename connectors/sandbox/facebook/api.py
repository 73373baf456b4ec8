"""Every request to the Graph API: version, caller, limits, then the node and what is asked of it.

Source: Meta's Graph API reference (v24 to v26). Older versions are answered as expired. What Meta does not publish,
endpoint, parameter or field, is refused (`published`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox.facebook import apps
from connectors.sandbox.facebook.call import Call, GraphNetwork, identify, read_form
from connectors.sandbox.facebook.edges import edge_of
from connectors.sandbox.facebook.errors import GraphError, gone, no_field, trace_id, wrong
from connectors.sandbox.facebook.fields import parse
from connectors.sandbox.facebook.limits import Limiter
from connectors.sandbox.facebook.nodes import Node
from connectors.sandbox.facebook.published import EVERYWHERE, Place
from connectors.sandbox.facebook.view import Surface, show

OLDEST, NEWEST = 24, 26
MAX_IDS = 50
Handler = Callable[[Call, Node], dict[str, Any]]
_VERSION = re.compile(r"v(\d{1,3})\.(\d{1,2})", re.ASCII)
_MESSENGER = frozenset({"conversations", "messages", "message_attachments"})


@dataclass(frozen=True, slots=True)
class Api:
    """What one network answers: what it shows, what it changes, what Meta publishes of it, and who may read what.

    `reads` gives the permission for a type of node, `lists` that for what hangs on it by edge ("" for all others).
    """

    surface: Surface
    writes: Mapping[Place, Handler]
    published: Mapping[Place, frozenset[str]]
    reads: Mapping[str, str]
    lists: Mapping[str, str]


def routes(network: GraphNetwork, api: Api) -> list[Route]:
    """One route: the Graph API's addresses are all of one form."""
    limiter = Limiter()

    async def answer(request: Request) -> Response:
        headers = {"x-fb-trace-id": trace_id(), "x-fb-rev": "1018000000", "Cache-Control": "private, no-store"}
        try:
            version, parts = _parts(request.path_params["path"])
            headers["facebook-api-version"] = version
            params, files = await read_form(request)
            caller = identify(request, params, network.store, network.slug)
            call = Call(network, api.surface, limiter, request, caller, version, params, files)
            messenger = any(part in _MESSENGER or part.startswith(("t_", "m_")) for part in parts)
            headers |= limiter.spend(caller.account, app=caller.app, messenger=messenger)
            body = await _answer(api, call, parts)
        except GraphError as error:
            error.headers = {**headers, **error.headers}
            return error.response()
        return JSONResponse(body, headers=headers, media_type="application/json; charset=UTF-8")

    return [Route("/{path:path}", answer, methods=["GET", "POST", "DELETE"])]


def _parts(path: str) -> tuple[str, list[str]]:
    """The version and what follows it. Raises error 2635 for a version that has expired."""
    parts = [part for part in path.split("/") if part]
    found = _VERSION.fullmatch(parts[0]) if parts else None
    if found is None:
        return f"v{OLDEST}.0", parts
    if int(found[1]) < OLDEST:
        newest = f"v{NEWEST}.0"
        message = f"(#2635) You are calling a deprecated version of the Graph API. Please update to {newest}."
        raise GraphError(2635, message)
    if int(found[1]) > NEWEST or int(found[2]):
        raise _unknown(parts)
    return parts[0], parts[1:]


def _unknown(parts: list[str]) -> GraphError:
    return GraphError(2500, f"Unknown path components: /{'/'.join(parts)}")


async def _answer(api: Api, call: Call, parts: list[str]) -> Any:
    if not parts:
        return _several(api, call)
    if len(parts) > 2:
        raise _unknown(parts[2:])
    if parts == ["debug_token"]:
        _as_published(api, call, "", "debug_token", "debug_token")
        return apps.debug_token(call)
    if parts[0] in ("app", call.caller.account.credentials.get("app_id")):
        return await _of_app(api, call, parts[1:])
    return _of_node(api, call, parts[0], parts[1] if len(parts) == 2 else "")


def _as_published(api: Api, call: Call, kind: str, edge: str, node_id: str) -> None:
    """Raises error 100 for an endpoint or a parameter that Meta does not publish."""
    method = call.request.method
    known = api.published.get((method, kind, edge))
    if known is None and method == "GET" and edge:
        raise no_field(edge, kind)
    if known is None:
        raise gone(method, node_id)
    for name in (*call.params, *call.files):
        if name not in known | EVERYWHERE:
            raise wrong(name, f"is not known to {method} {kind}/{edge}".rstrip("/"))


async def _of_app(api: Api, call: Call, rest: list[str]) -> dict[str, Any]:
    _as_published(api, call, "App", "/".join(rest), "app")
    if rest == ["subscriptions"]:
        if call.request.method == "POST":
            return await apps.subscribe(call)
        return apps.unsubscribe(call) if call.request.method == "DELETE" else apps.subscriptions(call)
    return {"name": "Sandbox", "link": call.network.sandbox.address, "id": call.caller.account.credentials["app_id"]}


def _several(api: Api, call: Call) -> dict[str, Any]:
    """`?ids=a,b`: several nodes at once; one that is missing fails them all, as at Facebook."""
    wanted = [part for part in call.params.get("ids", "").split(",") if part]
    if not wanted or call.request.method != "GET":
        raise GraphError(100, "(#100) Unsupported request - method type: " + call.request.method.lower())
    _as_published(api, call, "", "", "")
    if len(wanted) > MAX_IDS:
        raise wrong("ids", f"must have at most {MAX_IDS} entries")
    return {node_id: _seen(api, call, _found(call, node_id), "") for node_id in wanted}


def _found(call: Call, node_id: str) -> Node:
    node = call.surface.find(call.store, call.page, node_id)
    if node is None:
        raise gone(call.request.method, node_id)
    return node


def _of_node(api: Api, call: Call, node_id: str, edge: str) -> dict[str, Any]:
    node = _found(call, node_id)
    _as_published(api, call, node.kind, edge, node_id)
    method = call.request.method
    if handler := api.writes.get((method, node.kind, edge)):
        return handler(call, node)
    if method != "GET":
        raise gone(method, node_id)
    return _seen(api, call, node, edge)


def _seen(api: Api, call: Call, node: Node, edge: str) -> dict[str, Any]:
    if node.kind in ("Conversation", "Message") or edge in _MESSENGER:
        call.needs(api.reads["Message"])
        call.limiter.burst(call.page, "conversations")
    elif edge:
        call.needs(api.lists.get(edge, api.lists[""]))
    elif node.kind in api.reads:
        call.needs(api.reads[node.kind])
    wanted = parse(call.params["fields"]) if call.params.get("fields") else ()
    view = call.view()
    if edge:
        return edge_of(view, node, edge)(view, node, call.list_args(), wanted)
    return show(view, node, wanted)
