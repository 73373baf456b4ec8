"""An account's own records: com.atproto.repo.*. Posts are rows of the store; likes and gates lie beside its files."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.routing import Route

from connectors.sandbox.bluesky import ids
from connectors.sandbox.bluesky.api import Api, Call, method, page_of
from connectors.sandbox.bluesky.compose import SLUG
from connectors.sandbox.bluesky.lexicon import check_post
from connectors.sandbox.bluesky.problems import XrpcError, invalid, invalid_post, no_record
from connectors.sandbox.records import Post

MAX_IMAGE_BYTES = 1_000_000
MAX_CAPTION_BYTES = 20_000
MAX_UPLOAD_BYTES = 50 * 1024 * 1024
FILM = "video/mp4"
_SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif"}
_MAGIC = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"WEBVTT": "text/vtt",
}
_RECORD = "application/vnd.atproto.record+json"


def routes(api: Api) -> list[Route]:
    """The methods of this file."""
    return [
        method(api, "POST", "com.atproto.repo.createRecord", create),
        method(api, "POST", "com.atproto.repo.putRecord", put),
        method(api, "POST", "com.atproto.repo.deleteRecord", delete),
        method(api, "GET", "com.atproto.repo.getRecord", one),
        method(api, "GET", "com.atproto.repo.listRecords", several),
        method(api, "POST", "com.atproto.repo.uploadBlob", upload),
    ]


def _place(call: Call, body: Mapping[str, Any]) -> tuple[str, str]:
    """Collection and key of what is written, in the caller's own repository."""
    repo, collection, rkey = (str(body.get(name, "")) for name in ("repo", "collection", "rkey"))
    if repo.lower() not in (call.account.id, ids.full_handle(call.account.handle)):
        raise invalid(f"Could not find repo: {repo[:80]}")
    if ids.parts_of(ids.address_of(call.account.id, collection, rkey or "self")) is None:
        raise invalid("Error: Input/collection must be a valid nsid")
    return collection, rkey


async def create(call: Call) -> dict[str, Any]:
    """Write a record."""
    body = await call.json()
    collection, rkey = _place(call, body)
    record = body.get("record")
    if not isinstance(record, dict):
        raise invalid('Error: Input must have the property "record"')
    if rkey and _kept(call, ids.address_of(call.account.id, collection, rkey)) is not None:
        raise XrpcError(500, "InternalServerError", "Internal Server Error")  # as the data server says it
    return _written(call, collection, rkey or ids.tid_of(call.api.store.next_position()), record)


async def put(call: Call) -> dict[str, Any]:
    """Write a record under its key, where it is still as `swapRecord` says."""
    body = await call.json()
    collection, rkey = _place(call, body)
    address = ids.address_of(call.account.id, collection, rkey)
    known = _kept(call, address)
    there = ids.cid_of(known) if known is not None else None
    if "swapRecord" in body and body["swapRecord"] != there:
        raise XrpcError(400, "InvalidSwap", f"Record was at {there}")
    record = body.get("record")
    if not rkey or not isinstance(record, dict) or collection == ids.POST:
        raise invalid("Error: this record can not be put")
    return _written(call, collection, rkey, record)


def _written(call: Call, collection: str, rkey: str, record: dict[str, Any]) -> dict[str, Any]:
    record = {"$type": collection, **record}
    address = ids.address_of(call.account.id, collection, rkey)
    if collection == ids.POST:
        check_post(record)
        media = _attached(call, record)
        created_at = int(datetime.fromisoformat(record["createdAt"]).timestamp() * 1000)
        made = call.api.composer.post(call.account, record, created_at, "api", media=media, rkey=rkey)
        call.api.network.publish([made])
    else:
        _effect(call, collection, address, record)
        call.api.store.save_blob(address, SLUG, call.account.id, _RECORD, json.dumps(record).encode())
    commit = {"cid": ids.cid_of(rkey), "rev": rkey}
    return {"uri": address, "cid": ids.cid_of(record), "commit": commit, "validationStatus": "valid"}


def _effect(call: Call, collection: str, address: str, record: Mapping[str, Any]) -> None:
    """What a like or a gate does to the posts that it speaks of."""
    if collection == ids.LIKE:
        liked = call.public((record.get("subject") or {}).get("uri"))
        if liked is not None:
            _set_likes(call, liked, {**liked.extra.get("liked_by", {}), call.account.id: address})
    if collection == ids.BLOCK:
        call.api.network.shut_out(call.account, str(record.get("subject", "")), address)
    if collection == ids.THREADGATE:
        root = call.public(record.get("post"))
        if root is None or ids.parts_of(root.id) != (call.account.id, ids.POST, address.rpartition("/")[2]):
            raise invalid("Error: a gate stands beside the post that it is for")
        hidden = record.get("hiddenReplies", [])
        for reply in call.api.store.posts(SLUG, root_id=root.id, limit=10_000):
            if reply.hidden != (reply.id in hidden):
                call.api.store.change_post(reply, hidden=reply.id in hidden)


def _set_likes(call: Call, post: Post, by: Mapping[str, str]) -> None:
    call.api.store.change_post(post, likes=len(by), extra={**post.extra, "liked_by": dict(by)})


async def delete(call: Call) -> dict[str, Any]:
    """Take a record away; one that is gone already is no error."""
    collection, rkey = _place(call, await call.json())
    address = ids.address_of(call.account.id, collection, rkey)
    if collection == ids.POST:
        post = call.public(address)
        if post is not None:
            call.api.network.remove(post)
    elif (known := _kept(call, address)) is not None:
        call.api.store.save_blob(address, SLUG, call.account.id, _RECORD, b"null")
        if collection == ids.BLOCK:
            call.api.network.shut_out(call.account, str(known.get("subject", "")))
        if collection == ids.LIKE and (liked := call.public((known.get("subject") or {}).get("uri"))):
            by = {did: like for did, like in liked.extra.get("liked_by", {}).items() if like != address}
            _set_likes(call, liked, by)
    return {"commit": {"cid": ids.cid_of(rkey), "rev": rkey or "self"}}


def _kept(call: Call, address: str) -> dict[str, Any] | None:
    """A record that is no post; None where there is none."""
    blob = call.api.store.blob(address)
    found = json.loads(blob["data"]) if blob is not None and blob["content_type"] == _RECORD else None
    return found if isinstance(found, dict) else None


async def one(call: Call) -> dict[str, Any]:
    """One record."""
    owner = call.actor(call.text("repo"))
    address = ids.address_of(owner.id, call.text("collection"), call.text("rkey"))
    post = call.public(address)
    record = post.extra["record"] if post else _kept(call, address)
    if record is None:
        raise no_record(address)
    return {"uri": address, "cid": ids.cid_of(record), "value": record}


async def several(call: Call) -> dict[str, Any]:
    """The posts of an account, newest first."""
    owner, limit = call.actor(call.text("repo")), call.number("limit", 50, 100)
    if call.text("collection") != ids.POST:
        return {"records": []}
    store = call.api.store
    found = store.posts(
        SLUG, author_id=owner.id, private=False, before=call.before(), limit=limit + 1, newest_first=True
    )
    page, cursor = page_of(call, found, limit)
    records = [{"uri": post.id, "cid": post.extra["cid"], "value": post.extra["record"]} for post in page]
    return {"records": records, **cursor}


async def upload(call: Call) -> dict[str, Any]:
    """One file, which nobody sees until a record names it."""
    content = await call.request.body()
    if not content or len(content) > MAX_UPLOAD_BYTES:
        raise XrpcError(413, "PayloadTooLarge", "request entity too large")
    # What the bytes say counts: the official client names no type at all.
    kind = _sniffed(content) or call.request.headers.get("content-type", "application/octet-stream")
    cid = ids.blob_cid(content)
    call.api.store.save_blob(cid, SLUG, call.account.id, kind, content)
    return {"blob": {"$type": "blob", "ref": {"$link": cid}, "mimeType": kind, "size": len(content)}}


def _sniffed(content: bytes) -> str:
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp":
        return FILM
    return next((kind for magic, kind in _MAGIC.items() if content.startswith(magic)), "")


def _uploaded(call: Call, named: Mapping[str, Any]) -> tuple[str, Any]:
    """A file of one's own that a record names. Raises the error for what was never uploaded."""
    cid = str((named.get("ref") or {}).get("$link", ""))
    blob = call.api.store.blob(cid)
    if blob is None or blob["owner_id"] != call.account.id:
        raise XrpcError(400, "BlobNotFound", f"Could not find blob: {cid[:80]}")
    return cid, blob


def _film(call: Call, embed: Mapping[str, Any]) -> dict[str, str]:
    """A film with the captions that it has, each language by a file of its own."""
    cid, blob = _uploaded(call, embed["video"])
    if blob["content_type"] != FILM:
        kind = blob["content_type"]
        raise XrpcError(400, "InvalidMimeType", f"Wrong mimetype. It is {kind} but it must match {FILM}.")
    for number, one in enumerate(embed.get("captions", ())):
        _cid, captions = _uploaded(call, one["file"])
        if captions["content_type"] != "text/vtt" or len(captions["data"]) > MAX_CAPTION_BYTES:
            raise invalid_post(f"blob does not fit at $.record.embed.captions[{number}].file")
    url, alt = f"/_sandbox/media/{cid}.mp4", str(embed.get("alt", ""))
    return {"id": cid, "url": url, "kind": "video", "content_type": FILM, "alt_text": alt}


def _attached(call: Call, record: Mapping[str, Any]) -> list[dict[str, str]]:
    """The pictures of a post, as the store keeps them. Raises the error for what was never uploaded or is too large."""
    embed = record.get("embed") or {}
    if embed.get("$type") == "app.bsky.embed.video":
        return [_film(call, embed)]
    found = []
    for image in embed.get("images", ()) if embed.get("$type") == "app.bsky.embed.images" else ():
        cid, blob = _uploaded(call, image["image"])
        if len(blob["data"]) > MAX_IMAGE_BYTES:
            size = len(blob["data"])
            raise invalid_post(
                f"blob too big (maximum {MAX_IMAGE_BYTES}, got {size}) at $.record.embed.images[0].image"
            )
        kind = blob["content_type"]
        if not kind.startswith("image/"):
            raise XrpcError(400, "InvalidMimeType", f"Wrong mimetype. It is {kind} but it must match image/*.")
        url = f"/_sandbox/media/{cid}.{_SUFFIXES.get(kind, 'bin')}"
        found.append({"id": cid, "url": url, "kind": "image", "content_type": kind, "alt_text": image["alt"]})
    return found
