"""While a network does not answer, one answer or post of an account at a time tries it, so that one sender at most
waits for it, and the others use up no attempt.
"""

from datetime import datetime, timedelta

from desk.inboxes.breaker import Circuit, circuit_of
from desk.inboxes.models import Inbox
from desk.replies.models import Reply
from desk.statements.models import Post
from policies.reply_states import State

RESTING = "resting"
PROBED = timedelta(seconds=10)  # until whoever waits looks again


def leaves_it_to_another(mine: Reply | Post, inbox: Inbox, now: datetime) -> bool:
    """Whether somebody else's words are on their way to a network that does not answer."""
    if circuit_of(inbox, now) is Circuit.CLOSED:
        return False
    replies = Reply.objects.filter(state=State.SENDING, ticket__inbox=inbox)
    posts = Post.objects.filter(state=State.SENDING, inbox=inbox)
    if isinstance(mine, Reply):
        replies = replies.exclude(pk=mine.pk)
    else:
        posts = posts.exclude(pk=mine.pk)
    return replies.exists() or posts.exists()
