"""Text from strangers as HTML that can't hurt: escaped, tricks made visible, links inert until somebody clicks them."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape  # Django's own calls this one, slowly

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from desk.tickets.models import ERASED
from policies.text_safety import Mark, Segment, ShownLink, host_warning, links, plain_name, reveal, suspicious_words

MOST_IN_THREAD = 8_000  # code points of one message that a thread shows; the whole is one click away


def language(code: str) -> str:
    """“Dutch”; the code itself where Django has no name for it."""
    try:
        return str(get_language_info(code)["name_translated"]).capitalize()
    except KeyError:
        return code


def name(text: str, *others: str) -> str:
    """A name on one line; the first of `others` (a handle, an id) that has something to show where it has nothing."""
    found = next((shown for shown in map(_plain_name, (text, *others)) if shown), _("Unknown"))
    return _("Erased") if others and found.startswith(ERASED) else found


@lru_cache(maxsize=4_096)
def _plain_name(text: str) -> str:
    return plain_name(text)


def line(text: str) -> SafeString:
    """One line for a list: tricks revealed, no links."""
    return _segments(reveal(" ".join(text.split())))


def said(text: str) -> SafeString:
    """A whole message with its links. Line breaks are left to the style sheet."""
    return mark_safe("".join(_pieces(text[:MOST_IN_THREAD])))  # noqa: S308 every piece is escaped below


def marked(text: str, spots: Iterable[tuple[int, int, str]]) -> SafeString:
    """The text with its spots (start, end, class of the mark) marked, the first of those that overlap; no links."""
    pieces: list[SafeString] = []
    position = 0
    for start, end, kind in sorted(spots):
        if start < position or end <= start:
            continue
        pieces.append(_segments(reveal(text[position:start])))
        pieces.append(format_html('<mark class="{}">{}</mark>', kind, _segments(reveal(text[start:end]))))
        position = end
    pieces.append(_segments(reveal(text[position:])))
    return mark_safe("".join(pieces))  # noqa: S308 every piece is escaped


def is_cut(text: str) -> bool:
    """Whether `said` shows only the beginning."""
    return len(text) > MOST_IN_THREAD


def warnings(*texts: str) -> list[str]:
    """Words with letters that pose as others, as sentences."""
    words = [word for text in texts for word in suspicious_words(text)]
    return [
        _("“%(word)s” mixes letters that look alike. Somebody may be posing.") % {"word": plain_name(word)}
        for word in dict.fromkeys(words)
    ]


def _pieces(text: str) -> Iterator[SafeString]:
    position = 0
    for link in links(text):
        yield _segments(reveal(text[position : link.start]))
        yield _link(link)
        position = link.end
    yield _segments(reveal(text[position:]))


def _link(link: ShownLink) -> SafeString:
    """The text as written, and beside it the host where it really leads wherever the two differ."""
    shown = _segments(reveal(link.text))
    real = ""
    if host_warning(link.host):
        real = format_html(
            ' <span class="real-host" title="{}">{}</span>',
            _("This address uses letters that look like others."),
            link.host_ascii,
        )
    elif link.host.casefold() not in link.text.casefold():
        real = format_html(' <span class="real-host">{}</span>', link.host)
    return format_html(
        '<a class="link" href="{}" target="_blank" rel="noopener noreferrer nofollow ugc" title="{}">{}</a>{}',
        link.href,
        _("Leads to %(host)s") % {"host": link.host},
        shown,
        real,
    )


def _segments(segments: Iterable[Segment]) -> SafeString:
    return mark_safe("".join(map(_segment, segments)))  # noqa: S308 every segment is escaped


def _segment(segment: Segment) -> str:
    if segment.mark is Mark.NONE:
        return escape(segment.text)
    return format_html(
        '<span class="trick" data-mark="{}" title="{}">{}</span>', segment.mark, segment.note, segment.text
    )
