"""GIF, after the specification of 1989: blocks of sub-blocks, each with its length in front."""

import struct

from desk.common.media.pieces import Broken, Drawn, Reader

_IMAGE, _EXTENSION, _END = 0x2C, 0x21, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def is_one(content: bytes) -> bool:
    return content.startswith((b"GIF87a", b"GIF89a"))


def drawn(content: bytes) -> Drawn:
    """Frames, their timing and whether they repeat; no comments, and nothing behind the end."""
    reader = Reader(content)
    head = reader.take(13)
    kept = [head, _colours(reader, head[10])]
    width, height = int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
    frames = 0
    while (mark := reader.number(1)) != _END:
        if mark == _IMAGE:
            place = reader.take(9)
            # A frame may be larger than the screen that the head promises, and browsers make room for it.
            left, top, wide, high = struct.unpack("<HHHH", place[:8])
            width, height = max(width, left + wide), max(height, top + high)
            kept += [bytes([mark]), place, _colours(reader, place[8]), reader.take(1), _blocks(reader)]
            frames += 1
        elif mark == _EXTENSION:
            label = reader.number(1)
            body = _blocks(reader)
            if label == _CONTROL or (label == _APPLICATION and body[1:12] in _LOOPS):
                kept += [bytes([mark, label]), body]
        else:
            raise Broken
    if not frames:
        raise Broken
    return Drawn(b"".join([*kept, bytes([_END])]), width, height, frames)


def _colours(reader: Reader, flags: int) -> bytes:
    return reader.take(3 << ((flags & 7) + 1)) if flags & 0x80 else b""


def _blocks(reader: Reader) -> bytes:
    blocks = []
    while size := reader.number(1):
        blocks.append(bytes([size]) + reader.take(size))
    return b"".join([*blocks, b"\x00"])
