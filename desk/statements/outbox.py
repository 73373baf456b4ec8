"""The outbox of posts: one conditional UPDATE for each step, so that whoever changes the row owns the step."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from desk.statements.models import Post
from policies.reply_states import Event, State, next_state

STUCK_AFTER = timedelta(seconds=30)  # longer than any call to a network may take


def rows() -> "QuerySet[Post]":
    """Posts with what a step asks of them."""
    return Post.objects.select_related("publication__author", "publication__crisis", "inbox__team")


def move(post: Post, event: Event, **columns: Any) -> bool:
    """Take one step; False where somebody else took a step first. Raises TransitionRefused for an impossible one."""
    state = next_state(post.state, event)
    moved = Post.objects.filter(pk=post.pk, state=post.state).update(state=state, **columns)
    if moved:
        for name, value in {"state": state, **columns}.items():
            setattr(post, name, value)
    return bool(moved)


def claim(post_id: int, now: datetime) -> Post | None:
    """Take a due post to its network; None where it is not due or not queued."""
    due = Post.objects.filter(pk=post_id, state=State.QUEUED, next_attempt_at__lte=now)
    if not due.update(state=next_state(State.QUEUED, Event.CLAIM), claimed_at=now):
        return None
    return rows().get(pk=post_id)


def due(now: datetime, limit: int = 500) -> list[int]:
    """Posts to send and unknown outcomes to look for again."""
    waiting = Post.objects.filter(state__in=[State.QUEUED, State.UNKNOWN], next_attempt_at__lte=now)
    return list(waiting.order_by("next_attempt_at").values_list("pk", flat=True)[:limit])


def stuck(now: datetime) -> "QuerySet[Post]":
    """Posts whose worker died while sending."""
    return rows().filter(state=State.SENDING, claimed_at__lt=now - STUCK_AFTER)
