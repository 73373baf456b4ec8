"""What the formats share: a reader that never runs past the end, and what is left of a picture."""

from dataclasses import dataclass


class Broken(Exception):
    """The bytes are not what their format promises."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What draws the picture. `frames` is 1 unless it moves."""

    content: bytes
    width: int
    height: int
    frames: int = 1


class Reader:
    """Takes bytes off the front. Raises Broken where there are none left."""

    def __init__(self, content: bytes, at: int = 0) -> None:
        self._content = content
        self.at = at

    @property
    def whole(self) -> bytes:
        return self._content

    @property
    def left(self) -> int:
        return len(self._content) - self.at

    def take(self, count: int) -> bytes:
        if count < 0 or count > self.left:
            raise Broken
        self.at += count
        return self._content[self.at - count : self.at]

    def number(self, count: int, *, little: bool = False) -> int:
        return int.from_bytes(self.take(count), "little" if little else "big")
