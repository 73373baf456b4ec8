"""What stops, pauses and restarts which clock, on the real desk: one sentence of the product a test."""

from datetime import datetime

import pytest
from django.db import transaction

from desk.actions.customers import tiers
from desk.actions.replies.settle import settle
from desk.actions.sla import clock_sweep
from desk.actions.tickets import tickets
from desk.inboxes.gateway import SendResult
from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.replies.models import Reply
from desk.rulebooks.active import in_force
from desk.sla.audit import differences
from desk.sla.models import Clock, ClockPause
from desk.tickets.models import NO_DUE, Message, Ticket, TicketEvent
from tests.actions.builders import (
    a_mention,
    a_message,
    an_inbox,
    deleted,
    minutes,
    own_words,
    take_in,
    the_ticket,
)
from tests.actions.promised import a_calendar, a_policy, clocks, past_noon, promise

pytestmark = pytest.mark.django_db
RESOLUTION = "resolution"


@pytest.fixture
def inbox() -> Inbox:
    promise(first=30, following=60, resolution=240)
    return an_inbox()


@pytest.fixture
def suze() -> User:
    return User.objects.create_user("suze", role="agent")


def step(who: User, event: str, at: float, *, of: str = "1") -> None:
    ticket_id = Message.objects.get(external_id=of).ticket_id
    tickets.transition(who, ticket_id or 0, event, now=minutes(at))


def pauses() -> list[tuple[float | None, float | None, str]]:
    rows = ClockPause.objects.order_by("since")
    return [(past_noon(pause.since), past_noon(pause.until), pause.reason) for pause in rows]


def test_a_mention_starts_the_first_response_and_the_resolution(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    assert clocks() == [("first_response", "running", 0, 30, None), (RESOLUTION, "running", 0, 240, None)]
    ticket = the_ticket()
    assert (ticket.due_at, ticket.warn_at, ticket.clock_started_at) == (minutes(30), minutes(24), minutes(0))


def test_an_answer_meets_the_response_and_the_wait_for_the_customer_pauses_the_resolution(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0), own_words("2", parent_id="1", at=10)])
    assert clocks() == [("first_response", "met", 0, 30, 10), (RESOLUTION, "paused", 0, 240, None)]
    assert pauses() == [(10, None, "waiting_for_customer")]
    ticket = the_ticket()
    assert (ticket.due_at, ticket.warn_at, ticket.clock_started_at) == (NO_DUE, None, None)


def test_when_the_customer_writes_again_the_pause_ends_and_the_due_time_has_moved_by_it(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0), own_words("2", parent_id="1", at=10)])
    take_in(inbox, [a_mention("3", at=45, thread_id="1")])
    assert clocks(RESOLUTION) == [(RESOLUTION, "running", 0, 275, None)]
    assert pauses() == [(10, 45, "waiting_for_customer")]
    assert the_ticket().due_metric == "next_response"
    assert clocks("next_response") == [("next_response", "running", 45, 105, None)]


def test_a_paused_clock_is_never_late_and_one_that_goes_on_is_late_by_its_new_time(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), own_words("2", parent_id="1", at=10)])
    assert clock_sweep.sweep(minutes(5_000)).late == 0
    step(suze, "open", 1_010)
    assert clock_sweep.sweep(minutes(1_239)).late == 0
    assert clock_sweep.sweep(minutes(1_241)).late == 1
    clock = Clock.objects.get(metric=RESOLUTION)
    assert (clock.due_at, clock.breached_at) == (minutes(1_240), minutes(1_240))
    assert TicketEvent.objects.get(kind="breached").at == minutes(1_240)


def test_a_clock_that_was_late_before_it_paused_stays_breached_also_where_no_sweep_had_seen_it(
    inbox: Inbox, suze: User
) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    step(suze, "wait_for_customer", 300)
    clock = Clock.objects.get(metric=RESOLUTION)
    assert (clock.state, clock.breached_at) == ("paused", minutes(240))


@pytest.mark.parametrize("event", ["ask_colleague", "open"])
def test_asking_a_colleague_pauses_nothing(inbox: Inbox, suze: User, event: str) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    step(suze, event, 5)
    assert clocks() == [("first_response", "running", 0, 30, None), (RESOLUTION, "running", 0, 240, None)]
    assert pauses() == []


def test_a_snooze_pauses_nothing_either(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    tickets.snooze(suze, the_ticket().pk, minutes(500), now=minutes(5))
    assert the_ticket().due_at == minutes(30)
    assert pauses() == []


def test_no_state_stops_a_response_clock_while_the_customer_waits(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    step(suze, "wait_for_customer", 5)
    assert clocks("first_response") == [("first_response", "running", 0, 30, None)]
    assert the_ticket().due_at == minutes(30)


def test_resolving_ends_the_response_unanswered_and_meets_the_resolution(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    step(suze, "resolve", 20)
    assert clocks() == [("first_response", "cancelled", 0, 30, 20), (RESOLUTION, "met", 0, 240, 20)]
    assert the_ticket().due_at == NO_DUE


def test_resolving_while_paused_ends_the_pause(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), own_words("2", parent_id="1", at=10)])
    step(suze, "resolve", 500)
    assert clocks(RESOLUTION) == [(RESOLUTION, "met", 0, 730, 500)]
    assert pauses() == [(10, 500, "waiting_for_customer")]
    assert not Clock.objects.exclude(breached_at=None).exists()


def test_reopening_starts_the_resolution_again_and_no_response(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    step(suze, "resolve", 20)
    step(suze, "reopen", 50)
    assert clocks(RESOLUTION) == [(RESOLUTION, "met", 0, 240, 20), (RESOLUTION, "running", 50, 290, None)]
    assert clocks("first_response") == [("first_response", "cancelled", 0, 30, 20)]


def test_a_customer_who_writes_on_a_resolved_ticket_starts_both(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), own_words("2", parent_id="1", at=5)])
    step(suze, "resolve", 20)
    take_in(inbox, [a_mention("3", at=90, thread_id="1")])
    assert clocks("next_response", RESOLUTION)[1:] == [
        ("next_response", "running", 90, 150, None),
        (RESOLUTION, "running", 90, 330, None),
    ]


def test_an_answer_in_the_app_that_reaches_us_after_the_ticket_was_resolved_counts(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    step(suze, "resolve", 20)
    take_in(inbox, [own_words("2", parent_id="1", at=18)])
    assert clocks("first_response") == [("first_response", "met", 0, 30, 18)]


def test_a_new_priority_or_owner_leaves_what_was_promised_and_counts_for_the_next_turn(
    inbox: Inbox, suze: User
) -> None:
    a_policy("Urgent", first=5, following=6, resolution=50, priorities=frozenset({3}))
    take_in(inbox, [a_mention("1", at=0)])
    tickets.set_priority(suze, the_ticket().pk, 3, now=minutes(1))
    tickets.assign(suze, the_ticket().pk, team_id=Team.objects.create(name="Reisinformatie").pk, now=minutes(2))
    assert clocks() == [("first_response", "running", 0, 30, None), (RESOLUTION, "running", 0, 240, None)]
    take_in(inbox, [own_words("2", parent_id="1", at=8), a_mention("3", at=20, thread_id="1")])
    assert clocks("next_response") == [("next_response", "running", 20, 26, None)]


def test_a_tag_counts_for_the_next_turn(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), own_words("2", parent_id="1", at=8)])
    tickets.tag(suze, the_ticket().pk, add=["vip"], now=minutes(9))
    a_policy("Vip", following=7, tags=frozenset({"vip"}))
    take_in(inbox, [a_mention("3", at=20, thread_id="1")])
    assert clocks("next_response") == [("next_response", "running", 20, 27, None)]


def test_a_new_tier_leaves_what_was_promised_and_counts_for_the_next_turn(inbox: Inbox, suze: User) -> None:
    a_policy("Vip", first=5, following=6, resolution=50, tiers=frozenset({2}))
    take_in(inbox, [a_mention("1", at=0)])
    tiers.set_tier(suze, the_ticket().customer_id, 2)
    assert clocks() == [("first_response", "running", 0, 30, None), (RESOLUTION, "running", 0, 240, None)]
    take_in(inbox, [own_words("2", parent_id="1", at=8), a_mention("3", at=20, thread_id="1")])
    assert clocks("next_response") == [("next_response", "running", 20, 26, None)]
    take_in(inbox, [a_mention("9", at=21), a_mention("8", at=22, by="tom")])  # a new ticket, and another customer
    assert [row[3] for row in clocks("first_response")[1:]] == [26, 52]
    step(suze, "resolve", 30, of="3")
    step(suze, "reopen", 40, of="3")  # worked out again from the timeline
    assert clocks(RESOLUTION)[1][3] == 90
    assert list(differences(Ticket.objects.all())) == []


def test_private_and_public_messages_may_be_promised_different_things(inbox: Inbox) -> None:
    a_policy("Private", first=15, private=True)
    take_in(inbox, [a_mention("1", at=0, by="marit"), a_message("2", at=0, by="tom")])
    assert sorted(row[3] for row in clocks("first_response")) == [15, 30]


def test_where_nothing_is_promised_a_clock_is_kept_and_never_due(inbox: Inbox) -> None:
    promise(first=None)
    take_in(inbox, [a_mention("1", at=0)])
    assert clocks() == [("first_response", "running", 0, None, None), (RESOLUTION, "running", 0, None, None)]
    assert (the_ticket().due_at, the_ticket().waiting_since) == (NO_DUE, minutes(0))
    assert clock_sweep.sweep(minutes(10_000)).late == 0


def test_a_deleted_original_cancels_both_and_leaves_the_wait_of_another_message(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0), a_mention("2", at=6, thread_id="1")])
    take_in(inbox, [deleted(a_mention("1", at=0), at=9)])
    assert clocks() == [("first_response", "running", 6, 36, None), (RESOLUTION, "running", 6, 246, None)]
    take_in(inbox, [deleted(a_mention("2", at=6), at=12)])
    assert clocks() == [("first_response", "cancelled", 6, 36, 12), (RESOLUTION, "cancelled", 6, 246, 12)]


def test_what_stands_still_after_its_due_time_is_late_by_a_due_time_that_moves_afterwards_too(
    inbox: Inbox, suze: User
) -> None:
    take_in(inbox, [a_mention("1", at=0), a_mention("2", at=28, thread_id="1")])
    step(suze, "wait_for_customer", 280)
    take_in(inbox, [deleted(a_mention("1", at=0), at=364)])
    resolution = Clock.objects.get(metric=RESOLUTION)
    assert resolution.breached_at == resolution.due_at == minutes(268)
    assert list(differences([the_ticket()])) == []


def test_what_is_late_stays_late_since_then_whatever_stands_still_afterwards(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    clock_sweep.sweep(minutes(241))
    step(suze, "wait_for_customer", 300)
    step(suze, "open", 420)
    resolution = Clock.objects.get(metric=RESOLUTION)
    assert resolution.breached_at == resolution.due_at == minutes(240)
    assert list(differences([the_ticket()])) == []


def test_a_merge_carries_the_longest_wait_over_and_ends_the_clocks_of_the_ticket_that_goes(
    inbox: Inbox, suze: User
) -> None:
    take_in(inbox, [a_mention("1", at=0), a_mention("2", at=5)])
    goes, stays = Ticket.objects.order_by("created_at")
    tickets.merge(suze, goes.pk, stays.pk, now=minutes(9))
    assert clocks() == [
        ("first_response", "cancelled", 0, 30, 9),
        (RESOLUTION, "cancelled", 0, 240, 9),
        ("first_response", "running", 0, 30, None),
        (RESOLUTION, "running", 0, 240, None),
    ]
    stays.refresh_from_db()
    assert (stays.waiting_since, stays.due_at) == (minutes(0), minutes(30))
    assert list(differences(Ticket.objects.all())) == []


def test_opening_hours_count_in_the_calendars_zone_and_a_pause_costs_what_it_covers_of_them(inbox: Inbox) -> None:
    office = {"timezone": "Europe/Amsterdam", "week": {"tue": [["09:00", "17:30"]], "wed": [["09:00", "17:30"]]}}
    a_policy("Office", first=300, resolution=600, calendar=a_calendar("Office", office), networks=frozenset({"x"}))
    take_in(inbox, [a_mention("1", at=0)])  # Tuesday 13:00 in Amsterdam: 4.5 hours are left of the day
    assert clocks("first_response")[0][3] == past_noon(datetime.fromisoformat("2026-03-11T08:30Z"))
    take_in(inbox, [own_words("2", parent_id="1", at=60)])
    take_in(inbox, [a_mention("3", at=60 * 21, thread_id="1")])  # Wednesday 10:00: 3.5 + 1 hours were paused
    # 10 hours and the 4.5 of the pause: 4.5 on Tuesday, 8.5 on Wednesday, 1.5 on the Tuesday after
    assert clocks(RESOLUTION)[0][3] == past_noon(datetime.fromisoformat("2026-03-17T09:30Z"))


def test_a_reply_of_the_desk_pauses_the_resolution_at_the_networks_time(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    ticket = the_ticket()
    reply = Reply.objects.create(
        ticket=ticket, author=suze, visibility="public", text="Hoi", signed_text="Hoi", state="sending",
        idempotency_key="1", answers=ticket.messages.get(), submitted_at=minutes(3), next_attempt_at=minutes(3),
        claimed_at=minutes(3), attempts=1, rulebook_version_id=in_force().version_id,
    )  # fmt: skip
    with transaction.atomic():
        settle(reply, SendResult("99", created_at=minutes(4)), minutes(6))
    assert pauses() == [(4, None, "waiting_for_customer")]
    assert clocks() == [("first_response", "met", 0, 30, 4), (RESOLUTION, "paused", 0, 240, None)]


@pytest.mark.parametrize("event", ["resolve", "merge", "delete"])
def test_a_wait_that_was_too_long_stays_a_breach_however_it_ends(inbox: Inbox, suze: User, event: str) -> None:
    take_in(inbox, [a_mention("1", at=0), a_mention("9", at=39)])
    late, other = Ticket.objects.order_by("created_at")
    if event == "resolve":
        step(suze, "resolve", 40)
    elif event == "merge":
        tickets.merge(suze, late.pk, other.pk, now=minutes(40))
    else:
        take_in(inbox, [deleted(a_mention("1", at=0), at=40)])
    clock = late.clocks.get(metric="first_response")
    assert (clock.state, clock.breached_at) == ("cancelled", minutes(30))
    assert list(differences(Ticket.objects.all())) == []


def test_spam_breaks_no_promise_and_what_was_none_is_late_from_its_own_message(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    clock_sweep.sweep(minutes(35))
    step(suze, "mark_spam", 40)
    assert not Clock.objects.exclude(breached_at=None).exists()
    step(suze, "not_spam", 50)
    clock_sweep.sweep(minutes(51))
    rows = Clock.objects.filter(metric="first_response").order_by("cycle")
    assert [(row.state, row.dropped_as, row.breached_at) for row in rows] == [
        ("cancelled", "spam", None),
        ("running", "", minutes(30)),
    ]
    assert list(differences(Ticket.objects.all())) == []


def test_the_audit_names_every_value_that_is_wrong(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0), own_words("2", parent_id="1", at=10)])
    assert list(differences(Ticket.objects.all())) == []
    Clock.objects.filter(metric="first_response").update(met_at=minutes(11), warn_at=minutes(1))
    Clock.objects.filter(metric=RESOLUTION).update(target_seconds=60)
    Ticket.objects.update(waiting_since=minutes(3))
    ClockPause.objects.update(until=minutes(12))
    found = {(one.clock.partition(" ")[0], one.what) for one in differences(Ticket.objects.all())}
    assert found == {
        ("first_response", "the end"),
        ("first_response", "warn_at"),
        ("resolution", "target_seconds"),
        ("resolution", "due_at"),
        ("resolution", "warn_at"),
        ("resolution", "a pause that lasts"),
        ("", "waiting_since"),
    }
    Clock.objects.filter(metric=RESOLUTION).delete()
    assert "the clock" in {one.what for one in differences(Ticket.objects.all())}


def test_a_message_from_before_the_deletion_that_is_heard_only_now_goes_on_with_the_same_cycle(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0), own_words("2", parent_id="1", at=0)])
    take_in(inbox, [deleted(a_mention("1", at=0), at=24)])
    take_in(inbox, [a_mention("3", at=0, thread_id="1")], now=minutes(40))
    assert list(differences([the_ticket()])) == []
    assert Clock.objects.get(metric=RESOLUTION).state in ("running", "paused")
