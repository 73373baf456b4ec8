"""Addresses with something of ours in them: `support+q.17.x4…@example.org` comes back when somebody answers.

A tag is a kind, a name and a seal over both. Mail programs may change capitals, so a tag has none; what stands before
the @ has 64 characters at most (RFC 5321, 4.5.3.1.1), so names are short.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from email.utils import parseaddr

THREAD = "t"  # the kind by which a mailbox knows its own conversations again
LONGEST_ADDRESS = 254
_TAG = re.compile(r"([a-z]{1,8})\.([a-z0-9]{1,24})\.([a-z2-7]{16})", re.ASCII)
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\x00-\x1f\x7f]{1,64}@[^\s@<>\"(),:;\\\x00-\x1f\x7f]{1,190}")


@dataclass(frozen=True, slots=True)
class Tag:
    """What stood between + and @. Nobody has looked at the seal yet."""

    kind: str
    name: str
    seal: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.name}.{self.seal}"


def sealed(key: str, kind: str, name: str) -> str:
    """A tag that only whoever has `key` can write. ValueError for a kind or name that no tag can hold."""
    tag = f"{kind}.{name}.{_seal(key, kind, name)}"
    if not _TAG.fullmatch(tag):
        raise ValueError("A tag holds small letters and digits, 8 of a kind and 24 of a name at most.")
    return tag


def is_ours(key: str, tag: Tag) -> bool:
    """Whether `tag` was written with `key`, in constant time."""
    return hmac.compare_digest(_seal(key, tag.kind, tag.name), tag.seal)


def tag_of(text: str) -> Tag | None:
    """The tag that is exactly `text`; None where it is something else."""
    found = _TAG.fullmatch(text.lower())
    return Tag(*found.groups()) if found else None


def tag_in(address: str) -> Tag | None:
    """The tag in an address; None where there is none."""
    local = address.rpartition("@")[0]
    return tag_of(local.partition("+")[2]) if "+" in local else None


def with_tag(address: str, tag: str) -> str:
    """The address that brings `tag` back."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{tag}@{domain}"


def without_tag(address: str) -> str:
    """The mailbox itself, in small letters, to compare."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def plain_address(value: str) -> str:
    """The address in a header, in small letters; "" where there is none that could be written to."""
    try:
        address = parseaddr(value[:2_000])[1].strip()
    except (RecursionError, ValueError, IndexError):  # comments inside comments without an end
        return ""
    return address.lower() if _ADDRESS.fullmatch(address) and len(address) <= LONGEST_ADDRESS else ""


def _seal(key: str, kind: str, name: str) -> str:
    mark = hmac.new(key.encode(), f"{kind}.{name}".encode(), hashlib.sha256).digest()
    return base64.b32encode(mark[:10]).decode().lower()
