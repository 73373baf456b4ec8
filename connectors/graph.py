"""Meta's Graph API v24.0 through facebook-sdk: one account's calls, with their traps taken out.

The library is of 2018. It knows only versions that are dead, loses status, subcode and headers, puts the token into
addresses (and so into logs), and mangles parameters that are not text. All of that is put right here and nowhere
else. It is never told another host: the session sends its requests to where this account's server is, so that two
accounts with different servers live in one process.
"""

import hashlib
import hmac
import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import requests

from connectors import errors
from connectors.base import Account, CredentialField, OutgoingFile, RateState
from connectors.credentials import first_missing
from connectors.http import NetworkSession, lost_answer
from connectors.parsing import path_id
from connectors.parsing.facebook_refusals import error_in, rate_of, refusal

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its pattern of 2018 is a DeprecationWarning today
    import facebook

HOSTS = ("graph.facebook.com",)
VERSION = "v24.0"


# What an account behind a page needs beside its own id.
PAGE_FIELDS = (
    CredentialField("page_access_token", "Page access token", "Of a system user, so that it does not expire."),
    CredentialField("app_id", "App id", "App dashboard → Settings → Basic.", secret=False, required=False),
    CredentialField("app_secret", "App secret", "App dashboard → Settings → Basic."),
    CredentialField(
        "verify_token", "Verify token", "A word of your own, given to the app's webhook too.", required=False
    ),
)


class Graph:
    """Calls with a page's token. All raise `connectors.errors`; ids are checked before they are part of an address.

    `network` is what people call it: Facebook, or Instagram behind it.
    """

    def __init__(self, account: Account, base_url: str, required: Sequence[CredentialField], network: str) -> None:
        self.network = network
        self._credentials = account.credentials
        self._required = required
        self._session = _GraphSession(account, base_url)
        self._sdk = facebook.GraphAPI(account.credentials.get("page_access_token"), session=self._session)
        self._sdk.version = VERSION

    def get(self, node: str, edge: str = "", **parameters: Any) -> dict[str, Any]:
        """Read a thing, or a list of what hangs on it."""
        return self._call(_path(node, edge), write=False, args=_as_text(parameters))

    def debug_token(self) -> dict[str, Any]:
        """What the page's token is worth, asked as the app; {} where the app's id is not known."""
        app_id, secret = (self._credentials.get(name, "").strip() for name in ("app_id", "app_secret"))
        if not app_id or not secret:
            return {}
        with self._session.speaking_as(f"{app_id}|{secret}"):
            page_token = self._credentials.get("page_access_token", "")
            return self._call(f"{VERSION}/debug_token", write=False, args={"input_token": page_token})

    def post(self, node: str, edge: str = "", **parameters: Any) -> dict[str, Any]:
        """Change a thing, or add to what hangs on it."""
        return self._call(_path(node, edge), write=True, post_args=_as_text(parameters))

    def upload(self, node: str, edge: str, field: str, file: OutgoingFile, **parameters: Any) -> dict[str, Any]:
        """Add a file that nobody sees yet: a lost answer is a passing fault, as it is with something that is read."""
        part = {field: (file.name, file.content, file.content_type)}
        return self._call(_path(node, edge), write=False, post_args=_as_text(parameters), files=part)

    def delete(self, node: str, edge: str = "", **parameters: Any) -> dict[str, Any]:
        """Take a thing away, or our mark on it."""
        return self._call(_path(node, edge), write=True, method="DELETE", args=_as_text(parameters))

    @property
    def status(self) -> int:
        """Of the last answer; 0 where there was none."""
        return self._session.last.status if self._session.last else 0

    @property
    def rate(self) -> RateState | None:
        """What the last answer said of the budget, in per cent."""
        return rate_of(self._session.last.headers) if self._session.last else None

    def _call(self, path: str, *, write: bool, **options: Any) -> dict[str, Any]:
        """Let facebook-sdk make one call, and judge the answer ourselves."""
        if missing := first_missing(self._required, self._credentials):
            raise errors.AuthExpired("The field “%(field)s” is empty. Fill it in under Inboxes.", field=missing)
        answer = self._session.answer_to(
            lambda: self._sdk.request(path, **options),
            network=self.network,
            write=write,
            library_error=facebook.GraphAPIError,
        )
        content = answer.json()
        if answer.status >= 300 or error_in(answer) is not None:
            raise refusal(answer, write=write, credentials=self._credentials, network=self.network)
        if isinstance(content, dict):
            return content
        if write and content is not True:
            raise lost_answer(self.network, f"HTTP {answer.status}, no JSON object")
        if not write:
            raise errors.Unreadable(
                "%(network)s answered with something that can't be read. The desk tries again.",
                network=self.network,
                detail=f"HTTP {answer.status}, no JSON object",
            )
        return {}


class _GraphSession(NetworkSession):
    """Takes the token out of addresses and bodies into a header, and proves with it that the app's secret is known."""

    def __init__(self, account: Account, base_url: str) -> None:
        super().__init__(HOSTS, base_url, account.timeout)
        self._token = account.credentials.get("page_access_token", "")
        self._secret = account.credentials.get("app_secret", "")

    @contextmanager
    def speaking_as(self, token: str) -> Iterator[None]:
        """Make calls with another token for a while: the app's own."""
        usual, self._token = self._token, token
        try:
            yield
        finally:
            self._token = usual

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        params, data = dict(kwargs.pop("params", None) or {}), dict(kwargs.pop("data", None) or {})
        for given in (params, data):
            given.pop("access_token", None)
        proof = hmac.new(self._secret.encode(), self._token.encode(), hashlib.sha256).hexdigest()
        (data if args[0] == "POST" else params)["appsecret_proof"] = proof
        headers = {"Authorization": f"Bearer {self._token}"}
        return super().request(*args, **kwargs, params=params, data=data, headers=headers)


def _path(node: str, edge: str) -> str:
    return f"{VERSION}/{path_id(node)}/{edge}".rstrip("/")


def _as_text(parameters: Mapping[str, Any]) -> dict[str, str]:
    """As Facebook reads them: objects and truth values as JSON ("true", where Python would write "True")."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
