"""Files that a command is given."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_GZIP = b"\x1f\x8b"


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked where it is a gzip. Raises OSError; a damaged gzip raises when it is read."""
    with path.open("rb") as raw:
        zipped = raw.read(len(_GZIP)) == _GZIP
        raw.seek(0)
        if not zipped:
            yield raw
            return
        with gzip.open(raw) as file:
            yield file  # type: ignore[misc]  # GzipFile is a binary file in all but its declared base
