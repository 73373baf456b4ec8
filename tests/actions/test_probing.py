"""A network that hangs holds one sender: while an account rests, one message at a time tries it, reply or post."""

import pytest

from desk.actions.statements import post_send
from desk.inboxes.breaker import OPENS_AT
from desk.inboxes.gateway import SendResult
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.replies.models import Reply
from desk.rulebooks.active import in_force
from desk.statements.models import Post
from tests.actions.builders import a_mention, an_inbox, minutes, take_in, the_ticket
from tests.actions.posts import a_crisis, leaves, posts_of, publish, stands

pytestmark = pytest.mark.django_db


@pytest.fixture
def noor() -> User:
    return User.objects.create_user("noor", role="administrator")


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The posts that a network was given."""
    given: list[int] = []

    def call(post: Post, _now: object) -> SendResult:
        given.append(post.pk)
        return SendResult(f"out {post.pk}", created_at=minutes(3))

    monkeypatch.setattr(post_send, "_call", call)
    return given


def rests(inbox: Inbox) -> None:
    Inbox.objects.filter(pk=inbox.pk).update(breaker_failures=OPENS_AT, breaker_until=minutes(60))


def test_a_post_waits_while_another_post_tries_the_network(noor: User, tried: list[int]) -> None:
    inbox, elsewhere, crisis = an_inbox(), an_inbox(name="@elders"), a_crisis(noor, level=1)
    (first,) = posts_of(publish(noor, crisis, inbox))
    second, other = posts_of(publish(noor, crisis, inbox, elsewhere, key="2", text="De treinen rijden weer."))
    Post.objects.filter(pk=first.pk).update(state="sending", claimed_at=minutes(2))
    rests(inbox)
    leaves(second, minutes(2))
    assert stands(second) == ("queued", "resting")
    assert (second.attempts, second.next_attempt_at > minutes(2)) == (0, True)
    leaves(other, minutes(2))
    assert tried == [other.pk], "another account answers"
    Post.objects.filter(pk=first.pk).update(state="failed")
    leaves(second, minutes(3))
    assert stands(second)[0] == "sent"


def test_a_post_waits_while_a_reply_tries_the_network(noor: User, tried: list[int]) -> None:
    inbox, crisis = an_inbox(), a_crisis(noor, level=1)
    take_in(inbox, [a_mention("1", at=0)])
    Reply.objects.create(
        ticket=the_ticket(), author=noor, visibility="public", text="Ja", signed_text="Ja", state="sending",
        idempotency_key="k", submitted_at=minutes(1), next_attempt_at=minutes(1), claimed_at=minutes(1),
        rulebook_version_id=in_force().version_id,
    )  # fmt: skip
    (post,) = posts_of(publish(noor, crisis, inbox))
    rests(inbox)
    leaves(post, minutes(2))
    assert (stands(post), tried) == (("queued", "resting"), [])
    Inbox.objects.filter(pk=inbox.pk).update(breaker_failures=0, breaker_until=None)
    leaves(post, minutes(3))
    assert tried == [post.pk], "the network answers again"
