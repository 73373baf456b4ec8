"""The agent's initials behind a reply, as customers know them from webcare: “… tot ziens ^JK”."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import regex

LONGEST_FORMAT = 20  # characters, {initials} included
_INITIALS = "{initials}"
_FORMAT = regex.compile(r"(?P<before>[\^~*/|–—-]{1,2} ?)\{initials\}(?P<after> ?[\^~*/|–—-]{0,2})")
_FORM_OF = regex.compile(r"(?P<before>[\^~*/|–—-]{1,2} ?)\p{L}{1,4}(?P<after> ?[\^~*/|–—-]{0,2})")


@dataclass(frozen=True, slots=True)
class SignatureFormat:
    """How a company's agents sign: a sign or two before the initials, perhaps one behind, such as ^{initials}."""

    format: str = f"^{_INITIALS}"

    def of(self, initials: str) -> str:
        """The signature of somebody; empty where there are no initials."""
        return self.format.replace(_INITIALS, initials) if initials else ""


def format_problem(entry: str) -> bool:
    """Whether this is no format of a signature. Without a sign before the letters no signature could be told."""
    return len(entry) > LONGEST_FORMAT or not _FORMAT.fullmatch(entry)


def sign(text: str, signature: str) -> str:
    """`text` with the signature behind it once, and no spaces at its end. Signing twice changes nothing."""
    body, mark = text.rstrip(), signature.strip()
    if not mark or _ends_with(body, mark):
        return body
    return f"{body} {mark}" if body else mark


def suffix(text: str, signature: str) -> str:
    """What `sign` would add to `text`: what room must be kept for."""
    body = text.rstrip()
    return sign(text, signature)[len(body) :]


def signatures(text: str, like: str = "^JK") -> Iterator[tuple[int, int, str]]:
    """Everything in a text that looks like somebody's signature, of the form of `like`: start, end and the mark."""
    form = _FORM_OF.fullmatch(like.strip())
    for match in _pattern(form["before"] if form else "^", form["after"] if form else "").finditer(text):
        yield match.start(), match.end(), match[0]


@cache
def _pattern(before: str, after: str) -> regex.Pattern[str]:
    # A caret before letters is nothing else; a dash or a star before small letters is any word of a list.
    letter = r"\p{L}" if before == "^" else r"\p{Lu}"
    begin, end = regex.escape(before), regex.escape(after)
    return regex.compile(rf"(?<![\w^]){begin}{letter}{{1,4}}{end}(?![\w^])")


def _ends_with(body: str, mark: str) -> bool:
    return body == mark or (body.endswith(mark) and body[: -len(mark)][-1:].isspace())
