"""The control API below /_sandbox: play the customers, make accounts, arm faults. JSON in, JSON out.

It is what the town square page, `manage.py replay` and tests use; the desk itself never does. Bad input is answered
with 404 or 422 and {"error": a sentence}; in a bulk each row is judged by itself and the rest goes through.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox.delivery import Deliverer
from connectors.sandbox.faults import KINDS
from connectors.sandbox.network import Log, Refused, Sandbox
from connectors.sandbox.pictures import picture
from connectors.sandbox.square import NotFound, Square, account_json, clean

MAX_BODY_BYTES = 32 * 1024 * 1024
MAX_PAGE = 1000
Handler = Callable[[Request], Awaitable[Response]]


async def _json(request: Request) -> Any:
    body = await request.body()
    if len(body) > MAX_BODY_BYTES:
        raise Refused(f"the body is larger than {MAX_BODY_BYTES} bytes")
    try:
        return json.loads(body or b"{}")
    except ValueError as error:
        raise Refused(f"the body is no JSON: {error}") from None


async def json_object(request: Request) -> dict[str, Any]:
    """The body of a request that must be a JSON object. Raises Refused."""
    body = await _json(request)
    if not isinstance(body, dict):
        raise Refused("the body must be a JSON object")
    return body


def _number(query: QueryParams, name: str, default: int) -> int:
    value = query.get(name, str(default))
    if not (value.isascii() and value.isdigit()) or len(value) > 19:
        raise Refused(f"{name} must be a whole number")
    return int(value)


def guarded(handler: Handler) -> Handler:
    """Turn a refusal into an answer."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except NotFound as error:
            return JSONResponse({"error": str(error)}, status_code=404)
        except Refused as error:
            return JSONResponse({"error": str(error)}, status_code=422)

    return answer


def control_routes(sandbox: Sandbox, deliverer: Deliverer, log: Log) -> list[Route]:
    """Everything below /_sandbox."""
    square = Square(sandbox)
    store, faults = sandbox.store, sandbox.faults

    async def health(_: Request) -> Response:
        addresses = {slug: network.base_url for slug, network in sandbox.networks.items()}
        return JSONResponse({"status": "ok", "networks": list(sandbox.networks), "addresses": addresses})

    async def accounts(request: Request) -> Response:
        if request.method == "GET":
            found = store.companies(request.query_params.get("network", ""))
            return JSONResponse({"accounts": [account_json(account) for account in found]})
        made = square.make_account(await json_object(request))
        return JSONResponse(made, status_code=201 if made["created"] else 200)

    async def posts(request: Request) -> Response:
        if request.method == "POST":
            post = square.write(await json_object(request))
            return JSONResponse(square.posts_json([post])[0], status_code=201)
        query = request.query_params
        network = square.network(query.get("network"))
        equal: dict[str, Any] = {}
        if handle := query.get("account"):
            equal["account_id"] = square.company(network, handle).id
        limit = min(_number(query, "limit", 200), MAX_PAGE)
        found = store.posts(network.slug, after=_number(query, "since", 0), limit=limit, gone_too=True, **equal)
        return JSONResponse({"posts": square.posts_json(found), "more": len(found) == limit})

    async def bulk(request: Request) -> Response:
        return JSONResponse(square.bulk(await _json(request)))

    async def one_post(request: Request) -> Response:
        post_id = request.path_params["post_id"]
        if request.method == "GET":
            return JSONResponse(square.posts_json([square.find(post_id)[1]])[0])
        if request.method == "DELETE":
            return JSONResponse(square.posts_json([square.remove(post_id)])[0])
        text = clean((await json_object(request)).get("text"), "text")
        return JSONResponse(square.posts_json([square.edit(post_id, text)])[0])

    async def reactions(request: Request) -> Response:
        return JSONResponse(square.react(await json_object(request), taken_back=request.method == "DELETE"))

    async def conversations(request: Request) -> Response:
        if request.method == "GET":
            query = request.query_params
            return JSONResponse(square.control_of(square.network(query.get("network")), query.get("author")))
        return JSONResponse(square.do_in_conversation(await json_object(request)))

    async def armed(request: Request) -> Response:
        if request.method == "POST":
            body = await json_object(request)
            times, params = body.get("times", 1), body.get("params") or {}
            where = body.get("network", "*")
            if where != "*":
                square.network(where)
            if not isinstance(params, dict) or isinstance(times, bool) or not isinstance(times, int | None):
                raise Refused("params must be an object, times a whole number or null")
            try:
                fault = faults.arm(where, str(body.get("kind")), str(body.get("match", "")), times, params)
            except ValueError as error:
                raise Refused(str(error)) from None
            return JSONResponse(fault.as_json(), status_code=201)
        if request.method == "DELETE":
            wanted = request.path_params.get("fault_id")
            faults.clear(wanted)
            sandbox.wake()
            return Response(status_code=204)
        return JSONResponse({"faults": [fault.as_json() for fault in faults.armed()], "kinds": dict(KINDS)})

    async def requests(_: Request) -> Response:
        return JSONResponse({"requests": list(reversed(log))})

    async def webhooks(request: Request) -> Response:
        if request.method == "GET":
            hooks = [{**_slots(hook), "settings": dict(hook.settings)} for hook in store.webhooks()]
            return JSONResponse({"webhooks": hooks})
        body = await json_object(request)
        network = square.network(body.get("network"))
        account = square.company(network, body.get("account"))
        url = clean(body.get("url"), "url")
        problem = await deliverer.handshake(network.slug, account.id, url)
        settings: dict[str, Any] = {key: body[key] for key in ("concurrency", "retry_seconds", "events") if key in body}
        hook = store.save_webhook(network.slug, account.id, url, valid=not problem, settings=settings)
        answer = {**_slots(hook), "settings": settings, "problem": problem}
        return JSONResponse(answer, status_code=400 if problem else 201)

    async def one_webhook(request: Request) -> Response:
        webhook_id = request.path_params["webhook_id"]
        if request.method == "DELETE":
            store.delete_webhook(webhook_id)
            return Response(status_code=204)
        hook = next((one for one in store.webhooks() if one.id == webhook_id), None)
        if hook is None:
            raise NotFound("there is no such webhook")
        url = clean((await json_object(request)).get("url"), "url")
        problem = "" if url == hook.url else await deliverer.handshake(hook.network, hook.account_id, url)
        if url != hook.url and not problem:
            store.move_webhook(hook, url)
            sandbox.wake()
        return JSONResponse({"url": hook.url if problem else url, "problem": problem}, 400 if problem else 200)

    async def deliveries(_: Request) -> Response:
        found = [{**_slots(d), "body": d.body.decode("utf-8", "replace")} for d in store.deliveries()]
        return JSONResponse({"deliveries": found})

    async def media(request: Request) -> Response:
        blob = store.blob(request.path_params["media_id"].partition(".")[0])
        if blob is None:
            raise NotFound("there is no such file")
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "max-age=3600"}
        return Response(blob["data"], media_type=blob["content_type"], headers=headers)

    async def avatar(request: Request) -> Response:
        data = picture("avatar " + request.path_params["account_id"])
        return Response(data, media_type="image/png", headers={"Cache-Control": "max-age=86400"})

    table: list[tuple[str, Handler, list[str]]] = [
        ("/_sandbox/health", health, ["GET"]),
        ("/_sandbox/accounts", accounts, ["GET", "POST"]),
        ("/_sandbox/posts", posts, ["GET", "POST"]),
        ("/_sandbox/posts/bulk", bulk, ["POST"]),
        ("/_sandbox/posts/{post_id:path}", one_post, ["GET", "PATCH", "DELETE"]),
        ("/_sandbox/reactions", reactions, ["POST", "DELETE"]),
        ("/_sandbox/conversations", conversations, ["GET", "POST"]),
        ("/_sandbox/faults", armed, ["GET", "POST", "DELETE"]),
        ("/_sandbox/faults/{fault_id:int}", armed, ["DELETE"]),
        ("/_sandbox/requests", requests, ["GET"]),
        ("/_sandbox/webhooks", webhooks, ["GET", "POST"]),
        ("/_sandbox/webhooks/{webhook_id:int}", one_webhook, ["PATCH", "DELETE"]),
        ("/_sandbox/deliveries", deliveries, ["GET"]),
        ("/_sandbox/media/{media_id}", media, ["GET"]),
        ("/_sandbox/avatars/{account_id}.png", avatar, ["GET"]),
    ]
    return [Route(path, guarded(handler), methods=methods) for path, handler, methods in table]


def _slots(row: object) -> dict[str, Any]:
    return {name: getattr(row, name) for name in type(row).__slots__}  # type: ignore[attr-defined]  # records have slots
