"""What rules said of a text when it was checked, in the language of whoever reads it now."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language

from policies.check import said_in


def read(kept: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Findings as a reply keeps them."""
    return [{**one, "message": said_in(one, get_language() or "en")} for one in kept]
