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
ALONE = frozenset({"image/gif", "video/mp4"})
_SUFFIXES = {"video/mp4": "mp4", "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
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


def content_type_of(data: bytes) -> str:
    """Told by its first bytes. Raises X's 400."""
    found = next((kind for magic, kind in _MAGIC if data.startswith(magic)), "")
    if not found:
        found = "video/mp4" if data[4:8] == b"ftyp" else ""
    if not found:
        raise invalid("media type unrecognized.")
    if found.startswith("image/") and found != "image/gif" and len(data) > MAX_IMAGE_BYTES:
        raise invalid(f"File size exceeds {MAX_IMAGE_BYTES} bytes.")
    return found


def decoded(text: object) -> bytes:
    """What came in base64. Raises X's 400."""
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError):
        raise invalid("$.media: is not valid base64") from None


async def _received(call: Call) -> tuple[bytes, str]:
    """The bytes and their category, from JSON or a form."""
    if call.request.headers.get("content-type", "").startswith("application/json"):
        body = await call.json({"media", "media_category", "additional_owners", "media_type", "shared"})
        return decoded(body.get("media", "")), str(body.get("media_category", ""))
    async with call.request.form() as form:
        media = form.get("media")
        category = str(form.get("media_category", ""))
        if isinstance(media, UploadFile):
            return await media.read(), category
        return decoded(form.get("media_data") or media or ""), category


def _keep(call: Call, data: bytes) -> tuple[str, str]:
    if not data:
        raise invalid("$.media: is missing but it is required")
    content_type = content_type_of(data)
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
    blob = own(call, body.get("id"))
    metadata = body.get("metadata") or {}
    alt_text = metadata.get("alt_text", {}) if isinstance(metadata, dict) else None
    text = alt_text.get("text") if isinstance(alt_text, dict) else None
    if not isinstance(text, str) or len(text) > MAX_ALT:
        raise invalid(f"$.metadata.alt_text.text: must be at most {MAX_ALT} characters long")
    keep(call, blob, alt_text=text)
    return 200, {"data": {"id": blob["id"], "associated_metadata": {"alt_text": {"text": text}}}}


def keep(call: Call, blob: Any, data: bytes | None = None, **extra: Any) -> None:
    """Change what is kept of an uploaded file; its `extra` is added to."""
    content = blob["data"] if data is None else data
    more = {**json.loads(blob["extra"]), **extra}
    call.api.store.save_blob(blob["id"], "x", blob["owner_id"], blob["content_type"], content, **more)


def own(call: Call, media_id: object) -> Any:
    """A file that this account uploaded. Raises X's 400."""
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
    """How far an upload is."""
    media_id = call.params.get("media_id", "")
    blob = call.api.store.blob(media_id)
    if blob is None or blob["owner_id"] != call.account.id:
        return 200, {"errors": [not_found_entry("media", "media_id", media_id)]}
    found = {"id": media_id, "media_key": f"3_{media_id}", "size": len(blob["data"])}
    return 200, {"data": {**found, **processing(call, blob)}}


def processing(call: Call, blob: Any) -> dict[str, Any]:
    """What X says of a film that it works on; nothing of what needs no work."""
    told = json.loads(blob["extra"])
    if "done_at" not in told:
        return {}
    if told["done_at"] > call.api.network.now_ms():
        return {"processing_info": {"state": "in_progress", "check_after_secs": 1, "progress_percent": 50}}
    state = "failed" if call.account.settings.get("films") == "failed" else "succeeded"
    return {"processing_info": {"state": state, "progress_percent": 100}}


def attached(call: Call, ids: object) -> list[dict[str, str]]:
    """Uploaded files by id, as the store keeps them with a post. Raises X's 400 for ids that are not the caller's."""
    if not isinstance(ids, list) or len(ids) > MAX_ATTACHED:
        raise invalid("$.media.media_ids: must be 1 to 4 ids")
    blobs = [own(call, media_id) for media_id in ids]
    if len(blobs) > 1 and any(blob["content_type"] in ALONE for blob in blobs):
        raise invalid("Your Tweet can only have up to 4 photos, 1 animated GIF or 1 video.")
    found = []
    for media_id, blob in zip(ids, blobs, strict=True):
        told = json.loads(blob["extra"])
        if told.get("parts") is not None or processing(call, blob).get("processing_info", {}).get("state") not in (
            None, "succeeded",
        ):  # fmt: skip
            raise invalid("Your media IDs are invalid.")
        kind = "video" if blob["content_type"].startswith("video/") else "image"
        suffix = _SUFFIXES.get(blob["content_type"], "bin")
        url = f"/_sandbox/media/{media_id}.{suffix}"
        shown = {"id": media_id, "url": url, "kind": kind, "content_type": blob["content_type"]}
        found.append({**shown, "alt_text": str(told.get("alt_text", "")), "captions": str(told.get("captions", ""))})
    return found
