"""MP4, after ISO/IEC 14496-12: boxes in boxes. What a telephone notes about place and maker is blanked.

Boxes keep their size, because the tables of a film say where its pictures lie by counting bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from desk.common.media.pieces import Broken

_HOLDS = frozenset({b"moov", b"trak", b"mdia", b"minf"})
_NOTES = frozenset({b"udta", b"meta", b"uuid"})
_KNOWN = (
    _HOLDS
    | _NOTES
    | frozenset(
        {b"ftyp", b"mdat", b"free", b"skip", b"wide", b"moof", b"mfra", b"sidx", b"styp", b"pdin", b"prft", b"ssix"}
    )
)
_BRANDS = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash", b"mmp4"})

DEEPEST = 5  # boxes in one another: a film, a track, its media, what they are


@dataclass(frozen=True, slots=True)
class Box:
    """Where its name stands, and where its inside begins and ends."""

    name: bytes
    named_at: int
    inside: int
    end: int


def is_one(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] in _BRANDS


def without_notes(content: bytes) -> bytes:
    """Raises Broken where the boxes do not add up or there is no film."""
    blank = bytearray(content)
    names = [box.name for box in _boxes(content, 0, len(content))]
    if b"moov" not in names or not set(names) <= _KNOWN:
        raise Broken
    _blank(blank, content, 0, len(content), DEEPEST)
    return bytes(blank)


def _blank(blank: bytearray, content: bytes, start: int, end: int, deepest: int) -> None:
    if not deepest:
        raise Broken
    for box in _boxes(content, start, end):
        if box.name in _NOTES:
            blank[box.named_at : box.named_at + 4] = b"free"
            blank[box.inside : box.end] = bytes(box.end - box.inside)
        elif box.name in _HOLDS:
            _blank(blank, content, box.inside, box.end, deepest - 1)


def _boxes(content: bytes, start: int, end: int) -> Iterator[Box]:
    while start < end:
        size, inside = int.from_bytes(content[start : start + 4], "big"), start + 8
        if size == 1:
            size, inside = int.from_bytes(content[start + 8 : start + 16], "big"), start + 16
        elif size == 0:
            size = end - start
        if start + size > end or inside > start + size:
            raise Broken
        yield Box(content[start + 4 : start + 8], start + 4, inside, start + size)
        start += size
