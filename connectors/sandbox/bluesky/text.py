"""Text as Bluesky treats it: how long it may be, and the facets that the official app gives to what people type."""

import re
from collections.abc import Callable
from typing import Any

MOST_GRAPHEMES, MOST_BYTES = 300, 3_000
CHAT_GRAPHEMES, CHAT_BYTES = 1_000, 10_000
_HANDLE = re.compile(r"(?<![\w@/.])@([a-z0-9][a-z0-9.-]*\.[a-z]{2,})\b", re.IGNORECASE | re.ASCII)
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


def length_problem(text: str, graphemes: int = MOST_GRAPHEMES, most_bytes: int = MOST_BYTES) -> str:
    """What is wrong with the length of a text; "" where it fits."""
    if (size := len(text.encode("utf-8", "replace"))) > most_bytes:
        return f"string too big (maximum {most_bytes}, got {size})"
    # No grapheme is shorter than a code point, so most texts need no counting (and no library for it).
    if len(text) <= graphemes:
        return ""
    import regex

    if (length := sum(1 for _ in regex.finditer(r"\X", text))) > graphemes:
        return f"grapheme too big (maximum {graphemes}, got {length})"
    return ""


def handles_in(text: str) -> list[str]:
    """The handles that a text names, in order, each once."""
    return list({found.lower(): found for found in _HANDLE.findall(text)})


def facets_for(text: str, did_of: Callable[[str], str]) -> list[dict[str, Any]]:
    """Mentions of those who exist, and links, by bytes of UTF-8."""
    kind = "app.bsky.richtext.facet"
    found = [
        (match.start(), match.end(), {"$type": f"{kind}#mention", "did": did})
        for match in _HANDLE.finditer(text)
        if (did := did_of(match[1]))
    ]
    found += [(m.start(), m.end(), {"$type": f"{kind}#link", "uri": m[0]}) for m in _LINK.finditer(text)]
    return [facet(text, start, end, feature) for start, end, feature in sorted(found, key=lambda one: one[0])]


def facet(text: str, start: int, end: int, feature: dict[str, str]) -> dict[str, Any]:
    """One facet over the code points from `start` to `end`."""
    first, last = (len(text[:edge].encode("utf-8", "replace")) for edge in (start, end))
    return {"index": {"byteStart": first, "byteEnd": last}, "features": [feature]}
