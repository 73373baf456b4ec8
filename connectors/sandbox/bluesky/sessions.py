"""Logging in, and who is who: com.atproto.server.* and com.atproto.identity.*."""

import hmac
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox.bluesky import tokens
from connectors.sandbox.bluesky.api import Api, Call, bearer, method
from connectors.sandbox.bluesky.compose import SLUG
from connectors.sandbox.bluesky.ids import full_handle
from connectors.sandbox.bluesky.problems import XrpcError, invalid, wrong_password
from connectors.sandbox.records import Account


def routes(api: Api) -> list[Route]:
    """The methods of this file."""

    async def create(request: Request) -> Response:
        try:
            body = await Call(api, request, Account(SLUG, "", "", "")).json()
            named, password = str(body.get("identifier", "")), str(body.get("password", ""))
            account = api.store.account(SLUG, named) if named.startswith("did:") else api.composer.by_handle(named)
            known = account.credentials.get("app_password", "") if account else ""
            if account is None or not known or not hmac.compare_digest(known.encode(), password.encode()):
                raise wrong_password()
            headers = api.limiter.log_in(account)
        except XrpcError as problem:
            return problem.response()
        return JSONResponse({**_session(account), **tokens.issued(account)}, headers=headers)

    async def refresh(request: Request) -> Response:
        try:
            account, _ = tokens.opened(bearer(request.headers), api.store, refresh=True)
        except XrpcError as problem:
            return problem.response()
        return JSONResponse({**_session(account), **tokens.issued(account)})

    return [
        Route("/xrpc/com.atproto.server.createSession", create, methods=["POST"]),
        Route("/xrpc/com.atproto.server.refreshSession", refresh, methods=["POST"]),
        method(api, "GET", "com.atproto.server.getSession", told),
        method(api, "GET", "com.atproto.identity.resolveHandle", resolved),
    ]


def _session(account: Account) -> dict[str, Any]:
    known = {"did": account.id, "handle": full_handle(account.handle), "active": True}
    return {**known, "email": f"{account.handle}@sandbox.invalid", "emailConfirmed": True}


async def told(call: Call) -> dict[str, Any]:
    """Whose session this is."""
    return _session(call.account)


async def resolved(call: Call) -> dict[str, Any]:
    """Whose handle this is."""
    did = call.api.composer.did_of(call.text("handle"))
    if not did:
        raise invalid("Unable to resolve handle")
    return {"did": did}
