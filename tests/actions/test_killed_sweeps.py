"""kill -9 in the middle of each sweep: a real process dies with its transaction open, and nothing is lost or twice."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db.models import Sum

from desk.actions.reports import reports
from desk.actions.signals import watching
from desk.actions.sla import clock_sweep, sla_change
from desk.actions.sla.sla_policies import change_policy
from desk.actions.statements import next_updates
from desk.actions.tickets import assignment
from desk.alerts.models import Alert, Notification
from desk.crises.models import Crisis, CrisisEntry
from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.reports.models import CountedCycle
from desk.signals.models import Arrival, MentionCount, Signal, Stream
from desk.sla.models import Clock, SlaPolicy, SlaRenewal
from desk.statements.models import NextUpdate
from desk.tickets.models import Ticket, TicketEvent
from tests.actions.builders import a_mention, an_inbox, minutes, take_in
from tests.actions.killing import kill_in_the_middle
from tests.actions.posts import a_crisis, publish
from tests.actions.promised import promise

pytestmark = pytest.mark.django_db(transaction=True)
TICKETS = 40
NOW = minutes(60)


@dataclass(frozen=True, slots=True)
class Sweep:
    """`caught_at` is a table to which it writes in the middle of its transaction."""

    path: str
    caught_at: str
    takes_time: bool = True


SWEEPS = {
    "breaches": Sweep("desk.actions.sla.clock_sweep.sweep", "tickets_ticketevent"),
    "alerts": Sweep("desk.actions.sla.clock_sweep.sweep", "alerts_notification"),
    "renewal": Sweep("desk.actions.sla.sla_change.renew_open_clocks", "tickets_ticketevent"),
    "assignment": Sweep("desk.actions.tickets.assignment.sweep", "tickets_ticketevent"),
    "reports": Sweep("desk.actions.reports.reports.count_changes", "reports_countedcycle", takes_time=False),
    "counts": Sweep("desk.actions.signals.watching.watch", "signals_mentioncount"),
    "signals": Sweep("desk.actions.signals.watching.watch", "signals_signal"),
    "updates": Sweep("desk.actions.statements.next_updates.remind_due", "alerts_notification"),
}


@pytest.fixture(autouse=True)
def company() -> None:
    promise(first=30, resolution=300)
    team = Team.objects.create(name="Rail", assignment=Team.Assignment.ROUND_ROBIN)
    for name in ("an", "bo"):
        User.objects.create_user(name, role="agent").teams.add(team)
    User.objects.create_user("suze", role="supervisor")
    take_in(an_inbox(team=team), [a_mention(str(n), by=f"c{n}", at=n / 60) for n in range(TICKETS)], now=minutes(2))


def killed_in_the_middle(sweep: Sweep, project: Path) -> None:
    kill_in_the_middle(project, sweep.caught_at, sweep.path, *([NOW.isoformat()] if sweep.takes_time else []))


def test_a_killed_sweep_of_breaches_has_told_nothing_and_the_next_tells_each_once(project: Path) -> None:
    killed_in_the_middle(SWEEPS["breaches"], project)
    assert not Clock.objects.exclude(breached_at=None).exists()
    assert clock_sweep.sweep(minutes(75)).late == TICKETS
    told = TicketEvent.objects.filter(kind="breached").values_list("data__clock", "at")
    assert dict(told) == dict(Clock.objects.filter(metric="first_response").values_list("pk", "due_at"))
    assert len(told) == TICKETS


def test_a_killed_sweep_of_alerts_has_alerted_nobody_and_the_next_alerts_each_once(project: Path) -> None:
    killed_in_the_middle(SWEEPS["alerts"], project)
    assert not Alert.objects.exists()
    raised = clock_sweep.sweep(NOW).alerts
    assert raised == Alert.objects.count() == TicketEvent.objects.filter(kind="alerted").count() > TICKETS
    assert clock_sweep.sweep(NOW).alerts == 0
    (count,) = set(Counter(Notification.objects.values_list("user__username", "ticket")).values())
    assert count == 1


def test_a_killed_renewal_goes_on_where_it_was(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change_policy(None, SlaPolicy.objects.get(is_default=True).pk, first_response_minutes=90, apply_to_open=True)
    killed_in_the_middle(SWEEPS["renewal"], project)
    assert not Clock.objects.filter(target_seconds=5_400).exists()
    sla_change.renew_open_clocks(NOW)
    lines = Counter(TicketEvent.objects.filter(kind="clock_renewed").values_list("data__clock", flat=True))
    assert lines == Counter(Clock.objects.values_list("pk", flat=True))
    assert SlaRenewal.objects.get().renewed == 2 * TICKETS


def test_a_killed_assigner_has_given_nothing_and_the_next_gives_each_once(project: Path) -> None:
    killed_in_the_middle(SWEEPS["assignment"], project)
    assert not Ticket.objects.exclude(assignee=None).exists()
    assert assignment.sweep(NOW) == TICKETS
    given = Counter(TicketEvent.objects.filter(kind="given").values_list("ticket", flat=True))
    assert given == Counter(Ticket.objects.values_list("pk", flat=True))
    assert Counter(Ticket.objects.values_list("assignee__username", flat=True)) == {"an": 20, "bo": 20}


def test_a_killed_reminder_of_a_promised_update_has_told_nobody_and_the_next_tells_each_once(project: Path) -> None:
    noor = User.objects.create_user("noor", role="comms")
    published = publish(noor, a_crisis(noor, level=1), Inbox.objects.get())
    promised = NextUpdate.objects.create(
        crisis=published.crisis, publication=published, made_at=minutes(1), due_at=NOW, next_look_at=minutes(50)
    )
    killed_in_the_middle(SWEEPS["updates"], project)
    promised.refresh_from_db()
    assert (promised.next_look_at, promised.told_due_at) == (minutes(50), None)
    assert (next_updates.remind_due(NOW), next_updates.remind_due(NOW)) == (1, 0)
    assert Notification.objects.get().kind == "update_due"
    assert CrisisEntry.objects.filter(kind="update_due").count() == 1


def test_killed_counting_leaves_nothing_out_and_counts_nothing_twice(project: Path) -> None:
    reports.count_changes()
    before = list(CountedCycle.objects.order_by("clock_id").values())
    assert len(before) == 2 * TICKETS
    clock_sweep.sweep(NOW)
    killed_in_the_middle(SWEEPS["reports"], project)
    assert list(CountedCycle.objects.order_by("clock_id").values()) == before
    reports.count_changes()
    after = list(CountedCycle.objects.order_by("clock_id").values())
    assert [row["clock_id"] for row in after] == [row["clock_id"] for row in before]
    assert sum(row["late"] for row in after) == TICKETS


def test_a_killed_watch_has_counted_nothing_and_the_next_counts_each_once(project: Path) -> None:
    killed_in_the_middle(SWEEPS["counts"], project)
    assert not MentionCount.objects.exists()
    for _again in range(2):
        watching.watch(NOW)
        assert MentionCount.objects.aggregate(all=Sum("messages"))["all"] == TICKETS
    assert not Arrival.objects.exists()


def test_a_killed_watch_has_read_no_minute_and_the_next_reads_each_once(project: Path) -> None:
    inbox = Inbox.objects.get()
    rows = [MentionCount(inbox=inbox, at=minutes(-5 * n), messages=n % 2) for n in range(1, 10 * 288)]
    MentionCount.objects.bulk_create(rows)
    watching.watch(minutes(0.5))
    Stream.objects.filter(inbox=None).delete()
    stream = Stream.objects.get()
    killed_in_the_middle(SWEEPS["signals"], project)
    stream.refresh_from_db()
    assert (stream.read_until, Signal.objects.count(), Crisis.objects.count()) == (minutes(0), 0, 0)
    Stream.objects.filter(inbox=None).delete()
    for _again in range(2):
        watching.watch(NOW)
        stream.refresh_from_db()
        assert stream.read_until == minutes(59)
        assert Signal.objects.filter(stream=stream, kind="surge", measure="messages").count() == 1
        assert Crisis.objects.count() == 1
