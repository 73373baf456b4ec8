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

FIELDS = (
    "feed",
    "mention",
    "messages",
    "message_echoes",
    "message_edits",
    "message_deliveries",
    "message_reads",
)
SCOPES = (
    "pages_show_list",
    "pages_messaging",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_engagement",
    "pages_manage_metadata",
    "pages_manage_posts",
)


def debug_token(call: Call) -> dict[str, Any]:
    """What a token is worth."""
    token = call.params.get("input_token", "")
    if not token:
        raise wrong("input_token", "is required")
    account = call.store.account_by_token("facebook", token)
    app_id = call.caller.account.credentials.get("app_id", "")
    if account is None or account.credentials.get("app_id") != app_id:
        error = {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    page = token == account.credentials.get("page_access_token")
    missing = account.settings.get("missing_permissions", ())
    data: dict[str, Any] = {"app_id": app_id, "type": "PAGE" if page else "APP", "application": "Sandbox"}
    data |= {"is_valid": True, "issued_at": account.created_at // 1000, "expires_at": 0, "data_access_expires_at": 0}
    if page:
        data |= {"profile_id": account.id, "scopes": [name for name in SCOPES if name not in missing]}
    return {"data": data}


def _wanted(call: Call, name: str) -> list[str]:
    fields = [part for part in call.params.get(name, "").replace(" ", "").split(",") if part]
    if not fields:
        raise wrong(name, "must be a non-empty list")
    for field in fields:
        if field not in FIELDS:
            raise wrong(name, f"must be one of {{{', '.join(FIELDS)}}} - got {field}")
    return fields


def subscribed_apps(call: Call, node: Node) -> dict[str, Any]:
    """The app, where the page has installed it, with what it hears."""
    fields = call.page.settings.get("subscribed_fields", FIELDS)
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
    if call.params.get("object") != "page":
        raise wrong("object", "must be one of {page}")
    url = call.params.get("callback_url", "")
    if urlsplit(url).scheme not in ("http", "https"):
        raise wrong("callback_url", "must be a URL")
    account = call.caller.account
    fields = _wanted(call, "fields")
    _replace(call, replace(account, credentials={**account.credentials, "verify_token": _verify_token(call)}))
    if problem := await call.network.sandbox.handshake("facebook", account.id, url):
        message = f"(#2200) Callback verification failed with the following errors: {problem}"
        raise GraphError(2200, message)
    call.store.save_webhook("facebook", account.id, url, valid=True, settings={"events": fields})
    return {"success": True}


def _verify_token(call: Call) -> str:
    token = call.params.get("verify_token", "")
    if not token:
        raise wrong("verify_token", "must be a non-empty string")
    return token


def subscriptions(call: Call) -> dict[str, Any]:
    """The app's webhooks."""
    _app_only(call)
    hooks = call.store.webhooks("facebook", call.caller.account.id)
    found = []
    for hook in hooks:
        fields = [{"name": name, "version": call.version} for name in hook.settings.get("events", FIELDS)]
        found.append({"object": "page", "callback_url": hook.url, "active": hook.valid, "fields": fields})
    return {"data": found}


def unsubscribe(call: Call) -> dict[str, Any]:
    """Forget the app's webhooks."""
    _app_only(call)
    for hook in call.store.webhooks("facebook", call.caller.account.id):
        call.store.delete_webhook(hook.id)
    return {"success": True}


def _app_only(call: Call) -> None:
    if not call.caller.app:
        raise dead_token("(#15) This method must be called with an app access_token.")
