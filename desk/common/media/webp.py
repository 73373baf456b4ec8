"""WebP, after Google's container specification: a RIFF file of chunks of a name, a length and data."""

import struct

from desk.common.media.pieces import Broken, Drawn, Reader

_DRAWS = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_NOTES = 0x08 | 0x04  # flags of VP8X: Exif and XMP
_LOSSY_START = b"\x9d\x01\x2a"
_LOSSLESS_START = 0x2F


def is_one(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def drawn(content: bytes) -> Drawn:
    """Pictures, colours and movement, neither Exif nor XMP, and nothing behind the end."""
    reader = Reader(content[: 8 + int.from_bytes(content[4:8], "little")], 12)
    kept: list[bytes] = []
    canvas, size, frames = (0, 0), (0, 0), 0
    while reader.left:
        name, length = reader.take(4), reader.number(4, little=True)
        data = reader.take(length)
        if length % 2 and reader.left:
            reader.take(1)
        if name == b"VP8X":
            if kept or length < 10:
                raise Broken
            canvas = 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
            data = bytes([data[0] & ~_NOTES]) + data[1:]
        elif name == b"VP8 ":
            size = _lossy_size(data)
        elif name == b"VP8L":
            size = _lossless_size(data)
        frames += name == b"ANMF"
        if name in _DRAWS:
            kept.append(name + struct.pack("<I", length) + data + b"\x00" * (length % 2))
    if size == (0, 0) and not frames:
        raise Broken
    body = b"WEBP" + b"".join(kept)
    width, height = max(canvas[0], size[0]), max(canvas[1], size[1])
    return Drawn(b"RIFF" + struct.pack("<I", len(body)) + body, width, height, max(frames, 1))


def stated(content: bytes) -> tuple[int, int]:
    """Width and height as its first chunk says; (0, 0) where that is of another kind, or cut off."""
    name, data = content[12:16], content[20:30]
    try:
        if name == b"VP8X" and len(data) == 10:
            return 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
        if name == b"VP8 ":
            return _lossy_size(data)
        return _lossless_size(data) if name == b"VP8L" else (0, 0)
    except Broken:
        return 0, 0


def _lossy_size(data: bytes) -> tuple[int, int]:
    if len(data) < 10 or data[3:6] != _LOSSY_START:
        raise Broken
    width, height = struct.unpack("<HH", data[6:10])
    return width & 0x3FFF, height & 0x3FFF


def _lossless_size(data: bytes) -> tuple[int, int]:
    if len(data) < 5 or data[0] != _LOSSLESS_START:
        raise Broken
    bits = int.from_bytes(data[1:5], "little")
    return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
