"""Files that people hand in: real pictures of 16 × 8 pixels that a browser drew, and what can be hidden in them."""

import base64
import struct
import zlib

from connectors.sandbox.pictures import picture

PLACE = b"52.0907 N 5.1214 E, Marit's telephone"
PNG = picture("a map")
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71////m8H////6"
    "/+b9//j/2wBDASstLTw1PHZBQXb4pYyl+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj/wAARCAAIABAD"
    "ASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAME/8QAFhABAQEAAAAAAAAAAAAAAAAAAAEC/8QAFAEBAAAAAAAAAAAAAAAAAAAABP/EABYR"
    "AQEBAAAAAAAAAAAAAAAAAAEAA//aAAwDAQACEQMRAD8AxaqeqBOASdlv/9k="
)
_VP8 = base64.b64decode("cAEAnQEqEAAIAA5AfCWwAnQBiEAA/u1ngvFPq2JfYMi6dnv/4F13Jb2m1wAAAA==")
GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def segment(marker: int, body: bytes) -> bytes:
    """One of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def exif(turned: int) -> bytes:
    """As a telephone writes it: which side is up, and where it was."""
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, turned, 0) + struct.pack("<HHII", 0x8825, 4, 1, 38)
    return b"Exif\x00\x00II*\x00" + struct.pack("<IH", 8, 2) + entries + struct.pack("<I", 0) + PLACE


def jpeg_of_a_telephone(turned: int = 6) -> bytes:
    """With its place in Exif, a comment, and a second file behind its end."""
    return JPEG[:2] + segment(0xE1, exif(turned)) + segment(0xFE, PLACE) + JPEG[2:] + PLACE


def chunk(name: bytes, data: bytes) -> bytes:
    """One of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_with_notes() -> bytes:
    """With text, Exif, and a second file behind its end."""
    notes = chunk(b"tEXt", b"Author\x00" + PLACE) + chunk(b"eXIf", PLACE)
    return PNG[:33] + notes + PNG[33:] + PLACE


def png_of(width: int, height: int) -> bytes:
    """Says that it is so large, and holds next to nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return PNG[:8] + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00")) + chunk(b"IEND", b"")


def picture_of(width: int, height: int) -> bytes:
    """A PNG that is so large, in one colour."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    lines = (b"\x00" + b"\x28\x5a\xa0" * width) * height
    return PNG[:8] + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    """A WebP of these."""
    parts = [name + struct.pack("<I", len(data)) + data + b"\x00" * (len(data) % 2) for name, data in chunks]
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


WEBP = riff((b"VP8 ", _VP8))


def webp_with_notes() -> bytes:
    """With Exif and XMP, and a second file behind its end."""
    extended = bytes([0x0C, 0, 0, 0]) + (15).to_bytes(3, "little") + (7).to_bytes(3, "little")
    return riff((b"VP8X", extended), (b"VP8 ", _VP8), (b"EXIF", PLACE), (b"XMP ", PLACE)) + PLACE


def gif_with_notes() -> bytes:
    """With a comment, and a second file behind its end."""
    return GIF[:19] + b"\x21\xfe" + bytes([len(PLACE)]) + PLACE + b"\x00" + GIF[19:] + PLACE


def box(name: bytes, *inside: bytes) -> bytes:
    """One of an MP4."""
    whole = b"".join(inside)
    return struct.pack(">I", 8 + len(whole)) + name + whole


def mp4_of_a_telephone() -> bytes:
    """A film in name only, with its place where telephones write it."""
    track = box(b"trak", box(b"tkhd", b"\x00" * 84), box(b"meta", PLACE))
    notes = box(b"udta", box(b"\xa9xyz", PLACE))
    return box(b"ftyp", b"isom\x00\x00\x02\x00isommp41") + box(b"moov", track, notes) + box(b"mdat", b"pictures")
