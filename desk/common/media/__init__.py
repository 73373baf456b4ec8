"""Files that people hand in: told by their own bytes, and written anew without whatever says who made them where.

A picture is taken apart into the pieces that its format defines and put together from those that draw it. Camera,
place, author and thumbnails are left behind, and so is everything behind its end, where a second file can hide. What
does not come apart cleanly is refused. Pixels are never decoded, so no picture can be a bomb here, and none is let
through whose size would make one elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from desk.common.media import gif, jpeg, mp4, png, stated, webp
from desk.common.media.pieces import Broken, Drawn

MOST_PIXELS = 64_000_000  # a picture of more is taken by no network and by few telephones
MOST_SIDE = 16_384  # pixels
_UNKNOWN = _("This kind of file can't go along. Use JPEG, PNG, GIF, WebP, MP4 or PDF.")
_BROKEN = _("This file is damaged, or not what it says it is. Save it anew with another program.")
_TOO_MANY_PIXELS = _("This picture has too many pixels. Make it smaller: at most 64 megapixels.")


class Refused(Exception):
    """A file that is not taken. `reason` says what to do, in the reader's language."""

    def __init__(self, reason: "str | Promise") -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Clean:
    """A file as it may be kept and sent. Width and height in pixels; 0 where it is no picture."""

    kind: str  # image, video or file
    content_type: str
    suffix: str
    content: bytes
    width: int = 0
    height: int = 0


_PICTURES: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Drawn], str, str], ...] = (
    (jpeg.is_one, jpeg.drawn, "image/jpeg", "jpg"),
    (png.is_one, png.drawn, "image/png", "png"),
    (gif.is_one, gif.drawn, "image/gif", "gif"),
    (webp.is_one, webp.drawn, "image/webp", "webp"),
)


def cleaned(content: bytes) -> Clean:
    """Raises Refused. Names and what a browser claims are not asked."""
    for is_one, drawn, content_type, suffix in _PICTURES:
        if is_one(content):
            found = _whole(drawn, content)
            if not (0 < found.width <= MOST_SIDE and 0 < found.height <= MOST_SIDE):
                raise Refused(_TOO_MANY_PIXELS if found.width and found.height else _BROKEN)
            if _too_many(found.width, found.height, found.frames):
                raise Refused(_TOO_MANY_PIXELS)
            return Clean("image", content_type, suffix, found.content, found.width, found.height)
    if mp4.is_one(content):
        return Clean("video", "video/mp4", "mp4", _without_notes(content))
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]:
        return Clean("file", "application/pdf", "pdf", content)
    raise Refused(_UNKNOWN)


def draws_too_much(content: bytes) -> bool:
    """Whether looking at a picture takes more memory than any picture needs.

    What does not come apart is judged by the size that it names: browsers draw what is there of a damaged picture, and
    make room for all of it.
    """
    try:
        cleaned(content)
    except Refused as refused:
        if refused.reason is _BROKEN:
            width, height = stated.largest(content)
            return max(width, height) > MOST_SIDE or _too_many(width, height)
        return refused.reason is _TOO_MANY_PIXELS
    return False


def _too_many(width: int, height: int, frames: int = 1) -> bool:
    return width * height * frames > MOST_PIXELS * (1 if frames == 1 else 10)


def _whole(drawn: Callable[[bytes], Drawn], content: bytes) -> Drawn:
    try:
        return drawn(content)
    except Broken as problem:
        raise Refused(_BROKEN) from problem


def _without_notes(content: bytes) -> bytes:
    try:
        return mp4.without_notes(content)
    except Broken as problem:
        raise Refused(_BROKEN) from problem
