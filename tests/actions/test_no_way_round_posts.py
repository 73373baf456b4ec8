"""No path to the network goes round the send step of posts: each is tried with words that need a second person.

Whoever does what with such a post, by whatever door, the network hears nothing until another person has agreed.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from desk import tasks
from desk.actions import crises, inboxes, post_send, statements
from desk.common.errors import DeskError
from desk.crises.models import Crisis
from desk.inboxes import gateway
from desk.inboxes.gateway import SendResult
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.statements.models import Post
from tests.actions.builders import an_inbox
from tests.actions.posts import WORDS, a_crisis, publish
from tests.actions.waiting import now_holds
from tests.api.caller import Caller

pytestmark = pytest.mark.django_db
BLOCKS = {"rules": {"phrases.banned": {"severity": "block", "phrases": ["treinen stilstaan"]}}}


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What reached a network: by the one function that calls it, or past it straight to a connector."""
    heard: list[str] = []

    def call(post: Post, _now: object) -> SendResult:
        heard.append(post.text)
        return SendResult(f"out {len(heard)}")

    def past(_connector: object, post: Any) -> None:
        heard.append(post.text)

    monkeypatch.setattr(post_send, "_call", call)
    for network in gateway.all_networks():
        monkeypatch.setattr(network, "publish", past)
        monkeypatch.setattr(network, "send", past)
        monkeypatch.setattr(network, "find_published", lambda _connector, _post: None)
    return heard


@pytest.fixture
def noor(db: None) -> User:
    return User.objects.create_user("noor", role="administrator")


@pytest.fixture
def x(db: None) -> Inbox:
    return an_inbox()


@pytest.fixture
def crisis(noor: User) -> Crisis:
    return a_crisis(noor, level=2)


def carried_out() -> None:
    """The workers do whatever is due, twice."""
    for _round in range(2):
        Post.objects.filter(state__in=["queued", "unknown"]).update(next_attempt_at=timezone.now())
        tasks.sweep_posts()
        for number in Post.objects.order_by("id").values_list("pk", flat=True):
            tasks.send_post(number)
            tasks.send_post_lookup(number)


def perhaps(call: Callable[[], object]) -> None:
    """A refusal is an answer too."""
    try:
        call()
    except DeskError:
        return


def by_screen(noor: User, crisis: Crisis, x: Inbox) -> None:
    browser = Client()
    browser.force_login(noor)
    name = f"{x.pk}.nl"
    browser.post(f"/crises/{crisis.pk}/statements/", {"on": name, f"text.{name}": WORDS, "key": "web"})
    for post in Post.objects.all():
        for decision in ("approve", "repeat", "confirm"):
            browser.post(f"/crises/{crisis.pk}/posts/{post.pk}/{decision}/")


def by_api(noor: User, crisis: Crisis, x: Inbox) -> None:
    caller = Caller(noor)
    posts = [{"inbox": x.pk, "language": "nl", "text": WORDS}]
    caller.post(f"crises/{crisis.pk}/publications/", posts=posts, idempotency_key="api")
    for post in Post.objects.all():
        for step in ("approve", "send_again", "confirm_sent"):
            caller.post(f"posts/{post.pk}/{step}/")


def by_repeating(noor: User, crisis: Crisis, x: Inbox) -> None:
    """In whatever state it was left, and for whatever reason it was held."""
    for state, code in (("failed", "transient"), ("unknown", "outcome_unknown"), ("held", "paused"), ("held", "")):
        Post.objects.update(state=state, problem_code=code)
        perhaps(lambda: statements.repeat_post(noor, Post.objects.earliest("id").pk))
        carried_out()


def by_own_word(noor: User, crisis: Crisis, x: Inbox) -> None:
    for post in Post.objects.all():
        perhaps(lambda post=post: statements.approve_post(noor, post.pk))  # type: ignore[misc]


def by_inbox(noor: User, crisis: Crisis, x: Inbox) -> None:
    inboxes.pause(noor, x.pk)
    carried_out()
    inboxes.resume(noor, x.pk)


def by_standing_down(noor: User, crisis: Crisis, x: Inbox) -> None:
    carried_out()
    crises.stand_down(noor, crisis.pk, reason="Hij rijdt")


WAYS: dict[str, Callable[[User, Crisis, Inbox], None]] = {
    name.removeprefix("by_"): way for name, way in sorted(globals().items()) if name.startswith("by_")
}


@pytest.mark.parametrize("way", WAYS)
def test_what_nobody_else_has_agreed_with_does_not_leave_by(
    way: str, noor: User, crisis: Crisis, x: Inbox, said: list[str]
) -> None:
    publish(noor, crisis, x, now=timezone.now())
    WAYS[way](noor, crisis, x)
    carried_out()
    assert said == []


def test_a_second_person_lets_it_go_so_that_the_silence_above_means_something(
    noor: User, crisis: Crisis, x: Inbox, said: list[str]
) -> None:
    post = publish(noor, crisis, x, now=timezone.now()).posts.get()
    carried_out()
    assert said == []
    statements.approve_post(User.objects.create_user("mila", role="supervisor"), post.pk)
    carried_out()
    assert said == [WORDS]


def test_a_rule_that_is_switched_on_meanwhile_stops_what_was_approved(
    noor: User, crisis: Crisis, x: Inbox, said: list[str]
) -> None:
    post = publish(noor, crisis, x, now=timezone.now()).posts.get()
    statements.approve_post(User.objects.create_user("mila", role="supervisor"), post.pk)
    now_holds(BLOCKS)
    carried_out()
    post.refresh_from_db()
    assert (said, post.state, post.problem_code) == ([], "held", "blocked_by_policy")
