"""Registering webhooks and subscribing to events through X's own API; the app's bearer token or the user may.

Unlike X, the sandbox takes http addresses and ports, because the desk under test lives on this machine.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from starlette.routing import Route

from connectors.sandbox.records import Webhook
from connectors.sandbox.x.api import Api, Call, endpoint
from connectors.sandbox.x.problems import Problem, blank, invalid
from connectors.sandbox.x.shapes import timestamp

EVENT_TYPES = (
    "post.create",
    "post.delete",
    "post.mention.create",
    "post.reply.create",
    "post.quote.create",
    "dm.received",
    "dm.sent",
)


def routes(api: Api) -> list[Route]:
    """The endpoints of this file."""
    return [
        endpoint(api, "GET", "/2/webhooks", listed, {"webhook_config.fields"}),
        endpoint(api, "POST", "/2/webhooks", register),
        endpoint(api, "PUT", "/2/webhooks/:id", revalidate),
        endpoint(api, "DELETE", "/2/webhooks/:id", remove),
        endpoint(api, "GET", "/2/activity/subscriptions", subscriptions, {"max_results", "pagination_token"}),
        endpoint(api, "POST", "/2/activity/subscriptions", subscribe),
        endpoint(api, "DELETE", "/2/activity/subscriptions/:id", unsubscribe),
    ]


def _shape(hook: Webhook) -> dict[str, Any]:
    return {"id": str(hook.id), "url": hook.url, "valid": hook.valid, "created_at": timestamp(hook.created_at)}


def _hooks(call: Call) -> list[Webhook]:
    return call.api.store.webhooks("x", call.account.id)


def _hook(call: Call, hook_id: object) -> Webhook:
    for hook in _hooks(call):
        if str(hook.id) == str(hook_id):
            return hook
    raise blank(404, "Not Found", f"Could not find webhook with id: [{hook_id}].")


async def listed(call: Call) -> tuple[int, dict[str, Any]]:
    """The app's webhooks."""
    hooks = [_shape(hook) for hook in _hooks(call)]
    return 200, {"data": hooks, "meta": {"result_count": len(hooks)}}


async def register(call: Call) -> tuple[int, dict[str, Any]]:
    """Register an address; it must pass the challenge at once."""
    body = await call.json({"url"})
    url = body.get("url")
    if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https") or len(url) > 200:
        raise invalid("$.url: must be an http address of at most 200 characters")
    if any(hook.url == url for hook in _hooks(call)):
        raise _failed("DuplicateUrlFailed: Webhook URL already exists")
    if problem := await call.api.network.sandbox.handshake("x", call.account.id, url):
        raise _failed(f"CrcValidationFailed: {problem}")
    hook = call.api.store.save_webhook("x", call.account.id, url, valid=True, settings={"events": []})
    return 200, {"data": _shape(hook)}


def _failed(detail: str) -> Problem:
    problem = invalid(detail)
    problem.body["detail"] = detail
    return problem


async def revalidate(call: Call) -> tuple[int, dict[str, Any]]:
    """Challenge an address again, which brings an invalid one back."""
    hook = _hook(call, call.path_id("id"))
    problem = await call.api.network.sandbox.handshake("x", call.account.id, hook.url)
    call.api.store.save_webhook("x", call.account.id, hook.url, valid=not problem, settings=hook.settings)
    return 200, {"data": {"valid": not problem}}


async def remove(call: Call) -> tuple[int, dict[str, Any]]:
    """Forget an address."""
    call.api.store.delete_webhook(_hook(call, call.path_id("id")).id)
    return 200, {"data": {"deleted": True}}


def _events(hook: Webhook) -> list[str]:
    return list(hook.settings.get("events", EVENT_TYPES))


def _subscription(hook: Webhook, event: str) -> dict[str, Any]:
    return {
        "subscription_id": str(hook.id * 100 + EVENT_TYPES.index(event)),
        "webhook_id": str(hook.id),
        "event_type": event,
        "filter": {"user_id": hook.account_id},
        "tag": event,
        "created_at": timestamp(hook.created_at),
        "updated_at": timestamp(hook.created_at),
    }


def _save(call: Call, hook: Webhook, events: Iterable[str]) -> None:
    settings = {**hook.settings, "events": list(dict.fromkeys(events))}
    call.api.store.save_webhook("x", hook.account_id, hook.url, valid=hook.valid, settings=settings)


async def subscriptions(call: Call) -> tuple[int, dict[str, Any]]:
    """What the app's webhooks are told."""
    found = [_subscription(hook, event) for hook in _hooks(call) for event in _events(hook)]
    return 200, {"data": found, "meta": {"total_subscriptions": len(found)}}


async def subscribe(call: Call) -> tuple[int, dict[str, Any]]:
    """Subscribe a webhook to one type of event of the account."""
    body = await call.json({"event_type", "filter", "tag", "webhook_id"})
    event, chosen = body.get("event_type"), body.get("filter")
    if event not in EVENT_TYPES:
        raise invalid(f"$.event_type: does not have a value in the enumeration {list(EVENT_TYPES)}")
    if not isinstance(chosen, dict) or chosen.get("user_id") != call.account.id:
        raise invalid("$.filter.user_id: must be the account that authorised the app")
    hook = _hook(call, body.get("webhook_id"))
    _save(call, hook, [*_events(hook), event])
    return 201, {"data": {"subscription": _subscription(hook, event)}, "meta": {"total_subscriptions": 1}}


async def unsubscribe(call: Call) -> tuple[int, dict[str, Any]]:
    """End one subscription."""
    wanted = call.path_id("id")
    for hook in _hooks(call):
        kept = [event for event in _events(hook) if _subscription(hook, event)["subscription_id"] != wanted]
        if len(kept) < len(_events(hook)):
            _save(call, hook, kept)
            return 200, {"data": {"deleted": True}}
    raise blank(404, "Not Found", f"Could not find subscription with id: [{wanted}].")
