"""What may have left and may not have: looked for on its network, and never sent again by itself.

Replies and posts of our own alike: whoever looks claims the look, and the next one comes later each time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.common.encryption import Unsealable
from desk.common.logs import logger
from desk.inboxes.gateway import NetworkError, SendResult
from desk.replies.models import Reply
from desk.statements.models import Post
from policies.reply_states import State

LOOKUPS = (15, 15, 60, 120, 300, 600, 1800, 3600)  # seconds between looks; the last one again and again


@dataclass(frozen=True, slots=True)
class Looked:
    """The network has answered; `found` is None where it shows nothing of the kind."""

    found: SendResult | None


def look(row: Reply | Post, find: Callable[[], SendResult | None], now: datetime) -> Looked | None:
    """Ask the network with `find`, if it is this row's time. None where it is not, or where the network can't tell."""
    if row.state != State.UNKNOWN:
        return None
    pause = timedelta(seconds=LOOKUPS[min(row.lookups, len(LOOKUPS) - 1)])
    mine = type(row)._default_manager.filter(pk=row.pk, state=State.UNKNOWN, next_attempt_at__lte=now)
    if not mine.update(next_attempt_at=now + pause, lookups=row.lookups + 1):
        return None
    try:
        return Looked(find())
    except (NetworkError, Unsealable) as problem:
        logger.info("could not look for what was sent", kind=row._meta.model_name, pk=row.pk, problem=str(problem))
        return None
