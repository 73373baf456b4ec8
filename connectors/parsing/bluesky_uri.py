"""The addresses of records on Bluesky: `at://did/collection/rkey`, read by atproto's own reader.

Of atproto only this part is loaded: its client can't be had without all of its generated models (40 MB on top of a
worker and 1.5 s), and brings an HTTP client with other rules than ours.
"""

import re
from dataclasses import dataclass

from connectors import errors

POST = "app.bsky.feed.post"
BLOCK = "app.bsky.graph.block"
LIKE = "app.bsky.feed.like"
THREADGATE = "app.bsky.feed.threadgate"
_LONGEST = 200  # characters; real ones have about 70
# What a server takes in a question; one wrong address in it costs the answer to all of them.
_STRICT = re.compile(r"at://did:[a-z]+:[\w.:%-]*[\w.-]/[a-zA-Z][\w.-]*\.[a-zA-Z]+/[\w.~:-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class RecordUri:
    """Where a record is: in whose repository (`did`), of what kind, under which key."""

    did: str
    collection: str
    rkey: str

    def __str__(self) -> str:
        return f"at://{self.did}/{self.collection}/{self.rkey}"


def record_uri(value: str) -> RecordUri:
    """An address of one record. ValueError for anything else."""
    from atproto_core.exceptions import AtProtocolError
    from atproto_core.uri import AtUri

    if len(value) > _LONGEST or not _STRICT.fullmatch(value):
        raise ValueError("this is no address of a record")
    try:
        found = AtUri.from_str(value)
    except AtProtocolError as problem:
        raise ValueError("this is no address of a record") from problem
    uri = RecordUri(found.host, found.collection, found.rkey)
    if str(uri) != value:
        raise ValueError("this is no address of a record")
    return uri


def post_to_act_on(value: str) -> RecordUri:
    """The address of a post that something is to be done to. NotFound where it is none."""
    try:
        uri = record_uri(value)
    except ValueError:
        uri = None
    if uri is None or uri.collection != POST:
        raise errors.NotFound("This is no id of the network, so there is nothing to act on.")
    return uri


def is_post(value: object) -> bool:
    """Whether this is the address of a post (and not of a list, a feed, or nothing)."""
    try:
        return isinstance(value, str) and record_uri(value).collection == POST
    except ValueError:
        return False


def web_address(value: str) -> str:
    """Where people see a post; "" where it is none."""
    if not is_post(value):
        return ""
    uri = record_uri(value)
    return f"https://bsky.app/profile/{uri.did}/post/{uri.rkey}"
