"""Posts of our own at the moment when a gate closes: one that a sender had is listed as a reply is, and nothing else
leaves.
"""

from typing import Any

import pytest

from desk.actions.crises import crises
from desk.actions.crises.crisis_held import left_before, posts_left_before
from desk.actions.statements import post_send
from desk.actions.statements.post_check import gate_of_post
from desk.crises.models import Crisis, CrisisEntry
from desk.crises.plans import active_plan
from desk.inboxes.gateway import SendResult
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.statements.models import Post
from tests.actions.builders import an_inbox, minutes
from tests.actions.chains import put_in_force
from tests.actions.posts import WORDS, a_crisis, a_statement, leaves, posts_of, publish, stands
from tests.api.caller import Caller

pytestmark = pytest.mark.django_db
HOLDS_POSTS = {"3": {"gates": [{"gate": "hold", "visibility": "post"}]}}


@pytest.fixture
def noor() -> User:
    return User.objects.create_user("noor", role="comms", first_name="Noor")


@pytest.fixture
def x() -> Inbox:
    return an_inbox()


def raised(noor: User, crisis: Crisis) -> None:
    """To where the plan holds what the company says itself."""
    crises.set_level(noor, crisis.pk, 3, reason="Erger", now=minutes(2))


def listed(crisis: Crisis) -> list[dict[str, Any]]:
    return [entry.data for entry in CrisisEntry.objects.filter(crisis=crisis, kind="on_their_way").order_by("number")]


def test_a_post_that_a_sender_had_leaves_and_is_listed_and_the_next_is_held(
    noor: User, x: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_force(HOLDS_POSTS)
    crisis = a_crisis(noor, level=1)
    (claimed,) = posts_of(publish(noor, crisis, x))
    (queued,) = posts_of(publish(noor, crisis, x, key="2", text="Er rijden bussen."))

    def on_the_wire(post: Post, now: Any) -> SendResult:
        raised(noor, crisis)
        return SendResult("out", now, "1", "https://x.test/1")

    monkeypatch.setattr(post_send, "_call", on_the_wire)
    leaves(claimed, minutes(3))
    leaves(queued, minutes(3))
    assert (stands(claimed)[0], stands(queued)) == ("sent", ("held", "needs_approval"))
    assert listed(crisis) == [{"replies": [], "posts": [claimed.pk]}]
    assert [post.pk for post in posts_left_before(crisis)] == [claimed.pk]
    assert left_before(crisis) == []
    answer = Caller(noor).get(f"crises/{crisis.pk}/left/posts/")
    assert [(one["id"], one["state"], one["url"]) for one in answer.body] == [(claimed.pk, "sent", "https://x.test/1")]


def test_a_post_that_the_gate_would_let_go_is_not_listed(noor: User, x: Inbox) -> None:
    crisis = a_crisis(noor, level=1)
    statement = a_statement()
    (prepared,) = posts_of(publish(noor, crisis, x, statement_id=statement.pk))
    (spoken,) = posts_of(publish(noor, crisis, x, key="2", text="Er rijden bussen."))
    assert (prepared.prepared, spoken.prepared) == (True, False)
    Post.objects.update(state="sending", claimed_at=minutes(2))
    put_in_force({"2": {"gates": [{"gate": "approve", "visibility": "post"}]}})
    other = crises.start(noor, reason="Ook hier", level=2, now=minutes(2))
    assert listed(other) == [{"replies": [], "posts": [spoken.pk]}]  # a colleague agreed with the other's words before


def test_the_gate_of_a_drill_is_for_posts_of_the_drill_and_no_others(noor: User, x: Inbox) -> None:
    put_in_force({"1": {"gates": [{"gate": "hold"}]}})
    real = a_crisis(noor, level=1)
    stage = an_inbox(own_id="9", handle="oefening", name="Oefening", drill=True)
    drilled = Crisis.objects.create(
        name="Oefening", reason="Oefening", state="active", level=1, drill=True, plan=active_plan(),
        created_at=minutes(0), started_at=minutes(0), level_since=minutes(0),
    )  # fmt: skip

    def held(inbox: Inbox, crisis: Crisis, by: Crisis) -> bool:
        return gate_of_post(inbox, WORDS, "nl", crisis, minutes(2), [by]) is not None

    assert (held(stage, drilled, drilled), held(x, real, real)) == (True, True)
    assert (held(stage, drilled, real), held(x, real, drilled)) == (False, False)
