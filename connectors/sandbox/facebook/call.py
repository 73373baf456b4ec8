"""One request to the Graph API: who asks, with which parameters, and errors in Facebook's own form."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import Request

from connectors.sandbox.facebook.compose import Composer
from connectors.sandbox.facebook.errors import (
    GraphError,
    dead_token,
    page_token_needed,
    permission_missing,
    wrong,
)
from connectors.sandbox.facebook.limits import Limiter
from connectors.sandbox.facebook.view import Surface, View
from connectors.sandbox.network import Network
from connectors.sandbox.records import Account
from connectors.sandbox.store import Store

MAX_BODY_BYTES = 8 * 1024 * 1024
MAX_UPLOAD_BYTES = 26 * 1024 * 1024  # Messenger takes files of 25 MB
_NOT_IN_LINKS = ("appsecret_proof", "access_token")


class GraphNetwork(Network):
    """A network behind the Graph API; `composer` makes its rows."""

    composer: Composer


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose token it is: a page's, or (`app`) the token of the app that a page belongs to."""

    account: Account
    app: bool


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file of a multipart form."""

    content_type: str
    data: bytes


@dataclass(slots=True)
class Call:
    """One authenticated request."""

    network: "GraphNetwork"
    surface: Surface
    limiter: Limiter
    request: Request
    caller: Caller
    version: str
    params: Mapping[str, str]
    files: Mapping[str, Uploaded]

    @property
    def store(self) -> Store:
        """The sandbox's memory."""
        return self.network.store

    @property
    def page(self) -> Account:
        """The page whose token was given. Raises error 190 for an app's token."""
        if self.caller.app:
            raise page_token_needed()
        return self.caller.account

    def view(self) -> View:
        """The sandbox as the caller sees it."""
        token = self.request.query_params.get("access_token")
        args = {"access_token": token} if token else {}
        address = f"{self.network.sandbox.address}/{self.network.slug}/{self.version}"
        return View(self.network.sandbox, self.page, self.surface, address, args)

    def list_args(self) -> dict[str, str]:
        """What was asked of a list, as its next page is asked again."""
        return {name: value for name, value in self.params.items() if name not in _NOT_IN_LINKS}

    def needs(self, permission: str) -> None:
        """Raise the error that names a permission which was taken from the token ({"missing_permissions": […]})."""
        if permission in self.caller.account.settings.get("missing_permissions", ()):
            raise permission_missing(permission)

    def truth(self, name: str) -> bool | None:
        """A boolean parameter; None where it is not given. Python's "True" is none to Facebook."""
        value = self.params.get(name)
        if value is None:
            return None
        if value not in ("true", "false", "1", "0"):
            raise wrong(name, "must be a boolean")
        return value in ("true", "1")

    def object(self, name: str) -> dict[str, Any]:
        """A parameter that must be a JSON object; {} where it is not given."""
        value = self.params.get(name, "{}")
        try:
            found = json.loads(value)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise wrong(name, "must be a JSON object.")
        return found


async def read_form(request: Request) -> tuple[dict[str, str], dict[str, Uploaded]]:
    """Everything that was sent: words, and files where the form has any."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await _read_params(request), {}
    if int(request.headers.get("content-length", "0")) > MAX_UPLOAD_BYTES:
        raise too_much()
    words, files = dict(request.query_params), {}
    async with request.form() as form:
        for name, value in form.items():
            if isinstance(value, UploadFile):
                files[name] = Uploaded(value.content_type or "", await value.read())
            else:
                words[name] = value
    return words, files


def too_much() -> GraphError:
    """A body that is larger than Facebook reads."""
    return GraphError(1, "Please reduce the amount of data you're asking for, then retry your request", status=413)


async def _read_params(request: Request) -> dict[str, str]:
    """Query and body together; a JSON body's values become text, as a form would have them."""
    params = dict(request.query_params)
    body = await request.body()
    if len(body) > MAX_BODY_BYTES:
        raise too_much()
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            given = json.loads(body or b"{}")
        except ValueError:
            given = None
        if not isinstance(given, dict):
            raise GraphError(100, "(#100) The request body is not a JSON object")
        given = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
        return params | given
    return params | dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def identify(request: Request, params: Mapping[str, str], store: Store, network: str) -> Caller:
    """The caller of a request. Raises 104 without a token, 190 for a dead one and 100 where the proof is wrong."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    token = given.strip() if scheme in ("Bearer", "OAuth") else params.get("access_token", "")
    if not token:
        raise GraphError(104, "An access token is required to request this resource.")
    account = store.account_by_token(network, token)
    if account is None:
        raise dead_token("Invalid OAuth access token - Cannot parse access token")
    secret = account.credentials.get("app_secret", "")
    app = token != account.credentials.get("page_access_token")
    proof = params.get("appsecret_proof", "")
    if not proof and not app and account.settings.get("require_proof", True):
        message = "API calls from the server require an appsecret_proof argument"
        raise GraphError(100, message, kind="GraphMethodException")
    expected = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    if proof and not hmac.compare_digest(expected.encode(), proof.encode("utf-8", "replace")):
        message = "Invalid appsecret_proof provided in the API argument"
        raise GraphError(100, message, kind="GraphMethodException")
    return Caller(account, app)
