"""Files that a page brings before it shows them: photos that are not published, and attachments for Messenger.

Sources: Meta's "Page Photos" and "Attachment Upload API" (2026).
"""

import json
from collections.abc import Mapping
from typing import Any

from connectors.sandbox.facebook.call import Call
from connectors.sandbox.facebook.errors import GraphError, wrong
from connectors.sandbox.facebook.nodes import Node

MAX_PHOTO_BYTES = 4 * 1024 * 1024
_MAX_BYTES = {"image": 8 * 1024 * 1024, "video": 25 * 1024 * 1024, "audio": 25 * 1024 * 1024, "file": 25 * 1024 * 1024}
_MAGIC = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (4, b"ftyp", "video/mp4"),
    (0, b"%PDF-", "application/pdf"),
)
_SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "video/mp4": "mp4", "application/pdf": "pdf"}


def photo(call: Call, node: Node) -> dict[str, Any]:
    """A picture of the page; here only for what is written about it later."""
    call.needs("pages_manage_posts")
    if call.truth("published") is not False:
        raise wrong("published", "must be false: the sandbox publishes no photos by themselves")
    data, content_type = _given(call, "source")
    if content_type not in ("image/png", "image/jpeg", "image/gif"):
        raise GraphError(324, "(#324) Missing or invalid image file")
    if len(data) > MAX_PHOTO_BYTES:
        raise GraphError(324, "(#324) Your photos couldn't be uploaded. Photos should be smaller than 4 MB.")
    return {"id": _kept(call, data, content_type, "image", call.params.get("alt_text_custom", ""))}


def message_attachment(call: Call, node: Node) -> dict[str, Any]:
    """A file for Messenger, to be sent as often as one likes."""
    call.needs("pages_messaging")
    attachment = call.object("message").get("attachment")
    kind = attachment.get("type") if isinstance(attachment, dict) else None
    if kind not in _MAX_BYTES:
        raise wrong("message[attachment][type]", "must be one of {image, video, audio, file}")
    data, content_type = _given(call, "filedata")
    if kind != "file" and content_type.partition("/")[0] != kind:
        raise GraphError(100, "(#100) Upload attachment failure.", subcode=2018047)
    if len(data) > _MAX_BYTES[kind]:
        raise GraphError(100, "(#100) File size is over the limit.", subcode=2018047)
    return {"attachment_id": _kept(call, data, content_type, kind, "")}


def uploaded(call: Call, media_id: object) -> Mapping[str, str]:
    """A file by its id, as the store keeps it with a post. Raises error 100 for what is not the page's."""
    blob = call.store.blob(media_id) if isinstance(media_id, str) else None
    if blob is None or blob["network"] != call.network.slug or blob["owner_id"] != call.page.id:
        raise GraphError(100, "(#100) Invalid attachment id.", subcode=2018074)
    extra = json.loads(blob["extra"])
    return {
        "id": blob["id"],
        "url": f"/_sandbox/media/{blob['id']}.{_SUFFIXES.get(blob['content_type'], 'bin')}",
        "kind": extra["kind"],
        "content_type": blob["content_type"],
        "alt_text": extra["alt_text"],
    }


def _given(call: Call, name: str) -> tuple[bytes, str]:
    file = call.files.get(name)
    if file is None or not file.data:
        raise wrong(name, "must be a file")
    found = next((kind for at, magic, kind in _MAGIC if file.data[at:].startswith(magic)), "")
    return file.data, found or "application/octet-stream"


def _kept(call: Call, data: bytes, content_type: str, kind: str, alt_text: str) -> str:
    media_id = str(call.store.next_position())
    call.store.save_blob(media_id, call.network.slug, call.page.id, content_type, data, kind=kind, alt_text=alt_text)
    return media_id
