"""A mail as it came over the wire, read into an item. Anybody may send one, so nothing in it is believed or followed.

What would cost too much to take apart is not: its headers are read, and `Item.about` says so.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from typing import Any

from connectors.base import Attachment, Author, Item, ItemKind
from connectors.parsing.mail_address import THREAD, is_ours, plain_address, tag_in, tag_of
from connectors.parsing.mail_signs import FAILED, PROVEN, automatic, proof
from connectors.parsing.mail_text import decoded, new_words, words_of
from connectors.text import clean
from connectors.times import moment

SLUG = "mail"
LARGEST = 25 * 1024 * 1024  # bytes of a mail that is taken apart
MOST_HEADERS = 128 * 1024  # bytes; what is longer is cut
MOST_LINES = 700_000  # a mail of 25 MB with files has half as many
MOST_BOUNDARIES = 60  # parts inside parts; a forwarded forward has ten
MOST_PARTS, DEEPEST = 100, 12
MOST_FILES = 20
LONGEST_SUBJECT = 300
LONGEST_NAME = 100  # of a file, from its end
LARGEST_LOGO = 50 * 1024  # bytes
_SEALS = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
_ID = re.compile(r"<([^<>\s]{3,250})>")
_OWN_ID = re.compile(r"balie\.([a-z]{1,8}\.[a-z0-9]{1,24}\.[a-z2-7]{16})\.", re.ASCII)
_KEPT_HEADERS = ("From", "To", "Cc", "Reply-To", "Date", "Subject", "Authentication-Results", "Auto-Submitted")
_KINDS = {"image": "image", "video": "video", "audio": "audio"}
TOO_LARGE = "too_large"  # in `Item.about`, where the words of a mail are not told


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Whose mail it is. `key` seals tags; `believed` is the server whose Authentication-Results count."""

    address: str
    key: str
    believed: str = ""
    others: tuple[str, ...] = ()  # addresses that are the company's too


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail in its place. `content` is all of it, or only the headers where it is larger than LARGEST."""

    uid: int
    validity: int
    arrived: datetime  # when the mailbox got it
    size: int
    content: bytes


def item_of(fetched: Fetched, mailbox: Mailbox) -> Item:
    """Raises ValueError where not even a sender or an own place can be told."""
    mail, whole = _opened(fetched)
    sender = plain_address(_header(mail, "From", 2_000))
    machine = automatic(mail, sender, (mailbox.address, *mailbox.others))
    parts = list(_parts(mail)) if whole else []
    subject, message_id = _header(mail, "Subject", LONGEST_SUBJECT), _first_id(mail, "Message-ID")
    text = words_of(*_readings(parts)) if whole else ""
    new = new_words(text) if text else ""
    references = _references(mail, parts)
    tag = _other_tag(mail, mailbox)
    thread, proven_thread = _thread(mail, mailbox, references, message_id or _fingerprint(fetched), sender)
    begins = not proven_thread and not references
    return Item(
        network=SLUG,
        kind=ItemKind.DIRECT_MESSAGE,
        external_id=_name(message_id, sender, mail, text),
        thread_id=thread,
        created_at=_written_at(mail, fetched.arrived),
        author=Author(sender or f"nobody:{thread}", sender, _name_of(mail)),
        text=f"{subject}\n\n{new}".strip() if begins else new or subject,
        private=True,
        addressed=not machine,
        tag=str(tag) if tag else "",
        doubt=_doubt(machine, proof(mail, mailbox.believed)),
        about={} if whole else {"withheld": TOO_LARGE},
        attachments=tuple(_attachments(parts, fetched)),
        raw={
            "message_id": message_id,
            "references": references[-20:],
            "subject": subject,
            "text": text,
            "shortened": new != text,
            "automatic": machine,
            "size": fetched.size,
            "headers": {name: _header(mail, name, 1_000) for name in _KEPT_HEADERS if mail.get(name) is not None},
        },
    )


def file_in(content: bytes, number: int) -> bytes:
    """One file of a mail by its number. ValueError where the mail has no such file."""
    mail = message_from_bytes(content)
    for found, part in enumerate(_parts(mail)):
        if found == number:
            payload = part.get_payload(decode=True)
            return payload if isinstance(payload, bytes) else b""
    raise ValueError("there is no such file in this mail")


def thread_name(root: str, sender: str) -> str:
    """The name of a conversation that begins with this mail of this sender: whoever else quotes it begins another."""
    return hashlib.sha256(f"{root}\n{sender}".encode("utf-8", "replace")).hexdigest()[:20]


def _opened(fetched: Fetched) -> tuple[Message, bool]:
    """The mail, and whether its body may be read."""
    content = fetched.content
    head, _, _body = (
        content.partition(b"\r\n\r\n") if b"\r\n\r\n" in content[:MOST_HEADERS] else content.partition(b"\n\n")
    )
    whole = (
        fetched.size <= LARGEST
        and len(head) <= MOST_HEADERS
        and content.count(b"\n") <= MOST_LINES
        and len(re.findall(rb"boundary", content, re.IGNORECASE)) <= MOST_BOUNDARIES
    )
    if whole:
        try:
            return message_from_bytes(content), True
        except (RecursionError, MessageError, ValueError, LookupError, AttributeError):
            pass
    return message_from_bytes(head[:MOST_HEADERS] + b"\r\n\r\n"), False


def _parts(mail: Message) -> Iterator[Message]:
    """The leaves of a mail in their order, without recursion. A mail inside it is one leaf, and not looked into."""
    waiting, seen = [(mail, 0)], 0
    while waiting and seen < MOST_PARTS:
        part, depth = waiting.pop()
        payload = part.get_payload()
        if isinstance(payload, list) and part.get_content_maintype() != "message" and depth < DEEPEST:
            waiting += [(one, depth + 1) for one in reversed(payload[:MOST_PARTS]) if isinstance(one, Message)]
        else:
            seen += 1
            yield part


def _is_file(part: Message) -> bool:
    disposition = str(part.get("Content-Disposition") or "").strip().lower()
    text = part.get_content_type() in ("text/plain", "text/html")
    return disposition.startswith("attachment") or (not text and part.get_content_maintype() != "message")


def _readings(parts: Sequence[Message]) -> tuple[str, str]:
    texts = {"text/plain": "", "text/html": ""}
    for part in parts:
        kind = part.get_content_type()
        if kind in texts and not _is_file(part) and not texts[kind].strip():
            texts[kind] = decoded(part)
    return texts["text/plain"], texts["text/html"]


def _attachments(parts: Sequence[Message], fetched: Fetched) -> Iterator[Attachment]:
    files = [(number, part) for number, part in enumerate(parts) if _is_file(part)]
    markup = _readings(parts)[1] if files else ""
    for number, part in files[:MOST_FILES]:
        yield Attachment(
            f"mail:{fetched.validity}/{fetched.uid}/{number}",
            _KINDS.get(part.get_content_maintype(), "file"),
            clean(part.get_content_type(), 100),
            external_id=str(number),
            name=_file_name(part),
            decoration=_is_decoration(part, markup),
        )


def _file_name(part: Message) -> str:
    try:
        name = str(make_header(decode_header(part.get_filename() or "")))
    except (LookupError, ValueError, MessageError, TypeError):
        name = ""
    return clean(name[-LONGEST_NAME:])


def _is_decoration(part: Message, markup: str) -> bool:
    """What nobody meant to send along: a seal, or a small picture that stands in the text, such as a logo.

    A large one in the text is a photo that was pasted there. What says that it is attached was attached.
    """
    if part.get_content_type() in _SEALS:
        return True
    name = str(part.get("Content-ID") or "").strip().strip("<>")[:250]
    attached = str(part.get("Content-Disposition") or "").strip().lower().startswith("attachment")
    if attached or not name or part.get_content_maintype() != "image":
        return False
    return f"cid:{name}" in markup and len(_bytes(part)) <= LARGEST_LOGO


def _thread(mail: Message, mailbox: Mailbox, references: Sequence[str], own: str, sender: str) -> tuple[str, bool]:
    """Which conversation, and whether a seal of ours says so: in the address that it went to, or in an id of ours."""
    for address in _recipients(mail):
        tag = tag_in(address)
        if tag and tag.kind == THREAD and is_ours(mailbox.key, tag):
            return tag.name, True
    for reference in reversed(references):
        found = _OWN_ID.match(reference)
        tag = tag_of(found[1]) if found else None
        if tag and tag.kind == THREAD and is_ours(mailbox.key, tag):
            return tag.name, True
    return thread_name(references[0] if references else own, sender), False


def _other_tag(mail: Message, mailbox: Mailbox) -> object:
    """The tag of what else of the desk this answers; its seal is looked at by whoever made it."""
    tags = (tag_in(address) for address in _recipients(mail))
    return next((tag for tag in tags if tag and tag.kind != THREAD), None)


def _recipients(mail: Message) -> list[str]:
    named: list[str] = []
    for name in ("Delivered-To", "X-Original-To", "To", "Cc"):
        named += [str(value)[:4_000] for value in (mail.get_all(name) or [])[:5]]
    return [address.lower() for _name, address in _addresses(named)[:50] if address]


def _references(mail: Message, parts: Sequence[Message]) -> list[str]:
    """The ids of what came before, oldest first. A mail server's refusal carries the mail that it refuses."""
    said = f"{mail.get('References') or ''} {mail.get('In-Reply-To') or ''}"[-8_000:]
    found = _ID.findall(said)
    if not found and mail.get_content_type() == "multipart/report":
        for part in parts:
            if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
                inner = part.get_payload()
                refused = inner[0] if isinstance(inner, list) and inner else message_from_bytes(_bytes(part))
                found = _ID.findall(str(refused.get("Message-ID") or "")[:500]) if isinstance(refused, Message) else []
    return list(dict.fromkeys(clean(one) for one in found))


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _first_id(mail: Message, name: str) -> str:
    found = _ID.search(str(mail.get(name) or "")[:500])
    return clean(found[1]) if found else ""


def _name(message_id: str, sender: str, mail: Message, text: str) -> str:
    """Of this very mail, however often it is delivered. Its id alone is no name: whoever writes a mail chooses it."""
    said = "\n".join((message_id, sender, _header(mail, "Date", 100), _header(mail, "Subject", LONGEST_SUBJECT), text))
    return f"mail:{hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()[:40]}"


def _fingerprint(fetched: Fetched) -> str:
    return hashlib.sha256(fetched.content[:MOST_HEADERS]).hexdigest()


def _doubt(machine: str, proven: str) -> str:
    if machine:
        return "automatic"
    if proven == PROVEN:
        return ""
    return "sender_failed" if proven == FAILED else "sender"


def _written_at(mail: Message, arrived: datetime) -> datetime:
    """As the sender says, where that is believable: nobody's clock runs from a date that somebody made up."""
    try:
        said = moment(str(mail.get("Date") or "").strip()[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return arrived
    late = (arrived - said).total_seconds()
    return said if 0 <= late <= 2 * 86_400 else arrived


def _name_of(mail: Message) -> str:
    found = _addresses([_header(mail, "From", 2_000)])
    return clean(" ".join(found[0][0].split()), 100) if found else ""


def _addresses(values: list[str]) -> list[tuple[str, str]]:
    try:
        return getaddresses(values)
    except (RecursionError, ValueError, IndexError):  # comments inside comments without an end
        return []


def _header(mail: Message, name: str, longest: int) -> str:
    """A header in one line of readable text."""
    value = str(mail.get(name) or "")[: longest * 4]
    with suppress(MessageError, LookupError, UnicodeError, ValueError):  # else as it came
        value = str(make_header(decode_header(value)))
    return clean(" ".join(value.split()), longest)


def raw_of(original: Mapping[str, Any]) -> tuple[str, list[str], str]:
    """Message-ID, references and subject of the mail that is answered, from an item's `raw`."""
    references = original.get("references")
    known = [str(one) for one in references if _is_id(str(one))] if isinstance(references, list) else []
    message_id = str(original.get("message_id") or "")
    return message_id if _is_id(message_id) else "", known, str(original.get("subject") or "")


def _is_id(name: str) -> bool:
    """Whether it can stand in the headers of an answer."""
    return name.isascii() and _ID.fullmatch(f"<{name}>") is not None
