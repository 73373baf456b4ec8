"""Alert chains on real rows: taken once, in time, by whoever sweeps; stopped by a word, by the answer, by a pause."""

from datetime import datetime, timedelta

import pytest
from django.db import connection, connections, transaction
from pytest_django import DjangoAssertNumQueries

from desk.actions.alerts import notices
from desk.actions.sla import clock_sweep
from desk.actions.tickets import tickets
from desk.alerts.models import Alert, AlertChain, Notification
from desk.alerts.words import sentence
from desk.common.errors import Conflict, Missing, NotPermitted
from desk.people.models import AuditEntry, Team, User
from desk.sla.models import Clock, SlaPolicy
from desk.tickets.models import Ticket, TicketEvent
from desk.web.show.notices import address
from tests.actions.alerted import a_person, told
from tests.actions.builders import a_mention, an_inbox, deleted, minutes, own_words, take_in, the_ticket

pytestmark = pytest.mark.django_db


def test_ingest_says_when_to_look(waiting: Ticket) -> None:
    clock = Clock.objects.get(metric="first_response")
    assert clock.look_at == minutes(30)
    assert clock.alert_chain_version == AlertChain.objects.get(is_default=True).current
    assert Clock.objects.get(metric="resolution").look_at is None  # it promises nothing


def test_the_default_chain_goes_from_step_to_step(waiting: Ticket, sanne: User) -> None:
    a_person("els", "supervisor")
    a_person("ada", "administrator")
    assert clock_sweep.sweep(minutes(29)).alerts == 0
    assert clock_sweep.sweep(minutes(30)).alerts == 1
    assert told() == [("suze", "50")]
    assert clock_sweep.sweep(minutes(31)).alerts == 0
    clock_sweep.sweep(minutes(48))
    assert sorted(told()[1:]) == [("sanne", "80"), ("suze", "80")]
    clock_sweep.sweep(minutes(60))
    assert told()[3:] == [("els", "100")]
    clock_sweep.sweep(minutes(90))
    assert told()[4:] == [("ada", "30")]
    assert Clock.objects.get(metric="first_response").look_at is None
    assert [alert.due_at for alert in Alert.objects.order_by("step")] == [minutes(at) for at in (30, 48, 60, 90)]
    lines = TicketEvent.objects.filter(kind="alerted").order_by("id")
    assert [line.data["step"] for line in lines] == [1, 2, 3, 4]
    assert lines[0].data["told"] == [waiting.assignee_id]


def test_steps_that_fell_due_together_are_all_taken_and_a_person_hears_the_last(waiting: Ticket) -> None:
    assert clock_sweep.sweep(minutes(59)).alerts == 2
    assert told() == [("suze", "80")]


def test_nobody_to_tell_is_no_end_of_the_chain(team: Team) -> None:
    a_person("els", "supervisor")
    take_in(an_inbox(), [a_mention("1")], now=minutes(0))
    assert clock_sweep.sweep(minutes(30)).alerts == 1
    assert told() == []
    assert clock_sweep.sweep(minutes(60)).alerts == 2
    assert told() == [("els", "100")]


def test_who_is_away_or_gone_is_not_told(waiting: Ticket, suze: User, sanne: User) -> None:
    a_person("els", "supervisor", away=True)
    a_person("eva", "supervisor")
    User.objects.filter(pk=sanne.pk).update(away=True)
    User.objects.filter(pk=suze.pk).update(is_active=False)
    clock_sweep.sweep(minutes(60))
    assert told() == [("eva", "100")]


def test_the_answer_stops_the_chain_and_takes_the_notice_off_the_bell(waiting: Ticket, suze: User) -> None:
    clock_sweep.sweep(minutes(30))
    take_in(waiting.inbox, [own_words("2", parent_id="1", at=40)], now=minutes(41))
    clock_sweep.sweep(minutes(41))
    alert = Alert.objects.get()
    assert (alert.stopped_why, alert.stopped_at) == ("met", minutes(41))
    assert not Notification.objects.filter(seen_at=None).exists()
    assert clock_sweep.sweep(minutes(500)).alerts == 0
    assert not Clock.objects.exclude(look_at=None).exists()


def test_a_deleted_original_stops_the_chain(waiting: Ticket) -> None:
    clock_sweep.sweep(minutes(30))
    take_in(waiting.inbox, [deleted(a_mention("1"), at=35)], now=minutes(36))
    assert clock_sweep.sweep(minutes(100)).alerts == 0
    assert Alert.objects.get().stopped_why == "cancelled"


def test_an_answer_that_came_with_its_question_alerts_nobody() -> None:
    take_in(an_inbox(), [a_mention("1"), own_words("2", parent_id="1", at=40)], now=minutes(41))
    assert clock_sweep.sweep(minutes(500)).alerts == 0
    assert not Clock.objects.exclude(look_at=None).exists()


def test_each_new_turn_of_the_customer_begins_a_chain_of_its_own(waiting: Ticket) -> None:
    clock_sweep.sweep(minutes(30))
    take_in(waiting.inbox, [own_words("2", parent_id="1", at=31)], now=minutes(31))
    take_in(waiting.inbox, [a_mention("3", at=60, thread_id="1", parent_id="2")], now=minutes(60))
    assert clock_sweep.sweep(minutes(89)).alerts == 0
    assert clock_sweep.sweep(minutes(90)).alerts == 1
    assert [alert.clock.metric for alert in Alert.objects.order_by("id")] == ["first_response", "next_response"]


def _promise_resolution(in_minutes: int) -> None:
    policy = SlaPolicy.objects.get(is_default=True)
    assert policy.current is not None
    policy.current.resolution_seconds = in_minutes * 60
    policy.current.first_response_seconds = policy.current.next_response_seconds = None
    policy.current.save()


def test_a_pause_moves_the_chain(suze: User, team: Team) -> None:
    _promise_resolution(100)
    take_in(an_inbox(team=team), [a_mention("1")], now=minutes(0))
    ticket = tickets.assign(suze, the_ticket().pk, assignee_id=suze.pk)
    tickets.transition(suze, ticket.pk, "wait_for_customer", now=minutes(40))
    assert (
        clock_sweep.sweep(minutes(60)).alerts == 0
    )  # half of the target is gone by the wall clock, and not by the clock's own
    tickets.transition(suze, ticket.pk, "open", now=minutes(70))
    assert clock_sweep.sweep(minutes(79)).alerts == 0
    assert clock_sweep.sweep(minutes(80)).alerts == 1
    tickets.transition(suze, ticket.pk, "wait_for_customer", now=minutes(85))
    clock_sweep.sweep(minutes(86))
    assert Alert.objects.get().stopped_why == "paused"
    tickets.transition(suze, ticket.pk, "open", now=minutes(95))
    assert clock_sweep.sweep(minutes(119)).alerts == 0
    assert clock_sweep.sweep(minutes(120)).alerts == 1  # 80 % of 100, and 40 of pauses


# ── acknowledgement ──────────────────────────────────────────────────────────
def test_an_acknowledgement_stops_the_chain_for_everybody(waiting: Ticket, suze: User, sanne: User) -> None:
    clock_sweep.sweep(minutes(48))
    notice = Notification.objects.get(user=sanne)
    notices.acknowledge(sanne, notice.pk, now=minutes(49))
    alerts = Alert.objects.order_by("step")
    assert [(alert.acknowledged_by, alert.acknowledged_at) for alert in alerts] == [(sanne, minutes(49))] * 2
    assert clock_sweep.sweep(minutes(500)).alerts == 0
    assert not Notification.objects.filter(seen_at=None).exists()
    assert TicketEvent.objects.get(kind="alert_acknowledged").actor == sanne
    assert AuditEntry.objects.filter(verb="alert_acknowledged", actor=sanne).count() == 1
    with pytest.raises(Conflict):
        notices.acknowledge(suze, Notification.objects.filter(user=suze).latest("id").pk, now=minutes(50))


def test_a_ticket_is_acknowledged_as_a_whole(waiting: Ticket, suze: User) -> None:
    clock_sweep.sweep(minutes(48))
    assert notices.acknowledge_ticket(suze, waiting.pk, now=minutes(49)) == 2
    assert clock_sweep.sweep(minutes(500)).alerts == 0
    with pytest.raises(Conflict):
        notices.acknowledge_ticket(suze, waiting.pk, now=minutes(50))
    with pytest.raises(Missing):
        notices.acknowledge_ticket(suze, 10**9)
    with pytest.raises(NotPermitted):
        notices.acknowledge_ticket(a_person("ruben", "expert"), waiting.pk)


def test_what_moves_a_clock_later_does_not_wake_an_acknowledged_chain(waiting: Ticket, suze: User) -> None:
    clock_sweep.sweep(minutes(30))
    notices.acknowledge_ticket(suze, waiting.pk, now=minutes(31))
    take_in(waiting.inbox, [a_mention("0", at=-5, thread_id="1")], now=minutes(32))  # comes late: it starts earlier
    assert clock_sweep.sweep(minutes(500)).alerts == 0


def test_other_peoples_notices_are_not_there(waiting: Ticket, suze: User, sanne: User) -> None:
    clock_sweep.sweep(minutes(30))
    notice = Notification.objects.get(user=suze)
    with pytest.raises(Missing):
        notices.acknowledge(sanne, notice.pk)
    assert notices.see(sanne, [notice.pk]) == 0
    assert notices.see(suze, [notice.pk]) == 1
    assert notices.see(suze) == 0


# ── sweeps ───────────────────────────────────────────────────────────────────
def _many(count: int) -> None:
    inbox = an_inbox()
    take_in(inbox, [a_mention(f"{number}", by=f"klant{number}") for number in range(count)], now=minutes(0))


def _tickets_told() -> int:
    """For how many tickets somebody was told, one by one or as part of a flood."""
    return sum(notice.params.get("count", 1) for notice in Notification.objects.all())


def test_a_sweep_takes_few_queries_however_much_is_due(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    a_person("els", "supervisor")
    _many(40)
    with django_assert_max_num_queries(20):
        assert clock_sweep.sweep(minutes(60)).alerts == 120
    assert _tickets_told() == 40


def test_a_flood_is_told_in_one_notice_and_a_few_alerts_each_in_their_own() -> None:
    els = a_person("els", "supervisor")
    _many(clock_sweep.MOST_TOLD)
    clock_sweep.sweep(minutes(60))
    assert Notification.objects.filter(user=els, kind="alert").count() == clock_sweep.MOST_TOLD
    inbox = an_inbox()
    many = [a_mention(f"more {number}", by=f"anders{number}") for number in range(clock_sweep.MOST_TOLD + 1)]
    take_in(inbox, many, now=minutes(0))
    clock_sweep.sweep(minutes(60))
    flood = Notification.objects.get(kind="alerts")
    assert (flood.user, flood.alert, flood.params) == (els, None, {"count": clock_sweep.MOST_TOLD + 1})
    assert "21" in sentence(flood)
    assert address(flood).endswith("?ordering=due")
    ticket = Ticket.objects.get(inbox=inbox, profile__handle="anders0")
    assert notices.acknowledge_ticket(els, ticket.pk, now=minutes(61)) == 3  # each waits for its word at its own ticket


def test_a_clock_that_cannot_be_judged_does_not_hold_up_the_others(waiting: Ticket) -> None:
    a_person("els", "supervisor")
    take_in(waiting.inbox, [a_mention("2", by="jan")], now=minutes(0))
    Clock.objects.filter(ticket=waiting, metric="first_response").update(target_seconds=2_000_000_000)
    Clock.objects.filter(ticket=waiting).update(due_at=datetime.max.replace(tzinfo=minutes(0).tzinfo))
    assert clock_sweep.sweep(minutes(30)).alerts >= 1
    assert Alert.objects.exclude(ticket=waiting).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_never_tell_one_twice() -> None:
    from concurrent.futures import ThreadPoolExecutor

    a_person("els", "supervisor")
    _many(60)

    def sweep(_number: int) -> int:
        try:
            return clock_sweep.sweep(minutes(61)).alerts
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        raised = list(pool.map(sweep, range(4)))
    assert sum(raised) == Alert.objects.count() == 180
    assert _tickets_told() == 60
    assert TicketEvent.objects.filter(kind="alerted").count() == 180


@pytest.mark.django_db(transaction=True)
def test_a_sweep_that_is_killed_before_its_end_loses_none(waiting: Ticket) -> None:
    def sweep_and_die() -> None:
        with transaction.atomic():
            assert clock_sweep.sweep(minutes(30)).alerts == 1
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        sweep_and_die()
    assert not Alert.objects.exists()
    assert not Notification.objects.exists()
    assert clock_sweep.sweep(minutes(30)).alerts == 1
    assert told() == [("suze", "50")]


@pytest.mark.django_db(transaction=True)
def test_a_sweep_passes_by_what_somebody_holds(waiting: Ticket) -> None:
    """Ingest, a send or a person has the ticket: the sweep neither waits nor makes them wait in a circle."""
    from concurrent.futures import ThreadPoolExecutor

    def sweep() -> int:
        try:
            return clock_sweep.sweep(minutes(30)).alerts
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Ticket.objects.select_for_update(of=("self",)).get(pk=waiting.pk)
        assert pool.submit(sweep).result(timeout=10) == 0
    assert clock_sweep.sweep(minutes(30)).alerts == 1


def test_a_step_is_taken_once_even_where_the_hint_is_stale(waiting: Ticket) -> None:
    clock_sweep.sweep(minutes(30))
    Clock.objects.filter(metric="first_response").update(look_at=minutes(30))
    assert clock_sweep.sweep(minutes(31)).alerts == 0
    assert Clock.objects.get(metric="first_response").look_at == minutes(48)


def test_the_sweep_finds_its_clocks_by_their_index(waiting: Ticket) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT id FROM sla_clock WHERE look_at <= now() ORDER BY look_at LIMIT 2000")
        assert "clock_to_look_at" in "\n".join(row[0] for row in cursor.fetchall())


def test_old_notices_are_forgotten_and_new_ones_stay(waiting: Ticket) -> None:
    clock_sweep.sweep(minutes(30))
    assert notices.forget_old(minutes(30) + timedelta(days=89)) == 0
    assert notices.forget_old(minutes(30) + timedelta(days=91)) == 1
    assert Alert.objects.count() == 1


def test_a_breach_and_its_alert_are_told_beside_each_other(waiting: Ticket) -> None:
    assert clock_sweep.sweep(minutes(61)) == clock_sweep.Swept(late=1, alerts=3)
    assert clock_sweep.sweep(minutes(62)) == clock_sweep.Swept(late=0, alerts=0)
    assert Alert.objects.get(step=2).due_at == minutes(60)
