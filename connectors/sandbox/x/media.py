"""Files that the company attaches: upload by v2 (JSON or multipart) and by v1.1 (multipart or base64 form)."""

import base64
import binascii
import json
from typing import Any

from starlette.datastructures import UploadFile
from starlette.routing import Route

from connectors.sandbox.x.api import ID, Api, Call, endpoint
from connectors.sandbox.x.problems import invalid, not_found_entry

EXPIRES_SECONDS = 86_400
MAX_IMAGE_BYTES = 5 * 1024 * 1024
MAX_ATTACHED = 4
MAX_ALT = 1_000  # characters
_SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
CATEGORIES = frozenset("tweet_image tweet_video tweet_gif dm_image dm_video dm_gif subtitles".split())
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
)


def routes(api: Api) -> list[Route]:
    """The endpoints of this file."""
    old = frozenset({"media_category", "additional_owners", "command"})
    return [
        endpoint(api, "POST", "/2/media/upload", upload),
        endpoint(api, "GET", "/2/media/upload", status, {"media_id", "command"}),
        endpoint(api, "POST", "/2/media/metadata", describe),
        endpoint(api, "POST", "/1.1/media/upload.json", upload_old, old),
    ]


def _content_type(data: bytes) -> str:
    found = next((kind for magic, kind in _MAGIC if data.startswith(magic)), "")
    if not found:
        found = "video/mp4" if data[4:8] == b"ftyp" else ""
    if not found:
        raise invalid("media type unrecognized.")
    if found.startswith("image/") and len(data) > MAX_IMAGE_BYTES:
        raise invalid(f"File size exceeds {MAX_IMAGE_BYTES} bytes.")
    return found


def _decoded(text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError):
        raise invalid("$.media: is not valid base64") from None


async def _received(call: Call) -> tuple[bytes, str]:
    """The bytes and their category, from JSON or a form."""
    if call.request.headers.get("content-type", "").startswith("application/json"):
        body = await call.json({"media", "media_category", "additional_owners", "media_type", "shared"})
        return _decoded(body.get("media", "")), str(body.get("media_category", ""))
    async with call.request.form() as form:
        media = form.get("media")
        category = str(form.get("media_category", ""))
        if isinstance(media, UploadFile):
            return await media.read(), category
        return _decoded(form.get("media_data") or media or ""), category


def _keep(call: Call, data: bytes) -> tuple[str, str]:
    if not data:
        raise invalid("$.media: is missing but it is required")
    content_type = _content_type(data)
    media_id = str(call.api.store.next_position())
    call.api.store.save_blob(media_id, "x", call.account.id, content_type, data)
    return media_id, content_type


async def upload(call: Call) -> tuple[int, dict[str, Any]]:
    """One file in one request (v2)."""
    data, category = await _received(call)
    if category not in CATEGORIES:
        raise invalid(f"$.media_category: does not have a value in the enumeration {sorted(CATEGORIES)}")
    media_id, content_type = _keep(call, data)
    found: dict[str, Any] = {"id": media_id, "media_key": f"3_{media_id}", "size": len(data)}
    found["expires_after_secs"] = EXPIRES_SECONDS
    if content_type.startswith("image/"):
        found["image"] = {"image_type": content_type, "w": 240, "h": 160}
    return 200, {"data": found}


async def describe(call: Call) -> tuple[int, dict[str, Any]]:
    """What a screen reader says of an uploaded file."""
    body = await call.json({"id", "metadata"})
    blob = _own(call, body.get("id"))
    metadata = body.get("metadata") or {}
    alt_text = metadata.get("alt_text", {}) if isinstance(metadata, dict) else None
    text = alt_text.get("text") if isinstance(alt_text, dict) else None
    if not isinstance(text, str) or len(text) > MAX_ALT:
        raise invalid(f"$.metadata.alt_text.text: must be at most {MAX_ALT} characters long")
    owner, kind = blob["owner_id"], blob["content_type"]
    call.api.store.save_blob(blob["id"], "x", owner, kind, blob["data"], alt_text=text)
    return 200, {"data": {"id": blob["id"], "associated_metadata": {"alt_text": {"text": text}}}}


def _own(call: Call, media_id: object) -> Any:
    blob = call.api.store.blob(media_id) if isinstance(media_id, str) and ID.fullmatch(media_id) else None
    if blob is None or blob["owner_id"] != call.account.id:
        raise invalid("Your media IDs are invalid.")
    return blob


async def upload_old(call: Call) -> tuple[int, dict[str, Any]]:
    """One file in one request (v1.1)."""
    data, _ = await _received(call)
    media_id, content_type = _keep(call, data)
    found: dict[str, Any] = {"media_id": int(media_id), "media_id_string": media_id, "media_key": f"3_{media_id}"}
    found |= {"size": len(data), "expires_after_secs": EXPIRES_SECONDS}
    if content_type.startswith("image/"):
        found["image"] = {"image_type": content_type, "w": 240, "h": 160}
    return 200, found


async def status(call: Call) -> tuple[int, dict[str, Any]]:
    """How far an upload is: it is always done."""
    media_id = call.params.get("media_id", "")
    blob = call.api.store.blob(media_id)
    if blob is None:
        return 200, {"errors": [not_found_entry("media", "media_id", media_id)]}
    return 200, {"data": {"id": media_id, "media_key": f"3_{media_id}", "size": len(blob["data"])}}


def attached(call: Call, ids: object) -> list[dict[str, str]]:
    """Uploaded files by id, as the store keeps them with a post. Raises X's 400 for ids that are not the caller's."""
    if not isinstance(ids, list) or len(ids) > MAX_ATTACHED:
        raise invalid("$.media.media_ids: must be 1 to 4 ids")
    found = []
    for media_id in ids:
        blob = _own(call, media_id)
        kind = "video" if blob["content_type"].startswith("video/") else "image"
        suffix = _SUFFIXES.get(blob["content_type"], "bin")
        url = f"/_sandbox/media/{media_id}.{suffix}"
        alt_text = str(json.loads(blob["extra"]).get("alt_text", ""))
        found.append(
            {"id": media_id, "url": url, "kind": kind, "content_type": blob["content_type"], "alt_text": alt_text}
        )
    return found
