"""Documents with versions as people type them: YAML or JSON in one field, and the version that they began from."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from desk.common.errors import Invalid
from desk.rulebooks import text as as_text


def read(text: str) -> Any:
    """What was typed. Raises Invalid."""
    try:
        return as_text.read(text)
    except as_text.TextRefused as refused:
        raise Invalid(_("This is neither YAML nor JSON."), errors={"document": [str(refused)]}) from None


def at_the_text(refused: Invalid) -> Invalid:
    """The same with each problem below the text, its path before it."""
    if set(refused.errors) <= {"document", "summary"}:
        return refused
    said = [f"{path}: {words}" for path, several in refused.errors.items() for words in several]
    return Invalid(refused.message, errors={"document": said})


def seen(typed: str) -> datetime:
    """When what the writer began from was changed. Raises Invalid."""
    try:
        return datetime.fromisoformat(typed)
    except ValueError:
        raise Invalid(_("Some values can't be used: %(names)s.") % {"names": "seen"}) from None
