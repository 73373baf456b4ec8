"""What customers attach: small real PNGs drawn from a seed, and one film and one voice message that were recorded.

The voice lies in the container of a film, as Messenger sends it: only what the network says of it tells the two apart.
"""

import hashlib
import struct
import zlib
from functools import lru_cache
from pathlib import Path

WIDTH, HEIGHT = 240, 160
_SAMPLES = {"video": ("film.webm", "video/webm"), "audio": ("voice.mp4", "audio/mp4")}  # by kind


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def picture(seed: str) -> bytes:
    """A PNG of 240 × 160 pixels with a horizon in colours of its own; the same seed gives the same bytes."""
    digest = hashlib.sha256(seed.encode("utf-8", "replace")).digest()
    sky, ground, horizon = digest[0:3], digest[3:6], 60 + digest[6] % 60
    rows = bytearray()
    for y in range(HEIGHT):
        base = sky if y < horizon else ground
        shade = 60 + y * 120 // HEIGHT
        rows += b"\0" + bytes((channel + shade) // 2 for channel in base) * WIDTH
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(bytes(rows)))
        + _chunk(b"IEND", b"")
    )


@lru_cache
def sample(kind: str) -> tuple[bytes, str]:
    """A film of four seconds or a voice message, for `kind` video or audio, with its content type."""
    name, content_type = _SAMPLES[kind]
    return Path(__file__).with_name("samples").joinpath(name).read_bytes(), content_type
