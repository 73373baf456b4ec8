"""The gate of a thread: a record beside its first post, by which whoever began the thread hides answers.

Source: the lexicon app.bsky.feed.threadgate. The network still gives hidden replies to whoever asks.
"""

from collections.abc import Mapping
from typing import Any

from connectors.parsing import listed, mapped
from connectors.parsing.bluesky_uri import THREADGATE
from connectors.text import clean

MOST_HIDDEN = 300  # replies that one gate holds


def root_of(view: Mapping[str, Any]) -> str:
    """The address of the post that began the thread of this one; "" where it is no reply."""
    return clean(mapped(mapped(mapped(view.get("record")).get("reply")).get("root")).get("uri"), 300)


def changed(gate: Mapping[str, Any], root: str, reply: str, at: str, *, hidden: bool) -> dict[str, Any] | None:
    """The gate with one more or one less hidden reply; None where nothing is to be changed.

    What else it says stays. A new one says nothing of who may answer: an empty list would close the thread.
    """
    before = [str(one) for one in listed(gate.get("hiddenReplies"))]
    if (reply in before) == hidden:
        return None
    after = [one for one in before if one != reply] + ([reply] if hidden else [])
    return {"createdAt": at, **gate, "$type": THREADGATE, "post": root, "hiddenReplies": after[-MOST_HIDDEN:]}
