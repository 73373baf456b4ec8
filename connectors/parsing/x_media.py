"""Files on their way to X: the bodies of `POST /2/media/upload` and `/2/media/metadata` of its OpenAPI description."""

import base64
from typing import Any

from connectors.base import OutgoingFile

REFUSES_FILE = (400, 413, 415, 422)  # the status where the file itself is what X does not want


def upload_body(file: OutgoingFile, *, private: bool) -> dict[str, Any]:
    """The whole file in one request."""
    category = "dm_image" if private else "tweet_image"
    return {"media": base64.b64encode(file.content).decode(), "media_category": category}


def described(media_id: str, alt_text: str) -> dict[str, Any]:
    """What a screen reader says of it."""
    return {"id": media_id, "metadata": {"alt_text": {"text": alt_text}}}
