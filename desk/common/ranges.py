"""Kept files over HTTP, whole or in part (RFC 9110, section 14): a film begins at once, and can be wound to its end."""

import re
from typing import IO

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext as _

from desk.common.errors import Missing

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def served(
    request: HttpRequest, kept: FieldFile, *, tag: str, content_type: str, filename: str = "", shown: bool = False
) -> FileResponse:
    """A file of a stranger's: shown in the page, or as bytes to save. Raises Missing.

    `tag` names these very bytes, so that a browser that has a part of them may go on with the rest. Whoever asks for
    several ranges at once gets the whole, which every reader has to understand.
    """
    try:
        file: IO[bytes] = kept.open("rb")
        size = kept.size
    except FileNotFoundError as gone:
        raise Missing(_("This file is not here (any more).")) from gone
    entity = f'"{tag}-{size}"'
    wanted = _wanted(request, size, entity)
    answer = FileResponse(
        file if wanted is None else _Part(file, *wanted),
        status=200 if wanted is None else 206 if wanted[1] else 416,
        as_attachment=not shown,
        filename=filename,
        content_type=content_type if shown else "application/octet-stream",
    )
    if wanted is not None:
        start, length = wanted
        answer["Content-Length"] = str(length)
        answer["Content-Range"] = f"bytes {start}-{start + length - 1}/{size}" if length else f"bytes */{size}"
    answer["Accept-Ranges"], answer["ETag"] = "bytes", entity
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _wanted(request: HttpRequest, size: int, entity: str) -> tuple[int, int] | None:
    """Where the part begins and how long it is, 0 where there is nothing to give; None for the whole."""
    asked = _ONE.fullmatch(request.headers.get("Range", "").strip())
    if asked is None or request.headers.get("If-Range", entity) != entity:
        return None
    first, last = asked[1], asked[2]
    if not first:
        return _last(int(last), size) if last else None
    start, end = int(first), int(last) if last else size - 1
    if last and end < start:
        return None
    return (start, min(end, size - 1) - start + 1) if start < size else (0, 0)


def _last(length: int, size: int) -> tuple[int, int]:
    length = min(length, size)
    return size - length, length


class _Part:
    """Reads no further than a part goes."""

    def __init__(self, file: IO[bytes], start: int, length: int) -> None:
        self._file, self._left = file, length
        file.seek(start)

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(content)
        return content

    def close(self) -> None:
        self._file.close()
