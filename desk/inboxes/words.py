"""What a network said, kept in parts, so that each reader gets it in a language of their own."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from desk.common.storable import storable_json
from desk.inboxes.gateway import NetworkError

LONGEST = 500  # characters of each part


def kept(problem: NetworkError) -> dict[str, Any]:
    """As it is stored: the sentence, what it fills in, and the network's own words."""
    parts = {
        "sentence": problem.sentence[:LONGEST],
        "values": {name: value[:LONGEST] for name, value in problem.values.items()},
        "detail": problem.detail[:LONGEST],
    }
    whole: dict[str, Any] = json.loads(storable_json(parts))
    return whole


def told(parts: Mapping[str, Any]) -> str:
    """What `kept` kept, in the reader's language, with the network's own words behind it; "" for nothing."""
    sentence, values, detail = parts.get("sentence", ""), parts.get("values"), parts.get("detail")
    words = gettext(sentence) if sentence else ""  # the translation of nothing is the catalogue's header
    if values:
        words %= values
    return f"{words} ({detail})" if detail else words


def in_words(problem: NetworkError) -> str:
    """The same for what happens while the reader waits."""
    return told(kept(problem))
