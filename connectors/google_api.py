"""Google's APIs for one account: who asks, and what Google says when it says no.

Who asks is a service account (its key signs a request for a token) or an OAuth client with somebody's refresh token.
Both buy an access token for an hour, which this process keeps for all connectors of the account; it is never stored,
logged or told. google-auth signs; its own way to fetch tokens tries again and sleeps, which is the desk's to decide, so
tokens are asked for here.

Sources: developers.google.com/identity/protocols/oauth2 (service-account, web-server), google.aip.dev/193 (errors).
"""

import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors import errors
from connectors.base import Account, CredentialField
from connectors.http import Answer, NetworkSession, lost_answer, without_secrets
from connectors.parsing import each_object, loaded, mapped
from connectors.text import clean
from connectors.times import moment

TOKEN_HOST = "oauth2.googleapis.com"  # noqa: S105 - a host
TOKEN_ADDRESS = f"https://{TOKEN_HOST}/token"
ASSERTION = "urn:ietf:params:oauth:grant-type:jwt-bearer"
HOUR = 3_600  # seconds that a token is asked for
EARLY = 120  # seconds before its end at which a token is not used any more
MOST_TOKENS = 5_000  # accounts whose token one process keeps
LONGEST_PAUSE = 86_400.0  # seconds
TOO_OFTEN = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "RATE_LIMIT_EXCEEDED"})
OAUTH_FIELDS = (
    CredentialField("client_id", "OAuth client id", "Google Cloud → APIs & services → Credentials.", secret=False,
                    required=False),
    CredentialField("client_secret", "OAuth client secret", "Beside the client id.", required=False),
    CredentialField("refresh_token", "Refresh token", "Of somebody who manages the account.", required=False),
)  # fmt: skip
SERVICE_ACCOUNT = CredentialField(
    "service_account",
    "Service account key",
    "The JSON file of its key, whole. Or leave it and fill in the three OAuth fields.",
    required=False,
)


class GoogleApi:
    """Calls as one account on `hosts`. All raise `connectors.errors`."""

    def __init__(self, account: Account, base_url: str, hosts: tuple[str, ...], scope: str, label: str) -> None:
        self._credentials, self._scope, self._label = account.credentials, scope, label
        self._session = NetworkSession((*hosts, TOKEN_HOST), base_url, account.timeout)
        named = "\0".join((base_url, scope, *(f"{name}={value}" for name, value in sorted(self._credentials.items()))))
        self._key = hashlib.sha256(named.encode("utf-8", "replace")).hexdigest()
        self.told_at: datetime | None = None  # Google's own time of the last answer

    def get(self, address: str, **params: Any) -> dict[str, Any]:
        """Read something. What is None is left out."""
        given = {name: value for name, value in params.items() if value is not None}
        return self._call("GET", address, write=False, params=given)

    def ask(self, address: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Read something that is asked for with a body."""
        return self._call("POST", address, write=False, json=body)

    def write(self, method: str, address: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Change something. OutcomeUnknown where the answer is lost."""
        return self._call(method, address, write=True, json=body)

    def _call(self, method: str, address: str, *, write: bool, **options: Any) -> dict[str, Any]:
        token = _known(self._key) or self._new_token()
        answer = self._ask(method, address, token, write=write, **options)
        if answer.status == 401 and _forget(self._key, token):  # nothing took effect, and the hour may be over early
            token = self._new_token()
            answer = self._ask(method, address, token, write=write, **options)
        self.told_at = _time(answer.headers.get("date"))
        if answer.status >= 300:
            raise self._refusal(answer, {**self._credentials, "token": token}, write=write)
        content = answer.json()
        if isinstance(content, dict):
            return content
        detail = f"HTTP {answer.status}, no JSON object"
        if write:
            raise lost_answer(self._label, detail)
        raise self._unreadable(detail)

    def _ask(self, method: str, address: str, token: str, *, write: bool, **options: Any) -> Answer:
        return self._session.answer_to(
            lambda: self._session.request(method, address, headers={"Authorization": f"Bearer {token}"}, **options),
            network=self._label,
            write=write,
            library_error=ValueError,
        )

    # --- who asks ----------------------------------------------------------------------------------------------------

    def _new_token(self) -> str:
        form = self._grant()
        answer = self._session.answer_to(
            lambda: self._session.post(TOKEN_ADDRESS, data=form),
            network=self._label,
            write=False,
            library_error=ValueError,
        )
        told = mapped(answer.json())
        if answer.status in (400, 401, 403) and isinstance(told.get("error"), str):
            words = clean(f"{told['error']} {told.get('error_description', '')}")
            raise errors.AuthExpired(
                "Google no longer accepts the credentials. Connect the account again.",
                detail=without_secrets(f"HTTP {answer.status} {words}", self._credentials),
            )
        if answer.status >= 300:
            raise self._refusal(answer, self._credentials, write=False)
        token, lasts = clean(told.get("access_token"), 5_000), told.get("expires_in")
        if not token or not token.isascii():
            raise self._unreadable(f"HTTP {answer.status}, no token")
        _keep(self._key, token, float(lasts) if isinstance(lasts, int) and 0 < lasts <= HOUR else HOUR)
        return token

    def _grant(self) -> dict[str, str]:
        """What is shown for a token. Raises AuthExpired where the fields do not suffice."""
        given = {name: self._credentials.get(name, "").strip() for name in ("service_account", *_OAUTH)}
        if given["service_account"]:
            return {"grant_type": ASSERTION, "assertion": self._assertion(given["service_account"])}
        if missing := next((field.label for field in OAUTH_FIELDS if not given[field.name]), ""):
            raise errors.AuthExpired("The field “%(field)s” is empty. Fill it in under Inboxes.", field=missing)
        return {"grant_type": "refresh_token", **{name: given[name] for name in _OAUTH}}

    def _assertion(self, key: str) -> str:
        # Loaded when the first service account is spoken for: with cryptography it takes some megabytes.
        from google.auth import crypt, jwt

        try:
            info = mapped(loaded(key.encode()))
            signer = crypt.RSASigner.from_service_account_info(info)  # type: ignore[no-untyped-call]  # it says no types
            now = int(time.time())
            claims = {"iss": str(info["client_email"]), "scope": self._scope, "aud": TOKEN_ADDRESS}
            signed = jwt.encode(signer, {**claims, "iat": now, "exp": now + HOUR})  # type: ignore[no-untyped-call]  # it says no types
            return str(signed, "ascii")
        except (ValueError, KeyError, TypeError) as problem:
            raise errors.AuthExpired(
                "The key of the service account can't be read. Paste the whole JSON file that Google gave.",
                detail=type(problem).__name__,
            ) from None

    # --- how Google says no ------------------------------------------------------------------------------------------

    def _refusal(self, answer: Answer, secrets: Mapping[str, str], *, write: bool) -> errors.NetworkError:
        error = mapped(mapped(answer.json()).get("error"))
        status, words = clean(error.get("status"), 60), clean(error.get("message"))
        detail = without_secrets(f"HTTP {answer.status} {status} {words}", secrets)
        network = self._label
        if answer.status >= 500 or answer.status == 408:
            if write:
                return lost_answer(network, detail)
            return errors.Transient(
                "%(network)s has a fault of its own. The desk tries again.", network=network, detail=detail
            )
        if answer.status == 429 or _reasons(error) & TOO_OFTEN:
            return errors.RateLimited(
                "%(network)s wants a pause.", network=network, retry_at=_retry_at(answer, error), detail=detail
            )
        if answer.status == 401:
            return errors.AuthExpired("Google no longer accepts the credentials. Connect the account again.",
                                      detail=detail)  # fmt: skip
        if answer.status == 402:
            return errors.QuotaExhausted("Google wants to be paid first.", detail=detail)
        if answer.status == 403:
            return errors.PermissionMissing(
                "The account may not do this on %(network)s. Give it the right, and switch the API on in Google Cloud.",
                network=network,
                detail=detail,
            )
        if answer.status == 404:
            return errors.NotFound("This is not on %(network)s any more.", network=network, detail=detail)
        if answer.status in (400, 409, 412, 413, 422) and (write or status):
            return errors.InvalidContent(
                "%(network)s refused this. Change it and try again.", network=network, detail=detail
            )
        if write and answer.status < 400:
            return lost_answer(network, detail)
        return self._unreadable(detail)

    def _unreadable(self, detail: str) -> errors.Unreadable:
        return errors.Unreadable(
            "%(network)s answered with something that can't be read. The desk tries again.",
            network=self._label,
            detail=detail,
        )


_OAUTH = tuple(field.name for field in OAUTH_FIELDS)


def _reasons(error: Mapping[str, Any]) -> set[str]:
    """Google's short names for why, in both forms in which it writes them."""
    told = [*each_object(error.get("errors") or []), *each_object(error.get("details") or [])]
    return {clean(one.get("reason"), 100) for one in told}


def _retry_at(answer: Answer, error: Mapping[str, Any]) -> datetime | None:
    """When to come back: by the Retry-After header, or by `RetryInfo` (“30s”)."""
    told_at = _time(answer.headers.get("date"))
    pauses = [answer.headers.get("retry-after", "")]
    pauses += [clean(one.get("retryDelay"), 40) for one in each_object(error.get("details") or [])]
    for pause in pauses:
        if told_at and (found := re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)s?", pause, re.ASCII)):
            return told_at + timedelta(seconds=min(float(found[1]), LONGEST_PAUSE))
    return None


def _time(text: str | None) -> datetime | None:
    try:
        return moment(text) if text else None
    except ValueError:
        return None


_tokens: OrderedDict[str, tuple[str, float]] = OrderedDict()
_guard = threading.Lock()  # held for no call and no import, so a process that is forked off never finds it taken


def _known(key: str) -> str:
    with _guard:
        token, ends = _tokens.get(key, ("", 0.0))
        return token if ends - EARLY > time.monotonic() else ""


def _keep(key: str, token: str, lasts: float) -> None:
    with _guard:
        _tokens[key] = token, time.monotonic() + lasts
        _tokens.move_to_end(key)
        while len(_tokens) > MOST_TOKENS:
            _tokens.popitem(last=False)


def _forget(key: str, token: str) -> bool:
    """Whether it was a kept token: a new one in its place is worth one more try."""
    with _guard:
        return _tokens.get(key, ("", 0.0))[0] == token and _tokens.pop(key) is not None
