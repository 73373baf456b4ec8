"""Every request to the Graph API: version, caller, limits, then the node and what is asked of it.

Source: Meta's Graph API reference (v24 to v26). Older versions are answered as expired.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox.facebook import apps, messaging, uploads, writing
from connectors.sandbox.facebook.call import Call, identify, read_form
from connectors.sandbox.facebook.edges import edge_of, show
from connectors.sandbox.facebook.errors import GraphError, gone, trace_id, wrong
from connectors.sandbox.facebook.fields import parse
from connectors.sandbox.facebook.limits import Limiter
from connectors.sandbox.facebook.nodes import Node, find
from connectors.sandbox.network import Network

OLDEST, NEWEST = 24, 26
MAX_IDS = 50
Handler = Callable[[Call, Node], dict[str, Any]]
_VERSION = re.compile(r"v(\d{1,3})\.(\d{1,2})", re.ASCII)
_MESSENGER = frozenset({"conversations", "messages", "message_attachments"})
# What a page may do beyond reading: method, type of node ("" any), edge.
_WRITES: Mapping[tuple[str, str, str], Handler] = {
    ("POST", "Page", "feed"): writing.publish,
    ("POST", "Page", "messages"): messaging.send,
    ("POST", "Page", "message_attachments"): uploads.message_attachment,
    ("POST", "Page", "photos"): uploads.photo,
    ("GET", "Page", "subscribed_apps"): apps.subscribed_apps,
    ("POST", "Page", "subscribed_apps"): apps.install,
    ("DELETE", "Page", "subscribed_apps"): apps.uninstall,
    ("POST", "Post", "comments"): writing.comment,
    ("POST", "Comment", "comments"): writing.comment,
    ("POST", "Post", "likes"): writing.like,
    ("POST", "Comment", "likes"): writing.like,
    ("DELETE", "Post", "likes"): writing.unlike,
    ("DELETE", "Comment", "likes"): writing.unlike,
    ("POST", "Post", ""): writing.change,
    ("POST", "Comment", ""): writing.change,
    ("DELETE", "Post", ""): writing.remove,
    ("DELETE", "Comment", ""): writing.remove,
}
_READS = {"Page": "pages_read_engagement", "Post": "pages_read_engagement", "Comment": "pages_read_user_content"}


def routes(network: Network) -> list[Route]:
    """One route: the Graph API's addresses are all of one form."""
    limiter = Limiter()

    async def answer(request: Request) -> Response:
        headers = {"x-fb-trace-id": trace_id(), "x-fb-rev": "1018000000", "Cache-Control": "private, no-store"}
        try:
            version, parts = _parts(request.path_params["path"])
            headers["facebook-api-version"] = version
            params, files = await read_form(request)
            caller = identify(request, params, network.store)
            call = Call(network, limiter, request, caller, version, params, files)
            messenger = any(part in _MESSENGER or part.startswith(("t_", "m_")) for part in parts)
            headers |= limiter.spend(caller.account, app=caller.app, messenger=messenger)
            body = await _answer(call, parts)
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


async def _answer(call: Call, parts: list[str]) -> Any:
    if not parts:
        return _several(call)
    if len(parts) > 2:
        raise _unknown(parts[2:])
    if parts == ["debug_token"]:
        return apps.debug_token(call)
    if parts[0] in ("app", call.caller.account.credentials.get("app_id")):
        return await _of_app(call, parts[1:])
    return _of_node(call, parts[0], parts[1] if len(parts) == 2 else "")


async def _of_app(call: Call, rest: list[str]) -> dict[str, Any]:
    if rest == ["subscriptions"]:
        if call.request.method == "POST":
            return await apps.subscribe(call)
        return apps.unsubscribe(call) if call.request.method == "DELETE" else apps.subscriptions(call)
    if rest or call.request.method != "GET":
        raise gone(call.request.method, "app")
    return {"name": "Sandbox", "link": call.network.sandbox.address, "id": call.caller.account.credentials["app_id"]}


def _several(call: Call) -> dict[str, Any]:
    """`?ids=a,b`: several nodes at once; one that is missing fails them all, as at Facebook."""
    wanted = [part for part in call.params.get("ids", "").split(",") if part]
    if not wanted or call.request.method != "GET":
        raise GraphError(100, "(#100) Unsupported request - method type: " + call.request.method.lower())
    if len(wanted) > MAX_IDS:
        raise wrong("ids", f"must have at most {MAX_IDS} entries")
    return {node_id: _of_node(call, node_id, "") for node_id in wanted}


def _of_node(call: Call, node_id: str, edge: str) -> dict[str, Any]:
    method = call.request.method
    node = find(call.store, call.page, node_id)
    if node is None:
        raise gone(method, node_id)
    if handler := _WRITES.get((method, node.kind, edge)):
        return handler(call, node)
    if method != "GET":
        raise gone(method, node_id)
    if node.kind in ("Conversation", "Message") or edge in _MESSENGER:
        call.needs("pages_messaging")
        call.limiter.burst(call.page, "conversations")
    elif edge:
        call.needs("pages_read_user_content" if edge != "posts" else "pages_read_engagement")
    elif node.kind in _READS:
        call.needs(_READS[node.kind])
    wanted = parse(call.params["fields"]) if call.params.get("fields") else ()
    view = call.view()
    if edge:
        return edge_of(node, edge)(view, node, call.list_args(), wanted)
    return show(view, node, wanted)
