"""The one place where text from strangers is made safe to store, and where two texts are compared.

Nothing is interpreted here: markup, homoglyphs and right-to-left tricks stay as they are, for the screens to show.
"""

import hashlib
import math
import re
import unicodedata
from typing import Any

MAX_NAME = 300  # characters of a name or handle; real ones end at 75 (Facebook), hostile ones do not
MAX_DEPTH = 64  # of raw JSON that is kept

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LEADING_MENTIONS = re.compile(r"^(?:\s*@\w+)+\s*")
_SCHEME = re.compile(r"\bhttps?://(?:www\.)?", re.IGNORECASE)


def clean(value: object, max_length: int | None = None) -> str:
    """`value` as text that UTF-8 and PostgreSQL accept: NULs and lone surrogates become U+FFFD; None becomes ""."""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    text = value if isinstance(value, str) else str(value)
    if max_length is not None and len(text) > max_length:
        text = text[: max_length - 1] + "…"
    return _UNSTORABLE.sub("\ufffd", text)


def clean_json(value: Any, depth: int = 0) -> Any:
    """The same for everything in a JSON value, so that raw payloads can be kept beside what was read from them."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict | list) and depth >= MAX_DEPTH:
        return "…"
    if isinstance(value, dict):
        return {clean(key): clean_json(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [clean_json(item, depth + 1) for item in value]
    return value


def gettext_noop(sentence: str) -> str:
    """Marks a sentence that people read for the translators, and gives it back: whoever shows it translates it."""
    return sentence


def digest(text: str) -> str:
    """A short name for a text: tells two states of one message apart where the network gives them no number."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def same_words(one: str, other: str) -> bool:
    """Whether two texts are the same post: networks trim, normalise, add the mentions of a reply and complete links."""
    return _essence(one) == _essence(other)


def _essence(text: str) -> str:
    text = _LEADING_MENTIONS.sub("", unicodedata.normalize("NFC", clean(text)))
    words = _SCHEME.sub("", text).split()
    return " ".join(word.rstrip("/") for word in words)
