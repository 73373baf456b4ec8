"""Markdown of articles as HTML that can't hurt, and as the plain words that a reply can say."""

import html
import re
from functools import cache
from typing import Any

from django.utils.safestring import SafeString, mark_safe

_TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "blockquote", "a",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto", "tel"}
_BLOCK_ENDS = re.compile(r"</(?:p|h[1-6]|li|tr|blockquote|pre)>|<br\s*/?>|<hr\s*/?>")
_PARAGRAPH_ENDS = re.compile(r"</(?:p|h[1-6]|ul|ol|table|pre|blockquote)>")
_GAPS = re.compile(r"\n\s*\n+")


def as_html(markdown: str) -> SafeString:
    """What the writer meant, of headings, lists, tables and links; HTML of their own is shown as they typed it.

    Pictures are left out: they would tell another server who reads this. The page has the only heading of level 1.
    """
    import nh3

    made = _reader().render(markdown)
    safe = nh3.clean(
        made, tags=_TAGS, attributes={"a": {"href"}, "ol": {"start"}}, url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )  # fmt: skip
    return mark_safe(safe)  # noqa: S308 cleaned in the line above


def as_words(markdown: str) -> str:
    """The words alone, a line for each item and an empty one between paragraphs; links with their address behind."""
    import nh3

    made = _reader().render(markdown)
    made = re.sub(r'<a href="([^"]*)"[^>]*>(.*?)</a>', _with_address, made, flags=re.DOTALL)
    made = re.sub(r">\n", ">", made)
    made = re.sub(r"<li>\s*(?:<p>)?", "<li>- ", made)
    made = _PARAGRAPH_ENDS.sub(lambda found: f"{found[0]}\n\n", made)
    made = _BLOCK_ENDS.sub(lambda found: f"{found[0]}\n", made)
    words = html.unescape(nh3.clean(made, tags=set()))
    lines = "\n".join(line.strip() for line in words.splitlines())
    return _GAPS.sub("\n\n", lines).strip()


def _with_address(found: "re.Match[str]") -> str:
    address, words = found[1], found[2]
    return words if html.unescape(address) in html.unescape(words) else f"{words} ({address})"


@cache
def _reader() -> Any:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    reader.disable("image")
    reader.core.ruler.push("lower_headings", _lower_headings)
    return reader


def _lower_headings(state: Any) -> None:
    """“# Title” becomes a heading below that of the page; nothing goes deeper than the fourth."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 4)}"
