"""Which addresses the desk calls for strangers, and how a file is fetched from one."""

import socket
from typing import Any

import pytest

from connectors import errors
from connectors.outgoing_address import assert_public, download
from tests.connectors.wire import Said, Wire, running_wire


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Names that stand for the addresses given; anything else is looked up as always."""
    known: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if host in known:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in known[host]]
        return real(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return known


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[::127.0.0.1]/",
        "http://[::10.0.0.1]/",
        "http://[fec0::1]/",
        "http://10.0.0.1/",
        "http://172.16.5.5/",
        "http://192.168.1.1:8080/x",
        "http://100.64.0.1/",
        "http://[fc00::1]/",
        "http://0.0.0.0/",
        "http://localhost/",
        "http://[fe80::1]/",
        "http://240.0.0.1/",
    ],
)
def test_a_private_address_is_refused_however_it_is_written(url: str) -> None:
    with pytest.raises(errors.AddressRefused):
        assert_public(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://10.0.0.1:8900/x", "http://[::1]/", "http://[fc00::1]/"])
def test_the_operator_may_allow_private_addresses(url: str) -> None:
    assert assert_public(url, allow_private=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/",
        "http://168.63.129.16/",
        "http://224.0.0.1/",
        "http://[::ffff:169.254.169.254]/",
        "http://0.0.0.0/",
    ],
)
def test_metadata_services_are_refused_even_then(url: str) -> None:
    with pytest.raises(errors.AddressRefused):
        assert_public(url, allow_private=True)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "ftp://example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "//example.com",
        "https://",
        "http://user:pw@example.com/",
        "http://exa mple.com:port/",
        "http://example.com:99999/",
        "http://\x00/",
        "http://[::1",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(errors.AddressRefused):
        assert_public(url, allow_private=True)


def test_a_name_that_nobody_knows_is_refused_in_words() -> None:
    with pytest.raises(errors.AddressRefused, match="not known"):
        assert_public("https://no-such-host.invalid/")


def test_a_name_with_one_private_address_among_public_ones_is_refused(names: dict[str, list[str]]) -> None:
    names["both.example"] = ["93.184.216.34", "10.0.0.1"]
    names["public.example"] = ["93.184.216.34"]
    with pytest.raises(errors.AddressRefused):
        assert_public("https://both.example/")
    assert assert_public("https://public.example/") == "93.184.216.34"


def test_a_file_is_fetched_with_its_type(wire: Wire) -> None:
    wire.say(b"\x89PNG", Content_Type="Image/PNG; charset=binary")
    found = download(f"{wire.address}/é a.png?x=1", max_bytes=100, allow_private=True)
    assert (found.content, found.content_type) == (b"\x89PNG", "image/png")
    assert wire.asked[0].path == "/%C3%A9%20a.png"


def test_the_connection_goes_to_the_address_that_was_judged(wire: Wire, names: dict[str, list[str]]) -> None:
    """The name is looked up once; what it says a moment later plays no part."""
    names["rebinding.example"] = ["127.0.0.1"]
    port = wire.address.rpartition(":")[2]
    wire.say(b"ok")
    download(f"http://rebinding.example:{port}/", max_bytes=10, allow_private=True)
    assert wire.asked[0].headers["host"] == f"rebinding.example:{port}"


def test_a_redirect_into_a_private_network_is_refused(wire: Wire, names: dict[str, list[str]]) -> None:
    with running_wire() as inside:
        wire.answer_with(lambda asked: Said(b"", 302, {"Location": "http://169.254.169.254/secret"}))
        with pytest.raises(errors.AddressRefused):
            download(f"{wire.address}/a", max_bytes=10, allow_private=True)
        wire.answer_with(lambda asked: Said(b"", 302, {"Location": f"{inside.address}/b"}))
        inside.say(b"ok")
        assert download(f"{wire.address}/a", max_bytes=10, allow_private=True).content == b"ok"


def test_redirects_come_to_an_end(wire: Wire) -> None:
    wire.answer_with(lambda asked: Said(b"", 302, {"Location": "/again"}))
    with pytest.raises(errors.AddressRefused, match="redirected"):
        download(f"{wire.address}/a", max_bytes=10, allow_private=True)
    assert len(wire.asked) == 4


def test_a_file_that_is_too_large_is_refused_with_the_limit(wire: Wire) -> None:
    wire.say(b"x" * 2_000_000)
    with pytest.raises(errors.InvalidContent) as caught:
        download(f"{wire.address}/a", max_bytes=1_000_000, allow_private=True)
    assert caught.value.limit == 1_000_000


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (Said(b"", 404), errors.NotFound),
        (Said(b"", 403), errors.NotFound),
        (Said(b"", 503), errors.Transient),
        (Said(b"", 429), errors.Transient),
        (Said(b"", 302), errors.NotFound),
        (Said(b"x" * 100, fault="cut"), errors.Transient),
        (Said(b"x" * 100, fault="drop"), errors.Transient),
        (Said(b"x" * 100, fault="hang"), errors.Transient),
        (Said(b"x" * 100, fault="dribble"), errors.Transient),
    ],
)
def test_what_can_go_wrong_says_whether_to_come_back(wire: Wire, said: Said, error: type[errors.NetworkError]) -> None:
    wire.answer_with(lambda asked: said)
    with pytest.raises(error):
        download(f"{wire.address}/a", max_bytes=1_000, allow_private=True, timeout=0.3)


def test_a_server_that_is_not_there_is_a_passing_fault() -> None:
    with pytest.raises(errors.Transient):
        download("http://127.0.0.1:1/", max_bytes=10, allow_private=True, timeout=0.3)
