"""JSON that PostgreSQL can keep, whatever a stranger put into it."""

import json
import math
from collections.abc import Callable
from typing import Any

_SUSPECT = ("\\u0000", "NaN", "Infinity")  # the slow way is taken for texts that only speak of these, and harms none


def storable_json(value: object, plain: Callable[[Any], object] | None = None) -> str:
    """`value` as JSON text, without NUL, lone surrogates and numbers that are none.

    `plain` turns what JSON does not know into what it knows.
    """
    text = json.dumps(value, default=plain, ensure_ascii=False)
    if any(suspect in text for suspect in _SUSPECT):
        text = json.dumps(_mended(json.loads(text)), ensure_ascii=False)
    return text.encode("utf-8", "replace").decode()


def _mended(value: object) -> object:
    match value:
        case str():
            return value.replace("\x00", "\ufffd")
        case float() if not math.isfinite(value):
            return str(value)
        case dict():
            return {_mended(key): _mended(part) for key, part in value.items()}
        case list():
            return [_mended(part) for part in value]
    return value
