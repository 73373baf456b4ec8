"""Sessions: an app password buys an access token for two hours and a refresh token for two months.

Tokens are signed with a key made of the app password, so that all of them die with it.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from connectors.sandbox.bluesky.problems import bad_token, expired, missing_token
from connectors.sandbox.records import Account
from connectors.sandbox.store import Store

ACCESS_SECONDS, REFRESH_SECONDS = 7_200, 60 * 86_400
PLAIN, PRIVILEGED, REFRESH = "com.atproto.appPass", "com.atproto.appPassPrivileged", "com.atproto.refresh"


def issued(account: Account) -> dict[str, str]:
    """A fresh pair. Settings of the account: `privileged` (true), `session_seconds`."""
    scope = PRIVILEGED if account.settings.get("privileged", True) else PLAIN
    seconds = int(account.settings.get("session_seconds", ACCESS_SECONDS))
    return {"accessJwt": _token(account, scope, seconds), "refreshJwt": _token(account, REFRESH, REFRESH_SECONDS)}


def claims_in(token: str) -> Mapping[str, Any]:
    """What a token says of itself, believed or not; {} for what is none."""
    try:
        _, middle, _ = token.split(".")
        found = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def opened(token: str, store: Store, *, refresh: bool) -> tuple[Account, str]:
    """Whose session this is, and what its token may do. Raises AuthMissing, InvalidToken and ExpiredToken."""
    if not token:
        raise missing_token()
    claims = claims_in(token)
    account = store.account("bluesky", str(claims.get("sub", "")))
    if account is None or not hmac.compare_digest(_signature(account, token.rpartition(".")[0]), _last(token)):
        raise bad_token()
    scope = str(claims.get("scope"))
    if (scope == REFRESH) != refresh:
        raise bad_token("Bad token scope")
    if float(claims.get("exp", 0)) <= time.time():
        raise expired()
    return account, scope


def _token(account: Account, scope: str, seconds: int) -> str:
    now = int(time.time())
    claims = {"scope": scope, "sub": account.id, "iat": now, "exp": now + seconds, "aud": "did:web:sandbox.invalid"}
    head = {"typ": "refresh+jwt" if scope == REFRESH else "at+jwt", "alg": "HS256"}
    signed = ".".join(_encoded(json.dumps(part).encode()) for part in (head, {**claims, "jti": str(time.time_ns())}))
    return f"{signed}.{_signature(account, signed)}"


def _signature(account: Account, signed: str) -> str:
    key = account.credentials.get("app_password", "").encode()
    return _encoded(hmac.new(key, signed.encode("utf-8", "replace"), hashlib.sha256).digest())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _last(token: str) -> str:
    return token.rpartition(".")[2].encode("ascii", "replace").decode()
