"""The agent's initials behind a reply, as customers know them from webcare: “… tot ziens ^JK”."""

from collections.abc import Iterator

import regex

_SIGNATURE = regex.compile(r"(?<![\w^])\^\p{L}{1,4}(?![\w^])")


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


def signatures(text: str) -> Iterator[tuple[int, int, str]]:
    """Everything in a text that looks like somebody's signature: start, end and the mark."""
    for match in _SIGNATURE.finditer(text):
        yield match.start(), match.end(), match[0]


def _ends_with(body: str, mark: str) -> bool:
    return body == mark or (body.endswith(mark) and body[: -len(mark)][-1:].isspace())
