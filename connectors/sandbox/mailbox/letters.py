"""What mails say on the wire: writing those of customers, reading those that companies hand over or a caller gives."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default as modern
from email.utils import format_datetime

from connectors.mail_wire import WIRE
from connectors.sandbox.network import Draft
from connectors.sandbox.records import Post

PEOPLE = "reizigers.example"  # where customers have their mail who name no address
LONGEST_SUBJECT, WORDS_OF_SUBJECT = 150, 6
LONGEST_TEXT = 20_000  # characters that the square shows of a mail
_ID = re.compile(r"<([^<>\s]{3,250})>")


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail. `parent` is the one that it answers, `files` their types and contents."""

    content: bytes
    message_id: str
    subject: str
    text: str
    parent: Post | None = None
    files: Sequence[tuple[str, bytes]] = ()


def address_of(handle: str, host: str = PEOPLE) -> str:
    """A handle that is an address is one; another has its address at `host`."""
    plain = unicodedata.normalize("NFKD", handle.lower()).encode("ascii", "ignore").decode()
    local, at, domain = plain.rpartition("@")
    name = re.sub(r"[^a-z0-9.+_-]+", "-", local if at else plain).strip(".-") or "iemand"
    return f"{name[:60]}@{domain if at and domain else host}"


def written(
    draft: Draft, before: Post | None, position: int, checked_by: str, files: Sequence[tuple[str, bytes]]
) -> Letter:
    """A customer's mail as their program writes it: with what it answers quoted below, and checked on its way.

    What an author's `settings` say: `forged` (no server proves the sender), `automatic` (a machine answers), `html`
    (markup alone).
    """
    told, name = draft.author.settings, f"{position}@{PEOPLE}"
    mail = EmailMessage(policy=WIRE)
    _, _, domain = draft.author.id.rpartition("@")
    verdict = f"dmarc=fail header.from={domain}" if told.get("forged") else f"dmarc=pass header.from={domain}"
    mail["Authentication-Results"] = f"{checked_by}; {verdict}"
    mail["From"] = Address(draft.author.name, addr_spec=draft.author.id)
    mail["To"] = draft.company.id
    mail["Subject"] = subject = _subject(draft, before)
    mail["Date"] = format_datetime(datetime.fromtimestamp(draft.created_at / 1000, UTC))
    mail["Message-ID"] = f"<{name}>"
    if before is not None:
        mail["In-Reply-To"] = mail["References"] = f"<{before.extra['message_id']}>"
    if told.get("automatic"):
        mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(_body(draft, before), subtype="html" if told.get("html") else "plain", cte="quoted-printable")
    for number, (content_type, content) in enumerate(files, 1):
        main, _, sub = content_type.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=f"bijlage-{number}.{sub}")
    return Letter(mail.as_bytes(), name, subject, draft.text)


def read(content: bytes, known: Callable[[Sequence[str]], Post | None]) -> Letter:
    """A mail that somebody else wrote; `known` finds what it answers. Whatever is wrong with it is kept as it is."""
    plain = message_from_bytes(content[:LONGEST_TEXT])
    message_id = (_ID.findall(str(plain.get("Message-ID") or "")) or [""])[0]
    answered = _ID.findall(f"{plain.get('In-Reply-To') or ''} {plain.get('References') or ''}"[:8_000])
    parent = known(answered) if answered else None
    try:
        mail = message_from_bytes(content, policy=modern)
        subject = str(mail["Subject"] or "")[:LONGEST_SUBJECT]
        return Letter(content, message_id, subject, _text(mail), parent, _files(mail))
    except (ValueError, LookupError, AttributeError, TypeError, IndexError, RecursionError):  # as hostile as it may be
        return Letter(content, message_id, "", "", parent)


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain", "html"))
    return str(body.get_content())[:LONGEST_TEXT].strip() if body is not None else ""


def _files(mail: EmailMessage) -> list[tuple[str, bytes]]:
    found = []
    for part in mail.iter_attachments():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            found.append((part.get_content_type(), content))
    return found


def _subject(draft: Draft, before: Post | None) -> str:
    if draft.subject:
        return " ".join(draft.subject.split())[:LONGEST_SUBJECT]
    if before is not None and (known := str(before.extra.get("subject") or "")):
        return known if known.lower().startswith("re:") else f"Re: {known}"[:LONGEST_SUBJECT]
    words = draft.text.split()
    return " ".join(words[:WORDS_OF_SUBJECT])[:LONGEST_SUBJECT] + ("…" if len(words) > WORDS_OF_SUBJECT else "")


def _body(draft: Draft, before: Post | None) -> str:
    """With the company's words quoted below, as programs do it."""
    if before is None or before.author_id != draft.company.id or draft.author.settings.get("html"):
        return draft.text
    quoted = "\n".join(f"> {line}" for line in before.text.splitlines())
    at = datetime.fromtimestamp(before.created_at / 1000, UTC).strftime("%d-%m-%Y %H:%M")
    return f"{draft.text}\n\nOp {at} schreef {draft.company.name} <{draft.company.id}>:\n{quoted}\n"
