"""How every connector reaches its network: one session class and one reading of what can go wrong on the way.

Client libraries write the network's own addresses. The session sends such a request elsewhere only *after* it has
been signed, so an OAuth signature covers the original address; it never calls a host that is not the network's,
follows no redirect, keeps no cookie and no netrc password, and always has a time-out.
"""

import ipaddress
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter

from connectors import errors
from connectors.parsing import FAULTS, loaded
from connectors.text import clean
from connectors.times import moment

# At level DEBUG it writes whole addresses, and with them signatures, to the log.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)

MAX_BODY = 32 * 1024 * 1024  # bytes of one answer; the largest page that any network gives is about 2 MB
WHOLE_ANSWER = 3  # an answer may dribble in for this many time-outs, then it counts as lost
_CONNECT_SECONDS = 5.0
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What the network said last. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON, None where it is none (HTML, cut off, empty)."""
        try:
            return loaded(self.body)
        except ValueError:
            return None


class NetworkSession(requests.Session):
    """A requests session for one account on one network.

    `hosts` are the network's own; requests to them go to `base_url` (its path put in front) unless that is one of
    them already. `last` is the latest answer in full, because client libraries lose status and headers.
    """

    def __init__(self, hosts: Sequence[str], base_url: str, timeout: float) -> None:
        super().__init__()
        self.last: Answer | None = None
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.auth = _keep_header  # else requests would look for a password in ~/.netrc and put it over the token
        refusal = _Refusal(hosts)
        self.mount("https://", refusal)
        self.mount("http://", refusal)
        target = "" if urlsplit(base_url).hostname in hosts else base_url.rstrip("/")
        for host in hosts:
            self.mount(f"https://{host}/", _Transport(self, target, timeout))

    @property
    def told_at(self) -> datetime | None:
        """The network's own time of the last answer, where it says so."""
        try:
            return moment(self.last.headers["date"]) if self.last else None
        except (KeyError, ValueError):
            return None

    def _forget(self) -> None:
        self.last = None

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        self._forget()
        return super().request(*args, **{**kwargs, "allow_redirects": False})

    def answer_to(
        self, call: Callable[[], object], *, network: str, write: bool, library_error: type[Exception]
    ) -> Answer:
        """What the network said to a call that a client library makes, whatever the library makes of it.

        The libraries lose status or headers in their exceptions, and raise almost anything at a body that is not what
        they expect; whether it is good or bad news is for the connector to judge. Raises Transient or OutcomeUnknown
        where there is no answer.
        """
        self._forget()  # where the library makes no call at all, the answer before is not one to this
        with transport_faults(network, write=write):
            try:
                call()
            except requests.exceptions.RequestException as problem:
                # A body that is no JSON is one of these too, but then there is an answer.
                if self.last is None or not isinstance(problem, ValueError):
                    raise
            except (library_error, *FAULTS):
                if self.last is None:  # not the network's answer but our call is wrong
                    raise
        if self.last is None:
            raise errors.Unreadable("%(network)s gave no answer.", network=network)
        return self.last


def _keep_header(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


class _Refusal(BaseAdapter):
    """Stands where requests would otherwise call any address that it is given."""

    def __init__(self, hosts: Sequence[str]) -> None:
        super().__init__()
        self._hosts = ", ".join(hosts)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        host = urlsplit(request.url or "").hostname
        raise errors.AddressRefused(
            "A call to %(host)s was refused: this account only talks to %(known)s.", host=str(host), known=self._hosts
        )

    def close(self) -> None:
        pass


class _Transport(BaseAdapter):
    """Rewrites the host, sets the time-outs, reads the whole answer in bounded time and remembers it."""

    def __init__(self, session: NetworkSession, target: str, timeout: float) -> None:
        super().__init__()
        self._session = session
        self._target = target
        self._direct = _is_on_our_side(target)
        self._timeout = timeout

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        if self._target:
            request = _readdressed(request, self._target)
            # The proxies that requests chose are those for the original address.
            by_proxy = self._session.trust_env and not self._direct
            proxies = requests.utils.get_environ_proxies(request.url or "") if by_proxy else {}
        started = time.monotonic()
        response = _shared_adapter(self._target).send(
            request,
            stream=True,
            timeout=(min(_CONNECT_SECONDS, self._timeout), self._timeout),
            verify=verify,
            cert=cert,
            proxies=proxies,
        )
        body = _whole_body(response, started + WHOLE_ANSWER * self._timeout)
        response._content, response._content_consumed = body, True  # type: ignore[attr-defined]  # as .content would
        headers = {name.lower(): value for name, value in response.headers.items()}
        self._session.last = Answer(response.status_code, headers, body)
        return response

    def close(self) -> None:
        """Connections are shared between sessions and stay open for the next."""


def _is_on_our_side(target: str) -> bool:
    """Whether this is a private address, written as numbers: no proxy knows it, and none shall see what goes there."""
    try:
        return not ipaddress.ip_address(urlsplit(target).hostname or "").is_global
    except ValueError:
        return False


def _readdressed(request: requests.PreparedRequest, target: str) -> requests.PreparedRequest:
    original = urlsplit(request.url or "")
    request = request.copy()
    query = f"?{original.query}" if original.query else ""
    request.url = f"{target}{original.path}{query}"
    return request


def _whole_body(response: requests.Response, deadline: float) -> bytes:
    raw: urllib3.HTTPResponse = response.raw
    chunks: list[bytes] = []
    size = 0
    try:
        while chunk := raw.read1(_CHUNK, decode_content=True):
            chunks.append(chunk)
            size += len(chunk)
            if size > MAX_BODY:
                raise requests.exceptions.ContentDecodingError("the answer is larger than any real one")
            if time.monotonic() > deadline:
                raise requests.exceptions.ReadTimeout("the answer did not end")
    except requests.exceptions.RequestException:  # the two above; before OSError, which it is too
        response.close()
        raise
    except urllib3.exceptions.ReadTimeoutError as problem:
        response.close()
        raise requests.exceptions.ReadTimeout("the answer stopped half-way") from problem
    except (urllib3.exceptions.HTTPError, OSError) as problem:
        response.close()
        raise requests.exceptions.ChunkedEncodingError("the answer was cut off") from problem
    raw.release_conn()
    return b"".join(chunks)


@contextmanager
def open_stream(
    address: str, headers: Mapping[str, str], network: str, connect_seconds: float, quiet_seconds: float
) -> Iterator[requests.Response | Answer]:
    """An answer that does not end, to be read as it comes; one that is no 200 is read whole.

    `address` is the caller's to judge; no redirect is followed. Raises Transient, also where nothing comes for
    `quiet_seconds`.
    """
    origin = urlsplit(address)
    target = f"{origin.scheme}://{origin.netloc}"
    request = requests.Request("GET", address, headers=dict(headers)).prepare()
    proxies = {} if _is_on_our_side(target) else requests.utils.get_environ_proxies(address)
    with transport_faults(network, write=False):
        response = _shared_adapter(target).send(
            request, stream=True, timeout=(min(_CONNECT_SECONDS, connect_seconds), quiet_seconds), proxies=proxies
        )
        try:
            if response.status_code == 200:
                yield response
            else:
                deadline = time.monotonic() + WHOLE_ANSWER * connect_seconds
                names = {name.lower(): value for name, value in response.headers.items()}
                yield Answer(response.status_code, names, _whole_body(response, deadline))
        except urllib3.exceptions.HTTPError as problem:
            raise requests.exceptions.ConnectionError("the stream broke off") from problem
        finally:
            response.close()


_adapters: dict[str, HTTPAdapter] = {}
_adapters_lock = threading.Lock()


def _shared_adapter(target: str) -> HTTPAdapter:
    """The connection pool for an address, shared by all accounts and threads of this process."""
    with _adapters_lock:
        if target not in _adapters:
            _adapters[target] = HTTPAdapter(pool_connections=8, pool_maxsize=32, max_retries=0)
        return _adapters[target]


def _after_fork() -> None:
    global _adapters_lock
    _adapters_lock = threading.Lock()
    _adapters.clear()  # a socket must not be spoken on by two processes


os.register_at_fork(after_in_child=_after_fork)


@contextmanager
def transport_faults(network: str, *, write: bool) -> Iterator[None]:
    """Turn what requests raises into `connectors.errors`.

    A read that failed is Transient. A write is Transient only where the network was never reached; from the moment
    that the request may have left, its outcome is unknown.
    """
    try:
        yield
    except requests.exceptions.RequestException as problem:
        detail = _names_of(problem)
        if never_left(problem):
            raise errors.Transient(
                "%(network)s can't be reached. The desk tries again.", network=network, detail=detail
            ) from None
        if write:
            raise lost_answer(network, detail) from None
        raise errors.Transient(
            "%(network)s did not answer in full. The desk tries again.", network=network, detail=detail
        ) from None


def lost_answer(network: str, detail: str) -> errors.OutcomeUnknown:
    """The error for a write that was sent and whose result is not known."""
    return errors.OutcomeUnknown(
        "%(network)s took the request but its answer was lost. Look on %(network)s before anything is sent again.",
        network=network,
        detail=detail,
    )


def never_left(problem: requests.exceptions.RequestException) -> bool:
    """Whether no byte of the request reached the network: no address, no connection, no trust in its certificate."""
    if isinstance(problem, requests.exceptions.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    reason = getattr(problem.args[0], "reason", None) if problem.args else None
    before_dispatch = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
    return isinstance(reason, before_dispatch) or "CERTIFICATE_VERIFY_FAILED" in str(reason)


def _names_of(problem: requests.exceptions.RequestException) -> str:
    """What kind of fault it was, without the address, whose query may hold what must not be shown."""
    reason = getattr(problem.args[0], "reason", None) if problem.args else None
    kind = type(problem).__name__
    return f"{kind}: {type(reason).__name__}" if reason is not None else kind


def without_secrets(text: str, credentials: Mapping[str, str], max_length: int = 500) -> str:
    """`text` with every credential taken out: networks do quote a token that they refuse."""
    for secret in sorted(credentials.values(), key=len, reverse=True):
        if len(secret) >= 6:  # anything shorter is no secret, and would tear words apart
            text = text.replace(secret, "[hidden]")
    return clean(text, max_length)
