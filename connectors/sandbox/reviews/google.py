"""What Google's two networks of reviews have in common here: tokens that are bought, and how it says no.

A refresh token or a service account buys an access token for an hour, signed with a key that dies with the credentials.
The fault `unauthorized` takes it back: the call is refused, and so is the next request for a token.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute

from connectors.google_api import ASSERTION, HOUR, TOKEN_ADDRESS
from connectors.sandbox.faults import Fault
from connectors.sandbox.network import Sandbox
from connectors.sandbox.records import Account
from connectors.sandbox.reviews import Limiter, Refusal, ReviewNetwork, endpoint

HTML = "<!DOCTYPE html><html lang=en><title>Error 502 (Server Error)!!1</title><p><b>502.</b> That’s an error."
_STATUSES = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE",
}  # fmt: skip


class GoogleNetwork(ReviewNetwork):
    """Either of the two."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.limiter = Limiter()
        self._revoked: set[str] = set()  # whose next request for a token is refused; "": whosever comes

    def token_routes(self) -> list[BaseRoute]:
        """Where tokens are bought."""
        return [endpoint("POST", "/token", self._sell)]

    def tokens(self, credentials: Mapping[str, str]) -> Iterable[str]:
        """What is shown for an access token."""
        return (credentials.get("refresh_token", ""), str(_key_of(credentials).get("client_email", "")))

    def caller(self, headers: Mapping[str, str]) -> str:
        """Whose access token it is, "" where it is nobody's or its hour is over."""
        account = self._bearer(headers.get("authorization", ""))
        return account.id if account else ""

    def asking(self, request: Request, name: str, allowed: int, seconds: int) -> Account:
        """Who asks, counted. Raises the 401, 403 or 429."""
        account = self._bearer(request.headers.get("authorization", ""))
        if account is None:
            raise refused(401, "Request had invalid authentication credentials.")
        if self.limiter.left(account, name, allowed, seconds) < 0:
            raise Refusal(too_many(seconds))
        missing = account.settings.get("missing_permissions") or ()
        if ("read" if request.method == "GET" else "write") in missing:
            raise refused(403, "The caller does not have permission")
        return account

    def failure(self, fault: Fault, path: str) -> Response:
        """A fault in Google's own words."""
        if fault.kind == "server_error_html":
            return HTMLResponse(HTML, status_code=int(fault.params.get("status", 502)))
        if fault.kind == "rate_limit":
            return too_many(fault.seconds)
        if fault.kind == "unauthorized":
            self._revoked.add(str(fault.params.get("account", "")))
        return error(self.status_of(fault), f"The sandbox says so: {fault.kind}.")

    async def _sell(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        account = self._shown(form)
        if account is None:
            return JSONResponse({"error": "invalid_grant", "error_description": "Bad Request"}, 400)
        if self._revoked & {account.id, ""}:
            self._revoked -= {account.id, ""}
            words = "Token has been expired or revoked."
            return JSONResponse({"error": "invalid_grant", "error_description": words}, 400)
        seconds = int(account.settings.get("token_seconds", HOUR - 1))
        claims = {"sub": account.id, "exp": time.time() + seconds, "n": time.time_ns()}
        named = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        token = f"ya29.{named}.{_signature(account, named)}"
        return JSONResponse({"access_token": token, "expires_in": seconds, "token_type": "Bearer"})

    def _shown(self, form: Mapping[str, str]) -> Account | None:
        """Who shows a refresh token, or the assertion of a service account."""
        if form.get("grant_type") != ASSERTION:
            account = self.store.account_by_token(self.slug, form.get("refresh_token", "-"))
            names = ("client_id", "client_secret", "refresh_token")
            same = account is not None and all(account.credentials.get(one) == form.get(one) for one in names)
            return account if same else None
        import jwt

        try:
            claimed = jwt.decode(form.get("assertion", ""), options={"verify_signature": False})
            account = self.store.account_by_token(self.slug, str(claimed.get("iss") or "-"))
            if account is not None:
                key = _public_key(_key_of(account.credentials)["private_key"])
                jwt.decode(form["assertion"], key, algorithms=["RS256"], audience=TOKEN_ADDRESS)
        except (jwt.PyJWTError, KeyError, ValueError):
            return None
        return account

    def _bearer(self, header: str) -> Account | None:
        prefix, _, rest = header.removeprefix("Bearer ").partition(".")
        named, _, signature = rest.partition(".")
        try:
            claims = json.loads(base64.urlsafe_b64decode(named + "=" * (-len(named) % 4)))
            account = self.store.account(self.slug, str(claims["sub"]))
            lasts = float(claims["exp"]) > time.time()
        except (ValueError, KeyError, TypeError):
            return None
        if prefix != "ya29" or account is None or not lasts:
            return None
        return account if hmac.compare_digest(_signature(account, named).encode(), signature.encode()) else None


def error(status: int, words: str, **more: Any) -> JSONResponse:
    """An error as google.aip.dev/193 has it."""
    told = {"code": status, "message": words, "status": _STATUSES.get(status, "UNKNOWN"), **more}
    return JSONResponse({"error": told}, status)


def refused(status: int, words: str) -> Refusal:
    """The same, to be raised."""
    return Refusal(error(status, words))


def too_many(seconds: float) -> JSONResponse:
    """Over the quota; how long to wait stands among the details and in the header."""
    details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{int(seconds)}s"}]
    answer = error(429, "Quota exceeded for quota metric 'Requests'.", details=details)
    answer.headers["Retry-After"] = str(int(seconds))
    return answer


def oauth(given: Mapping[str, str]) -> dict[str, str]:
    """The fields of an OAuth client, made up where they are not given; none beside a service account."""
    if given.get("service_account"):
        return {}
    made = hashlib.sha256(str(time.time_ns()).encode()).hexdigest()
    return {
        "client_id": f"{int(made[:12], 16)}.apps.googleusercontent.com",
        "client_secret": f"GOCSPX-{made[12:40]}",
        "refresh_token": f"1//{made}",
    }


def _signature(account: Account, named: str) -> str:
    secret = account.credentials.get("refresh_token") or account.credentials.get("service_account", "")
    return hmac.new(secret.encode(), named.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _key_of(credentials: Mapping[str, str]) -> dict[str, Any]:
    try:
        found = json.loads(credentials.get("service_account") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _public_key(private: str) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(private.encode(), None).public_key()
