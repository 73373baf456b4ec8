"""The sandbox's mail servers: customers write mails into companies' mailboxes, companies answer by SMTP.

A mail is a private message with a subject. What lies in a mailbox is read by IMAP (`imap.py`), what a company hands
over (`submission.py`) is delivered to whoever it is for, on the town square. What a mail says on the wire is made by
`letters.py`; a caller may also give all of it, as `raw`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from secrets import token_hex
from typing import Any, ClassVar

from starlette.routing import BaseRoute

from connectors.sandbox.mailbox.letters import Letter, address_of, read, written
from connectors.sandbox.network import Draft, Network, Refused, Sandbox
from connectors.sandbox.records import Account, Post

CHECKED_BY = "mx.sandbox.example"  # the server that says of each mail whether its sender is proven
HOST = "sandbox.example"
LETTER = "message/rfc822"
MOST_SENT = 500  # answers of a company that its folder for them shows


class MailServers(Network):
    """Mailboxes of companies. `imap` and `smtp` are where they are read and where they hand over, as host:port."""

    slug: ClassVar[str] = "mailbox"
    label: ClassVar[str] = "E-mail"
    kinds: ClassVar[frozenset[str]] = frozenset({"dm"})

    def __init__(self, sandbox: Sandbox, imap: str, smtp: str) -> None:
        super().__init__(sandbox)
        self.imap, self.smtp = imap, smtp
        self._last_uid: dict[str, int] = {}

    def routes(self) -> Sequence[BaseRoute]:
        """None: this is no web server."""
        return ()

    @property
    def base_url(self) -> str:
        """Where an inbox reads."""
        return f"imap://{self.imap}"

    def new_account(self, handle: str, given: Mapping[str, str], own_id: str = "") -> tuple[str, dict[str, str]]:
        """An address, and what opens its mailbox."""
        address = given.get("address") or own_id or address_of(handle, HOST)
        fresh = {
            "user": address, "password": token_hex(12), "sender_name": handle, "checked_by": CHECKED_BY,
            "tagged_addresses": "yes", "smtp_url": f"smtp://{self.smtp}",
        }  # fmt: skip
        return address, {**fresh, **given, "address": address}

    def tokens(self, credentials: Mapping[str, str]) -> Iterable[str]:
        """The user name; the password is looked at by the servers."""
        return (credentials.get("user", ""),)

    def new_customer_id(self, handle: str) -> str:
        """Whoever writes a mail is an address."""
        return address_of(handle)

    def edit(self, post: Post, text: str) -> Post:
        """Nobody can."""
        raise Refused("A mail that was sent can't be changed any more.")

    def remove(self, post: Post) -> Post:
        """Nobody can."""
        raise Refused("A mail that was sent can't be taken back any more.")

    def compose(self, draft: Draft) -> tuple[Post, Iterable[str]]:
        """A customer's mail in the mailbox, or what the company writes in its own mail program."""
        if draft.origin == "native":
            return self._typed(draft), []
        before = None if draft.subject or draft.raw else draft.parent or self._last_between(draft.company, draft.author)
        position = self.store.next_position()
        letter = read(draft.raw, self._post_named) if draft.raw else self._letter(draft, before, position)
        said = {"message_id": letter.message_id, "subject": letter.subject, "uids": self._uids(draft.company)}
        post = self._post(draft, position, letter.text or draft.text, letter.parent or before, said)
        self._keep(position, draft.company, letter.content)
        return replace(post, media=draft.media), [draft.company.id]

    # what the servers ask

    def mailbox_of(self, user: str) -> Account | None:
        """The company whose mailbox this user name opens."""
        account = self.store.account_by_token(self.slug, user)
        return account if account is not None and account.company else None

    def validity(self, account: Account) -> int:
        """The number of the present numbering of a mailbox."""
        return int(account.settings.get("validity", 1))

    def number_anew(self, account: Account) -> Account:
        """As a server does that was restored from its backup: what was known of the numbers holds no more."""
        changed = replace(account, settings={**account.settings, "validity": self.validity(account) + 1})
        self.store.save_account(changed, self.tokens(account.credentials))
        return changed

    def lying_in(self, account: Account, after: int) -> list[tuple[int, Post]]:
        """What came behind a position, each by its number in the mailbox; a mail that was delivered twice has two."""
        rows = self.store.posts(self.slug, account_id=account.id, origin="customer", after=after, limit=100_000)
        return [(uid, post) for post in rows for uid in post.extra["uids"]]

    def sent_by(self, account: Account, after: int) -> list[Post]:
        """What a company handed over, as its folder for sent mail has it."""
        return self.store.posts(self.slug, account_id=account.id, origin="api", after=after, limit=MOST_SENT)

    def content(self, post: Post) -> bytes:
        """A mail as it lies there."""
        kept = self.store.blob(_blob(post.position))
        return bytes(kept["data"]) if kept else b""

    def take(self, account: Account, recipients: Sequence[str], content: bytes) -> None:
        """A mail that a company hands over, for each of those who get it."""
        letter = read(content, self._post_named)
        for address in recipients:
            person = self.store.account(self.slug, address.lower()) or self.person(address.lower())
            position, media = self.store.next_position(), [self._file(file) for file in letter.files]
            draft = Draft(
                account, account, "dm", letter.text, self.now_ms(), origin="api", recipient=person, media=media
            )
            said = {"message_id": letter.message_id, "subject": letter.subject}
            post = self._post(draft, position, letter.text, letter.parent, {**said, "recipient_id": person.id})
            self._keep(position, account, content)
            self.publish([(replace(post, media=media), [])])

    # tools

    def _letter(self, draft: Draft, before: Post | None, position: int) -> Letter:
        files = [(media, self.store.blob(media["id"])) for media in draft.media]
        found = [(media["content_type"], bytes(blob["data"])) for media, blob in files if blob is not None]
        return written(draft, before, position, CHECKED_BY, found)

    def _typed(self, draft: Draft) -> Post:
        person = draft.recipient or (self.store.account(self.slug, draft.parent.author_id) if draft.parent else None)
        if person is None or person.company:
            raise Refused("Say to whom this mail goes.")
        before = draft.parent or self._last_between(draft.company, person)
        position = self.store.next_position()
        said = {"message_id": f"{position}@{HOST}", "subject": draft.subject, "recipient_id": person.id}
        return self._post(draft, position, draft.text, before, said)

    def _post(self, draft: Draft, position: int, text: str, parent: Post | None, extra: Mapping[str, Any]) -> Post:
        return Post(
            position, self.slug, str(position), draft.company.id, "dm", draft.author.id, parent.id if parent else "",
            parent.root_id if parent else str(position), True, text, draft.created_at, origin=draft.origin,
            extra=extra, ref=draft.ref,
        )  # fmt: skip

    def _uids(self, company: Account) -> list[int]:
        """The next number of this mailbox; two where a fault delivers the mail twice."""
        if company.id not in self._last_uid:
            rows = self.store.select(
                "SELECT max(json_extract(extra, '$.uids[#-1]')) FROM posts WHERE network=? AND account_id=?",
                self.slug,
                company.id,
            )
            self._last_uid[company.id] = int(rows[0][0] or 0)
        line = f"DELIVER mail {company.id}"
        twice = self.sandbox.faults.take(self.slug, line, {"duplicate_delivery": ""}, company.id)
        first = self._last_uid[company.id] + 1
        self._last_uid[company.id] += 2 if twice else 1
        return list(range(first, self._last_uid[company.id] + 1))

    def _last_between(self, company: Account, person: Account) -> Post | None:
        """What was said last between the two, which a person's next mail answers."""
        theirs: dict[str, Any] = {"account_id": company.id, "author_id": person.id}
        newest = self.store.posts(self.slug, newest_first=True, limit=1, **theirs)
        talk = self.store.posts(self.slug, newest_first=True, limit=1, root_id=newest[0].root_id) if newest else []
        return talk[0] if talk else None

    def _post_named(self, message_ids: Sequence[str]) -> Post | None:
        """The first mail that has one of these ids."""
        rows = self.store.select(
            "SELECT id FROM posts WHERE network='mailbox' AND json_extract(extra, '$.message_id') IN"
            " (SELECT value FROM json_each(?)) ORDER BY position LIMIT 1",
            json.dumps(list(message_ids)),
        )  # fmt: skip
        return self.store.post(self.slug, rows[0]["id"]) if rows else None

    def _keep(self, position: int, account: Account, content: bytes) -> None:
        self.store.save_blob(_blob(position), self.slug, account.id, LETTER, content)

    def _file(self, file: tuple[str, bytes]) -> Mapping[str, str]:
        content_type, content = file
        media_id = str(self.store.next_position())
        self.store.save_blob(media_id, self.slug, "", content_type, content)
        image = content_type.startswith("image/")
        return {
            "id": media_id, "url": f"/_sandbox/media/{media_id}" if image else "", "kind": "image" if image else "file",
            "content_type": content_type, "alt_text": "" if image else content_type,
        }  # fmt: skip


def _blob(position: int) -> str:
    return f"letter-{position}"
