"""Files on their way to X: bodies of `/2/media/…` of its OpenAPI description, and how far X is with one.

What goes along is told by docs.x.com/x-api/media/quickstart/best-practices (2026-08): four pictures, or one film or
moving picture. Of films X takes gigabytes in public, 512 MB in private.
"""

import base64
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from connectors.base import MediaRule, OutgoingFile
from connectors.parsing import mapped

REFUSES_FILE = (400, 413, 415, 422)  # the status where the file itself is what X does not want
CHUNK = 4 * 1024 * 1024  # bytes; X takes 5 MB in one piece
_MB = 1024 * 1024
_IMAGES = dict.fromkeys(("image/jpeg", "image/png", "image/webp"), 5 * _MB)
_MOVING = {"image/gif": 15 * _MB, "video/mp4": 512 * _MB}
_KINDS = {"image/gif": "gif", "video/mp4": "video"}
_LANGUAGES = {"NL": "Nederlands", "EN": "English", "DE": "Deutsch", "FR": "Français"}

PUBLIC = MediaRule(4, {**_IMAGES, **_MOVING}, longest_alt=1_000, alone=frozenset(_MOVING), captions=200_000)
PRIVATE = MediaRule(1, {**_IMAGES, **_MOVING}, longest_alt=1_000)


class Progress(StrEnum):
    """How far X is with a file."""

    DONE = "done"
    WORKING = "working"
    FAILED = "failed"


def category_of(file: OutgoingFile, *, private: bool) -> str:
    """What X calls a file by what it is for."""
    return f"{'dm' if private else 'tweet'}_{_KINDS.get(file.content_type, 'image')}"


def is_worked_on(category: str) -> bool:
    """Whether X takes it in pieces and works on it afterwards."""
    return not category.endswith("image")


def upload_body(content: bytes, category: str) -> dict[str, Any]:
    """The whole file in one request."""
    return {"media": base64.b64encode(content).decode(), "media_category": category}


def beginning(size: int, content_type: str, category: str) -> dict[str, Any]:
    """That a file of so many bytes comes in pieces."""
    return {"media_category": category, "media_type": content_type, "total_bytes": size}


def piece(content: bytes, number: int) -> dict[str, Any]:
    """One piece, counted from 0."""
    return {"media": base64.b64encode(content).decode(), "segment_index": number}


def captions_of(media_id: str, captions_id: str, language: str) -> dict[str, Any]:
    """That these captions belong to that film."""
    code = language[:2].upper()
    track = {"id": captions_id, "language_code": code, "display_name": _LANGUAGES.get(code, code)}
    return {"id": media_id, "media_category": "TweetVideo", "subtitles": track}


def progress_of(answer: Mapping[str, Any]) -> Progress:
    """How far X is, of the answer that ends an upload or tells where it stands; a file without `state` is done."""
    state = mapped(mapped(answer.get("data")).get("processing_info")).get("state")
    if state in ("pending", "in_progress"):
        return Progress.WORKING
    return Progress.FAILED if state == "failed" else Progress.DONE


def described(media_id: str, alt_text: str) -> dict[str, Any]:
    """What a screen reader says of it."""
    return {"id": media_id, "metadata": {"alt_text": {"text": alt_text}}}
