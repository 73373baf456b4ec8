"""The feeds of an account in plain words."""

from django.utils.translation import gettext, gettext_noop

_NAMES = {
    "mentions": gettext_noop("mentions"),
    "direct_messages": gettext_noop("direct messages"),
    "own_posts": gettext_noop("own posts"),
    "feed": gettext_noop("posts on the page"),
    "tagged": gettext_noop("posts that name the page"),
    "comments": gettext_noop("comments"),
    "conversations": gettext_noop("messages"),
}


def feed_name(stream: str) -> str:
    """What a stream of a connector is called; one that has no name here is read as it is written."""
    return gettext(_NAMES[stream]) if stream in _NAMES else stream.replace("_", " ")
