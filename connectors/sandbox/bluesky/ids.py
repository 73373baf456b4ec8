"""Names of things on Bluesky: people (DID), records (TID, at:// address), and what a record says (CID)."""

import base64
import hashlib
import json
import re
from typing import Any

POST = "app.bsky.feed.post"
BLOCK = "app.bsky.graph.block"
LIKE = "app.bsky.feed.like"
THREADGATE = "app.bsky.feed.threadgate"
DOMAIN = ".bsky.social"  # of a handle that is given without one
_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_TID = re.compile(r"[234567a-j][234567a-z]{12}", re.ASCII)
_ADDRESS = re.compile(r"at://(did:[a-z]+:[\w.:%-]+)/([a-zA-Z][\w.-]+)/([\w.~:-]{1,512})", re.ASCII)


def did_of(handle: str) -> str:
    """Somebody's id: as long as real ones, the same for the same handle."""
    return "did:plc:" + base64.b32encode(hashlib.sha256(handle.lower().encode()).digest()).decode().lower()[:24]


def full_handle(handle: str) -> str:
    """A handle as it is on the network, where it is a domain."""
    return handle.lower() if "." in handle else re.sub(r"[^a-z0-9-]", "-", handle.lower()).strip("-") + DOMAIN


def tid_of(position: int) -> str:
    """A key that sorts as the positions do, of the form that records have."""
    found = ""
    for _ in range(13):
        position, digit = divmod(position, 32)
        found = _DIGITS[digit] + found
    return found


def position_of(tid: str) -> int | None:
    """The position that such a key stands for; None for what is none."""
    if not _TID.fullmatch(tid):
        return None
    found = 0
    for digit in tid:
        found = found * 32 + _DIGITS.index(digit)
    return found


def address_of(did: str, collection: str, rkey: str) -> str:
    """Where a record is."""
    return f"at://{did}/{collection}/{rkey}"


def parts_of(address: object) -> tuple[str, str, str] | None:
    """DID, collection and key of an address; None for what is none."""
    found = _ADDRESS.fullmatch(address) if isinstance(address, str) else None
    return (found[1], found[2], found[3]) if found else None


def cid_of(value: Any) -> str:
    """The name of what a record says, of the form that real ones have; another for other words."""
    written = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    return _cid(0x71, written)


def blob_cid(content: bytes) -> str:
    """The name of a file's bytes."""
    return _cid(0x55, content)


def _cid(codec: int, content: bytes) -> str:
    raw = bytes((1, codec, 0x12, 0x20)) + hashlib.sha256(content).digest()
    return "b" + base64.b32encode(raw).decode().lower().rstrip("=")
