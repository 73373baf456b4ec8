"""The next update that a statement promised: counted from when it is out, kept by the next, nagged for until then."""

import pytest

from desk.actions.crises import crises, crisis_team
from desk.actions.statements import next_updates, post_send
from desk.actions.statements.next_updates import open_update, remind_due
from desk.alerts.models import Notification
from desk.common.errors import Conflict, Invalid, NotPermitted
from desk.crises.models import Crisis, CrisisEntry
from desk.inboxes.gateway import SendResult
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.statements.models import NextUpdate, Post
from tests.actions.builders import an_inbox, minutes
from tests.actions.posts import a_crisis, kinds, leaves, posts_of, publish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post_send, "_call", lambda post, now: SendResult(f"out {post.pk}", now))


@pytest.fixture
def crisis(noor: User) -> Crisis:
    return a_crisis(noor, level=1)


def out(who: User, crisis: Crisis, x: Inbox, at: float, promises: int | None, key: str = "1") -> None:
    """A statement that is on its network that many minutes past noon."""
    (post,) = posts_of(publish(who, crisis, x, key=key, update_minutes=promises, now=minutes(at)))
    leaves(post, minutes(at))


def told() -> list[tuple[str, str]]:
    rows = Notification.objects.order_by("id").values_list("user__username", "kind")
    return [(name, kind) for name, kind in rows]


def test_the_promise_begins_when_the_first_post_is_out(noor: User, crisis: Crisis, x: Inbox) -> None:
    page = an_inbox(network="facebook_page", name="Vlotlijn", own_id="2")
    first, second = posts_of(publish(noor, crisis, x, page, update_minutes=60, now=minutes(1)))
    assert open_update(crisis) is None
    leaves(first, minutes(5))
    leaves(second, minutes(9))
    promised = open_update(crisis)
    assert promised is not None
    assert (promised.due_at, promised.next_look_at) == (minutes(65), minutes(55))
    assert kinds(crisis) == ["started", "published", "post_sent", "update_promised", "post_sent"]


def test_it_is_nagged_for_before_and_when_it_is_due_and_until_the_next_one_is_out(
    noor: User, suze: User, crisis: Crisis, x: Inbox
) -> None:
    crisis_team.give_roles(noor, crisis.pk, {"spokesperson": suze.pk})
    out(noor, crisis, x, 1, 60)
    assert [remind_due(minutes(at)) for at in (40, 51, 52, 60.9, 61, 62, 66, 67, 71)] == [0, 1, 0, 0, 1, 0, 1, 0, 1]
    assert told() == [
        (name, kind)
        for kind in ("update_soon", "update_due", "update_late", "update_late")
        for name in ("noor", "suze")
    ]
    assert kinds(crisis).count("update_due") == 1
    out(suze, crisis, x, 72, None, key="2")
    assert (open_update(crisis), remind_due(minutes(90))) == (None, 0)
    line = CrisisEntry.objects.get(crisis=crisis, kind="update_kept")
    assert line.data["late_seconds"] == 11 * 60


def test_the_next_statement_keeps_it_and_promises_anew(noor: User, crisis: Crisis, x: Inbox) -> None:
    out(noor, crisis, x, 1, 60)
    out(noor, crisis, x, 30, 20, key="2")
    promised = open_update(crisis)
    assert promised is not None
    assert (promised.due_at, promised.publication.idempotency_key) == (minutes(50), "2")
    kept = NextUpdate.objects.exclude(pk=promised.pk).get()
    assert (kept.kept_at, kept.next_look_at) == (minutes(30), None)


def test_a_statement_that_waits_for_approval_keeps_nothing(noor: User, crisis: Crisis, x: Inbox) -> None:
    out(noor, crisis, x, 1, 60)
    crises.set_level(noor, crisis.pk, 2, reason="Erger", now=minutes(2))
    out(noor, crisis, x, 30, None, key="2")
    assert Post.objects.latest("id").state == "held"
    assert open_update(crisis) is not None


def test_it_is_withdrawn_with_a_reason_by_whoever_may_publish(noor: User, suze: User, crisis: Crisis, x: Inbox) -> None:
    out(noor, crisis, x, 1, 60)
    with pytest.raises(NotPermitted):
        next_updates.withdraw_update(suze, crisis.pk, reason="Nee")
    with pytest.raises(Invalid):
        next_updates.withdraw_update(noor, crisis.pk, reason=" ")
    next_updates.withdraw_update(noor, crisis.pk, reason="ProRail licht zelf toe")
    assert (open_update(crisis), remind_due(minutes(90))) == (None, 0)
    line = CrisisEntry.objects.get(crisis=crisis, kind="update_withdrawn")
    assert (line.text, line.actor) == ("ProRail licht zelf toe", noor)
    with pytest.raises(Conflict):
        next_updates.withdraw_update(noor, crisis.pk, reason="Nog eens")


def test_a_crisis_that_is_closed_reminds_nobody(noor: User, crisis: Crisis, x: Inbox) -> None:
    out(noor, crisis, x, 1, 60)
    crises.stand_down(noor, crisis.pk, reason="Voorbij")
    assert remind_due(minutes(52)) == 1, "the promise stands with the public"
    crises.review(noor, crisis.pk, conclusion="Sneller")
    assert (remind_due(minutes(61)), NextUpdate.objects.get().next_look_at) == (0, None)


def test_what_was_missed_while_nobody_looked_is_said_once_and_of_two_sweeps_one_says_it(
    noor: User, crisis: Crisis, x: Inbox
) -> None:
    out(noor, crisis, x, 1, 60)
    assert (remind_due(minutes(100)), remind_due(minutes(100))) == (1, 0)
    assert told() == [("noor", "update_late")]
