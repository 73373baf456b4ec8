"""What belongs to the app rather than to a page: its token, and which webhooks hear what.

Unlike Facebook, the sandbox takes http addresses and ports, because the desk under test lives on this machine.
"""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from connectors.sandbox.facebook.call import Call
from connectors.sandbox.facebook.errors import GraphError, dead_token, wrong
from connectors.sandbox.facebook.nodes import Node
from connectors.sandbox.records import Account


def debug_token(call: Call) -> dict[str, Any]:
    """What a token is worth. Settings {"expires_at": seconds since 1970, "data_access_expires_at": …} let it end."""
    token = call.params.get("input_token", "")
    if not token:
        raise wrong("input_token", "is required")
    account = call.store.account_by_token(call.network.slug, token)
    app_id = call.caller.account.credentials.get("app_id", "")
    if account is None or account.credentials.get("app_id") != app_id:
        error = {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    page = token == account.credentials.get("page_access_token")
    missing = account.settings.get("missing_permissions", ())
    data: dict[str, Any] = {"app_id": app_id, "type": "PAGE" if page else "APP", "application": "Sandbox"}
    ends = {name: int(account.settings.get(name, 0)) for name in ("expires_at", "data_access_expires_at")}
    data |= {"is_valid": True, "issued_at": account.created_at // 1000, **ends}
    if page:
        data |= {"profile_id": account.id, "scopes": [name for name in call.surface.scopes if name not in missing]}
    return {"data": data}


def _wanted(call: Call, name: str) -> list[str]:
    fields = [part for part in call.params.get(name, "").replace(" ", "").split(",") if part]
    if not fields:
        raise wrong(name, "must be a non-empty list")
    for field in fields:
        if field not in call.surface.topics:
            raise wrong(name, f"must be one of {{{', '.join(call.surface.topics)}}} - got {field}")
    return fields


def subscribed_apps(call: Call, node: Node) -> dict[str, Any]:
    """The app, where the page has installed it, with what it hears."""
    fields = call.page.settings.get("subscribed_fields", call.surface.topics)
    about = {"category": "Business", "link": call.network.sandbox.address, "name": "Sandbox"}
    entry = {**about, "id": call.page.credentials.get("app_id", ""), "subscribed_fields": list(fields)}
    return {"data": [entry] if fields else []}


def install(call: Call, node: Node) -> dict[str, Any]:
    """Let the app hear of the page; replaces what it heard before."""
    call.needs("pages_manage_metadata")
    _save(call, _wanted(call, "subscribed_fields"))
    return {"success": True}


def uninstall(call: Call, node: Node) -> dict[str, Any]:
    """The app hears nothing of the page any more."""
    call.needs("pages_manage_metadata")
    _save(call, [])
    return {"success": True}


def _save(call: Call, fields: list[str]) -> None:
    _replace(call, replace(call.page, settings={**call.page.settings, "subscribed_fields": fields}))


def _replace(call: Call, account: Account) -> None:
    call.store.save_account(account, call.network.tokens(account.credentials))


async def subscribe(call: Call) -> dict[str, Any]:
    """Register the app's webhook address; it must pass the handshake at once."""
    _app_only(call)
    if call.params.get("object") != call.surface.object:
        raise wrong("object", f"must be one of {{{call.surface.object}}}")
    url = call.params.get("callback_url", "")
    if urlsplit(url).scheme not in ("http", "https"):
        raise wrong("callback_url", "must be a URL")
    account = call.caller.account
    fields = _wanted(call, "fields")
    _replace(call, replace(account, credentials={**account.credentials, "verify_token": _verify_token(call)}))
    if problem := await call.network.sandbox.handshake(call.network.slug, account.id, url):
        message = f"(#2200) Callback verification failed with the following errors: {problem}"
        raise GraphError(2200, message)
    call.store.save_webhook(call.network.slug, account.id, url, valid=True, settings={"events": fields})
    return {"success": True}


def _verify_token(call: Call) -> str:
    token = call.params.get("verify_token", "")
    if not token:
        raise wrong("verify_token", "must be a non-empty string")
    return token


def subscriptions(call: Call) -> dict[str, Any]:
    """The app's webhooks."""
    _app_only(call)
    hooks = call.store.webhooks(call.network.slug, call.caller.account.id)
    found = []
    for hook in hooks:
        fields = [{"name": name, "version": call.version} for name in hook.settings.get("events", call.surface.topics)]
        found.append({"object": call.surface.object, "callback_url": hook.url, "active": hook.valid, "fields": fields})
    return {"data": found}


def unsubscribe(call: Call) -> dict[str, Any]:
    """Forget the app's webhooks."""
    _app_only(call)
    for hook in call.store.webhooks(call.network.slug, call.caller.account.id):
        call.store.delete_webhook(hook.id)
    return {"success": True}


def _app_only(call: Call) -> None:
    if not call.caller.app:
        raise dead_token("(#15) This method must be called with an app access_token.")


WRITES = {
    ("GET", "Page", "subscribed_apps"): subscribed_apps,
    ("POST", "Page", "subscribed_apps"): install,
    ("DELETE", "Page", "subscribed_apps"): uninstall,
}
