"""A mailbox: the side door for customers who write e-mail. Read by IMAP, answered by SMTP.

A conversation is known again by a seal of ours: in the Message-ID of each answer, which mail programs quote, and, where
the mailbox takes such addresses, in the address that is answered to. Without one, only a mail that quotes one of the
same sender goes on with it, so that nobody writes into the case of somebody else.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from connectors import errors
from connectors.base import (
    Account,
    AccountInfo,
    Action,
    Capabilities,
    CredentialField,
    Cursor,
    Item,
    LengthRule,
    MediaRule,
    Outgoing,
    OutgoingFile,
    OwnPost,
    Page,
    SendResult,
    Stream,
)
from connectors.mail_sending import connected, deliver, handle_of, letter, own_id
from connectors.mailbox_imap import LABEL, Folder, Place, folders_for_sent, opened
from connectors.parsing import Sieve
from connectors.parsing.mail import LARGEST, SLUG, Fetched, Mailbox, file_in, item_of
from connectors.parsing.mail_address import plain_address
from connectors.text import gettext_noop

PAGE_MAILS, PAGE_BYTES = 20, 30 * 1024 * 1024
FIRST_MAILS = 50  # that a mailbox is first read with: what is older has been dealt with in another program
_FILES = 10 * 1024 * 1024  # bytes of one file; mail servers take 20 to 25 MB in all, a third of it for the coding
_FILE_ADDRESS = re.compile(r"mail:(\d{1,12})/(\d{1,12})/(\d{1,3})")


CREDENTIAL_FIELDS = (
    CredentialField(
        "address", "E-mail address", "To which customers write, and from which they are answered.", secret=False
    ),
    CredentialField("user", "User name", "Of the mailbox; often the address itself.", secret=False),
    CredentialField("password", "Password", "Of the mailbox. Where it has two steps, a password for programs."),
    CredentialField(
        "smtp_url", "Server for outgoing mail", "As smtps://smtp.example.org or, with STARTTLS, smtp://…:587.",
        secret=False, schemes=("smtps", "smtp"),
    ),
    CredentialField(
        "smtp_user", "User name for outgoing mail", "Where it is another one.", secret=False, required=False
    ),
    CredentialField("smtp_password", "Password for outgoing mail", "Where it is another one.", required=False),
    CredentialField(
        "sender_name", "Name of the sender", "What customers see before the address.", secret=False, required=False
    ),
    CredentialField("folder", "Folder", "INBOX where nothing is said.", secret=False, required=False),
    CredentialField(
        "checked_by", "Server that checks senders",
        "Its name as it begins the header Authentication-Results. Senders are proven by its word alone.",
        secret=False, required=False,
    ),
    CredentialField(
        "tagged_addresses", "Addresses with +",
        "“yes” where mail to name+anything@… arrives in this mailbox too: answers then find their case more surely.",
        secret=False, required=False,
    ),
)  # fmt: skip


class Mail:
    """One folder of one mailbox, and the server that takes its answers."""

    slug: ClassVar[str] = SLUG
    label: ClassVar[str] = LABEL
    code: ClassVar[str] = "@"
    private_code: ClassVar[str] = "@"
    default_base_url: ClassVar[str] = ""
    schemes: ClassVar[tuple[str, ...]] = ("imaps", "imap")
    capabilities: ClassVar[Capabilities] = Capabilities(
        reply_public=False,
        private_from_public=False,
        private_length=LengthRule(20_000),
        private_media=MediaRule(
            5, dict.fromkeys(("image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf"), _FILES)
        ),
        tells_own=False,  # it stands in another folder, if the server keeps it at all
        answers_original=True,
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = CREDENTIAL_FIELDS
    streams: ClassVar[tuple[Stream, ...]] = (Stream("mails", private=True, min_seconds=20, oldest_first=True),)

    def __init__(self, account: Account) -> None:
        given = account.credentials
        self._base_url, self._timeout = account.base_url, account.timeout
        self._user, self._password = given.get("user", ""), given.get("password", "")
        self._folder = given.get("folder") or "INBOX"
        self._smtp = (
            given.get("smtp_url", ""),
            given.get("smtp_user") or self._user,
            given.get("smtp_password") or self._password,
        )
        self._sender = " ".join(given.get("sender_name", "").split())[:100]
        self._tagged = given.get("tagged_addresses", "").strip().lower() in ("yes", "ja", "true", "1")
        self._mailbox = Mailbox(
            plain_address(given.get("address", "")), account.key, given.get("checked_by", "").strip()
        )
        if not self._base_url.startswith(tuple(f"{scheme}://" for scheme in self.schemes)):
            raise errors.AddressRefused("A mailbox is read at an address that starts with imaps://.")

    def check(self) -> AccountInfo:
        if not self._mailbox.address:
            raise errors.InvalidContent("The e-mail address of this mailbox is none. Check its spelling.")
        with self._opened() as folder:
            newest = folder.uids_from(max(folder.next_uid - 5, 1))
            seen = [folder.mail(place) for place in folder.places(newest)]
        with connected(*self._smtp, self._timeout) as server:
            server.noop()
        problems = () if self._mailbox.believed else (_unproven(seen),)
        limits = {"tagged_addresses": self._tagged}
        return AccountInfo(self._mailbox.address, self._mailbox.address, self._sender, problems, limits)

    def fetch(self, stream: str, cursor: Cursor) -> Page:
        if stream != "mails":
            raise ValueError(f"A mailbox has no stream “{stream}”.")
        with self._opened() as folder:
            waiting = self._waiting(folder, cursor)
            places = _portion(folder.places(waiting[:PAGE_MAILS]))
            mails = [mail for place in places if (mail := folder.mail(place)) is not None]
        looked_at = waiting.index(places[-1].uid) + 1 if places else min(len(waiting), PAGE_MAILS)
        last = waiting[looked_at - 1] if looked_at else folder.next_uid - 1
        at = max((place.arrived for place in places), default=None)
        position = {"validity": folder.validity, "uid": last, "at": at.isoformat() if at else cursor.get("at", "")}
        return replace(self.read(mails), cursor=position, more=len(waiting) > looked_at)

    def read(self, mails: Sequence[Fetched]) -> Page:
        """What mails say; makes no call. One that nobody can read holds up no other."""
        sieve = Sieve()
        for mail in mails:
            try:
                sieve.items.append(item_of(mail, self._mailbox))
            except Exception as problem:  # a stranger's mail may trip whatever takes it apart
                place = {"uid": mail.uid, "size": mail.size}
                sieve.refuse(place, f"This mail could not be read ({type(problem).__name__}).")
        once = {item.event_key: item for item in sieve.oldest_first()}
        return Page(tuple(once.values()), {}, unreadable=tuple(sieve.unreadable))

    def cursor_at(self, stream: str, since: datetime) -> Cursor:
        return {"at": since.isoformat()}

    def send(self, message: Outgoing) -> SendResult:
        mail = letter(
            message.text, message.recipient, message.thread_id, message.idempotency_key, self._mailbox,
            message.original, message.now, sender=self._sender, tagged=self._tagged, media=message.media,
        )  # fmt: skip
        deliver(mail, *self._smtp, self._timeout)
        return self._result(message)

    def find_sent(self, message: Outgoing) -> SendResult | None:
        wanted = own_id(message.thread_id, message.idempotency_key, self._mailbox)
        with folders_for_sent(self._base_url, self._user, self._password, self._timeout) as folders:
            return self._result(message) if any(folder.uids_named(wanted) for folder in folders) else None

    def upload(self, file: OutgoingFile, *, private: bool) -> str:
        return handle_of(file)

    def download(self, url: str, *, max_bytes: int) -> bytes:
        """A file inside a mail. NotFound where the mail is gone, InvalidContent where it is too large."""
        found = _FILE_ADDRESS.fullmatch(url)
        if found is None:
            raise errors.NotFound("This is no file of a mail.")
        validity, uid, number = map(int, found.groups())
        with self._opened() as folder:
            places = folder.places([uid]) if folder.validity == validity else []
            mail = folder.mail(places[0]) if places and places[0].size <= LARGEST else None
        try:
            content = file_in(mail.content, number) if mail is not None else b""
        except (ValueError, RecursionError, LookupError):
            content = b""
        if not content:
            raise errors.NotFound("This mail is no longer in the mailbox.")
        if len(content) > max_bytes:
            raise errors.InvalidContent("This file is too large.", limit=max_bytes)
        return content

    def publish(self, post: OwnPost) -> SendResult:
        raise errors.NotAllowedByPolicy("A mailbox has no followers to post to.")

    def find_published(self, post: OwnPost) -> SendResult | None:
        return None

    def act(self, action: Action, external_id: str) -> None:
        raise errors.NotAllowedByPolicy("A mail can be answered, and nothing else.")

    @staticmethod
    def handshake(credentials: Mapping[str, str], query: Mapping[str, str]) -> tuple[str, str] | None:
        return None  # there are no webhooks

    @staticmethod
    def verify_webhook(credentials: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> bool:
        return False

    def parse_webhook(self, body: bytes) -> Page:
        return Page((), {})

    def complete(self, item: Item) -> Item:
        return item

    def _opened(self) -> AbstractContextManager[Folder]:
        return opened(self._base_url, self._user, self._password, self._folder, self._timeout)

    def _waiting(self, folder: Folder, cursor: Cursor) -> list[int]:
        """Numbers of what is new. A folder that was numbered anew is read again from the day of its last mail on."""
        if cursor.get("validity") == folder.validity:
            return folder.uids_from(int(cursor["uid"]) + 1)
        if cursor.get("at"):
            since = datetime.fromisoformat(str(cursor["at"])).astimezone(UTC) - timedelta(days=1)
            return folder.uids_since(since.date())
        return folder.uids_from(max(folder.next_uid - 10 * FIRST_MAILS, 1))[-FIRST_MAILS:]

    def _result(self, message: Outgoing) -> SendResult:
        name = own_id(message.thread_id, message.idempotency_key, self._mailbox)
        return SendResult(f"mail:{name}"[:200], message.now, message.thread_id)


def _portion(places: list[Place]) -> list[Place]:
    """As many as may be held in memory together; one at least."""
    taken: list[Place] = []
    total = 0
    for place in places:
        total += min(place.size, LARGEST)
        if taken and total > PAGE_BYTES:
            break
        taken.append(place)
    return taken


def _unproven(seen: list[Fetched | None]) -> str:
    said = any(b"authentication-results:" in mail.content[:20_000].lower() for mail in seen if mail is not None)
    if said:
        return gettext_noop(
            "No server that checks senders is named, so every sender is shown as not proven. The newest mails have a "
            "header Authentication-Results: name the server with which it begins."
        )
    return gettext_noop(
        "No server that checks senders is named, and the newest mails have no header Authentication-Results: every "
        "sender is shown as not proven."
    )
