"""What networks told word for word, of messages that were erased: emptied, and known by number only.

Several raw items may tell of one message (its edits, both ways of delivery), and those of others may hold it beside
their own (a quoted post, a list of people). No index leads to them, so they are walked through.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import CharField, F, Func, JSONField, Q, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Concat

from desk.inboxes.models import RawItem
from desk.privacy.digests import known_erased
from desk.tickets.models import ERASED

PORTION = 2_000  # raw items that one look reads


def empty(ids: Collection[int], now: datetime) -> int:
    """Nothing of what was told stays; how many there were. One that waits to be processed no longer does."""
    rows = RawItem.objects.filter(pk__any_of=ids).exclude(event_key__startswith=ERASED)
    return rows.update(
        item=Value({}, JSONField()),
        event_key=Concat(Value(ERASED), Cast("pk", CharField())),
        problem="",
        retry_at=None,
        processed_at=Coalesce("processed_at", Value(now)),
    )


def walk(after: int, until: datetime, accounts: Sequence[tuple[str, str]], now: datetime) -> tuple[int | None, int]:
    """Empty what is left of erased messages among the next raw items that came until then.

    `accounts` are networks and ids of people: what others' items hold of them goes too. Gives the last row that was
    looked at (None: that was all) and how many were emptied. What waits for its first look counts as said afterwards.
    """
    waits = Q(processed_at=None, attempts=0)
    rows = RawItem.objects.filter(~waits, pk__gt=after, received_at__lte=until).order_by("pk")
    found = rows.annotate(network=F("inbox__network"), of=KT("item__external_id"), by=KT("item__author__external_id"))
    told = list(found.values_list("pk", "inbox_id", "network", "of", "by")[:PORTION])
    if not told:
        return None, 0
    by_inbox: dict[tuple[int, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    theirs: set[int] = set()
    for pk, inbox_id, network, of, by in told:
        by_inbox[inbox_id, network][of or ""].append(pk)
        if (network, by) in accounts:
            theirs.add(pk)
    for (inbox_id, network), items in by_inbox.items():
        for external_id in known_erased(inbox_id, network, filter(None, items)):
            theirs.update(items[external_id])
    count = empty(theirs, now)
    _forget_beside([row[0] for row in told], accounts)
    return told[-1][0], count


def _forget_beside(ids: Collection[int], accounts: Sequence[tuple[str, str]]) -> None:
    """Payloads of others that name these people keep what the desk reads of them, and not the payload itself."""
    if not accounts:
        return
    named = "|".join(re.escape(external_id) for _network, external_id in accounts)
    rows = RawItem.objects.filter(pk__any_of=ids).annotate(said=Cast("item", TextField()))
    naming = rows.filter(said__regex=rf"(^|[^0-9A-Za-z_])({named})([^0-9A-Za-z_]|$)")
    without = Func(F("item"), Value({"raw": {}}, JSONField()), template="%(expressions)s", arg_joiner=" || ")
    naming.update(item=without)
