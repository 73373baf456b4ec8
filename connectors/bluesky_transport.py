"""How atproto's client reaches a server: over the session of every connector instead of an HTTP client of its own.

Whatever address the client believes in after a login (a server may name any), a call goes to where the administrator
said that the account is. Loads the library, 45 MB with all of its names: only `bluesky_api` imports this, where a call
is made.
"""

import logging
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from connectors.http import Answer, NetworkSession

# Its asynchronous half has the same thousand classes once more: 11 MB for what nobody here uses.
_ASYNCHRONOUS = "atproto_client.namespaces.async_ns"
sys.modules.setdefault(_ASYNCHRONOUS, ModuleType(_ASYNCHRONOUS))

from atproto_client import Client  # noqa: E402  # only once that half is left out
from atproto_client.exceptions import RequestException  # noqa: E402  # the same
from atproto_client.request import RequestBase, Response  # noqa: E402  # the same

HOST = "bsky.social"  # what the session knows the account's server by, wherever it is

# It writes whole requests to the log at level DEBUG.
logging.getLogger("atproto_client").setLevel(logging.INFO)


def client_over(session: NetworkSession) -> Client:
    """The library's client. It raises AtProtocolError, and what requests raises; the answer is in `session.last`."""
    return Client(f"https://{HOST}", request=_Transport(session))


class _Transport(RequestBase):  # type: ignore[misc]  # mypy does not look into it
    def __init__(self, session: NetworkSession) -> None:
        super().__init__()
        self._session = session

    def _new_instance(self) -> "_Transport":
        return _Transport(self._session)

    def get(self, url: str, **options: Any) -> Response:
        return self._said("GET", url, **options)

    def post(self, url: str, **options: Any) -> Response:
        return self._said("POST", url, **options)

    def _said(self, verb: str, url: str, **options: Any) -> Response:
        method = url.rpartition("/")[2]
        body = options.get("content") or options.get("data")
        self._session.request(
            verb,
            f"https://{HOST}/xrpc/{method}",
            params=_as_lexicons_write(options.get("params") or {}),
            data=body.encode() if isinstance(body, str) else body,
            headers=self.get_headers(options.get("headers")),
        )
        return _as_the_library_has_it(self._session.last or Answer(0, {}, b""))


def _as_lexicons_write(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Yes and no in small letters: the library leaves them as Python writes them, which servers answer with a 500."""
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in asked.items()}


def _as_the_library_has_it(answer: Answer) -> Response:
    whole = Response(200 <= answer.status < 300, answer.status, answer.json(), dict(answer.headers))
    if not whole.success:
        raise RequestException(whole)
    return whole
