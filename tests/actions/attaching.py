"""A reply with something attached, up to where its network takes over."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from desk.actions.replies import reply_files, send
from desk.actions.replies.reply import submit
from desk.inboxes.gateway import (
    Outgoing,
    OutgoingFile,
    SendResult,
)
from desk.people.models import User
from desk.replies.models import Reply, ReplyAttachment
from desk.tickets.models import Ticket
from tests.files import PNG

TEXT = "Zie de kaart."


class Network:
    """What reached it, and what it answers next."""

    def __init__(self) -> None:
        self.brought: list[OutgoingFile] = []
        self.sent: list[Outgoing] = []
        self.trouble: list[Exception] = []
        self.parts: tuple[str, ...] = ()

    def upload(self, file: OutgoingFile, *, private: bool) -> str:
        self.brought.append(file)
        return f"{'private' if private else 'public'}:{len(self.brought)}"

    def send(self, message: Outgoing) -> SendResult:
        self.sent.append(message)
        if self.trouble:
            raise self.trouble.pop(0)
        return SendResult(f"out {len(self.sent)}", timezone.now(), parts=self.parts)


def attached(writer: User, ticket: Ticket, content: bytes = PNG, **more: Any) -> ReplyAttachment:
    return reply_files.attach(writer, ticket.pk, content=content, **{"name": "kaart.png", **more})


def answered(writer: User, ticket: Ticket, *rows: ReplyAttachment, **more: Any) -> Reply:
    ids = [row.pk for row in rows]
    wish = {"text": TEXT, "visibility": "public", "idempotency_key": "1", "attachment_ids": ids, **more}
    return submit(writer, ticket.pk, **wish)


def leaves(reply: Reply) -> Reply:
    Reply.objects.filter(pk=reply.pk).update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    send.send(reply.pk, timezone.now())
    reply.refresh_from_db()
    return reply


def stored(row: ReplyAttachment) -> bool:
    return default_storage.exists(row.file.name or "")


def stands_in(monkeypatch: pytest.MonkeyPatch) -> Network:
    """Stands where the connector is, behind everything that the desk does before and after."""
    made = Network()
    monkeypatch.setattr(send, "connect", lambda _inbox, **_more: made)
    monkeypatch.setattr(send, "connection", type("NoTransaction", (), {"in_atomic_block": False}))
    return made
