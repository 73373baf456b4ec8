"""The HTML of a status as text: paragraphs and lines as a reader sees them, links as they lead.

Every server in the fediverse writes its own HTML, and a stranger's server writes what it likes. Nothing of it is kept
but words and addresses.
"""

import html
import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from connectors.text import clean

if TYPE_CHECKING:
    from bs4.element import Tag

LONGEST = 100_000  # characters of HTML that are read; a post of 5,000 characters full of links takes 40,000

_BLOCKS = frozenset("p div blockquote ul ol pre h1 h2 h3 h4 h5 h6 table section article".split())
_UNSEEN = frozenset("script style template iframe object embed noscript head title svg math".split())
_SPACE = re.compile(r"[ \t\r\n\f]+")
_LINES = re.compile(r"\n{3,}")
_AROUND_LINES = re.compile(r" *\n *")
_ASIDE = re.compile(r"<!--|<[!?]")
_TAG = re.compile(r"""</?[a-zA-Z](?:[^<>"']|"[^"]{0,4000}"|'[^']{0,4000}')*+>|<""")
_MOST_LOOKED_AT = 60  # parts of a link, for its words


def text_of(markup: str) -> str:
    """What a reader of `markup` would see. Never fails."""
    # The parser costs memory that only whoever reads statuses needs.
    from bs4 import BeautifulSoup
    from bs4.exceptions import ParserRejectedMarkup

    markup = _bare(markup[:LONGEST])
    if "<" not in markup:
        return _tidy(html.unescape(markup))
    try:
        soup = BeautifulSoup(markup, "html.parser")
    except ParserRejectedMarkup:
        return _tidy(html.unescape(_TAG.sub(" ", markup)))
    return _tidy("".join(_pieces(soup)))


def _bare(markup: str) -> str:
    """Whole tags and words, nothing else: what has no end, the parser would look for again and again.

    Comments and declarations go, and all that stands behind one without an end.
    """
    kept, at = [], 0
    while found := _ASIDE.search(markup, at):
        kept.append(markup[at : found.start()])
        mark = "-->" if found[0] == "<!--" else ">"
        end = markup.find(mark, found.end())
        if end < 0:
            at = len(markup)
            break
        at = end + len(mark)
    plain = "".join(kept) + markup[at:]
    return _TAG.sub(lambda found: found[0] if len(found[0]) > 1 else "&lt;", plain)


def _pieces(root: "Tag") -> Iterator[str]:
    """The text below `root` in its order. Without recursion: markup may be nested as deep as it is long."""
    from bs4.element import NavigableString, PreformattedString, Tag

    waiting: list[object] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str) and not isinstance(node, NavigableString):
            yield node  # what was put there to close a block
        elif isinstance(node, PreformattedString):
            continue  # comments, declarations and the like
        elif isinstance(node, NavigableString):
            yield _SPACE.sub(" ", str(node))
        elif isinstance(node, Tag) and node.name not in _UNSEEN:
            yield from _opened(node, waiting)


def _opened(node: "Tag", waiting: list[object]) -> Iterator[str]:
    """What stands in for a tag, or before what is in it."""
    if node.name == "br":
        yield "\n"
        return
    if node.name == "img":
        yield str(node.get("alt") or "")
        return
    if node.name == "a" and (link := _link(node)):
        yield link
        return
    if node.name in _BLOCKS:
        yield "\n\n"
        waiting.append("\n\n")
    elif node.name in ("li", "tr"):
        yield "\n- " if node.name == "li" else "\n"
    waiting.extend(reversed(node.contents))


def _link(anchor: "Tag") -> str:
    """Where a link leads, with its words where they say something else; "" where only the words matter."""
    from bs4.element import NavigableString

    address = _SPACE.sub("", str(anchor.get("href") or ""))
    if not re.match(r"https?://", address, re.IGNORECASE):
        return ""
    parts = [one for one in islice(anchor.descendants, _MOST_LOOKED_AT) if isinstance(one, NavigableString)]
    words = _SPACE.sub(" ", "".join(parts)).strip()
    if words.startswith(("@", "#")):
        return ""
    shown = words.rstrip("…").lower()
    whole = address.lower()
    if not shown or whole == shown or whole.removeprefix("https://").removeprefix("http://").startswith(shown):
        return address
    return f"{words} ({address})"


def _tidy(text: str) -> str:
    text = _AROUND_LINES.sub("\n", clean(text))
    return _LINES.sub("\n\n", text).strip()
