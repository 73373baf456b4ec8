"""The words of a mail: which part has them, markup as text, and what of it is new."""

import re
from email.message import Message

from connectors.parsing.mastodon_html import text_of
from connectors.text import clean

LONGEST = 100_000  # characters of one mail that are kept; a long complaint has 10,000
LOOKED_AT = 30_000  # characters in which a quotation is looked for
_LONGEST_LINE = 300  # a longer one is no "On Monday … wrote:", and slow to look at
_LANGUAGES = ("nl", "en", "de", "fr")
_BLANKS = re.compile(r"\n{3,}")
_QUOTED = re.compile(r"\s*>")
# “On Monday Jan wrote:” in whatever language, right above what is quoted.
_INTRODUCED = re.compile(r"^(?![ \t]*>)[^\n]{1,300}:\n(?:[ \t]*\n){0,2}(?=[ \t]*>)", re.MULTILINE)


def decoded(part: Message) -> str:
    """What a part of text says, however wrong its encoding is."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    for charset in (str(part.get_content_charset() or "utf-8"), "utf-8", "windows-1252"):
        try:
            return clean(payload[: LONGEST * 4].decode(charset)[:LONGEST])
        except (LookupError, UnicodeError, ValueError):
            continue
    return clean(payload[:LONGEST].decode("latin-1"))


def words_of(plain: str, markup: str) -> str:
    """The text of a mail from its two readings; that for people without pictures goes first."""
    text = plain if plain.strip() else text_of(markup)
    lines = (line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip()


def new_words(text: str) -> str:
    """What the sender wrote now: without the mail that is answered, which programs put below. Never empty for a text.

    Answers between the lines of a quotation are left where they stand, with what they answer.
    """
    start = _start_of_quotation(text)
    kept = text[:start].strip() if start is not None else _without_quoted_end(text)
    return kept or text


def _start_of_quotation(text: str) -> int | None:
    # Its tables for all languages cost memory that only whoever reads mail needs.
    from mailparser_reply.parser import EmailMessage

    seen = "\n".join(line if len(line) <= _LONGEST_LINE else "" for line in text[:LOOKED_AT].split("\n"))
    found = EmailMessage(text=seen, languages=list(_LANGUAGES)).HEADER_REGEX.search(seen)
    if found is None:
        introduced = _INTRODUCED.search(seen)
        is_quoted = introduced is not None and not _answers_between(text[introduced.end() :])
        return introduced.start() if introduced is not None and is_quoted else None
    header = found[0].strip().split("\n")[0]
    start = text.find(header)
    if start <= 0 or _answers_between(text[start + len(found[0].strip()) :]):
        return None
    return start


def _answers_between(below: str) -> bool:
    """Whether lines that are not quoted stand below some that are."""
    lines = [line for line in below.split("\n") if line.strip()]
    first = next((number for number, line in enumerate(lines) if _QUOTED.match(line)), None)
    return first is not None and any(not _QUOTED.match(line) for line in lines[first:])


def _without_quoted_end(text: str) -> str:
    lines = text.split("\n")
    while lines and (not lines[-1].strip() or _QUOTED.match(lines[-1])):
        lines.pop()
    return "\n".join(lines).strip()
