"""Canned responses without their verbs, for tests that are about something else."""

from typing import Any

from desk.replies.models import CannedResponse


def says(**texts: str) -> list[dict[str, str]]:
    """Texts for all networks, by language."""
    return [{"language": language, "network": "", "text": text} for language, text in texts.items()]


def canned_row(name: str = "Dank", text: str = "Dank je wel", **columns: Any) -> CannedResponse:
    """One on offer, not kept yet."""
    texts = columns.pop("texts", None) or says(nl=text)
    words = "\n".join(one["text"] for one in texts)
    usual = {"shortcut": name.lower(), "state": "active", "texts": texts, "words": words}
    return CannedResponse(name=name, **{**usual, **columns})


def a_canned(name: str = "Dank", text: str = "Dank je wel", **columns: Any) -> CannedResponse:
    """One on offer."""
    canned = canned_row(name, text, **columns)
    canned.save()
    return canned
