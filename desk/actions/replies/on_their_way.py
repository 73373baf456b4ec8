"""What a sender had claimed before the gate of a crisis closed: it may still leave, the log names it, and nothing else
leaves. Replies and posts of our own alike.
"""

from datetime import datetime
from typing import Any

from desk.actions.crises.crisis_gate import replies_on_their_way
from desk.actions.crises.crisis_held import ON_THEIR_WAY
from desk.actions.crises.crisis_moves import tell
from desk.actions.statements.post_check import gate_of_post, words_missing
from desk.crises.models import Crisis
from desk.statements.models import Post
from desk.tickets.models import Ticket
from policies.crisis_plan import Gate
from policies.reply_states import State


def list_on_their_way(crisis: Crisis, now: datetime, ticket: Ticket | None = None) -> None:
    """Write them in the log; only in a transaction that closed the gates. With `ticket` those of that one alone."""
    told: dict[str, Any] = {"replies": replies_on_their_way(crisis, now, ticket)}
    if ticket is None and (posts := posts_on_their_way(crisis, now)):
        told["posts"] = posts
    if any(told.values()):
        tell(crisis, ON_THEIR_WAY, actor=None, now=now, **told)


def posts_on_their_way(crisis: Crisis, now: datetime) -> list[int]:
    """The claimed posts that its gate would stop now and whose words nobody has agreed to."""
    if not crisis.level_at(now):
        return []
    rows = Post.objects.filter(state=State.SENDING).select_related(
        "publication__author", "publication__crisis", "inbox"
    )
    return [post.pk for post in rows.order_by("pk") if _would_stay(post, crisis, now)]


def _would_stay(post: Post, crisis: Crisis, now: datetime) -> bool:
    spoken_of, author = post.publication.crisis, post.publication.author
    closed = gate_of_post(post.inbox, post.text, post.language, spoken_of, now, [crisis])
    if closed is None or closed.gate is Gate.BLOCK:
        return closed is not None
    return bool(words_missing(author, (), closed, prepared=post.prepared, approved=post.approved_codes))
