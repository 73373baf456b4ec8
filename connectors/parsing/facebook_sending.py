"""A private message on its way through a page: whom it is for, and how Meta wants it announced. No call, no clock."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from connectors import errors
from connectors.base import Outgoing

RESPONSE_WINDOW = timedelta(hours=24)
HUMAN_AGENT_WINDOW = timedelta(days=7)


def addressed(message: Outgoing, network: str) -> dict[str, Any]:
    """Recipient and kind of message. Raises WindowClosed in the name of `network`."""
    if message.reply_to_public:
        # A conversation is opened with whoever wrote this; once, within 7 days.
        kind = "post_id" if not message.thread_id or message.reply_to == message.thread_id else "comment_id"
        return {"recipient": {kind: message.reply_to}}
    return {"recipient": {"id": message.recipient or message.thread_id}, **messaging_type(message, network)}


def messaging_type(message: Outgoing, network: str) -> dict[str, str]:
    """How Meta wants a message announced, by how long ago the customer last wrote. WindowClosed after 7 days."""
    if message.now is None or message.last_inbound_at is None:
        return {"messaging_type": "RESPONSE"}
    waited = message.now - message.last_inbound_at
    if waited <= RESPONSE_WINDOW:
        return {"messaging_type": "RESPONSE"}
    if waited <= HUMAN_AGENT_WINDOW:
        return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    raise errors.WindowClosed(
        "This person wrote more than 7 days ago, so %(network)s takes no answer. He or she has to write first.",
        network=network,
    )


def attachment_of(content_type: str, payload: Mapping[str, object]) -> dict[str, Any]:
    """A file as Messenger names it."""
    kind = content_type.partition("/")[0]
    return {"type": kind if kind in ("image", "video", "audio") else "file", "payload": payload}


def handle_of(content_type: str, attachment_id: str) -> str:
    """What the desk keeps of an uploaded file, from which `attached` makes the message again."""
    return f"{attachment_of(content_type, {})['type']}:{attachment_id}"


def attached(handle: str) -> dict[str, Any]:
    """The attachment of a message that shows an uploaded file."""
    kind, _colon, attachment_id = handle.partition(":")
    return {"type": kind, "payload": {"attachment_id": attachment_id}}
