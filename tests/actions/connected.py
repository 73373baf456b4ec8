"""An inbox that is connected to an account of a running sandbox, and what customers say there."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from desk.actions.inboxes import poll
from desk.actions.intake import ingest
from desk.inboxes import budgets
from desk.inboxes.models import Inbox, StreamState
from desk.inboxes.sandbox import KINDS, NAMES, OTHERWISE, Sandbox
from tests.actions.builders import an_inbox

_numbers = count(1)
STREAMS = {
    "x": ("mentions", "direct_messages", "own_posts"),
    "facebook_page": ("feed", "comments", "tagged", "conversations"),
    "mastodon": ("notifications",),
    "bluesky": ("mentions", "direct_messages"),
    **dict.fromkeys(("google_business", "google_play", "app_store"), ("reviews",)),
}


@dataclass
class Connected:
    """One account. `days` and `minutes` are before now."""

    origin: str
    network: str
    inbox: Inbox
    handle: str
    account: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def to(
        cls, origin: str, network: str = "x", *, settings: Mapping[str, Any] | None = None, **columns: Any
    ) -> "Connected":
        """A new account on the sandbox, read for the first time: nothing was said yet."""
        handle = f"vlot{next(_numbers)}"
        asked = {"settings": {"rate_limits": "off", **(settings or {})}}
        made = Sandbox(origin).make_account(NAMES.get(network, network), handle, **asked)
        given = {"network": network, "base_url": made["base_url"], "own_id": made["id"], "handle": handle, **columns}
        inbox = an_inbox(**given)
        inbox.credentials = made["credentials"]
        inbox.save()
        budgets.forget(inbox.pk)
        for name in STREAMS[network]:
            StreamState.objects.create(inbox=inbox, name=name, next_poll_at=timezone.now())
        return cls(origin, network, inbox, handle, made)

    def says(self, *texts: str, minutes: float = 60, **more: Any) -> list[str]:
        """What customers wrote so long ago, a second apart; the network's ids."""
        name = NAMES.get(self.network, self.network)
        kind = KINDS.get(name, OTHERWISE)[0]
        began = timezone.now() - timedelta(minutes=minutes)
        rows = [
            {
                "network": name, "account": self.handle, "kind": kind, "author": f"jan{number % 7}",
                "text": f"@{self.handle} {text}", "created_at": _told(began + timedelta(seconds=number)), **more,
            }
            for number, text in enumerate(texts)
        ]  # fmt: skip
        with Sandbox(self.origin) as sandbox:
            return [str(one["id"]) for one in sandbox.write(rows)]

    def read(self, *, turns: int = 10) -> None:
        """Poll every stream until nothing more is there, and process what came."""
        for stream in self.inbox.streams.order_by("id"):
            for _ in range(turns):
                poll.poll(stream.pk, timezone.now())
                stream.refresh_from_db()
                if stream.next_poll_at > timezone.now():
                    break
        ingest.process(self.inbox.pk, timezone.now())
        self.inbox.refresh_from_db()

    @contextmanager
    def outage(self) -> Iterator[None]:
        """The network answers with errors, and a poll of each stream finds that out."""
        with Sandbox(self.origin) as sandbox:
            fault = sandbox.arm(NAMES.get(self.network, self.network), "server_error_json", "", times=None)
            try:
                self.read(turns=1)
                yield
            finally:
                sandbox.disarm([fault])
                Inbox.objects.filter(pk=self.inbox.pk).update(breaker_failures=0, breaker_until=None)
                self.inbox.refresh_from_db()


def _told(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
