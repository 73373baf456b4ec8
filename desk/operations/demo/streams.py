"""The demo's streams are there and switched off: its visitor looks back on the history first, and switches them on."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from desk.inboxes.models import Inbox
from desk.signals.models import Stream


def make_streams(inboxes: Iterable[Inbox], now: datetime) -> None:
    """At the first start only; later they are the visitor's to switch."""
    for inbox in inboxes:
        Stream.objects.update_or_create(
            inbox=inbox,
            defaults={"is_on": False},
            create_defaults={"name": inbox.name, "is_on": False, "created_at": now},
        )
    if not Stream.objects.filter(inbox=None).update(is_on=False):
        Stream.objects.create(name=_("Everything"), is_on=False, created_at=now)
