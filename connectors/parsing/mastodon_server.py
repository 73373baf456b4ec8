"""What a server says of itself → what an account can do there.

Every server has limits of its own (docs.joinmastodon.org/entities/Instance, `configuration`). They are learnt when the
connection is tested and kept beside the account; a server that says nothing has Mastodon's own.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connectors.base import Capabilities, LengthRule, MediaRule
from connectors.parsing import listed, mapped
from connectors.text import clean

LENGTH = 500  # graphemes
UNIT = "mastodon"
IMAGES = ("image/jpeg", "image/png", "image/webp")  # of what the desk can send
IMAGE_BYTES = 16 * 1024 * 1024
MOST_IMAGES = 4
LONGEST_ALT = 1_500  # characters


def limits_in(instance: Mapping[str, Any]) -> dict[str, Any]:
    """The limits in GET /api/v2/instance or /api/v1/instance, under names of our own; only those that are stated."""
    configuration = mapped(instance.get("configuration"))
    statuses, media = mapped(configuration.get("statuses")), mapped(configuration.get("media_attachments"))
    stated = {
        # Pleroma and old forks say it at the top.
        "length": _number(statuses.get("max_characters"), instance.get("max_toot_chars")),
        "images": _number(statuses.get("max_media_attachments"), instance.get("max_media_attachments")),
        "image_bytes": _number(media.get("image_size_limit"), instance.get("upload_limit")),
        "alt": _number(media.get("description_limit"), instance.get("description_limit")),
    }
    limits: dict[str, Any] = {name: value for name, value in stated.items() if value is not None}
    types = [clean(one) for one in listed(media.get("supported_mime_types"))]
    if types:
        limits["types"] = [one for one in IMAGES if one in types]
    return limits


def capabilities_at(usual: Capabilities, limits: Mapping[str, Any]) -> Capabilities:
    """`usual` with the limits of one server, as `limits_in` gave them."""
    length = LengthRule(_number(limits.get("length")) or LENGTH, UNIT, mention_counts=True)
    media = media_rule(limits)
    return replace(
        usual,
        public_length=length,
        private_length=length,
        post_length=LengthRule(length.limit, UNIT),
        public_media=media,
        private_media=media,
    )


def media_rule(limits: Mapping[str, Any]) -> MediaRule | None:
    """What goes along there; None where nothing does."""
    most = _number(limits.get("images"), MOST_IMAGES) or 0
    size = _number(limits.get("image_bytes"), IMAGE_BYTES) or 0
    types = [one for one in listed(limits.get("types", list(IMAGES))) if one in IMAGES]
    if not (most and size and types):
        return None
    return MediaRule(most, dict.fromkeys(types, size), longest_alt=_number(limits.get("alt"), LONGEST_ALT) or 0)


def _number(*values: object) -> int | None:
    """The first that is a sensible number."""
    for value in values:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**40:
            return value
    return None
