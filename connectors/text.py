"""The one place where text from strangers is made safe to store, and where two texts are compared.

Nothing is interpreted here: markup, homoglyphs and right-to-left tricks stay as they are, for the screens to show.
"""

import hashlib
import math
import re
import unicodedata
from itertools import islice
from typing import Any

MAX_NAME = 300  # characters of a name or handle; real ones end at 75 (Facebook), hostile ones do not
MAX_ADDRESS, MOST_ADDRESSES = 500, 20  # characters of a link in a profile, and how many are looked at
MAX_DEPTH = 64  # of raw JSON that is kept
MAX_PARTS = 10_000  # of one list or object in it

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LEADING_MENTIONS = re.compile(r"^(?:\s*@\w+)+\s*")
_ADDRESS = re.compile(r"https?://[^\s<>\"()]++(?:\([^\s<>\"()]*+\))?[^\s<>\"()]*+\)?", re.IGNORECASE)
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
        return {clean(key): clean_json(item, depth + 1) for key, item in islice(value.items(), MAX_PARTS)}
    if isinstance(value, list):
        return [clean_json(item, depth + 1) for item in value[:MAX_PARTS]]
    return value


def addresses_in(text: str) -> tuple[str, ...]:
    """The web addresses that stand in a text, each once; what closes a sentence behind one is no part of it."""
    found = (match[0].rstrip(".,;:!?'”’\"»") for match in _ADDRESS.finditer(text))
    whole = (one[:-1] if one.endswith(")") and "(" not in one else one for one in found)
    return tuple(dict.fromkeys(one[:MAX_ADDRESS] for one in whole))[:MOST_ADDRESSES]


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
