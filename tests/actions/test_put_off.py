"""Replies that leave later: inside opening hours, checked once more when they go, and never past newer words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from desk.actions.replies import approval, send
from desk.actions.replies.reply import release, submit, undo
from desk.common.errors import Invalid
from desk.inboxes.gateway import SendResult
from desk.people.models import User
from desk.replies import outbox
from desk.replies.models import Draft, Reply
from desk.sla.models import SlaPolicy, SlaPolicyVersion
from tests.actions.builders import a_mention, an_inbox, take_in, the_ticket
from tests.actions.promised import a_calendar, a_policy
from tests.actions.waiting import WORDS, requests_of, stands

pytestmark = pytest.mark.django_db
EVENING = datetime(2026, 3, 9, 19, 0, tzinfo=UTC)  # a Monday
MORNING = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)  # the office opens at nine in Amsterdam
OFFICE: dict[str, Any] = {
    "timezone": "Europe/Amsterdam",
    "week": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
}


@pytest.fixture(autouse=True)
def office(db: None) -> None:
    take_in(an_inbox(), [a_mention("1")], now=EVENING)
    default = SlaPolicy.objects.get(is_default=True)
    SlaPolicyVersion.objects.filter(policy=default).update(calendar=a_calendar("Kantoor", OFFICE))


@pytest.fixture
def suze() -> User:
    return User.objects.create_user("suze", role="agent", signature="SV")


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Which replies reached the network."""
    numbers: list[int] = []

    def call(reply: Reply, _now: datetime) -> SendResult:
        numbers.append(reply.pk)
        return SendResult(f"out {reply.pk}")

    monkeypatch.setattr(send, "_call", call)
    return numbers


def put_off(author: User, key: str = "1", **more: Any) -> Reply:
    return submit(
        author, the_ticket().pk, text=f"{WORDS} {key}", visibility="public", idempotency_key=key,
        now=EVENING, send_anyway=True, **more,
    )  # fmt: skip


def test_when_we_open_is_the_first_moment_of_the_calendar(suze: User, heard: list[int]) -> None:
    reply = put_off(suze, when_open=True)
    assert (reply.state, reply.scheduled_for, reply.next_attempt_at) == ("queued", MORNING, MORNING)
    send.send(reply.pk, MORNING - timedelta(seconds=1))
    assert heard == []
    assert outbox.due(MORNING) == [reply.pk]
    send.send(reply.pk, MORNING)
    assert heard == [reply.pk]


@pytest.mark.parametrize(
    "at", [EVENING, EVENING - timedelta(hours=1), MORNING - timedelta(minutes=1), EVENING + timedelta(days=31)]
)
def test_a_time_that_is_over_too_far_or_outside_opening_hours_is_refused(suze: User, at: datetime) -> None:
    with pytest.raises(Invalid):
        put_off(suze, send_at=at)
    assert not Reply.objects.exists()


def test_one_that_is_put_off_holds_up_no_later_one(suze: User, heard: list[int]) -> None:
    later, now = put_off(suze, send_at=MORNING + timedelta(hours=1)), put_off(suze, "2")
    send.send(now.pk, EVENING + timedelta(minutes=1))
    assert heard == [now.pk]
    assert stands(later)[0] == "queued"


def test_newer_words_of_the_customer_hold_it_until_somebody_says_that_it_still_fits(
    suze: User, heard: list[int]
) -> None:
    reply = put_off(suze, when_open=True)
    take_in(the_ticket().inbox, [a_mention("2", thread_id="1", at=-960)], now=EVENING + timedelta(hours=1))
    approval.sweep(EVENING + timedelta(hours=1))
    assert stands(reply) == ("held", "newer_message")
    release(suze, reply.pk, now=EVENING + timedelta(hours=2))
    assert (stands(reply)[0], reply.next_attempt_at) == ("queued", MORNING)
    send.send(reply.pk, MORNING)
    assert heard == [reply.pk]


def test_newer_words_that_no_sweep_has_seen_are_seen_at_the_send_step(suze: User, heard: list[int]) -> None:
    reply = put_off(suze, when_open=True)
    take_in(the_ticket().inbox, [a_mention("2", thread_id="1", at=-960)], now=EVENING + timedelta(hours=1))
    send.send(reply.pk, MORNING)
    assert (stands(reply), heard) == (("held", "newer_message"), [])


def test_it_can_be_taken_back_until_it_leaves(suze: User) -> None:
    reply = put_off(suze, when_open=True)
    undo(suze, reply.pk, now=MORNING - timedelta(minutes=1))
    assert stands(reply)[0] == "cancelled"
    assert Draft.objects.get().text == reply.text


def test_approved_before_its_time_it_waits_for_its_time(suze: User, heard: list[int]) -> None:
    mila = User.objects.create_user("mila", role="supervisor")
    reply = put_off(suze, when_open=True, ask_approval=True)
    approval.approve(mila, reply.pk, now=EVENING + timedelta(minutes=5))
    assert (stands(reply)[0], reply.next_attempt_at) == ("queued", MORNING)
    send.send(reply.pk, MORNING)
    assert (heard, requests_of(reply)) == ([reply.pk], ["approved"])


def test_approved_after_its_time_while_the_desk_is_closed_it_waits_for_the_next_opening(
    suze: User, heard: list[int]
) -> None:
    mila = User.objects.create_user("mila", role="supervisor")
    reply = put_off(suze, when_open=True, ask_approval=True)
    night = MORNING + timedelta(hours=12)
    approval.approve(mila, reply.pk, now=night)
    send.send(reply.pk, night)
    assert (heard, stands(reply)) == ([], ("queued", "desk_closed"))
    assert reply.scheduled_for == reply.next_attempt_at == MORNING + timedelta(days=1)
    send.send(reply.pk, MORNING + timedelta(days=1))
    assert (heard, stands(reply)) == ([reply.pk], ("sent", ""))


def test_other_opening_hours_that_hold_when_its_time_comes_put_it_off_again(suze: User, heard: list[int]) -> None:
    reply, later = put_off(suze, when_open=True), put_off(suze, "2")
    default = SlaPolicy.objects.get(is_default=True)
    wednesdays = {**OFFICE, "week": {"wed": [["09:00", "17:00"]]}}
    SlaPolicyVersion.objects.filter(policy=default).update(calendar=a_calendar("Woensdag", wednesdays))
    for one in (reply, later):  # what is not put off asks for no opening hours, and is not held up
        send.send(one.pk, MORNING)
    assert (heard, reply.state) == ([later.pk], "queued")
    send.send(reply.pk, MORNING + timedelta(days=1))
    assert heard == [later.pk, reply.pk]


def test_the_time_for_an_approval_counts_in_opening_hours(suze: User) -> None:
    reply = put_off(suze, ask_approval=True)
    asked = reply.approvals.get()
    assert (asked.deputy_at, asked.due_at) == (MORNING + timedelta(minutes=45), MORNING + timedelta(minutes=30))


def test_a_ticket_goes_by_the_opening_hours_of_its_own_policy(suze: User, heard: list[int]) -> None:
    evenings = {**OFFICE, "week": {day: [["18:00", "22:00"]] for day in ("mon", "tue")}}
    a_policy("Avonden", calendar=a_calendar("Avonden", evenings), networks=frozenset({the_ticket().inbox.network}))
    at_once = put_off(suze, when_open=True)
    assert at_once.scheduled_for is None, "that policy's desk is open"
    send.send(at_once.pk, EVENING + timedelta(minutes=1))
    later = EVENING + timedelta(days=1)
    reply = put_off(suze, "2", send_at=later)
    with pytest.raises(Invalid):
        put_off(suze, "3", send_at=MORNING)  # the default policy's desk is open, this one's is not
    send.send(reply.pk, later)
    assert heard == [at_once.pk, reply.pk]
