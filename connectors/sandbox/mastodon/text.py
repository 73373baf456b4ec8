"""Text as Mastodon treats it: mentions, the length of a status, and the HTML in which answers carry it."""

import html
import re

import regex

MENTION = re.compile(r"(?<![=/\w])@(\w(?:[\w.-]*\w)?)(@[\w.-]*\w)?")
WARNING = re.compile(r"CW: *([^\n]+)\n+")  # how a customer of the town square puts a warning before a text
LINK_LENGTH = 23
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
_TOKEN = re.compile(_LINK.pattern + "|" + MENTION.pattern + r"|(?<![\w&/])#(\w*[^\W\d]\w*)")
_SHOWN = 30  # characters of a link that readers see


def mentioned(text: str) -> list[tuple[str, str]]:
    """Names in a text with the server behind them ("" where there is none), in order, each once, without the @."""
    found = ((name, server.removeprefix("@")) for name, server in MENTION.findall(text))
    return list({(name.lower(), server.lower()): (name, server) for name, server in found}.values())


def length(text: str) -> int:
    """Graphemes, of which a link takes 23 and the server of a mention none."""
    plain = MENTION.sub(lambda found: f"@{found[1]}", _LINK.sub("x" * LINK_LENGTH, text))
    return sum(1 for _ in regex.finditer(r"\X", plain))


def as_html(text: str, origin: str) -> str:
    """The content of a status: paragraphs, line breaks, and links whose ends are hidden from readers."""
    paragraphs = re.split(r"\n{2,}", text.replace("\r\n", "\n").strip())
    return "".join(f"<p>{_line(one, origin).replace(chr(10), '<br />')}</p>" for one in paragraphs if one)


def _line(text: str, origin: str) -> str:
    out, at = "", 0
    for found in _TOKEN.finditer(text):
        out += html.escape(text[at : found.start()])
        out += _token(found, origin)
        at = found.end()
    return out + html.escape(text[at:])


def _token(found: re.Match[str], origin: str) -> str:
    words = found[0]
    if found[1]:
        address = html.escape(f"{origin}/@{found[1]}")
        name = f"@<span>{html.escape(found[1])}</span>"
        return f'<span class="h-card" translate="no"><a href="{address}" class="u-url mention">{name}</a></span>'
    if found[3]:
        address = html.escape(f"{origin}/tags/{found[3].lower()}")
        return f'<a href="{address}" class="mention hashtag" rel="tag">#<span>{html.escape(found[3])}</span></a>'
    scheme, rest = re.fullmatch(r"(https?://(?:www\.)?)(.*)", words).groups()  # type: ignore[union-attr]  # _LINK says so
    seen, hidden = rest[:_SHOWN], rest[_SHOWN:]
    shown = "ellipsis" if hidden else ""
    return (
        f'<a href="{html.escape(words)}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">{html.escape(scheme)}</span><span class="{shown}">{html.escape(seen)}</span>'
        f'<span class="invisible">{html.escape(hidden)}</span></a>'
    )
