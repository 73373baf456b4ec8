"""A drill from plan to score card, on a real sandbox."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from desk.actions.crises import crises, crisis_team
from desk.actions.drills import drill_player, drills
from desk.actions.replies import approval, canned_use, reply, send
from desk.actions.reports import figures, reports
from desk.actions.reports.wallboard_figures import Scope
from desk.actions.sla import clock_sweep
from desk.actions.tickets import tickets
from desk.alerts.words import sentence
from desk.common.errors import Conflict, Invalid
from desk.crises.models import Crisis, CrisisEntry
from desk.drills.models import Beat, Drill
from desk.drills.running import proof_of_active_plan
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.replies.models import Reply
from desk.reports.models import CountedCycle
from desk.sla.models import Clock
from desk.tickets.models import Message, Ticket
from tests.actions.alerted import a_person
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.drilled import SCENARIO, a_drill, a_stage, play_until, read
from tests.canned import a_canned
from tests.sandbox import SandboxProcess

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def comms(drill_sandbox: SandboxProcess, settings: LazySettings) -> User:
    settings.SANDBOX_URL, settings.UNDO_SECONDS = drill_sandbox.address, 0
    return a_person("noor", "comms")


@pytest.fixture
def stage(comms: User) -> Inbox:
    return a_stage(comms)


@pytest.mark.parametrize("network", ["x", "facebook_page"])
def test_customers_write_as_the_scenario_says_and_are_heard(comms: User, network: str) -> None:
    inbox = a_stage(comms, network=network)
    drill = drills.start_drill(comms, a_drill(comms, inbox).pk)
    play_until(drill, 5)
    assert not Beat.objects.filter(drill=drill).exclude(problem="").exists()
    heard = Message.objects.filter(inbox=inbox, outgoing=False).values_list("text", flat=True)
    for words in ("Alles ligt plat!", "Hier ook", "Mag ik u iets vragen?", "Zonder kaartje? Zonder trein ja."):
        assert sum(text.endswith(words) for text in heard) == 1
    assert Message.objects.get(inbox=inbox, outgoing=True).text == "Nieuw: reizen zonder kaartje!"
    assert Ticket.objects.count() == 4
    assert set(Ticket.objects.values_list("inbox__drill", flat=True)) == {True}


def test_what_breaks_is_mended_and_nothing_was_lost(comms: User, stage: Inbox, drill_sandbox: SandboxProcess) -> None:
    drill = drills.start_drill(comms, a_drill(comms, stage).pk)
    play_until(drill, 7)  # the network is down: what is asked of it fails
    stage.refresh_from_db()
    assert stage.failures_in_a_row > 0
    assert not Ticket.objects.exists()
    armed = drill_sandbox.call("GET", "/faults")["faults"]
    assert [fault["params"]["account"] for fault in armed] == [stage.own_id] * 2  # and nobody else's
    play_until(drill, 9)
    stage.refresh_from_db()
    assert stage.failures_in_a_row == 0
    assert Ticket.objects.count() == 4
    assert drill_sandbox.call("GET", "/faults")["faults"] == []


def test_a_killed_player_is_followed_by_the_next_and_nobody_says_anything_twice(
    comms: User, stage: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    drill = drills.start_drill(comms, a_drill(comms, stage).pk)
    Beat.objects.filter(drill=drill, kind="post").update(due_at=drill.started_at)
    with monkeypatch.context() as killed:
        killed.setattr(Beat.objects, "bulk_update", _killed)  # the words are out, and nobody wrote that down
        with pytest.raises(KeyboardInterrupt):
            drill_player.play(timezone.now())
    Drill.objects.update(playing_until=timezone.now() + timedelta(seconds=50))  # its lease
    assert drill_player.play(timezone.now()) == 0
    assert drill_player.play(timezone.now() + timedelta(seconds=51)) == 7  # what breaks and is mended, too
    read(stage)
    assert Message.objects.filter(inbox=stage, outgoing=False).count() == 4


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_nothing_of_a_drill_is_in_any_figure(comms: User, stage: Inbox) -> None:
    real = an_inbox()
    take_in(real, [a_mention("1")], now=timezone.now())
    before = figures.today(comms)
    drill = drills.start_drill(comms, a_drill(comms, stage).pk)
    play_until(drill, 5)
    assert Ticket.objects.filter(inbox=stage).count() == 4
    reports.count_everything()
    assert set(CountedCycle.objects.values_list("inbox_id", flat=True)) == {real.pk}
    after = figures.today(comms)
    assert (after.open, after.today.arrived, len(after.inboxes)) == (before.open, before.today.arrived, 1)
    assert not any(ticket.inbox.drill for ticket in after.waiting_longest)
    assert set(Ticket.objects.filter(Scope().tickets()).values_list("inbox", flat=True)) == {real.pk}
    assert list(Inbox.objects.filter(Scope().connections())) == [real]


def test_a_whole_drill_is_scored_from_what_the_log_says(comms: User, stage: Inbox) -> None:
    deputy = a_person("joris", "supervisor")
    drill = drills.start_drill(comms, a_drill(comms, stage).pk)
    play_until(drill, 5)
    crisis = crises.start(comms, reason="Alles ligt plat", level=1, drill=True)
    crises.set_level(comms, crisis.pk, 2, reason="Het wordt meer")
    ticket = Ticket.objects.filter(inbox=stage, private=False).order_by("pk").first()
    assert ticket is not None
    found = reply.submit(comms, ticket.pk, text="We weten ervan.", visibility="public", idempotency_key="1")
    assert found.state == "held"  # level 2 of the plan: a colleague reads it first
    approval.approve(deputy, found.pk)
    found.refresh_from_db()
    type(found).objects.filter(pk=found.pk).update(next_attempt_at=timezone.now())
    send.send(found.pk, timezone.now())
    for task in ("look", "lead", "facts", "statement"):
        crisis_team.tick(comms, crisis.pk, task)
    ended = drills.end_drill(comms, drill.pk)
    lines = {line["what"]: line for line in ended.card["lines"]}
    first = Beat.objects.filter(drill=drill, kind="post", data__author="jan").get().played_at
    crisis.refresh_from_db()
    found.refresh_from_db()
    entry = CrisisEntry.objects.get(crisis=crisis, kind="level")
    assert first is not None
    assert found.sent_at is not None
    assert lines["detect"]["measured"] == round((crisis.created_at - first).total_seconds(), 1)
    assert lines["level"]["measured"] == round((entry.at - first).total_seconds(), 1)
    assert lines["statement"]["measured"] == round(max((found.sent_at - first).total_seconds(), 0), 1)
    assert lines["checklist"]["measured"] == 100.0
    assert (
        ended.card["figures"] | {"posts": 5, "played": 5, "tickets": 4, "sent": 1, "approved": 1}
        == ended.card["figures"]
    )
    assert ended.passed
    assert set(ended.card["people"]) == {comms.pk, deputy.pk}
    assert crisis.state == Crisis.State.STOOD_DOWN
    version, proof = proof_of_active_plan()
    assert proof is not None
    assert ended.plan == version
    assert ended.ended_at is not None
    assert proof.lapses_at == ended.ended_at + timedelta(days=180)
    assert {one.pk for one in proof.people} == {
        comms.pk,
        deputy.pk,
    }
    assert not proof.has_lapsed(timezone.now())
    assert proof.has_lapsed(timezone.now() + timedelta(days=181))


def test_a_drill_in_which_nobody_did_anything_proves_nothing(comms: User, stage: Inbox) -> None:
    drill = drills.start_drill(comms, a_drill(comms, stage).pk)
    play_until(drill, 5)
    ended = drills.end_drill(comms, drill.pk)
    assert not ended.passed
    assert {line["verdict"] for line in ended.card["lines"]} == {"missed", "nothing_to_measure"}
    assert proof_of_active_plan()[1] is None


def test_what_a_drill_left_is_put_away_and_its_account_rests(
    comms: User, stage: Inbox, drill_sandbox: SandboxProcess
) -> None:
    drill = drills.start_drill(comms, a_drill(comms, stage).pk)
    play_until(drill, 7)
    play_until(drill, 0)
    ended = drills.end_drill(comms, drill.pk)
    assert ended.ended_at is not None
    drill_player.sweep(timezone.now())
    drill.refresh_from_db()
    stage.refresh_from_db()
    assert (drill.cleared_at, stage.state) == (None, Inbox.State.PAUSED)
    late = ended.ended_at + timedelta(seconds=3)
    take_in(stage, [a_mention("1")], now=late)  # was on its way
    Ticket.objects.update(received_at=late)
    assert Ticket.objects.get().state == "new"
    for _round in range(3):
        drill_player.sweep(ended.ended_at + timedelta(seconds=21))
    drill.refresh_from_db()
    assert drill.cleared_at is not None
    assert not Ticket.objects.exclude(state="resolved").exists()
    assert drill_sandbox.call("GET", "/faults")["faults"] == []


def test_it_ends_by_itself_when_its_time_is_over(comms: User, stage: Inbox) -> None:
    drill = drills.start_drill(comms, a_drill(comms, stage).pk)
    assert drill.ends_at is not None
    assert drill.started_at is not None
    assert drill.ends_at - drill.started_at == timedelta(seconds=20)
    drill_player.sweep(drill.ends_at - timedelta(seconds=1))
    assert Drill.objects.get().state == "running"
    drill_player.sweep(drill.ends_at)
    assert (Drill.objects.get().state, Drill.objects.get().ended_by) == ("finished", None)


def test_one_drill_at_a_time(comms: User, stage: Inbox) -> None:
    first, second = a_drill(comms, stage), a_drill(comms, stage)
    drills.start_drill(comms, first.pk)
    with pytest.raises(Conflict) as refused:
        drills.start_drill(comms, second.pk)
    assert refused.value.code == "drill_running"
    with pytest.raises(Conflict):
        drills.start_drill(comms, first.pk)


def test_without_a_drill_there_is_no_crisis_of_one(comms: User, stage: Inbox) -> None:
    with pytest.raises(Conflict) as refused:
        crises.start(comms, reason="Oefening", drill=True)
    assert refused.value.code == "no_drill"


def test_a_drill_becomes_the_real_thing_and_its_traffic_stays_apart(comms: User, stage: Inbox) -> None:
    real = an_inbox()
    drill = drills.start_drill(comms, a_drill(comms, stage).pk)
    play_until(drill, 5)
    drilled = crises.start(comms, reason="Oefening", level=2, drill=True)
    crisis = drills.turn_real(comms, drill.pk, reason="Er brandt echt iets")
    assert (crisis.level, crisis.drill, crisis.plan, crisis.state) == (2, False, drilled.plan, "active")
    take_in(real, [a_mention("1")], now=timezone.now())
    assert set(crisis.tickets.values_list("ticket__inbox__drill", flat=True)) == {False}
    drilled.refresh_from_db()
    drill.refresh_from_db()
    assert (drilled.state, drill.state, drill.became) == ("stood_down", "real", crisis)
    assert drill_player.play(timezone.now() + timedelta(minutes=5)) == 0
    for step in (
        lambda: drills.start_drill(comms, drill.pk),
        lambda: drills.end_drill(comms, drill.pk),
        lambda: drills.turn_real(comms, drill.pk, reason="Nog eens"),
        lambda: drills.cancel_drill(comms, drill.pk),
    ):
        with pytest.raises(Conflict) as refused:
            step()
        assert refused.value.code == "transition_refused"


def test_one_that_was_planned_is_announced_started_and_repeated(comms: User, stage: Inbox) -> None:
    agent = a_person("suze")
    at = timezone.now() + timedelta(hours=30)
    drill = a_drill(comms, stage, planned_at=at, repeat_days=30, announced=False)
    told = comms.notifications.filter
    drill_player.sweep(at - timedelta(hours=25))
    assert not told(kind="drill_soon").exists()
    for _twice in range(2):
        drill_player.sweep(at - timedelta(hours=23))
    assert told(kind="drill_soon").count() == 1
    drill_player.sweep(at)
    drill.refresh_from_db()
    assert (drill.state, drill.started_by) == ("running", comms)
    assert not agent.notifications.exists()  # it is to surprise
    drills.end_drill(comms, drill.pk, now=at)
    following = Drill.objects.get(state="planned")
    assert following.planned_at == drills.next_time(at, timedelta(days=30), at)
    assert following.scenario_form == drill.scenario_form


def test_an_announced_one_tells_everybody(comms: User, stage: Inbox) -> None:
    agent = a_person("suze")
    drills.start_drill(comms, a_drill(comms, stage).pk)
    assert agent.notifications.get().kind == "drill_started"


def test_one_that_could_not_begin_is_given_up_and_the_next_is_planned(
    comms: User, stage: Inbox, settings: LazySettings
) -> None:
    at = timezone.now() + timedelta(minutes=1)
    a_drill(comms, stage, planned_at=at, repeat_days=7)
    settings.SANDBOX_URL = ""
    drill_player.sweep(at)
    assert Drill.objects.get().state == "planned"
    drill_player.sweep(at + timedelta(minutes=61))
    missed = Drill.objects.get(state="cancelled")
    assert "DESK_SANDBOX_URL" in missed.end_reason
    assert comms.notifications.filter(kind="drill_missed").exists()
    assert Drill.objects.get(state="planned").planned_at == drills.next_time(at, timedelta(days=7), at)


def test_a_drill_that_is_repeated_stays_at_its_hour_when_the_clocks_are_moved(settings: LazySettings) -> None:
    settings.TIME_ZONE = "Europe/Amsterdam"
    ten = datetime(2026, 10, 20, 8, 0, tzinfo=UTC)  # 10:00 in summer
    assert drills.next_time(ten, timedelta(days=7), ten) == datetime(2026, 10, 27, 9, 0, tzinfo=UTC)  # 10:00 in winter
    assert drills.next_time(ten, timedelta(days=7), ten + timedelta(days=20)) == datetime(
        2026, 11, 10, 9, 0, tzinfo=UTC
    )


def test_everything_that_is_wrong_with_a_wish_is_said_at_once(comms: User, stage: Inbox) -> None:
    real = an_inbox()
    with pytest.raises(Invalid) as refused:
        drills.plan_drill(
            comms,
            drills.Wish(real.pk, "nothing", language="fr", speed=61, planned_at=timezone.now(), repeat_days=400),
        )
    assert set(refused.value.errors) == {"scenario", "inbox", "language", "speed", "planned_at", "repeat_days"}
    with pytest.raises(Invalid) as refused:
        a_drill(comms, stage, document={**SCENARIO, "level": 9})
    assert list(refused.value.errors) == ["document.level"]


def test_merging_stays_inside_an_inbox(comms: User, stage: Inbox) -> None:
    real = an_inbox()
    take_in(real, [a_mention("1")], now=timezone.now())
    play_until(drills.start_drill(comms, a_drill(comms, stage).pk), 5)
    theirs, ours = Ticket.objects.get(inbox=real), Ticket.objects.filter(inbox=stage).first()
    assert ours is not None
    with pytest.raises(Conflict):
        tickets.merge(comms, ours.pk, theirs.pk)


def test_alerts_of_a_drill_say_so_before_anything_else(comms: User, stage: Inbox) -> None:
    suze = a_person("suze")
    play_until(drills.start_drill(comms, a_drill(comms, stage).pk), 5)
    ticket = Ticket.objects.filter(inbox=stage).first()
    assert ticket is not None
    tickets.assign(suze, ticket.pk, assignee_id=suze.pk)
    Clock.objects.filter(ticket=ticket).update(look_at=timezone.now())
    clock_sweep.sweep(timezone.now() + timedelta(days=3))
    told = [sentence(notice) for notice in suze.notifications.filter(kind="alert")]
    assert told
    assert all(words.startswith("Drill: ") for words in told)


def test_canned_responses_learn_nothing_from_a_drill(comms: User, stage: Inbox) -> None:
    canned = a_canned()
    play_until(drills.start_drill(comms, a_drill(comms, stage).pk), 5)
    ticket = Ticket.objects.filter(inbox=stage, private=False).first()
    assert ticket is not None
    found = reply.submit(
        comms, ticket.pk, text="Hoi", visibility="public", idempotency_key="1", canned_response_id=canned.pk
    )
    Reply.objects.filter(pk=found.pk).update(next_attempt_at=timezone.now())
    send.send(found.pk, timezone.now())
    found.refresh_from_db()
    canned.refresh_from_db()
    assert (found.state, found.canned_response) == ("sent", canned)
    assert (canned.times_used, canned.times_learned, canned_use.statistics(comms, canned.pk).used) == (0, 0, 0)
