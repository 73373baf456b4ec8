"""Pictures and films on their way to Bluesky: what is kept of an uploaded one until it goes along, and its size."""

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.base import MediaRule, OutgoingFile

MOST = 4
MAX_BYTES = 1_000_000  # of one picture (lexicon app.bsky.embed.images)
LONGEST_ALT = 2_000  # characters; the official app takes no more
FILM, FILM_BYTES, CAPTION_BYTES = "video/mp4", 100_000_000, 20_000  # lexicon app.bsky.embed.video
MEDIA_RULE = MediaRule(
    MOST,
    {**dict.fromkeys(("image/jpeg", "image/png", "image/webp"), MAX_BYTES), FILM: FILM_BYTES},
    longest_alt=LONGEST_ALT,
    alone=frozenset({FILM}),
    captions=CAPTION_BYTES,
)
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}  # JPEG's headers with a size


def handle_of(blob: Mapping[str, Any], file: OutgoingFile, captions: Mapping[str, Any] | None = None) -> str:
    """Everything that the post will say of it, as text: the network keeps nothing but the bytes."""
    if file.content_type == FILM:
        told = [{"lang": file.captions_language, "file": dict(captions)}] if captions else []
        film = {"video": dict(blob), "alt": file.alt_text, **({"captions": told} if told else {})}
        return json.dumps(film, separators=(",", ":"))
    size = size_of(file.content)
    kept: dict[str, Any] = {"image": dict(blob), "alt": file.alt_text}
    if size:
        kept["aspectRatio"] = {"width": size[0], "height": size[1]}
    return json.dumps(kept, separators=(",", ":"))


def embed_of(handles: Sequence[str]) -> dict[str, Any] | None:
    """The pictures of a post or its film, from their handles; None where there are none."""
    images = [json.loads(handle) for handle in handles]
    if film := next((one for one in images if "video" in one), None):
        return {"$type": "app.bsky.embed.video", **film}
    return {"$type": "app.bsky.embed.images", "images": images} if images else None


def size_of(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, from the header of a PNG, GIF, JPEG or WebP; None where it does not say."""
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            found = struct.unpack(">II", content[16:24])
        elif content.startswith((b"GIF87a", b"GIF89a")):
            found = struct.unpack("<HH", content[6:10])
        elif content.startswith(b"\xff\xd8"):
            found = _jpeg(content)
        elif content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            found = _webp(content)
        else:
            return None
    except (struct.error, IndexError):
        return None
    width, height = found
    return (width, height) if width > 0 and height > 0 else None


def _jpeg(content: bytes) -> tuple[int, int]:
    at = 2
    while content[at] == 0xFF:
        marker = content[at + 1]
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]
    return 0, 0


def _webp(content: bytes) -> tuple[int, int]:
    form = content[12:16]
    if form == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if form == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    width, height = struct.unpack("<HH", content[26:30])
    return width & 0x3FFF, height & 0x3FFF
