"""Text as X treats it: mentions, links, hashtags, weighted length, and the escaped form in which answers carry it."""

import hashlib
import re
import warnings
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

MENTION = re.compile(r"(?<![\w@/])[@＠](\w{1,15})(?!\w)", re.ASCII)
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
_HASHTAG = re.compile(r"(?<![\w&#/])[#＃](\w*[^\W\d]\w*)")
CASHTAG = re.compile(r"(?<![\w$])\$[A-Za-z]{1,6}\b")
SHORT = 280  # weighted characters, posts by API
LONG = 25_000  # characters of a post by somebody with a subscription
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def mentioned(text: str) -> list[str]:
    """Handles named in a text, in order, each once, without @."""
    return list({name.lower(): name for name in MENTION.findall(text)}.values())


def leading_mentions(text: str) -> int:
    """How many characters at the start are mentions: X hides them in a reply and does not count automatic ones."""
    match = re.match(r"(?:[@＠]\w{1,15}\s+)+", text, re.ASCII)
    return match.end() if match else 0


def weight(text: str) -> int:
    """How long X says that a text is: most signs of Chinese, Japanese and emoji 2, every link 23."""
    # No character weighs more than 2 and no link more than 23, so most replies need no parser (25 MB of it).
    if (most := len(text) * 2 + 23 * text.count(".")) <= SHORT:
        return most
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # pkg_resources, through which the parser reads its emoji table
        from twitter_text import parse_tweet
    return int(parse_tweet(text).weightedLength)


def fits(text: str, most: int = SHORT) -> bool:
    """Whether X accepts a post of this text."""
    return bool(text.strip()) and weight(text) <= most


def short_link(url: str) -> str:
    """The t.co address that X puts in the place of a link."""
    digest = int.from_bytes(hashlib.sha256(url.encode()).digest()[:8], "big")
    return "https://t.co/" + "".join(_BASE62[(digest >> (5 * i)) % 62] for i in range(10))


def escaped(text: str) -> str:
    """X hands out & < > as HTML entities, and nothing else."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def presented(text: str, media_links: Sequence[tuple[str, str]]) -> tuple[str, list[dict[str, Any]]]:
    """The text of an answer, escaped and with t.co links, and its `entities.urls`.

    `media_links` are (address on X, media key) of attached media, for which X adds a link at the end.
    """
    out, urls, at = "", [], 0
    for match in _LINK.finditer(text):
        out += escaped(text[at : match.start()])
        url = match.group()
        short = url if urlsplit(url).hostname == "t.co" else short_link(url)
        shown = re.sub(r"^https?://(www\.)?", "", url)
        urls.append(_url(out, short, url, shown if len(shown) <= 26 else shown[:26] + "…"))
        out, at = out + short, match.end()
    out += escaped(text[at:])
    for address, key in media_links:
        short = short_link(address)
        out += " " if out else ""
        urls.append({**_url(out, short, address, "pic.x.com/" + short[-10:]), "media_key": key})
        out += short
    return out, urls


def _url(before: str, short: str, url: str, shown: str) -> dict[str, Any]:
    start = len(before)
    return {"start": start, "end": start + len(short), "url": short, "expanded_url": url, "display_url": shown}


def entities(text: str, urls: Sequence[dict[str, Any]], id_of: Callable[[str], str]) -> dict[str, Any]:
    """The `entities` of a text as answered. Offsets are code points in that text."""
    mentions = [
        {
            "start": m.start(),
            "end": m.end(),
            "username": m.group(1),
            **({"id": own} if (own := id_of(m.group(1))) else {}),
        }
        for m in MENTION.finditer(text)
    ]
    tags = [{"start": m.start(), "end": m.end(), "tag": m.group(1)} for m in _HASHTAG.finditer(text)]
    return {name: value for name, value in (("mentions", mentions), ("urls", list(urls)), ("hashtags", tags)) if value}
