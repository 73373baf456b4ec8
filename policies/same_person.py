"""Whether two accounts may be one person: what they are called, and what people say of their other accounts.

Only hints for a person to judge. Nothing here says that two people are one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import regex

SHORTEST_HANDLE = 4  # characters: what is shorter, half the world is called
MOST_NAMED = 20  # accounts in one text


class Hint(StrEnum):
    """Why two customers may be one, the strongest first."""

    TOLD = "told"  # wrote in a message what their other account is
    LINK = "link"  # their profile names the other account
    EMAIL = "email"  # the same e-mail address in private
    REFERENCE = "reference"  # the same reference of the company's, an order for example, in private
    HANDLE = "handle"  # the same handle on another network


@dataclass(frozen=True, slots=True)
class Named:
    """An account that somebody names: the network's slug, and the handle as `account_key` writes it."""

    network: str
    handle: str


_NETWORKS = {
    "x": "x", "twitter": "x", "instagram": "instagram", "insta": "instagram", "mastodon": "mastodon",
    "bluesky": "bluesky", "facebook": "facebook_page", "fb": "facebook_page",
}  # fmt: skip
_CALLED = "|".join(sorted(_NETWORKS, key=len, reverse=True))
_HANDLE = r"[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,62}(?:@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,4})?"
_LINKS = (
    ("x", regex.compile(r"\b(?:x|twitter)\.com/@?(\w{1,30})(?![\w/])", regex.IGNORECASE)),
    ("instagram", regex.compile(r"\binstagram\.com/([\w.]{1,30})(?![\w])", regex.IGNORECASE)),
    ("facebook_page", regex.compile(r"\b(?:facebook|fb)\.com/([\w.]{5,50})(?![\w/])", regex.IGNORECASE)),
    ("bluesky", regex.compile(r"\bbsky\.app/profile/([\w.-]{3,253})", regex.IGNORECASE)),
)
_ON_A_SERVER = regex.compile(r"https?://([\w.-]{3,253})/@(\w{1,30})(?![\w/])", regex.IGNORECASE)
_FEDERATED = regex.compile(r"(?<![\w@])@(\w{1,30}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4})", regex.IGNORECASE)
_AT_ON = regex.compile(
    rf"(?<![\w@])@({_HANDLE})[\s,(:]{{0,3}}(?:op|on|via)\s+(?:mijn\s|my\s)?({_CALLED})\b", regex.IGNORECASE
)
_ON_AT = regex.compile(
    rf"\b(?:op|on|via|mijn|my)\s+(?:mijn\s|my\s)?({_CALLED})\b[^@\n]{{0,25}}(?<![\w@])@({_HANDLE})", regex.IGNORECASE
)
_NO_ACCOUNT = frozenset(
    {"home", "search", "explore", "intent", "share", "hashtag", "status", "i", "p", "reel", "watch"}
)


def account_key(handle: str) -> str:
    """A handle as two are compared: without the sign before it, in small letters."""
    return handle.strip().removeprefix("@").rstrip(".-").casefold()


def plain_handle(handle: str) -> str:
    """What somebody is called whatever the network: without the server or the network's own ending.

    Empty where that is too short to say anything.
    """
    plain = account_key(handle).partition("@")[0].removesuffix(".bsky.social")
    return plain if len(plain) >= SHORTEST_HANDLE else ""


def is_called(account: Named, network: str, handle: str) -> bool:
    """Whether this is the account that was named. A server left out on either side counts for the same."""
    if account.network != network or not handle:
        return False
    one, other = account.handle, account_key(handle)
    if network != "mastodon" or ("@" in one and "@" in other):
        return one == other
    return one.partition("@")[0] == other.partition("@")[0]


def accounts_named(text: str) -> list[Named]:
    """The accounts that a text names with their network, by an address or in words (“@jan op Twitter”). Linear."""
    found: dict[Named, None] = {}
    for named in _named(text[:10_000]):
        if named.handle and named.handle not in _NO_ACCOUNT:
            found[named] = None
        if len(found) == MOST_NAMED:
            break
    return list(found)


def _named(text: str) -> Iterator[Named]:
    for network, pattern in _LINKS:
        for match in pattern.finditer(text):
            yield Named(network, account_key(match[1]))
    for match in _ON_A_SERVER.finditer(text):
        host = match[1].casefold().removeprefix("www.")
        if host not in ("x.com", "twitter.com"):
            yield Named("mastodon", f"{account_key(match[2])}@{host}")
    for match in _FEDERATED.finditer(text):
        yield Named("mastodon", account_key(match[1]))
    for match in _AT_ON.finditer(text):
        yield Named(_NETWORKS[match[2].casefold()], account_key(match[1]))
    for match in _ON_AT.finditer(text):
        yield Named(_NETWORKS[match[1].casefold()], account_key(match[2]))
