"""The feeds of an account in plain words."""

from django.utils.translation import gettext, gettext_noop

_NAMES = {
    "mentions": gettext_noop("mentions"),
    "direct_messages": gettext_noop("direct messages"),
    "own_posts": gettext_noop("own posts"),
    "quotes": gettext_noop("quotes of own posts"),
    "search": gettext_noop("saved search"),
    "feed": gettext_noop("posts on the page"),
    "tagged": gettext_noop("posts that name the page"),
    "comments": gettext_noop("comments"),
    "conversations": gettext_noop("messages"),
    "notifications": gettext_noop("notifications"),
    "changes": gettext_noop("edits and deletions"),
    "deletions": gettext_noop("deletions"),
    "reviews": gettext_noop("reviews"),
    "reactions": gettext_noop("likes and shares"),
}


def feed_name(stream: str) -> str:
    """What a stream of a connector is called; one that has no name here is read as it is written."""
    return gettext(_NAMES[stream]) if stream in _NAMES else stream.replace("_", " ")


_CALLS = {
    "": gettext_noop("all calls"),
    "public_replies": gettext_noop("public replies"),
    "private_replies": gettext_noop("private messages sent"),
    "files": gettext_noop("files"),
    "actions": gettext_noop("likes, hiding, deleting"),
    "lookups": gettext_noop("looking for what was lost"),
    "enrichment": gettext_noop("names and comparisons"),
}


def call_name(kind: str) -> str:
    """What a kind of call that has a limit of its own is called: a stream, or what is written."""
    return gettext(_CALLS[kind]) if kind in _CALLS else feed_name(kind)


_KINDS = {
    "post": gettext_noop("post"),
    "mention": gettext_noop("mention"),
    "found": gettext_noop("found by a search"),
    "reply": gettext_noop("reply"),
    "comment": gettext_noop("comment"),
    "review": gettext_noop("review"),
    "direct_message": gettext_noop("direct message"),
}


def kind_name(kind: str) -> str:
    """What a piece of text is on its network."""
    return gettext(_KINDS[kind]) if kind in _KINDS else kind.replace("_", " ")
