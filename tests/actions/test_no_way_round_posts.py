"""No path to the network goes round the send step of posts: each is tried with words that need a second person.

Whoever does what with such a post, by whatever door, the network hears nothing until another person has agreed.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

import desk
from desk.actions.crises import crises
from desk.actions.inboxes import inboxes
from desk.actions.replies import canned
from desk.actions.statements import post_send, statements
from desk.actions.statements.statement_texts import approve_statement
from desk.common.errors import DeskError
from desk.crises.models import Crisis
from desk.inboxes import gateway
from desk.inboxes.gateway import SendResult
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.statements.models import Post
from desk.tasks import outgoing
from tests.actions.posts import WORDS, a_crisis, a_statement, publish
from tests.actions.waiting import now_holds
from tests.api.caller import Caller
from tests.canned import says

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
def crisis(noor: User) -> Crisis:
    return a_crisis(noor, level=2)


def carried_out() -> None:
    """The workers do whatever is due, twice."""
    for _round in range(2):
        Post.objects.filter(state__in=["queued", "unknown"]).update(next_attempt_at=timezone.now())
        outgoing.sweep_posts()
        for number in Post.objects.order_by("id").values_list("pk", flat=True):
            outgoing.send_post(number)
            outgoing.send_post_lookup(number)


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
        perhaps(partial(statements.approve_post, noor, post.pk))


def by_inbox(noor: User, crisis: Crisis, x: Inbox) -> None:
    inboxes.pause(noor, x.pk)
    carried_out()
    inboxes.resume(noor, x.pk)


def by_standing_down(noor: User, crisis: Crisis, x: Inbox) -> None:
    carried_out()
    crises.stand_down(noor, crisis.pk, reason="Hij rijdt")


def by_words_that_were_approved_before_they_changed(noor: User, crisis: Crisis, x: Inbox) -> None:
    """A holding statement leaves at once in the words that a colleague approved, and in no others."""
    mila = User.objects.create_user("mila", role="supervisor")
    statement = a_statement(approved_at=None, words_by=noor)
    approve_statement(mila, statement.pk)
    publish(noor, crisis, x, text=f"{WORDS} Echt.", key="2", now=timezone.now(), statement_id=statement.pk)
    canned.change_canned(noor, statement.pk, texts=says(nl="De treinen staan stil, sorry."))
    publish(
        noor, crisis, x, text="De treinen staan stil, sorry.", key="3", now=timezone.now(), statement_id=statement.pk
    )


def by_taking_it_back(noor: User, crisis: Crisis, x: Inbox) -> None:
    post = Post.objects.get()
    perhaps(lambda: statements.withdraw_post(noor, post.pk))
    perhaps(lambda: statements.repeat_post(noor, post.pk))


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


def test_whatever_lets_a_post_go_is_among_the_ways_above() -> None:
    """Who hands a post to the workers: a new place wants a way of its own here."""
    root = Path(desk.__path__[0])
    named = {str(path.relative_to(root)) for path in root.rglob("*.py") if "desk.tasks.send_post" in path.read_text()}
    assert named == {"actions/statements/statements.py", "tasks/outgoing.py"}
