"""PNG, after the W3C's specification: chunks of a length, a name, data and a checksum."""

import struct
import zlib

from desk.common.media.pieces import Broken, Drawn, Reader

_MAGIC = b"\x89PNG\r\n\x1a\n"
_DRAWS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT pHYs bKGD acTL fcTL fdAT".split()
)  # and neither text nor time, nor Exif


def is_one(content: bytes) -> bool:
    return content.startswith(_MAGIC)


def drawn(content: bytes) -> Drawn:
    """Every checksum is checked; what stands behind the end is left out."""
    reader = Reader(content, len(_MAGIC))
    kept, size, frames, has_data = [_MAGIC], (0, 0), 1, False
    while True:
        length = reader.number(4)
        name, data, checksum = reader.take(4), reader.take(length), reader.number(4)
        if zlib.crc32(name + data) != checksum or (name == b"IHDR") != (len(kept) == 1):
            raise Broken
        if name == b"IHDR":
            if length != 13:
                raise Broken
            size = struct.unpack(">II", data[:8])
        elif name == b"acTL":
            frames = max(struct.unpack(">I", data[:4])[0], 1) if length == 8 else 1
        has_data |= name == b"IDAT"
        if name in _DRAWS:
            kept.append(struct.pack(">I", length) + name + data + struct.pack(">I", checksum))
        if name == b"IEND":
            break
    if not has_data:
        raise Broken
    return Drawn(b"".join(kept), *size, frames)
