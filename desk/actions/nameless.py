"""Some webhooks say what was written but not by whom: the network is asked before, never inside, the transaction."""

import json
import time

from django.db.models import Q

from desk.common.encryption import Unsealable
from desk.common.logs import logger
from desk.inboxes.gateway import Change, NetworkError, connect, item_from_json, item_to_json
from desk.inboxes.models import RawItem
from desk.tickets.models import Profile

MOST = 200  # calls to a network before one batch
MOST_SECONDS = 5.0  # for all of them: who wrote can be unknown, but what was written must not wait


def ask_for_authors(inbox_id: int) -> None:
    """Complete what a webhook left out, once for each person: whose name is known already is not asked for again."""
    nameless = RawItem.objects.filter(
        Q(item__author=None) | Q(item__author__name=""),
        inbox_id=inbox_id,
        processed_at=None,
        source="webhook",
        item__outgoing=False,
        item__change=Change.CREATED,
    )
    rows = list(nameless.select_related("inbox")[:MOST])
    if not rows:
        return
    ids = {row.item["author"]["external_id"] for row in rows if row.item["author"]}
    named = Profile.objects.filter(network=rows[0].inbox.network, external_id__in=ids).exclude(name="")
    known = set(named.values_list("external_id", flat=True))
    deadline = time.monotonic() + MOST_SECONDS
    for row in rows:
        if time.monotonic() > deadline:
            logger.warning("the network is too slow to ask for every author", inbox=inbox_id)
            return
        if not row.item["author"] or row.item["author"]["external_id"] not in known:
            _ask(row)


def _ask(row: RawItem) -> None:
    try:
        completed = connect(row.inbox).complete(item_from_json(row.item))
    except (NetworkError, Unsealable) as problem:
        logger.info("the author could not be asked for", raw_item=row.pk, problem=str(problem))
    else:
        RawItem.objects.filter(pk=row.pk).update(item=json.loads(item_to_json(completed)))
