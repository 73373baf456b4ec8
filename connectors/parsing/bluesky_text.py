"""Rich text of Bluesky: what facets add to a text that is read, and which facets a text that is written needs.

A facet names a range of the text in bytes of UTF-8. An @handle without one notifies nobody, an address without one is
no link. Source: docs.bsky.app, “Links, mentions, and rich text”, and the lexicon app.bsky.richtext.facet.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.parsing import each_object, mapped
from connectors.text import clean

MOST_FACETS = 200  # of one text that are looked at; a post of 3,000 bytes has fewer
MOST_HANDLES = 20  # of one text that are asked for

_FEATURE = "app.bsky.richtext.facet"


def expanded(text: object, facets: object) -> str:
    """The text with each link as it leads: shortened ones in full, and an address behind other words beside them.

    Facets that lie outside the text, inside a letter or over one another are left out. ValueError where there is no
    text.
    """
    if not isinstance(text, str):
        raise ValueError("it has no text")  # noqa: TRY004  # one error for everything that is no record
    raw = text.encode("utf-8", "surrogatepass")
    parts, at = list[str](), 0
    for start, end, address in sorted(_links(facets, len(raw))):
        shown = _piece(raw, start, end)
        if start < at or shown is None or _piece(raw, at, start) is None:
            continue
        parts += [_piece(raw, at, start) or "", _led(shown, address)]
        at = end
    parts.append(raw[at:].decode("utf-8", "surrogatepass"))
    return clean("".join(parts)).strip()


def handles_in(text: str) -> list[str]:
    """The handles that a text names, each once, as typed."""
    from atproto_client.utils.facet_detection import detect_mentions

    return list(dict.fromkeys(found.handle for found in detect_mentions(text)))[:MOST_HANDLES]


def facets_of(text: str, dids: Mapping[str, str]) -> list[dict[str, Any]]:
    """The facets of a text that is written. `dids` knows whom a handle belongs to; nobody is named without."""
    from atproto_client.models.utils import get_model_as_dict
    from atproto_client.utils.facet_detection import detect_facets, detect_mentions

    facets = [get_model_as_dict(facet) for facet in detect_facets(text)]
    facets += [
        {
            "index": {"byteStart": found.byte_start, "byteEnd": found.byte_end},
            "features": [{"$type": f"{_FEATURE}#mention", "did": dids[found.handle]}],
        }
        for found in detect_mentions(text)
        if found.handle in dids
    ]
    return sorted(facets, key=lambda facet: int(facet["index"]["byteStart"]))


def _links(facets: object, size: int) -> Iterator[tuple[int, int, str]]:
    for _, facet in zip(range(MOST_FACETS), each_object(facets), strict=False):
        start, end = (_edge(mapped(facet.get("index")).get(name)) for name in ("byteStart", "byteEnd"))
        if not 0 <= start < end <= size:
            continue
        for feature in each_object(facet.get("features")):
            if feature.get("$type") == f"{_FEATURE}#link" and isinstance(feature.get("uri"), str):
                yield start, end, clean(feature["uri"], 2_000)
                break


def _edge(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def _piece(raw: bytes, start: int, end: int) -> str | None:
    try:
        return raw[start:end].decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None  # an edge lies inside a letter


def _led(shown: str, address: str) -> str:
    if _bare(shown) == _bare(address):
        return shown
    return address if shown.rstrip().endswith(("…", "...")) else f"{shown} ({address})"


def _bare(address: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", address.strip(), flags=re.IGNORECASE).rstrip("/").lower()
