"""JPEG, after ITU-T T.81: segments of a marker and a length, and scans of coded data between them."""

import re
import struct

from desk.common.media.pieces import Broken, Drawn, Reader

_SOI, _EOI, _SOS, _DQT, _DHT, _DRI, _DAC = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0xCC
_APP0, _APP1, _APP2, _APP14, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive: what browsers and networks draw
_TABLES = frozenset({_DQT, _DHT, _DRI, _DAC})
_NEXT = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")  # a marker that is no part of coded data
_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"  # without its thumbnail
_EXIF = b"Exif\x00\x00"
_PROFILE = b"ICC_PROFILE\x00"
_ORIENTATION = 0x0112
_UPRIGHT = 1


def is_one(content: bytes) -> bool:
    return content.startswith(b"\xff\xd8\xff")


def drawn(content: bytes) -> Drawn:
    """Tables, frame, scans and colours. Of Exif only which side is up, without which telephones' pictures lie down."""
    reader = Reader(content, 2)
    kept: list[bytes] = []
    front, turned, size, scans = b"", _UPRIGHT, (0, 0), 0
    while (marker := _marker(reader)) != _EOI:
        body = reader.take(reader.number(2) - 2)
        if marker in _FRAMES:
            if scans or size != (0, 0) or len(body) < 6:
                raise Broken
            height, width = struct.unpack(">HH", body[1:5])
            size = width, height
        if marker == _APP0 and body.startswith(b"JFIF\x00"):
            front = _JFIF
        elif marker == _APP1 and body.startswith(_EXIF):
            turned = _orientation(body[len(_EXIF) :])
        if marker in _FRAMES | _TABLES or marker == _APP14 or (marker == _APP2 and body.startswith(_PROFILE)):
            kept.append(_segment(marker, body))
        elif marker == _SOS:
            if size == (0, 0):
                raise Broken
            scans += 1
            kept.append(_segment(marker, body) + _scan(reader))
        elif not (_APP0 <= marker <= 0xEF or marker == _COMMENT):
            raise Broken
    if not scans:
        raise Broken
    up = _exif(turned) if turned != _UPRIGHT else b""
    return Drawn(b"".join([b"\xff\xd8", front, up, *kept, b"\xff\xd9"]), *size)


def _marker(reader: Reader) -> int:
    if reader.number(1) != 0xFF:
        raise Broken
    while (marker := reader.number(1)) == 0xFF:  # padding
        pass
    return marker


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _scan(reader: Reader) -> bytes:
    """Coded data up to the next marker that is none of its own."""
    found = _NEXT.search(reader.whole, reader.at)
    if found is None:
        raise Broken
    return reader.take(found.end() - 2 - reader.at)


def _orientation(tiff: bytes) -> int:
    """1 to 8, as Exif counts; upright where it says nothing that can be read."""
    if tiff[:4] not in (b"II*\x00", b"MM\x00*"):
        return _UPRIGHT
    little = tiff[:2] == b"II"
    try:
        reader = Reader(tiff, 4)
        reader.at = reader.number(4, little=little)
        for _entry in range(min(reader.number(2, little=little), 200)):
            tag, _kind, _count = (reader.number(size, little=little) for size in (2, 2, 4))
            value = reader.number(2, little=little)
            reader.take(2)
            if tag == _ORIENTATION:
                return value if 1 <= value <= 8 else _UPRIGHT
    except Broken:
        pass
    return _UPRIGHT


def _exif(turned: int) -> bytes:
    """Exif with this one thing in it."""
    directory = struct.pack(">HHHIHHI", 1, _ORIENTATION, 3, 1, turned, 0, 0)
    return _segment(_APP1, _EXIF + b"MM\x00*" + struct.pack(">I", 8) + directory)
