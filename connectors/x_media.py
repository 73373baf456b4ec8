"""Files on their way to X: pictures in one request, films and moving pictures in pieces that X works on afterwards."""

from collections.abc import Iterator
from typing import Any

from connectors import errors
from connectors.base import OutgoingFile
from connectors.parsing import mapped, path_id
from connectors.parsing.x_media import (
    CHUNK,
    REFUSES_FILE,
    Progress,
    beginning,
    captions_of,
    category_of,
    described,
    is_worked_on,
    piece,
    progress_of,
    upload_body,
)
from connectors.parsing.x_refusals import LABEL
from connectors.text import clean
from connectors.x_api import XApi


def bring(api: XApi, file: OutgoingFile, *, private: bool) -> str:
    """The handle of a file that X has taken in. Raises StillWorking where X is not done with it yet.

    What is brought again with the handle of an earlier try is only asked about.
    """
    try:
        if file.handle and (progress := _progress(api, file.handle)) is not None:
            return _done(progress, file.handle)
        category = category_of(file, private=private)
        if is_worked_on(category):
            return _in_pieces(api, file, category)
        return _at_once(api, file, category)
    except errors.Unreadable as problem:
        if api.status not in REFUSES_FILE:
            raise
        raise errors.InvalidContent(
            "%(network)s refused the attachment. Try another file.", network=LABEL, detail=problem.detail
        ) from problem


def _at_once(api: XApi, file: OutgoingFile, category: str) -> str:
    media_id = _id_in(api.request("POST", "/2/media/upload", upload_body(file.content, category)))
    _describe(api, media_id, file)
    return media_id


def _in_pieces(api: XApi, file: OutgoingFile, category: str) -> str:
    media_id = _sent(api, file.content, file.content_type, category)
    finished = api.request("POST", f"/2/media/upload/{media_id}/finalize")
    if file.captions and category == "tweet_video":
        captions_id = _sent(api, file.captions.encode(), "text/vtt", "subtitles")
        api.request("POST", f"/2/media/upload/{captions_id}/finalize")
        api.request("POST", "/2/media/subtitles", captions_of(media_id, captions_id, file.captions_language))
    if category.endswith("gif"):  # of films X keeps no description
        _describe(api, media_id, file)
    return _done(progress_of(finished), media_id)


def _sent(api: XApi, content: bytes, content_type: str, category: str) -> str:
    media_id = _id_in(
        api.request("POST", "/2/media/upload/initialize", beginning(len(content), content_type, category))
    )
    for number, part in enumerate(_pieces(content)):
        api.request("POST", f"/2/media/upload/{media_id}/append", piece(part, number))
    return media_id


def _pieces(content: bytes) -> Iterator[bytes]:
    return (content[at : at + CHUNK] for at in range(0, len(content), CHUNK))


def _progress(api: XApi, media_id: str) -> Progress | None:
    """None where X has forgotten it: after a day it does."""
    asked = {"command": "STATUS", "media_id": path_id(media_id)}
    try:
        return progress_of(api.ask(api.client.request, "GET", "/2/media/upload", params=asked))
    except errors.NotFound:
        return None


def _done(progress: Progress, media_id: str) -> str:
    if progress is Progress.FAILED:
        raise errors.InvalidContent("%(network)s could not use the film. Save it anew as MP4 (H.264).", network=LABEL)
    if progress is Progress.WORKING:
        raise errors.StillWorking("The network is still working on the film.", handle=media_id)
    return media_id


def _describe(api: XApi, media_id: str, file: OutgoingFile) -> None:
    if file.alt_text:
        api.request("POST", "/2/media/metadata", described(media_id, file.alt_text))


def _id_in(answer: dict[str, Any]) -> str:
    media_id = clean(mapped(answer.get("data")).get("id"))
    if not media_id:
        raise errors.Transient("X did not say where the attachment is. The desk tries again.")
    return path_id(media_id)
