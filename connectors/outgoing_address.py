"""Which addresses the desk calls on behalf of strangers, and how it fetches a file from one.

A customer, a network or an administrator can hand us any address. It is resolved once, every address behind the name
is judged, and the connection goes to exactly the address that was judged, so that a name can't point elsewhere a
moment later (DNS rebinding). Redirects are judged again.
"""

import ipaddress
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

import certifi
import requests
import urllib3

from connectors import errors
from connectors.text import gettext_noop

MAX_REDIRECTS = 3

# Cloud metadata services that stand outside the private ranges, or inside a network that the operator allowed.
_METADATA = frozenset(
    map(ipaddress.ip_address, ("169.254.169.254", "168.63.129.16", "100.100.100.200", "fd00:ec2::254"))
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")  # an IPv4 address in an older spelling; also :: and ::1

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_NEVER_REACHED = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file. `content_type` is what the server claims, without parameters, in lower case; it may be wrong."""

    content: bytes
    content_type: str


WEB = ("https", "http")


def assert_public(url: str, *, allow_private: bool = False, schemes: Sequence[str] = WEB) -> str:
    """Judge an address: AddressRefused unless it leads to a public host. Gives the IP address that may be called.

    `allow_private` lets private and loopback addresses through (sandbox networks, an intranet); link-local,
    multicast and metadata addresses are refused always.
    """
    return _judged(_split(url, schemes), allow_private)


def is_private(host: str) -> bool:
    """Whether a host is on a network of our own, where a server need not encrypt. AddressRefused for an unknown one."""
    address = _judged(SplitResult("", f"[{host}]" if ":" in host else host, "", "", ""), allow_private=True)
    return bool(_objection(ipaddress.ip_address(address), allow_private=False))


def pinned_private(url: str) -> str:
    """The origin of a server on our side, with the address in place of its name, so that the name can't lead elsewhere.

    AddressRefused unless that address is private or loopback and the server speaks plain http.
    """
    parts = _split(url)
    if parts.scheme != "http":
        raise errors.AddressRefused("The sandbox is called by http:// on a private address.")
    address = _judged(parts, allow_private=True)
    if not _objection(ipaddress.ip_address(address), allow_private=False):  # the whole world may call it
        raise errors.AddressRefused(
            "The host %(host)s was refused: it is not on a private network, so it can't be the sandbox.",
            host=(parts.hostname or "")[:100],
        )
    host = f"[{address}]" if ":" in address else address
    return f"http://{host}:{parts.port or 80}"


def download(
    url: str, *, max_bytes: int, allow_private: bool = False, timeout: float = 10.0, redirects: int = MAX_REDIRECTS
) -> Downloaded:
    """Fetch a file of at most `max_bytes` within 3 × `timeout` seconds.

    Raises AddressRefused, InvalidContent (too large; `limit` in bytes), NotFound (any 4xx: such addresses expire) or
    Transient.
    """
    deadline = time.monotonic() + 3 * timeout
    for _ in range(redirects + 1):
        parts = _split(url)
        with _connection(parts, _judged(parts, allow_private), timeout) as pool:
            response = _get(pool, parts)
            try:
                location = response.headers.get("Location")
                if response.status in (301, 302, 303, 307, 308) and location:
                    url = urljoin(url, location)
                    continue
                _check_status(response.status)
                return Downloaded(_read(response, max_bytes, deadline), _content_type(response))
            finally:
                response.close()
    raise errors.AddressRefused("The file was not fetched: its address was redirected too often.")


def deliver(
    url: str, body: bytes, headers: Mapping[str, str], *, allow_private: bool = False, timeout: float = 10.0
) -> None:
    """POST `body` to a stranger's address, which is judged like any other. Redirects are not followed.

    Raises AddressRefused, NotFound (any answer that says it is wanted here for good: 3xx, 4xx), Transient (it did not
    take it) or OutcomeUnknown (it may have).
    """
    parts = _split(url)
    with _connection(parts, _judged(parts, allow_private), timeout) as pool:
        response = _send(pool, parts, "POST", {**headers, "Host": parts.netloc}, body)
        try:
            if response.status in (408, 425, 429) or response.status >= 500:
                raise errors.Transient(
                    "The address did not take it. The desk tries again.", detail=f"HTTP {response.status}"
                )
            if not 200 <= response.status < 300:
                raise errors.NotFound("The address does not take it.", detail=f"HTTP {response.status}")
        finally:
            response.close()


def _split(url: str, schemes: Sequence[str] = WEB) -> SplitResult:
    if not url.lower().startswith(tuple(f"{scheme}://" for scheme in schemes)):
        wanted = {"first": f"{schemes[0]}://", "second": f"{schemes[-1]}://"}
        raise errors.AddressRefused("Only full addresses that start with %(first)s or %(second)s are called.", **wanted)
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare_url(url, None)  # writes names and paths outside ASCII as HTTP wants them
        parts = urlsplit(prepared.url or "")
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise errors.AddressRefused("This is not a valid address.")
    if parts.username is not None or parts.password is not None:
        raise errors.AddressRefused("An address with a user name or password in it is not called.")
    return parts


def _judged(parts: SplitResult, allow_private: bool) -> str:
    host = parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise errors.AddressRefused(
            "The host %(host)s is not known. Check the spelling of the address.", host=host[:100]
        ) from None
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    for address in addresses:
        if objection := _objection(ipaddress.ip_address(address), allow_private):
            raise errors.AddressRefused(objection, host=host[:100])
    return addresses[0]


def _objection(address: IPAddress, allow_private: bool) -> str:
    """Why an address is not called; empty where it may be."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64 or address in _COMPATIBLE:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None and not (address.is_loopback or address.is_unspecified):
            return _objection(inner, allow_private)
        if address.is_site_local:
            return gettext_noop("The host %(host)s was refused: it points into a private network.")
    if address in _METADATA or address.is_link_local or address.is_multicast or address.is_unspecified:
        return gettext_noop("The host %(host)s was refused: it is a link-local, multicast or metadata address.")
    if address.is_global or (allow_private and (address.is_private or address.is_loopback)):
        return ""
    return gettext_noop("The host %(host)s was refused: it points into a private network.")


def _connection(parts: SplitResult, address: str, timeout: float) -> urllib3.HTTPConnectionPool:
    limits = urllib3.Timeout(connect=min(5.0, timeout), read=timeout)
    if parts.scheme == "http":
        return urllib3.HTTPConnectionPool(address, parts.port or 80, timeout=limits, retries=False)
    return urllib3.HTTPSConnectionPool(
        address,
        parts.port or 443,
        timeout=limits,
        retries=False,
        cert_reqs="CERT_REQUIRED",
        ca_certs=certifi.where(),
        server_hostname=parts.hostname,
        assert_hostname=parts.hostname,
    )


def _get(pool: urllib3.HTTPConnectionPool, parts: SplitResult) -> urllib3.BaseHTTPResponse:
    headers = {"Host": parts.netloc, "Accept": "*/*", "Accept-Encoding": "identity"}
    return _send(pool, parts, "GET", headers, None)


def _send(
    pool: urllib3.HTTPConnectionPool, parts: SplitResult, method: str, headers: Mapping[str, str], body: bytes | None
) -> urllib3.BaseHTTPResponse:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        return pool.urlopen(method, target, body=body, headers=headers, redirect=False, preload_content=False)
    except (urllib3.exceptions.HTTPError, OSError) as problem:
        detail = type(problem).__name__
        if body is not None and not isinstance(problem, _NEVER_REACHED):
            raise errors.OutcomeUnknown(
                "The address gave no answer, and may have taken it. The desk calls again under the same number.",
                detail=detail,
            ) from None
        raise errors.Transient("The address could not be reached. The desk tries again.", detail=detail) from None


def _check_status(status: int) -> None:
    if status == 429 or status >= 500:
        raise errors.Transient("The file could not be fetched. The desk tries again.", detail=f"HTTP {status}")
    if status != 200:
        raise errors.NotFound("The file is not there any more.", detail=f"HTTP {status}")


def _read(response: urllib3.BaseHTTPResponse, max_bytes: int, deadline: float) -> bytes:
    content = bytearray()
    try:
        while chunk := response.read1(64 * 1024):
            content += chunk
            if len(content) > max_bytes:
                raise errors.InvalidContent(
                    "The file is larger than the %(size)s kB that are kept.",
                    limit=max_bytes,
                    size=str(max_bytes // 1024),
                )
            if time.monotonic() > deadline:
                raise errors.Transient("The file came in too slowly. The desk tries again.")
    except (urllib3.exceptions.HTTPError, OSError) as problem:
        detail = type(problem).__name__
        raise errors.Transient("The file came in cut off. The desk tries again.", detail=detail) from None
    return bytes(content)


def _content_type(response: urllib3.BaseHTTPResponse) -> str:
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()[:100]
