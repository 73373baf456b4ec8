"""A post is certainly on its network: outbox, log of the crisis and the promises of updates say so together."""

from datetime import datetime
from typing import Any

from desk.actions.crises.crisis_moves import tell
from desk.actions.statements.next_updates import kept_by
from desk.inboxes.gateway import SendResult
from desk.people.models import User
from desk.statements import outbox
from desk.statements.models import Post
from policies.reply_states import Event, State


def settle(post: Post, result: SendResult | None, now: datetime, actor: User | None = None) -> bool:
    """Mark as sent, in the caller's transaction. `result` is None where only a person's word says so.

    False where somebody else settled it first, or where what was found is another post with the same words.
    """
    fresh = outbox.rows().select_for_update(of=("self",)).get(pk=post.pk)
    post.state = fresh.state
    if post.state == State.SENT:
        return False
    external_id = result.external_id if result else ""
    if external_id and Post.objects.filter(inbox=post.inbox_id, external_id=external_id).exists():
        return False
    at = (result.created_at if result else None) or now
    columns = {
        "sent_at": at, "external_id": external_id, "url": result.url if result else "", "problem_code": "",
        "problem": {},
    }  # fmt: skip
    if not outbox.move(post, Event.SENT if post.state == State.SENDING else Event.FOUND, **columns):
        return False
    where: dict[str, Any] = {
        "inbox": post.inbox_id,
        "network": post.inbox.network,
        "external_id": external_id,
        "url": post.url,
    }
    crisis = post.publication.crisis
    tell(
        crisis, "post_sent", actor=actor, now=now, post=post.pk, publication=post.publication_id,
        sent_at=at.isoformat(), **where,
    )  # fmt: skip
    kept_by(post.publication, at, now)
    return True
