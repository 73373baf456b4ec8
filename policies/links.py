"""Finding links the way X does, which is the strictest reading there is: a bare `abn.nl` is a link too.

The pattern of twitter-text is cubic in the number of dots in one piece (measured: 31 s for 4,480 characters of
`a.a.a.`), so a text is first cut at its spaces, and pieces that no person writes are not searched.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

import regex

_INNER_DOT = regex.compile(r"[^\s./]\.(?=[^\s./])")
_PIECES = regex.compile(r"\S+")
_MOST_DOTS = 10  # in one piece; more is no address that somebody typed
_LONGEST_PIECE = 2_048  # characters


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a text: `url` as written, offsets in code points, `host` in the lower-case ASCII form browsers use."""

    start: int
    end: int
    url: str
    host: str

    @property
    def href(self) -> str:
        """The address with a scheme, as a browser needs it."""
        return self.url if self.url.lower().startswith(("http://", "https://")) else f"https://{self.url}"


@lru_cache(maxsize=4)  # a check asks for the links, and counts its length with them
def find_links(text: str) -> tuple[Link, ...]:
    """The links in a text, in order. Linear in the length of the text."""
    return tuple(_links_in(text)) if "." in text else ()


def hopeless_dots(text: str) -> int:
    """How many dots stand in pieces that `find_links` did not search: each might be a link to a network."""
    return sum(dots for _, piece, dots in _pieces(text) if not _searchable(piece, dots)) if "." in text else 0


def _links_in(text: str) -> Iterator[Link]:
    for offset, piece, dots in _pieces(text):
        if dots and _searchable(piece, dots):
            for entity in _extractor()(piece):
                start, end = entity["indices"]
                url = piece[start:end]
                if host := host_of(url):
                    yield Link(offset + start, offset + end, url, host)


def _pieces(text: str) -> Iterator[tuple[int, str, int]]:
    for match in _PIECES.finditer(text):
        piece = match[0]
        if "." in piece:
            yield match.start(), piece, len(_INNER_DOT.findall(piece))


def _searchable(piece: str, dots: int) -> bool:
    return dots <= _MOST_DOTS and len(piece) <= _LONGEST_PIECE


def host_of(url: str) -> str:
    """The host that a browser would really go to, in ASCII (`xn--…`); empty where there is none."""
    try:
        host = urlsplit(url if "://" in url else f"//{url}").hostname or ""
        return host.encode("idna").decode("ascii").lower()
    except (UnicodeError, ValueError):
        return ""


@cache
def _extractor() -> Callable[[str], list[dict[str, Any]]]:
    # Loaded at first need: it compiles large tables. It still reads them through pkg_resources, which warns.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from twitter_text import extract_urls_with_indices
    extract: Callable[[str], list[dict[str, Any]]] = extract_urls_with_indices
    return extract
