"""The stream of a Mastodon server: a connection on which it says at once that there is something new.

It is a hint and nothing more: events are missed just after connecting and whenever it drops, and not every software has
one. What was said is read by polls. Mastodon.py reads the events; the connection is opened under the rules that every
call keeps, because the library would follow the server to any host that it names.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from connectors import errors
from connectors.http import open_stream
from connectors.outgoing_address import assert_public
from connectors.parsing import mapped
from connectors.parsing.mastodon_refusals import LABEL, refusal
from connectors.text import clean

PATH = "/api/v1/streaming/user/notification"
QUIET_SECONDS = 60.0  # a server says something every 15 seconds, if only that it is there
LONGEST_EVENT = 1_000_000  # bytes
_NO_WORDS = frozenset({"favourite", "reblog", "follow", "follow_request", "poll", "status", "update", "admin.sign_up"})


def address_of(base_url: str, instance: Mapping[str, Any]) -> str:
    """Where the stream of a server is. NotFound where it has none, AddressRefused where it names a stranger's host.

    Its own host or one below it is taken: nobody else gets the token.
    """
    urls = (mapped(mapped(instance.get("configuration")).get("urls")), mapped(instance.get("urls")))
    named = next(
        filter(None, (clean(one.get(name), 500) for one in urls for name in ("streaming", "streaming_api"))), ""
    )
    if not named:
        raise errors.NotFound("This server has no stream.")
    own, there = urlsplit(base_url), urlsplit(named)
    if there.hostname == own.hostname:
        return f"{base_url.rstrip('/')}{PATH}"
    if not own.hostname or not (there.hostname or "").endswith(f".{own.hostname}"):
        raise errors.AddressRefused(
            "A call to %(host)s was refused: this account only talks to %(known)s.",
            host=str(there.hostname),
            known=str(own.hostname),
        )
    address = f"https://{there.netloc}{PATH}"
    assert_public(address)
    return address


def listen(
    address: str,
    credentials: Mapping[str, str],
    connect_seconds: float,
    heard: Callable[[], None],
    goes_on: Callable[[], bool],
) -> None:
    """Hear until the server hangs up or nobody wants to any more. Raises as a call that reads does."""
    from mastodon import StreamListener
    from mastodon.errors import MastodonError

    class Hints(StreamListener):
        def _dispatch(self, event: Mapping[str, Any]) -> None:
            """Whatever is in an event, it says that something is new: nothing in it is believed, or can fail."""
            if event.get("event") == "notification" and not _is_no_word(event.get("data")):
                heard()

    token = credentials.get("access_token", "").strip()
    with open_stream(address, {"Authorization": f"Bearer {token}"}, LABEL, connect_seconds, QUIET_SECONDS) as answer:
        if isinstance(answer, requests.Response):
            try:
                Hints().handle_stream(_Bounded(answer, goes_on))  # type: ignore[no-untyped-call]  # it says no types
            except MastodonError as problem:
                detail = type(problem).__name__
                raise errors.Transient(
                    "%(network)s did not answer in full. The desk tries again.", network=LABEL, detail=detail
                ) from None
        else:
            raise refusal(answer, write=False, credentials=credentials, token_lives=None)


class _Bounded:
    """An answer whose lines end: what has none would be kept in memory for ever."""

    def __init__(self, answer: requests.Response, goes_on: Callable[[], bool]) -> None:
        self._answer, self._goes_on = answer, goes_on

    def iter_content(self, chunk_size: int) -> Iterator[bytes]:
        line = 0
        for chunk in self._answer.raw.stream(chunk_size, decode_content=True):
            line = 0 if chunk == b"\n" else line + len(chunk)
            if line > LONGEST_EVENT:
                raise requests.exceptions.ChunkedEncodingError("the event does not end")
            yield chunk
            if chunk == b"\n" and not self._goes_on():
                return


def _is_no_word(data: object) -> bool:
    """Whether a notification is certainly of another kind than what is read at once."""
    try:
        kind = mapped(json.loads(data if isinstance(data, str) else "")).get("type")
    except (ValueError, RecursionError):
        return False
    return isinstance(kind, str) and kind in _NO_WORDS
