"""What can go wrong on the way to a network, on real sockets: what it means for a read and what for a write."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import requests

from connectors import errors
from connectors.base import Account, Outgoing
from connectors.http import NetworkSession
from connectors.networks.facebook_page import FacebookPage
from connectors.networks.x import X
from tests.connectors.accounts import PAGE_CREDENTIALS, X_CREDENTIALS, page_account, post, posts, x_account
from tests.connectors.wire import Said, Wire, running_wire

REPLY = Outgoing("Wij zoeken het uit ^JK", private=False, thread_id="7700_1", reply_to="1234")
NETWORKS = [(X, x_account), (FacebookPage, page_account)]
READS = {"x": "mentions", "facebook_page": "feed"}
Build = Callable[[str], Account]


@pytest.fixture(params=NETWORKS, ids=["x", "facebook_page"])
def connector(request: pytest.FixtureRequest, wire: Wire) -> X | FacebookPage:
    network, account = request.param
    connector: X | FacebookPage = network(account(wire.address))
    return connector


@pytest.fixture(params=NETWORKS, ids=["x", "facebook_page"])
def impatient(request: pytest.FixtureRequest, wire: Wire) -> X | FacebookPage:
    """One whose time-outs these tests wait for."""
    network, account = request.param
    connector: X | FacebookPage = network(account(wire.address, timeout=0.4))
    return connector


@pytest.mark.parametrize("fault", ["hang", "drop", "cut", "dribble"])
@pytest.mark.trap(2)
def test_a_read_that_is_lost_on_the_way_is_tried_again(impatient: X | FacebookPage, wire: Wire, fault: str) -> None:
    wire.say({"data": [], "padding": "x" * 60}, fault=fault)
    with pytest.raises(errors.Transient):
        impatient.fetch(READS[impatient.slug], {})


@pytest.mark.parametrize("fault", ["hang", "drop", "cut", "dribble"])
@pytest.mark.trap(2)
def test_a_write_that_is_lost_after_dispatch_has_an_unknown_outcome(
    impatient: X | FacebookPage, wire: Wire, fault: str
) -> None:
    wire.say({"data": {"id": "1"}, "id": "1", "padding": "x" * 60}, fault=fault)
    with pytest.raises(errors.OutcomeUnknown):
        impatient.send(REPLY)
    assert len(wire.asked) == 1


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://no-such-host.invalid"])
@pytest.mark.parametrize(("network", "account"), NETWORKS, ids=["x", "facebook_page"])
def test_a_write_that_never_reached_the_network_did_certainly_not_happen(
    network: type[X] | type[FacebookPage], account: Build, address: str
) -> None:
    with pytest.raises(errors.Transient):
        network(account(address)).send(REPLY)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("body", [b"<html><h1>503</h1>", b"", b'{"title": "Service Unavailable"}', b"[]", b'"oops"'])
def test_a_server_fault_is_transient_for_a_read_and_unknown_for_a_write(
    connector: X | FacebookPage, wire: Wire, status: int, body: bytes
) -> None:
    wire.answer_with(lambda asked: Said(body, status, {"Content-Type": "text/html"}))
    with pytest.raises(errors.Transient):
        connector.fetch(READS[connector.slug], {})
    with pytest.raises(errors.OutcomeUnknown):
        connector.send(REPLY)


@pytest.mark.parametrize(
    "body", [b'{"data": {"id": "1', b"<html>", b"[1, 2]", b"", b"null", b"[" * 100_000, b"\xff\xfe"]
)
@pytest.mark.parametrize("content_type", ["application/json", "text/html", None])
def test_a_good_status_with_a_body_that_is_no_answer(
    connector: X | FacebookPage, wire: Wire, body: bytes, content_type: str | None
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    wire.answer_with(lambda asked: Said(body, 200, headers))
    with pytest.raises(errors.Unreadable):
        connector.fetch(READS[connector.slug], {})
    with pytest.raises(errors.OutcomeUnknown):
        connector.send(REPLY)


def test_an_answer_without_end_is_cut_off(
    connector: X | FacebookPage, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.http.MAX_BODY", 100_000)
    wire.say(b"x" * 200_000)
    with pytest.raises(errors.Transient):
        connector.fetch(READS[connector.slug], {})


def test_a_redirect_is_not_followed(connector: X | FacebookPage, wire: Wire) -> None:
    with running_wire() as elsewhere:
        wire.answer_with(lambda asked: Said(b"", 302, {"Location": elsewhere.address + "/stolen"}))
        with pytest.raises(errors.NetworkError):
            connector.fetch(READS[connector.slug], {})
        with pytest.raises(errors.OutcomeUnknown):
            connector.send(REPLY)
        assert elsewhere.asked == []


@pytest.mark.parametrize(
    "url", ["https://evil.example/2/tweets", "http://api.twitter.com/2", "https://api.twitter.com.evil.example/"]
)
def test_a_host_that_is_not_the_networks_is_never_called(wire: Wire, url: str) -> None:
    session = NetworkSession(("api.twitter.com",), f"{wire.address}/x", 0.5)
    with pytest.raises(errors.AddressRefused, match="only talks to"):
        session.get(url)
    assert wire.asked == []


@pytest.mark.parametrize("host", ["api.twitter.com", "api.x.com", "upload.twitter.com"])
@pytest.mark.trap(1)
def test_all_hosts_of_the_network_become_the_base_url_with_its_path(wire: Wire, host: str) -> None:
    session = NetworkSession(("api.twitter.com", "api.x.com", "upload.twitter.com"), f"{wire.address}/x/", 0.5)
    wire.say({})
    session.get(f"https://{host}/2/users/me?a=1&b=%20")
    assert wire.asked[0].path == "/x/2/users/me"
    assert wire.asked[0].query == {"a": "1", "b": " "}


def test_a_base_url_that_is_the_networks_own_changes_nothing() -> None:
    """An OAuth signature covers the host: api.twitter.com must not be sent to api.x.com."""
    session = NetworkSession(("api.twitter.com", "api.x.com"), "https://api.x.com", 0.5)
    adapter = session.get_adapter("https://api.twitter.com/2/tweets")
    assert vars(adapter)["_target"] == ""


def test_two_accounts_with_different_servers_do_not_mix(wire: Wire) -> None:
    with running_wire() as other:
        here, there = FacebookPage(page_account(wire.address)), FacebookPage(page_account(other.address))
        for running in (wire, other):
            running.answer_with(lambda asked: Said({"data": []}))
        threads = [threading.Thread(target=lambda c=c: [c.fetch("feed", {}) for _ in range(20)]) for c in (here, there)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(wire.asked), len(other.asked)) == (20, 20)


def test_connections_are_used_again_by_the_next_connector(wire: Wire) -> None:
    wire.answer_with(lambda asked: Said(posts()))
    for _ in range(5):
        X(x_account(wire.address)).fetch("mentions", {})
    assert wire.connections == 1


def test_no_cookie_is_kept(x: X, wire: Wire) -> None:
    wire.say(posts(), Set_Cookie="guest_id=v1; Path=/")
    wire.say(posts())
    x.fetch("mentions", {})
    x.fetch("mentions", {})
    assert "cookie" not in wire.asked[1].headers


def test_a_password_in_netrc_does_not_replace_the_token(
    page: FacebookPage, wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    wire.say({"data": []})
    page.fetch("feed", {})
    assert wire.asked[0].headers["authorization"] == f"Bearer {PAGE_CREDENTIALS['page_access_token']}"


def test_no_credential_reaches_an_error_a_repr_or_a_log(
    connector: X | FacebookPage, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    credentials = X_CREDENTIALS if connector.slug == "x" else PAGE_CREDENTIALS
    secrets = [value for value in credentials.values() if not value.isdecimal()]
    caplog.set_level(logging.DEBUG)
    said = [
        Said({"error": {"code": 190, "message": f"Malformed access token {' '.join(secrets)}"}}, 400),
        Said({"title": "Unauthorized", "detail": f"bad {' '.join(secrets)}"}, 401),
        Said(" ".join(secrets).encode(), 500),
        Said(fault="drop"),
    ]
    texts = []
    for answer in said:
        for call in (lambda: connector.fetch(READS[connector.slug], {}), lambda: connector.send(REPLY)):
            wire.say(answer.body, answer.status, answer.fault)
            with pytest.raises(errors.NetworkError) as caught:
                call()
            chain = [caught.value, caught.value.__cause__]
            texts += [f"{error!r} {error} {getattr(error, 'detail', '')}" for error in chain]
            assert caught.value.__cause__ is None or caught.value.__suppress_context__
    texts += [repr(x_account("")), repr(page_account("")), caplog.text]
    texts += [str(vars(record)) for record in caplog.records]
    for secret in secrets:
        assert not any(secret in text for text in texts)


def test_a_missing_field_is_named_before_anything_is_called(wire: Wire) -> None:
    for network, account, field, label in (
        (X, x_account, "access_token_secret", "Access token secret"),
        (FacebookPage, page_account, "app_secret", "App secret"),
    ):
        given = account(wire.address)
        incomplete = account(wire.address, credentials={**given.credentials, field: " "})
        with pytest.raises(errors.AuthExpired, match=f"“{label}” is empty"):
            network(incomplete).check()
    assert wire.asked == []


def test_the_answers_time_and_budget_are_read(x: X, wire: Wire) -> None:
    wire.say(posts(post(1)), x_rate_limit_limit="300", x_rate_limit_remaining="12", x_rate_limit_reset="1793527260")
    rate = x.fetch("mentions", {}).rate
    assert rate is not None
    assert (rate.limit, rate.remaining, rate.reset_at) == (300, 12, datetime(2026, 11, 1, 10, 1, tzinfo=UTC))


def test_an_error_of_ours_is_not_taken_for_the_networks(x: X) -> None:
    with pytest.raises(ValueError, match="no stream"):
        x.fetch("nothing", {})
    assert isinstance(requests.exceptions.JSONDecodeError("", "", 0), ValueError)
