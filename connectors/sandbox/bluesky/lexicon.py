"""What a post must be like: app.bsky.feed.post, app.bsky.richtext.facet and app.bsky.embed.* of the lexicons."""

import json
import re
from datetime import datetime
from typing import Any

from connectors.sandbox.bluesky.ids import parts_of
from connectors.sandbox.bluesky.problems import invalid_post
from connectors.sandbox.bluesky.text import length_problem

_CID = re.compile(r"b[a-z2-7]{50,70}", re.ASCII)
_FEATURES = {
    "mention": ("did", re.compile(r"did:[a-z]+:[\w.:%-]+", re.ASCII)),
    "link": ("uri", re.compile(r"\w+:\S+")),
    "tag": ("tag", re.compile(r".{1,640}", re.DOTALL)),
}
MOST_IMAGES, MOST_LANGUAGES, MOST_CAPTIONS = 4, 3, 20


def check_post(record: Any) -> None:
    """Raises the 400 of the server for the first thing that is wrong."""
    at = "$.record"
    text = _text(record, "text", at)
    problem = length_problem(text)
    _need(not problem, f"{problem} at {at}.text")
    _check_time(_text(record, "createdAt", at), f"{at}.createdAt")
    for number, facet in enumerate(_list(record, "facets", at)):
        _check_facet(facet, f"{at}.facets[{number}]")
    if "reply" in record:
        for end in ("root", "parent"):
            _check_reference(_object(_object(record, "reply", at), end, f"{at}.reply"), f"{at}.reply.{end}")
    languages = _list(record, "langs", at)
    _need(len(languages) <= MOST_LANGUAGES, f"array too big (maximum {MOST_LANGUAGES}) at {at}.langs")
    if "embed" in record:
        _check_embed(_object(record, "embed", at), f"{at}.embed")


def _need(fine: bool, message: str) -> None:
    if not fine:
        raise invalid_post(message)


def _value(holder: Any, name: str, at: str, kind: type, word: str) -> Any:
    _need(isinstance(holder, dict) and name in holder, f'Missing required key "{name}" at {at}')
    found = holder[name]
    fine = isinstance(found, kind) and not (kind is int and isinstance(found, bool))
    _need(fine, f"Expected {word} value type (got {json.dumps(found)}) at {at}.{name}")
    return found


def _text(holder: Any, name: str, at: str) -> str:
    return str(_value(holder, name, at, str, "string"))


def _object(holder: Any, name: str, at: str) -> dict[str, Any]:
    found: dict[str, Any] = _value(holder, name, at, dict, "object")
    return found


def _list(record: dict[str, Any], name: str, at: str) -> list[Any]:
    found: list[Any] = _value(record, name, at, list, "array") if name in record else []
    return found


def _check_time(value: str, at: str) -> None:
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        time = None
    _need(time is not None and time.tzinfo is not None, f'Invalid datetime (got "{value}") at {at}')


def _check_facet(facet: Any, at: str) -> None:
    index = _object(facet, "index", at)
    for name in ("byteStart", "byteEnd"):
        edge = _value(index, name, f"{at}.index", int, "integer")
        _need(edge >= 0, f"integer too small (minimum 0, got {edge}) at {at}.index.{name}")
    _need("features" in facet, f'Missing required key "features" at {at}')
    for number, feature in enumerate(_list(facet, "features", at)):
        here = f"{at}.features[{number}]"
        kind = _text(feature, "$type", here).rpartition("#")[2]
        if kind in _FEATURES:
            name, form = _FEATURES[kind]
            value = _text(feature, name, here)
            _need(bool(form.fullmatch(value)), f'Invalid {name} (got "{value[:80]}") at {here}.{name}')


def _check_reference(reference: dict[str, Any], at: str) -> None:
    _need(parts_of(_text(reference, "uri", at)) is not None, f"Invalid at-uri at {at}.uri")
    _need(bool(_CID.fullmatch(_text(reference, "cid", at))), f"Invalid cid at {at}.cid")


def _check_film(film: dict[str, Any], at: str) -> None:
    _object(film, "video", at)
    told = _list(film, "captions", at)
    _need(len(told) <= MOST_CAPTIONS, f"array too big (maximum {MOST_CAPTIONS}, got {len(told)}) at {at}.captions")
    for number, one in enumerate(told):
        _text(one, "lang", f"{at}.captions[{number}]")
        _object(one, "file", f"{at}.captions[{number}]")


def _check_embed(embed: dict[str, Any], at: str) -> None:
    if _text(embed, "$type", at) == "app.bsky.embed.video":
        _check_film(embed, at)
    if embed["$type"] != "app.bsky.embed.images":
        return
    images = _value(embed, "images", at, list, "array")
    _need(len(images) <= MOST_IMAGES, f"array too big (maximum {MOST_IMAGES}, got {len(images)}) at {at}.images")
    for number, image in enumerate(images):
        here = f"{at}.images[{number}]"
        _object(image, "image", here)
        _text(image, "alt", here)
        if "aspectRatio" in image:
            for name in ("width", "height"):
                size = _value(_object(image, "aspectRatio", here), name, here, int, "integer")
                _need(size >= 1, f"integer too small (minimum 1, got {size}) at {here}.aspectRatio.{name}")
