"""Statements in a crisis, for tests: who publishes, what, and what the networks hear of it."""

from datetime import datetime
from typing import Any

from desk.actions.crises import crises
from desk.actions.statements import post_send, statements
from desk.actions.statements.statements import Wish
from desk.crises.models import Crisis, CrisisEntry
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.replies.models import CannedResponse
from desk.statements.models import Post, Publication
from tests.actions.builders import minutes
from tests.canned import a_canned, says

WORDS = "We weten dat de treinen stilstaan en zoeken uit waarom."


def a_crisis(who: User, level: int = 2, **more: Any) -> Crisis:
    return crises.start(who, reason="De trein staat stil", level=level, now=minutes(0), **more)


def publish(
    who: User,
    crisis: Crisis,
    *inboxes: Inbox,
    text: str = WORDS,
    key: str = "1",
    now: datetime | None = None,
    **more: Any,
) -> Publication:
    """In Dutch on all of them."""
    posts = [Wish(inbox.pk, "nl", text) for inbox in inboxes]
    return statements.publish(who, crisis.pk, posts=posts, idempotency_key=key, now=now or minutes(1), **more)


def a_statement(name: str = "Storing, gezien", **columns: Any) -> CannedResponse:
    """A holding statement that a colleague has approved."""
    usual: dict[str, Any] = {
        "kind": "holding_statement", "scenario": "storing", "stage": "investigating", "shortcut": "storing",
        "texts": says(nl=WORDS), "approved_at": minutes(-60),
    }  # fmt: skip
    return a_canned(name, **{**usual, **columns})


def posts_of(publication: Publication) -> list[Post]:
    return list(Post.objects.filter(publication=publication).order_by("id"))


def stands(post: Post) -> tuple[str, str]:
    post.refresh_from_db()
    return post.state, post.problem_code


def leaves(post: Post, now: datetime) -> None:
    """A worker takes it up."""
    Post.objects.filter(pk=post.pk, state="queued").update(next_attempt_at=now)
    post_send.send(post.pk, now)


def kinds(crisis: Crisis) -> list[str]:
    return list(CrisisEntry.objects.filter(crisis=crisis).order_by("number").values_list("kind", flat=True))
