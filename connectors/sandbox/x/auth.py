"""Who is asking: OAuth 1.0a user context and the app's bearer token, verified as X does.

A client that was written for X signs X's own address and only then is sent here, so the signature is tried against
X's hosts with the path that follows /x, and against the sandbox's own address. Source: RFC 5849 section 3.4.
"""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote

from starlette.requests import Request

from connectors.sandbox.records import Account
from connectors.sandbox.store import Store
from connectors.sandbox.x.problems import unauthorized

HOSTS = ("https://api.twitter.com", "https://api.x.com", "https://upload.twitter.com", "https://upload.x.com")
CLOCK_TOLERANCE_SECONDS = 300  # X refuses a timestamp further off
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Caller:
    """The account whose credentials were used; `user` is false for its app's bearer token."""

    account: Account
    user: bool


def _encode(text: str) -> str:
    return quote(text, safe="~-._")


def signature(method: str, url: str, params: list[tuple[str, str]], consumer_secret: str, token_secret: str) -> str:
    """The HMAC-SHA1 signature of a request, base64. `params` are decoded and leave oauth_signature out."""
    pairs = sorted((_encode(name), _encode(value)) for name, value in params)
    normal = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join(_encode(part) for part in (method.upper(), url, normal))
    key = f"{_encode(consumer_secret)}&{_encode(token_secret)}"
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()


def _oauth_fields(header: str) -> dict[str, str]:
    fields = {}
    for part in header[len("OAuth ") :].split(","):
        name, _, value = part.strip().partition("=")
        fields[unquote(name)] = unquote(value.strip('"'))
    return fields


def _addresses(request: Request) -> list[str]:
    path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii", "replace").partition("?")[0]
    below = path.removeprefix("/x")
    return [host + below for host in HOSTS] + [f"{request.url.scheme}://{request.headers.get('host', '')}{path}"]


async def _signed_params(request: Request, fields: dict[str, str]) -> list[tuple[str, str]]:
    params = parse_qsl(request.url.query, keep_blank_values=True)
    if request.headers.get("content-type", "").startswith(_FORM):
        params += parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    return params + [(name, value) for name, value in fields.items() if name not in ("oauth_signature", "realm")]


async def identify(request: Request, store: Store) -> Caller:
    """The caller of a request. Raises the 401 problem, which never says what exactly was wrong."""
    header = request.headers.get("authorization", "")
    if header.startswith("Bearer "):
        token = header[len("Bearer ") :].strip()
        account = store.account_by_token("x", token) or store.account_by_token("x", unquote(token))
        known = account.credentials.get("bearer_token", "") if account else ""
        if account is None or not hmac.compare_digest(known.encode(), unquote(token).encode()):
            raise unauthorized()
        return Caller(account, user=False)
    if not header.startswith("OAuth "):
        raise unauthorized()
    fields = _oauth_fields(header)
    account = store.account_by_token("x", fields.get("oauth_token", ""))
    if account is None or account.credentials.get("consumer_key") != fields.get("oauth_consumer_key"):
        raise unauthorized()
    if account.credentials.get("access_token") != fields.get("oauth_token"):
        raise unauthorized()
    stamp = fields.get("oauth_timestamp", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp[:12])) > CLOCK_TOLERANCE_SECONDS:
        raise unauthorized()
    if fields.get("oauth_signature_method") != "HMAC-SHA1":
        raise unauthorized()
    params = await _signed_params(request, fields)
    secrets = account.credentials.get("consumer_secret", ""), account.credentials.get("access_token_secret", "")
    given = fields.get("oauth_signature", "").encode()
    for url in _addresses(request):
        if hmac.compare_digest(signature(request.method, url, params, *secrets).encode(), given):
            return Caller(account, user=True)
    raise unauthorized()
