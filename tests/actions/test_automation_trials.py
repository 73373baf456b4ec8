"""Rules tried on the past by a worker: held against what a ticket was then, whatever happens to the worker."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from desk.actions.automation import automations, trials, trying
from desk.actions.tickets import notes, ticket_causes, tickets
from desk.automation.models import Firing, Trial
from desk.common import runs
from desk.common.errors import Conflict, Invalid, Missing
from desk.people.models import Team, User
from desk.people.permissions import Role
from desk.tickets.models import Ticket
from tests.actions.automated import a_rule, looked, tag
from tests.actions.builders import a_mention, an_inbox, minutes, take_in, the_ticket
from tests.actions.causes import a_cause

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return User.objects.create_user("mila", role=Role.SUPERVISOR)


@pytest.fixture
def ticket() -> Ticket:
    """It came at noon."""
    take_in(an_inbox(), [a_mention("1", text="Waar blijft de trein?")], now=minutes(0))
    return the_ticket()


def a_draft(boss: User, *rules: dict[str, Any]) -> int:
    return automations.write_draft(boss, document={"rules": list(rules)}).number


def found(boss: User, *rules: dict[str, Any], at: int = 60) -> list[dict[str, Any]]:
    """What each rule would have done until that minute."""
    trials.ask(boss, a_draft(boss, *rules), 1, now=minutes(at))
    result: dict[str, Any] = looked(count=1)[0].result
    rules_found: list[dict[str, Any]] = result["rules"]
    return rules_found


def fired(boss: User, *rules: dict[str, Any], at: int = 60) -> list[int]:
    return [one["fired"] for one in found(boss, *rules, at=at)]


# ── as then ──────────────────────────────────────────────────────────────────
def _raised(boss: User, ticket: Ticket) -> dict[str, Any]:
    tickets.set_priority(boss, ticket.pk, 3, now=minutes(30))
    return {"priorities": [3]}


def _tagged(boss: User, ticket: Ticket) -> dict[str, Any]:
    tickets.tag(boss, ticket.pk, add=["spits"], now=minutes(30))
    return {"tags": ["spits"]}


def _given(boss: User, ticket: Ticket) -> dict[str, Any]:
    tickets.assign(boss, ticket.pk, assignee_id=boss.pk, now=minutes(30))
    return {"assigned": True}


def _routed(boss: User, ticket: Ticket) -> dict[str, Any]:
    team = Team.objects.create(name="Rail")
    tickets.assign(boss, ticket.pk, team_id=team.pk, now=minutes(30))
    return {"teams": [team.pk]}


def _caused(boss: User, ticket: Ticket) -> dict[str, Any]:
    cause = a_cause("Deuren", "Doors")
    ticket_causes.choose(boss, ticket.pk, cause.pk, now=minutes(30))
    return {"causes": [cause.pk]}


def _resolved(boss: User, ticket: Ticket) -> dict[str, Any]:
    tickets.transition_to(boss, ticket.pk, "resolved", now=minutes(30))
    return {"states": ["resolved"]}


@pytest.mark.parametrize("change", [_raised, _tagged, _given, _routed, _caused, _resolved])
def test_a_rule_sees_the_ticket_as_it_was_when_it_would_have_fired(
    boss: User, ticket: Ticket, change: Callable[[User, Ticket], dict[str, Any]]
) -> None:
    """What came after half an hour holds for what happened then, and not for what happened before."""
    when = change(boss, ticket)
    notes.add_note(boss, ticket.pk, "Gebeld", now=minutes(31))
    quiet = {"when": when}
    before = a_rule("voor", "waiting", tag("x"), minutes=20, **quiet)
    after = a_rule("na", "untouched", tag("x"), minutes=10, **quiet)
    late = a_rule("laat", "opened", tag("x"), **quiet)
    heard = found(boss, before, after, late)
    assert (heard[0]["heard"], heard[0]["fired"]) == (1, 0)
    assert (heard[2]["heard"], heard[2]["fired"]) == (1, 0)
    resolved = "states" in when  # nothing is waited for on a ticket that is done
    assert heard[1]["fired"] == (0 if resolved else 1)


def test_what_held_then_fires_though_the_ticket_is_otherwise_today(boss: User, ticket: Ticket) -> None:
    tickets.tag(boss, ticket.pk, add=["spits"], now=minutes(10))
    tickets.tag(boss, ticket.pk, remove=["spits"], now=minutes(50))
    rule = a_rule("spits", "waiting", tag("x"), minutes=30, when={"tags": ["spits"]})
    assert fired(boss, rule) == [1]
    without = a_rule("zonder", "waiting", tag("x"), minutes=5, when={"tags": ["spits"]})
    assert fired(boss, without) == [0]


def test_what_no_timeline_tells_is_held_against_today_and_says_so(boss: User, ticket: Ticket) -> None:
    rule = a_rule("bereik", "opened", tag("x"), when={"followers": 5, "priorities": [0, 1, 2, 3]})
    (one,) = found(boss, rule)
    assert one["today"] == ["followers"]


def test_what_happened_after_the_moment_of_asking_is_not_looked_at(boss: User, ticket: Ticket) -> None:
    rule = a_rule("spits", "tag", tag("x"))
    trials.ask(boss, a_draft(boss, rule), 1, now=minutes(60))
    tickets.tag(boss, ticket.pk, add=["spits"], now=minutes(61))
    (trial,) = looked(count=1)
    assert trial.result["fired"] == 0
    assert not Firing.objects.exists()


# ── by a worker ──────────────────────────────────────────────────────────────
def test_a_draft_that_is_changed_meanwhile_is_tried_as_it_was(boss: User, ticket: Ticket) -> None:
    number = a_draft(boss, a_rule("alles", "opened", tag("x")))
    trials.ask(boss, number, 1, now=minutes(60))
    automations.change_draft(boss, number, document={"rules": []})
    (trial,) = looked(count=1)
    assert [one["key"] for one in trial.result["rules"]] == ["alles"]
    sample = trial.result["rules"][0]["sample"]
    assert sample == [{"ticket": ticket.pk, "at": minutes(0).isoformat()}]


def test_a_killed_worker_leaves_it_to_another_and_nothing_is_counted_twice(
    boss: User, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = trials.ask(boss, a_draft(boss, a_rule("alles", "opened", tag("x"))), 1, now=minutes(60))
    whole = trying._hold

    def dies(*arguments: Any) -> None:
        whole(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(trying, "_hold", dies)
        with pytest.raises(KeyboardInterrupt):
            trials.work(trial.pk)
    assert trials.take_over(minutes(60) + runs.LOST_AFTER) == []  # it may be at it still
    assert trials.take_over(minutes(62)) == [trial.pk]
    assert trials.take_over(minutes(62)) == []
    (trial,) = looked(count=1)
    assert (trial.state, trial.result["fired"]) == ("done", 1)
    trials.work(trial.pk)  # once more: nothing
    assert looked(count=1)[0].result == trial.result


def test_it_says_that_it_moves_after_each_portion(boss: User, ticket: Ticket, monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(an_inbox(name="Ander", own_id="2"), [a_mention("2", by="tom"), a_mention("3", by="ann")], now=minutes(1))
    monkeypatch.setattr(trying, "_PORTION", 1)
    steps: list[None] = []
    book = trials.ask(boss, a_draft(boss, a_rule("alles", "opened", tag("x"))), 1, now=minutes(60)).book()
    assert trying.tried(book, 1, minutes(60), lambda: steps.append(None))["fired"] == 3
    assert len(steps) == 3


def test_one_at_which_workers_fail_again_and_again_ends(boss: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_arguments: Any) -> None:
        raise RuntimeError("what nobody can do")

    monkeypatch.setattr(trials, "tried", breaks)
    trial, now = trials.ask(boss, 1, 1, now=minutes(0)), minutes(0)
    for _again in range(runs.MOST_TRIES):
        with pytest.raises(RuntimeError):
            trials.work(trial.pk)
        now += timedelta(minutes=1)
        trials.take_over(now)
    trial.refresh_from_db()
    assert (trial.state, trial.result, trial.ended_at) == ("failed", None, now)


# ── what may be asked, and how long it is kept ───────────────────────────────
def test_what_makes_no_sense_is_refused_and_only_so_many_run_at_a_time(boss: User) -> None:
    with pytest.raises(Missing):
        trials.ask(boss, 99, 7)
    with pytest.raises(Invalid):
        trials.ask(boss, 1, 0)
    for _again in range(trials.MOST_RUNNING):
        trials.ask(boss, 1, 7)
    with pytest.raises(Conflict, match="running"):
        trials.ask(boss, 1, 7)
    with pytest.raises(Missing):
        trials.trial_of(boss, 999_999)


def test_of_a_proposal_whoever_looks_again_reads_the_same_for_a_while(boss: User) -> None:
    document: dict[str, Any] = {"rules": []}
    first = trials.of_document(document, 7, minutes(0))
    assert trials.of_document(document, 7, minutes(14)) == first
    assert trials.of_document(document, 14, minutes(14)) != first
    assert trials.of_document(document, 7, minutes(16)) != first
    with pytest.raises(Missing):  # it may hold what this person may not read
        trials.trial_of(boss, first.pk)


def test_old_ones_are_forgotten_and_running_ones_stay(boss: User, monkeypatch: pytest.MonkeyPatch) -> None:
    trials.ask(boss, 1, 7, now=minutes(0))
    (old,) = looked(count=1)
    running = trials.ask(boss, 1, 7, now=minutes(0))
    assert trials.forget_old(minutes(0) + trials.KEPT) == 0
    assert trials.forget_old(minutes(1) + trials.KEPT) == 1
    assert list(Trial.objects.all()) == [running]
    looked(count=1)
    monkeypatch.setattr(trials, "MOST_KEPT", 0)
    assert trials.forget_old(minutes(1)) == 1
    assert old.pk != running.pk
