"""Captions of films: SubRip (.srt) or WebVTT (.vtt) as people save them, written anew as plain WebVTT.

Times and words are kept; places, colours, styles, notes and scripts of whoever made them are left behind.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

MOST_BYTES = 200_000  # of a file that is read; networks keep far less
_BROKEN = _("These are no captions. Use a SubRip (.srt) or WebVTT (.vtt) file in UTF-8.")
_TOO_LARGE = _("These captions are larger than any film needs. Use a smaller file.")
_TIME = r"(?:(\d{1,4}):)?([0-5]\d):([0-5]\d)[.,](\d{3})"
_CUE = re.compile(rf"[ \t]*{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t].*)?", re.ASCII)
_MARKUP = re.compile(r"<[^<>\s][^<>]*>|\{\\[^{}]*\}")


class NoCaptions(Exception):
    """A file that is not taken. The message says what to do, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Captions:
    """`text` is WebVTT, `words` what is said in it, a line for each time."""

    text: str
    words: str


def read(content: bytes) -> Captions:
    """Raises NoCaptions."""
    if len(content) > MOST_BYTES:
        raise NoCaptions(str(_TOO_LARGE))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NoCaptions(str(_BROKEN)) from None
    cues = [cue for block in re.split(r"\n[ \t]*\n", "\n".join(text.splitlines())) if (cue := _cue(block))]
    if not cues:
        raise NoCaptions(str(_BROKEN))
    return Captions("WEBVTT\n\n" + "\n\n".join(f"{when}\n{said}" for when, said in cues) + "\n", _said(cues))


def words_of(text: str) -> str:
    """What is said in captions that were kept."""
    return read(text.encode()).words if text else ""


def _said(cues: list[tuple[str, str]]) -> str:
    return "\n".join(said for _when, said in cues)


def _cue(block: str) -> tuple[str, str] | None:
    """The time and the words of one block; None for what says nothing at no time: heads, notes, styles."""
    lines = block.splitlines()
    for place, line in enumerate(lines[:2]):  # above the time there may be a number or a name
        if found := _CUE.fullmatch(line):
            said = [words for one in lines[place + 1 :] if (words := _plain(one))]
            when = f"{_written(*found.groups()[:4])} --> {_written(*found.groups()[4:])}"
            return (when, "\n".join(said)) if said else None
    return None


def _plain(line: str) -> str:
    """Words without markup, and nothing in them that WebVTT would read as some."""
    bare = _MARKUP.sub("", line).replace("\x00", "").replace("-->", "→").replace("<", "‹").replace(">", "›")
    return " ".join(bare.split())


def _written(hours: str | None, minutes: str, seconds: str, thousandths: str) -> str:
    return f"{int(hours or 0):02}:{minutes}:{seconds}.{thousandths}"
