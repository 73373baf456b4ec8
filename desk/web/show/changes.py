"""What an edit changed, word by word."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from desk.web.show.text import line

_WORDS = re.compile(r"\s+|\S+")
_MOST_WORDS = 1_000  # on each side; comparing takes the square of it


def difference(before: str, after: str) -> SafeString:
    """`after` with what was added in <ins> and what went in <del>."""
    old, new = _WORDS.findall(before)[:_MOST_WORDS], _WORDS.findall(after)[:_MOST_WORDS]
    return format_html_join("", "{}", ((piece,) for piece in _pieces(old, new)))


def _pieces(old: list[str], new: list[str]) -> Iterator[SafeString]:
    for what, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield _shown(new[new_from:new_to])
            continue
        if old_to > old_from:
            yield format_html("<del>{}</del>", _shown(old[old_from:old_to]))
        if new_to > new_from:
            yield format_html("<ins>{}</ins>", _shown(new[new_from:new_to]))


def _shown(words: list[str]) -> SafeString:
    joined = "".join(words)
    before, after = joined[:1].isspace(), joined[-1:].isspace()
    return format_html("{}{}{}", " " * before, line(joined), " " * (after and bool(joined.strip())))
