"""Films in pieces: begun, brought piece by piece, ended, worked on for a while; and the captions that belong to them.

`settings` of an account: `film_seconds` is how long X works on one (0.5), `films` "failed" that it can use none.
"""

import json
from typing import Any

from starlette.routing import Route

from connectors.sandbox.x.api import Api, Call, endpoint
from connectors.sandbox.x.media import (
    ALONE,
    CATEGORIES,
    EXPIRES_SECONDS,
    content_type_of,
    decoded,
    keep,
    own,
    processing,
)
from connectors.sandbox.x.problems import invalid

MAX_PIECE = 5 * 1024 * 1024
MAX_BYTES = {"video/mp4": 512 * 1024 * 1024, "image/gif": 15 * 1024 * 1024, "text/vtt": 1024 * 1024}
TYPES = {"tweet_video": "video/mp4", "dm_video": "video/mp4", "tweet_gif": "image/gif", "dm_gif": "image/gif"}


def routes(api: Api) -> list[Route]:
    """The endpoints of this file."""
    return [
        endpoint(api, "POST", "/2/media/upload/initialize", begin),
        endpoint(api, "POST", "/2/media/upload/:id/append", append),
        endpoint(api, "POST", "/2/media/upload/:id/finalize", end),
        endpoint(api, "POST", "/2/media/subtitles", subtitles),
    ]


async def begin(call: Call) -> tuple[int, dict[str, Any]]:
    """Say what is coming."""
    body = await call.json({"media_category", "media_type", "total_bytes", "additional_owners", "shared"})
    category, kind, size = body.get("media_category"), body.get("media_type"), body.get("total_bytes")
    if category not in CATEGORIES:
        raise invalid(f"$.media_category: does not have a value in the enumeration {sorted(CATEGORIES)}")
    if kind not in MAX_BYTES or TYPES.get(str(category), "text/vtt") != kind:
        raise invalid("$.media_type: does not fit the media category")
    if not isinstance(size, int) or not 0 < size <= MAX_BYTES[kind]:
        raise invalid(f"File size exceeds {MAX_BYTES[kind]} bytes.")
    media_id = str(call.api.store.next_position())
    call.api.store.save_blob(media_id, "x", call.account.id, kind, b"", total=size, parts=0)
    return 200, {"data": _shape(media_id)}


async def append(call: Call) -> tuple[int, dict[str, Any]]:
    """The next piece."""
    body = await call.json({"media", "segment_index"})
    blob, number = own(call, call.path_id("id")), body.get("segment_index")
    told, piece = _told(blob), decoded(body.get("media", ""))
    if told.get("parts") is None or number != told["parts"]:
        raise invalid("$.segment_index: is not the next one")
    if not 0 < len(piece) <= MAX_PIECE:
        raise invalid(f"Segments are at most {MAX_PIECE} bytes.")
    keep(call, blob, blob["data"] + piece, parts=number + 1)
    return 200, {"data": {"expires_at": call.api.network.now_ms() // 1000 + EXPIRES_SECONDS}}


async def end(call: Call) -> tuple[int, dict[str, Any]]:
    """That was all: X begins to work on it."""
    blob = own(call, call.path_id("id"))
    told = _told(blob)
    if told.get("parts") is None or len(blob["data"]) != told["total"]:
        raise invalid("The file is not as long as it was said to be.")
    worked_on = blob["content_type"] in ALONE
    if worked_on and content_type_of(blob["data"]) != blob["content_type"]:
        raise invalid("media type unrecognized.")
    seconds = float(call.account.settings.get("film_seconds", 0.5))
    done: dict[str, Any] = {"done_at": call.api.network.now_ms() + int(seconds * 1000)} if worked_on else {}
    keep(call, blob, parts=None, **done)
    blob = own(call, blob["id"])
    return 200, {"data": {**_shape(blob["id"]), "size": len(blob["data"]), **processing(call, blob)}}


async def subtitles(call: Call) -> tuple[int, dict[str, Any]]:
    """These captions belong to that film."""
    body = await call.json({"id", "media_category", "subtitles"})
    film, track = own(call, body.get("id")), body.get("subtitles")
    if body.get("media_category") not in ("TweetVideo", "AmplifyVideo") or film["content_type"] != "video/mp4":
        raise invalid("$.media_category: only films have subtitles")
    if not isinstance(track, dict) or not str(track.get("language_code", "")).isupper():
        raise invalid("$.subtitles.language_code: does not match the regex pattern ^[A-Z]{2}$")
    words = own(call, track.get("id"))
    if words["content_type"] != "text/vtt":
        raise invalid("$.subtitles.id: is no subtitle file")
    keep(call, film, captions=words["data"].decode("utf-8", "replace"))
    told = {"id": film["id"], "media_category": body["media_category"], "associated_subtitles": {"subtitles": [track]}}
    return 200, {"data": told}


def _shape(media_id: str) -> dict[str, Any]:
    return {"id": media_id, "media_key": f"13_{media_id}", "expires_after_secs": EXPIRES_SECONDS}


def _told(blob: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(blob["extra"])
    return found
