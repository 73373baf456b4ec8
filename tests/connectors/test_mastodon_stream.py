"""The stream of a Mastodon server: a hint, whatever stands in it, and no way to another host or to endless memory."""

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import errors, mastodon_stream
from connectors.mastodon_stream import address_of
from connectors.networks.mastodon import Mastodon
from tests.connectors.accounts import MASTODON_CREDENTIALS, mastodon_account
from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox_company import Company
from tests.connectors.test_hostile_input import JUNK
from tests.connectors.wire import Asked, Said, Wire, running_wire


def _event(name: str, **data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


def _heard(wire: Wire, said: Said, **instance: Any) -> int:
    """How often something was new, until the server hung up."""

    def script(asked: Asked) -> Said:
        if asked.path.endswith("/streaming/user/notification"):
            return said
        urls = {"urls": {"streaming": wire.address}}
        return Said({"configuration": urls, **instance})

    wire.answer_with(script)
    told: list[int] = []
    Mastodon(mastodon_account(wire.address)).listen(lambda: told.append(1), lambda: True)
    return len(told)


def _stream(text: str) -> Said:
    return Said(text.encode(), headers={"Content-Type": "text/event-stream"})


def test_words_are_a_hint_and_favourites_are_none(wire: Wire) -> None:
    text = (
        ":)\n" + _event("notification", id="1", type="mention") + ":thump\n" + _event("notification", type="favourite")
    )
    assert _heard(wire, _stream(text + _event("update", id="7") + _event("notification", type="quote"))) == 2
    (opened,) = [one for one in wire.asked if "streaming" in one.path]
    assert opened.path == "/mastodon/api/v1/streaming/user/notification"
    assert opened.headers["authorization"] == f"Bearer {MASTODON_CREDENTIALS['access_token']}"


@pytest.mark.parametrize("data", ["", "{", "[]", "7", '"mention"', '{"type": 7}', "[" * 100_000])
def test_nothing_in_an_event_is_believed(wire: Wire, data: str) -> None:
    assert _heard(wire, _stream(f"event: notification\ndata: {data}\n\n")) == 1


@pytest.fixture(scope="module")
def long_wire() -> Iterator[Wire]:
    with running_wire() as running:
        yield running


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["notification", "update", "status.update", "delete", "conversation", "neu", "🚂", " "]),
    st.recursive(JUNK, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))
    | st.builds(lambda kind, status: {"type": kind, "status": status}, st.sampled_from(["mention", 7, None]), JUNK),
)
def test_whatever_an_event_holds_the_next_one_is_heard(long_wire: Wire, name: str, data: Any) -> None:
    text = f"event: {name}\ndata: {json.dumps(data)}\n\n" + _event("notification", type="mention")
    assert _heard(long_wire, _stream(text)) == (2 if name == "notification" else 1)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=40) | st.text(alphabet="event: data\n\r:", max_size=40).map(str.encode))
def test_whatever_a_server_sends_is_at_most_a_passing_fault(long_wire: Wire, sent: bytes) -> None:
    with suppress(errors.Transient):
        _heard(long_wire, Said(sent, headers={"Content-Type": "text/event-stream"}))


@pytest.mark.parametrize("text", ["no field\n\n", "\n\n\n", "data: x\n\n", "event: notification\n"])
def test_a_broken_stream_is_no_hint_and_at_most_a_passing_fault(wire: Wire, text: str) -> None:
    with suppress(errors.Transient):
        assert _heard(wire, _stream(text)) == 0


def test_an_event_without_an_end_is_not_kept(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mastodon_stream, "LONGEST_EVENT", 1_000)
    with pytest.raises(errors.Transient):
        _heard(wire, _stream("data: " + "x" * 5_000))


def test_a_connection_that_says_nothing_is_given_up(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mastodon_stream, "QUIET_SECONDS", 0.3)
    with pytest.raises(errors.Transient):
        _heard(wire, Said(fault="hang"))


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, errors.NotFound), (401, errors.AuthExpired), (503, errors.Transient), (429, errors.RateLimited)],
)
def test_a_refusal_is_one_of_the_few(wire: Wire, status: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        _heard(wire, Said({"error": "no"}, status))


def test_a_server_without_a_stream_is_only_polled(wire: Wire) -> None:
    with pytest.raises(errors.NotFound):
        _heard(wire, _stream(""), configuration={})


@pytest.mark.parametrize(
    ("named", "address"),
    [
        ("wss://mastodon.example", "https://mastodon.example/api/v1/streaming/user/notification"),
        ("https://mastodon.example", "https://mastodon.example/api/v1/streaming/user/notification"),
        ("wss://evil.example", None),
        ("wss://evilmastodon.example", None),
        ("wss://127.0.0.1", None),
        ("wss://mastodon.example@evil.example", None),
    ],
)
def test_nobody_else_gets_the_token(named: str, address: str | None) -> None:
    ask = partial(address_of, "https://mastodon.example/", {"urls": {"streaming_api": named}})
    if address is not None:
        assert ask() == address
    else:
        with pytest.raises(errors.AddressRefused):
            ask()


def test_it_is_heard_at_once_that_a_customer_wrote(sandbox: SandboxProcess) -> None:
    mastodon = Company(sandbox, "mastodon")
    heard, over = threading.Event(), threading.Event()

    def listen() -> None:
        connector: Any = mastodon.connector
        connector.listen(heard.set, lambda: not heard.is_set())
        over.set()

    threading.Thread(target=listen, daemon=True).start()
    for attempt in range(50):  # the stream tells only what comes after it has begun
        mastodon.customer("mention", f"hallo {attempt}")
        if heard.wait(0.5):
            break
    assert heard.is_set()
    assert over.wait(20)


def test_other_software_without_a_stream_says_so(sandbox: SandboxProcess) -> None:
    connector: Any = Company(sandbox, "mastodon", software="other").connector
    with pytest.raises(errors.NotFound):
        connector.listen(lambda: None, lambda: True)
