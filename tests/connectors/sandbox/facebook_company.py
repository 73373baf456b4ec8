"""A company's page on the sandbox's Facebook, read and written by unmodified facebook-sdk 3.1.0."""

import hashlib
import hmac
import itertools
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.connectors.sandbox.conftest import SandboxProcess

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its pattern of 2018 is a DeprecationWarning today
    import facebook

__all__ = ["PageCompany", "facebook", "new_page", "refusal", "refused_with"]
_numbers = itertools.count(1)


@dataclass
class PageCompany:
    """The library keeps the address in its module, so it is set before each call."""

    sandbox: SandboxProcess
    handle: str
    id: str
    credentials: dict[str, str]
    base_url: str

    @property
    def proof(self) -> str:
        secret, token = self.credentials["app_secret"], self.credentials["page_access_token"]
        return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()

    @property
    def graph(self) -> facebook.GraphAPI:
        facebook.FACEBOOK_GRAPH_URL = self.base_url + "/"
        graph = facebook.GraphAPI(self.credentials["page_access_token"], timeout=10)
        graph.version = "v24.0"
        return graph

    def get(self, node: str, edge: str = "", **args: Any) -> Any:
        path = f"v24.0/{node}/{edge}".rstrip("/")
        return self.graph.request(path, {"appsecret_proof": self.proof, **args})

    def post(self, node: str, edge: str = "", **args: Any) -> Any:
        path = f"v24.0/{node}/{edge}".rstrip("/")
        return self.graph.request(path, post_args={"appsecret_proof": self.proof, **args}, method="POST")

    def delete(self, node: str, edge: str = "") -> Any:
        path = f"v24.0/{node}/{edge}".rstrip("/")
        return self.graph.request(path, {"appsecret_proof": self.proof}, method="DELETE")

    def send(self, recipient: dict[str, str], text: str = "Dag", **args: str) -> Any:
        given = {"messaging_type": "RESPONSE", **args}
        return self.post("me", "messages", recipient=json.dumps(recipient), message=json.dumps({"text": text}), **given)

    def raw(self, method: str = "GET", path: str = "v24.0/me", **args: Any) -> requests.Response:
        """What the library throws away: status and headers."""
        headers = {"Authorization": f"Bearer {self.credentials['page_access_token']}"}
        given = {"appsecret_proof": self.proof, **args.pop("params", {})}
        return requests.request(
            method, f"{self.base_url}/{path}", params=given, timeout=10, **{"headers": headers, **args}
        )

    def hears(self, text: str = "Waar blijft mijn bus?", kind: str = "visitor_post", **more: Any) -> Any:
        """A customer writes."""
        author = {"handle": "jan", "name": "Jan de Vries"}
        body = {"network": "facebook", "account": self.handle, "kind": kind, "author": author, "text": text, **more}
        return self.sandbox.call("POST", "/posts", body)

    def types(self, text: str, kind: str, **more: Any) -> Any:
        """The company writes in Facebook's own app."""
        body = {"network": "facebook", "account": self.handle, "kind": kind, "origin": "native", "text": text, **more}
        return self.sandbox.call("POST", "/posts", body)

    def psid(self, message: Any) -> str:
        """Who wrote a private message, as this page knows him."""
        found = self.get(message["id"], fields="from")["from"]["id"]
        assert isinstance(found, str)
        return found


def new_page(sandbox: SandboxProcess, **settings: Any) -> PageCompany:
    handle = f"vlotlijnpagina{next(_numbers)}"
    body = {"network": "facebook", "handle": handle, "name": "Vlotlijn", "settings": {"rate_limits": "off", **settings}}
    made = sandbox.call("POST", "/accounts", body)
    return PageCompany(sandbox, handle, made["id"], made["credentials"], made["base_url"])


def refusal(call: Callable[[], Any]) -> dict[str, Any]:
    """The error object of a call that must fail."""
    with pytest.raises(facebook.GraphAPIError) as caught:
        call()
    error = caught.value.result["error"]
    assert isinstance(error, dict)
    assert {"message", "type", "code", "fbtrace_id"} <= error.keys()
    return error


def refused_with(call: Callable[[], Any]) -> tuple[int, int]:
    """Code and subcode (0 for none) of a call that must fail."""
    error = refusal(call)
    return error["code"], error.get("error_subcode", 0)
