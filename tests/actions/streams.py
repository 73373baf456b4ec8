"""A stream that has a past, and minutes in which something is said."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Sum

from desk.actions.signals.watching import watch
from desk.inboxes.gateway import Item
from desk.inboxes.models import Inbox
from desk.signals.models import MentionCount, Stream
from policies.time_buckets import MINUTE
from tests.actions.builders import a_mention, minutes, take_in


def mentions(count: int, *, at: float, name: str = "m", **more: Any) -> list[Item]:
    return [a_mention(f"{name}{at}-{n}", at=at, by=f"{name}{n}", **more) for n in range(count)]


def a_past(inbox: Inbox, until: datetime, *, days: int = 10, each: int = 3) -> None:
    """So many messages in each five minutes, for days: what is normal."""
    rows = [
        MentionCount(inbox=inbox, language="nl", at=until - MINUTE * 5 * n, messages=each + n % 2)
        for n in range(1, days * 288)
    ]
    MentionCount.objects.bulk_create(rows)


def a_stream(inbox: Inbox, **columns: Any) -> Stream:
    return Stream.objects.create(**{"name": inbox.name, "inbox": inbox, "created_at": minutes(0), **columns})


def pass_minutes(inbox: Inbox, counts: Sequence[int], *, since: float = 0, **more: Any) -> None:
    """In each of the minutes that pass so many messages come, and the watch looks."""
    for minute, count in enumerate(counts):
        at = since + minute
        take_in(inbox, mentions(count, at=at + 0.5, **more), now=minutes(at + 0.6))
        watch(minutes(at + 1.5))


def said(model: Any, **of: Any) -> int:
    """So many messages are counted."""
    return model.objects.filter(topic=None, **of).aggregate(all=Sum("messages"))["all"] or 0
