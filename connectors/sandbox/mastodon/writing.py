"""What an account does: post, edit, delete, favourite, and bring files."""

import json
from typing import Any

from starlette.datastructures import UploadFile

from connectors.sandbox.mastodon.api import MAX_CHARACTERS, Call
from connectors.sandbox.mastodon.compose import VISIBILITIES
from connectors.sandbox.mastodon.reading import IMAGE_BYTES, IMAGES, LONGEST_ALT, MOST_MEDIA
from connectors.sandbox.mastodon.refusals import Refusal, invalid, not_found
from connectors.sandbox.mastodon.shapes import SLUG
from connectors.sandbox.mastodon.text import length
from connectors.sandbox.records import Post

KEY_HOURS = 1  # that a key of idempotency holds
_LOOKED_AT = 200
_SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


async def post(call: Call) -> dict[str, Any]:
    """Write a status. The same key a second time gives the first one back."""
    given = await call.parameters()
    key = "" if call.is_other_software else call.request.headers.get("idempotency-key", "")
    if key and (known := _posted_with(call, key)):
        return call.shapes.status(known)
    text, media = str(given.get("status") or ""), _attached(call, given.get("media_ids"))
    warning = str(given.get("spoiler_text") or "")
    _check(call, text, warning, has_media=bool(media))
    visibility = str(given.get("visibility") or "public")
    if visibility not in VISIBILITIES:
        raise invalid("Visibility is not included in the list")
    made, reached = call.network.composer.status(
        call.account,
        text,
        call.network.now_ms(),
        "api",
        parent=_answered(call, given.get("in_reply_to_id")),
        visibility=visibility,
        warning=warning,
        media=media,
        key=key,
    )
    call.network.publish([(made, reached)])
    return call.shapes.status(made)


async def edit(call: Call) -> dict[str, Any]:
    """Change a status of one's own."""
    given = await call.parameters()
    own = call.own(call.request.path_params["id"])
    text, warning = str(given.get("status") or ""), str(given.get("spoiler_text") or "")
    _check(call, text, warning, has_media=bool(own.media))
    changed = call.store.change_post(
        own, text=text, edited_at=call.network.now_ms(), extra={**own.extra, "warning": warning}
    )
    return call.shapes.status(changed)


async def delete(call: Call) -> dict[str, Any]:
    """Take back a status of one's own; its text is given once more, so that it can be written anew."""
    own = call.own(call.request.path_params["id"])
    call.network.remove(own)
    shown = call.shapes.status(own)
    del shown["content"]
    return {**shown, "text": own.text}


async def favourite(call: Call) -> dict[str, Any]:
    """Like a status."""
    return _like(call, liked=True)


async def unfavourite(call: Call) -> dict[str, Any]:
    """Take a like back."""
    return _like(call, liked=False)


async def block(call: Call) -> dict[str, Any]:
    """Shut somebody out."""
    return _shut_out(call, "blocked")


async def unblock(call: Call) -> dict[str, Any]:
    """Let them in again."""
    return _shut_out(call, "")


def _shut_out(call: Call, mark: str) -> dict[str, Any]:
    person = call.store.account(SLUG, call.request.path_params["id"])
    if person is None:
        raise not_found()
    call.network.shut_out(call.account, person.id, mark)
    return {"id": person.id, "blocking": bool(mark), "blocked_by": False, "following": False, "muting": False}


async def upload(call: Call) -> dict[str, Any]:
    """One file, which nobody sees yet."""
    if call.is_other_software and "/v2/" in call.request.scope["path"]:
        raise not_found()
    given = await call.parameters()
    file = given.get("file")
    if not isinstance(file, UploadFile):
        raise invalid("File can't be blank")
    data, content_type = await file.read(), file.content_type or ""
    if content_type not in IMAGES:
        raise invalid("File content type is invalid, File is invalid")
    if len(data) > IMAGE_BYTES:
        raise Refusal(422, "Validation failed: File file size must be less than 16 MB")
    alt_text = str(given.get("description") or "")
    if len(alt_text) > LONGEST_ALT:
        raise invalid(f"Description is too long (maximum is {LONGEST_ALT} characters)")
    media_id = str(call.store.next_position())
    call.store.save_blob(media_id, SLUG, call.account.id, content_type, data, alt_text=alt_text)
    return call.shapes.media(_shown(media_id, content_type, alt_text))


def _shown(media_id: str, content_type: str, alt_text: str) -> dict[str, str]:
    url = f"/_sandbox/media/{media_id}.{_SUFFIXES[content_type]}"
    return {"id": media_id, "url": url, "kind": "image", "content_type": content_type, "alt_text": alt_text}


def _attached(call: Call, ids: object) -> list[dict[str, str]]:
    wanted = ids if isinstance(ids, list) else [ids] if ids else []
    if len(wanted) > MOST_MEDIA:
        raise invalid(f"Cannot attach more than {MOST_MEDIA} files")
    found = []
    for media_id in wanted:
        blob = call.store.blob(str(media_id))
        if blob is None or blob["network"] != SLUG or blob["owner_id"] != call.account.id:
            raise invalid(f"Media {media_id} not found or already attached to another post")
        found.append(_shown(blob["id"], blob["content_type"], str(json.loads(blob["extra"]).get("alt_text", ""))))
    return found


def _check(call: Call, text: str, warning: str, *, has_media: bool) -> None:
    limit = int(call.account.settings.get("max_characters", MAX_CHARACTERS))
    if not text.strip() and not has_media:
        raise invalid("Text can't be blank")
    if length(text) + length(warning) > limit:
        raise invalid(f"Text character limit of {limit} exceeded")


def _answered(call: Call, status_id: object) -> Post | None:
    if not status_id:
        return None
    try:
        return call.visible(str(status_id))
    except Refusal:
        raise Refusal(404, "The post you are trying to reply to does not appear to exist.") from None


def _posted_with(call: Call, key: str) -> Post | None:
    since = call.network.now_ms() - KEY_HOURS * 3_600_000
    recent = call.store.posts(
        SLUG, author_id=call.account.id, since_ms=since, limit=_LOOKED_AT, newest_first=True, gone_too=True
    )
    return next((one for one in recent if one.extra.get("key") == key), None)


def _like(call: Call, *, liked: bool) -> dict[str, Any]:
    found = call.visible(call.request.path_params["id"])
    by = {*found.extra.get("liked_by", ())}
    by = by | {call.account.id} if liked else by - {call.account.id}
    changed = call.store.change_post(found, likes=len(by), extra={**found.extra, "liked_by": sorted(by)})
    return call.shapes.status(changed)
