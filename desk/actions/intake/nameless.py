"""Some webhooks say what was written but not by whom, or only where: the network is asked before, never inside, the
transaction.
"""

import json
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q

from desk.common.encryption import Unsealable
from desk.common.logs import logger
from desk.inboxes.calls import connect
from desk.inboxes.gateway import EVENTS, Change, NetworkError, item_from_json, item_to_json
from desk.inboxes.models import RawItem
from desk.tickets.models import Profile

MOST = 200  # calls to a network before one batch
MOST_SECONDS = 5.0  # for all of them: who wrote can be unknown, but what was written must not wait
UNASKED = {  # what came as an id alone: not to be taken before the network was asked for its words
    "attempts": 0,
    "source": "webhook",
    "item__author": None,
    "item__text": "",
    "item__attachments": [],
    "item__outgoing": False,
    "item__change": str(Change.CREATED),
}
PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))


def ask_for_authors(inbox_id: int, now: datetime) -> None:
    """Complete what a webhook left out, once for each person: whose name is known already is not asked for again.

    What came as an id alone and could not be asked for waits for another try; in the end it is taken as it is.
    """
    nameless = RawItem.objects.filter(
        Q(item__author=None) | Q(item__author__name=""),
        Q(retry_at=None) | Q(retry_at__lte=now),
        inbox_id=inbox_id,
        processed_at=None,
        source="webhook",
        item__outgoing=False,
        item__change=Change.CREATED,
    ).exclude(item__kind__in=EVENTS)
    rows = list(nameless.select_related("inbox")[:MOST])
    if not rows:
        return
    ids = {row.item["author"]["external_id"] for row in rows if row.item["author"]}
    named = Profile.objects.filter(network=rows[0].inbox.network, external_id__in=ids).exclude(name="")
    known = set(named.values_list("external_id", flat=True))
    deadline = time.monotonic() + MOST_SECONDS
    for number, row in enumerate(rows):
        if time.monotonic() > deadline:
            logger.warning("the network is too slow to ask for every author", inbox=inbox_id)
            _put_off(rows[number:], now)
            return
        if not row.item["author"] or row.item["author"]["external_id"] not in known:
            _ask(row, now)


def _ask(row: RawItem, now: datetime) -> None:
    try:
        completed = connect(row.inbox).complete(item_from_json(row.item))
    except (NetworkError, Unsealable) as problem:
        logger.info("the author could not be asked for", raw_item=row.pk, problem=str(problem))
        _put_off([row], now)
    else:
        row.item = json.loads(item_to_json(completed))
        asked = row.attempts + 1 if _says_nothing(row) else row.attempts  # there is nothing to be had: taken as it is
        RawItem.objects.filter(pk=row.pk).update(item=row.item, attempts=asked)


def _put_off(rows: Iterable[RawItem], now: datetime) -> None:
    """Those that say nothing at all come again a little later, ever more rarely."""
    for row in rows:
        if _says_nothing(row) and row.attempts < len(PAUSES):
            later = now + PAUSES[row.attempts]
            RawItem.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1, retry_at=later)


def _says_nothing(row: RawItem) -> bool:
    return not row.item["author"] and not row.item["text"] and not row.item["attachments"]
