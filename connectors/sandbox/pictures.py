"""Pictures that customers attach: small real PNGs drawn from a seed, so that nothing has to be shipped."""

import hashlib
import struct
import zlib

WIDTH, HEIGHT = 240, 160


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
