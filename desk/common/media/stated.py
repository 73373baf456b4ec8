"""How large a picture says it is, also where it is damaged: a browser draws what it can of it all the same."""

import re
import struct

from desk.common.media import gif, jpeg, png, webp

# Every kind of frame that T.81 knows: marker, length, precision, height, width. Coded data has none of these marks.
_JPEG_FRAME = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]..(.)(....)", re.DOTALL)


def largest(content: bytes) -> tuple[int, int]:
    """Width and height in pixels, the largest of what it says; (0, 0) where it says nothing."""
    if png.is_one(content) and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if jpeg.is_one(content):
        sizes = [struct.unpack(">HH", found[2])[::-1] for found in _JPEG_FRAME.finditer(content)]
        return max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))
    if gif.is_one(content) and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    if webp.is_one(content):
        return webp.stated(content)
    return 0, 0
