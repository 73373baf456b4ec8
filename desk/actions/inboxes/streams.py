"""Which streams an inbox reads: those of its connector, also of one that has learned new ones since."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from django.db import transaction

from desk.inboxes.gateway import all_networks, streams_of
from desk.inboxes.models import CoverageGap, Inbox, StreamState
from desk.people.models import audit


def begin(inbox: Inbox, names: Iterable[str], now: datetime) -> None:
    """Read these from now on, each from its very start."""
    new = [StreamState(inbox=inbox, name=name, next_poll_at=now) for name in names]
    StreamState.objects.bulk_create(new, ignore_conflicts=True)


def names_of(inbox: Inbox) -> list[str]:
    """What the streams of an account are called."""
    return [stream.name for stream in streams_of(inbox)]


def keep_up(now: datetime) -> int:
    """Give every inbox the streams that it has by now, and no others; how many inboxes got or lost one.

    Two queries where nothing changed. A network whose connector is gone keeps what it has.
    """
    known_networks = [speaks.slug for speaks in all_networks()]
    rows = StreamState.objects.order_by("inbox_id", "id").values_list("inbox_id", "name")
    known = {pk: [name for _pk, name in several] for pk, several in groupby(rows, key=lambda row: row[0])}
    inboxes = Inbox.objects.filter(network__in=known_networks).defer("sealed_credentials").order_by("id")
    return sum(adjust(inbox, known.get(inbox.pk, []), now) for inbox in inboxes)


def adjust(inbox: Inbox, has: list[str], now: datetime) -> bool:
    """Give one inbox the streams that it lacks and take those that it has no more; whether there were any."""
    wanted = names_of(inbox)
    new = [name for name in wanted if name not in has]
    gone = [name for name in has if name not in wanted]
    if new or gone:
        _change(inbox, new, gone, now)
    return bool(new or gone)


@transaction.atomic
def _change(inbox: Inbox, new: list[str], gone: list[str], now: datetime) -> None:
    begin(inbox, new, now)
    StreamState.objects.filter(inbox=inbox, name__in=gone).delete()
    CoverageGap.objects.filter(inbox=inbox, stream__in=gone, ended_at=None).update(ended_at=now)
    audit(None, "inbox_streams_changed", inbox, new=new, gone=gone)
