"""What a reply on Mastodon says, and to whom.

Nothing in Mastodon names anybody by itself: who shall hear of a reply has to stand in its text. And the other way
round, whoever stands in a private message gets it, so nobody else may be left in one.
"""

import re
from collections.abc import Mapping
from typing import Any

from connectors.text import clean, same_words

DIRECT = "direct"
PUBLIC = "public"
# A reply goes no further than what it answers. "private" is for followers; what other software adds (Pleroma's "local")
# is answered for followers too.
_BELOW = {PUBLIC: PUBLIC, "unlisted": "unlisted", DIRECT: DIRECT}
_FOLLOWERS = "private"

# As Mastodon itself reads them (app/models/account.rb): nothing but a word character, "/" or "=" before the @ keeps it
# from being a mention. Several are one here, else taking away the first would make a mention of the second.
_MENTION = re.compile(r"(?<![=/\w])@+(\w(?:[\w.-]*\w)?(?:@[\w.-]*\w)?)")
_LEADING = re.compile(r"^(?:\s*@\w(?:[\w.-]*\w)?(?:@[\w.-]*\w)?)+\s*")
_SERVER = re.compile(r"(@\w(?:[\w.-]*\w)?)@[\w.-]*\w")
_WARNING = re.compile(r"^⚠ ([^\n]*)(?:\n\n|\Z)")  # as `parsing.mastodon.text_in` shows it


def visibility_below(answered: Mapping[str, Any]) -> str:
    """How far a public reply goes: as far as the post that it answers."""
    visibility = clean(answered.get("visibility")) or PUBLIC
    return _BELOW.get(visibility, _FOLLOWERS)


def public_text(text: str, acct: str) -> str:
    """The text with its addressee before it, unless they stand in it."""
    return text if not acct or acct.lower() in _mentioned(text) else f"@{acct} {text}".rstrip()


def private_text(text: str, acct: str) -> str:
    """The same with nobody else in it: the @ goes, the words stay."""
    alone = _MENTION.sub(lambda found: found[0] if found[1].lower() == acct.lower() else found[1], text)
    return public_text(alone, acct)


def warning_below(answered: Mapping[str, Any]) -> str:
    """The warning of an answer: that of what it answers, for whoever did not want to see the one won't the other."""
    return " ".join(clean(answered.get("spoiler_text"), 500).split())


def warning_in(text: str) -> str:
    """The same out of a text as it is shown."""
    found = _WARNING.match(text)
    return found[1][:500].rstrip() if found else ""


def same_post(one: str, other: str) -> bool:
    """Whether two texts are the same post: a warning and who is addressed are put before it, without their server."""
    return same_words(_essence(one), _essence(other))


def _essence(text: str) -> str:
    return _SERVER.sub(r"\1", _LEADING.sub("", _WARNING.sub("", text)))


def _mentioned(text: str) -> set[str]:
    return {found[1].lower() for found in _MENTION.finditer(text)}
