"""What reports count, against what the messages themselves say."""

import math
import random
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.utils import timezone

from desk.actions.reports import report, reports
from desk.actions.reports.report_tickets import Figure, behind
from desk.actions.sla import clock_sweep
from desk.actions.tickets import tickets
from desk.actions.tickets.splitting import split
from desk.common.batches import until_done
from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.reports import counting
from desk.reports.counting import Chosen, Tally, tally
from desk.reports.models import CountedCycle, DayFlow, MonthCell, ReportProgress
from desk.sla.models import Clock
from desk.tickets.models import Message, Ticket, TicketEvent
from tests.actions.builders import NOON, a_mention, a_message, an_inbox, deleted, minutes, own_words, take_in
from tests.actions.promised import a_calendar, a_policy, promise

pytestmark = pytest.mark.django_db
MONTH = 43_200  # minutes of thirty days


@pytest.fixture
def inbox() -> Inbox:
    promise(first=30, following=60, resolution=240)
    return an_inbox()


@pytest.fixture
def suze() -> User:
    return User.objects.create_user("suze", role="supervisor")


def chosen(**wanted: object) -> Chosen:
    values: dict[str, object] = {"since": minutes(-2 * MONTH), "until": minutes(3 * MONTH), "business": False, **wanted}
    return Chosen(**values)  # type: ignore[arg-type] # as the tests name them


def all_of(**wanted: object) -> Tally:
    return tally(chosen(**wanted))["all"].get("", Tally())


def counts(one: Tally) -> tuple[int, int, int, int, int]:
    return one.arrived, one.on_time, one.late, one.unanswered, one.cancelled


def test_an_answer_in_time_one_too_late_one_that_waits_and_one_that_is_overdue(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0, by="a"), own_words("2", parent_id="1", at=10)])
    take_in(inbox, [a_mention("3", at=0, by="b"), own_words("4", parent_id="3", at=40)])
    take_in(inbox, [a_mention("5", at=0, by="c"), a_mention("6", at=55, by="d")])
    clock_sweep.sweep(minutes(56))
    reports.count_changes()
    one = all_of()
    assert counts(one) == (4, 1, 2, 2, 0)
    assert one.compliance == pytest.approx(1 / 3)
    assert 600 <= (one.percentile(50) or 0) <= 606
    assert 2_400 <= (one.percentile(90) or 0) <= 2_424


def test_what_was_cancelled_is_in_no_share_and_no_percentile(inbox: Inbox, suze: User) -> None:
    first = a_mention("1", at=0)
    take_in(inbox, [first])
    take_in(inbox, [deleted(first, at=5)])
    reports.count_changes()
    one = all_of()
    assert counts(one) == (1, 0, 0, 0, 1)
    assert (one.compliance, one.percentile(50)) == (None, None)


def test_who_waited_too_long_is_late_however_the_ticket_ended_and_spam_counts_nowhere(inbox: Inbox, suze: User) -> None:
    """Six customers write at noon, and half an hour is promised."""
    take_in(inbox, [a_mention(str(number), at=0, by=f"k{number}") for number in range(1, 7)])
    in_time, too_late, spam, was_spam, merged, kept = Ticket.objects.order_by("id").values_list("pk", flat=True)
    tickets.transition(suze, in_time, "resolve", now=minutes(10))
    for pk in (spam, was_spam):
        tickets.transition(suze, pk, "mark_spam", now=minutes(40))
    tickets.transition(suze, too_late, "resolve", now=minutes(40))
    tickets.transition(suze, was_spam, "not_spam", now=minutes(45))
    tickets.merge(suze, merged, kept, now=minutes(46))
    clock_sweep.sweep(minutes(50))
    reports.count_changes()
    one = all_of()
    assert (one.arrived, one.on_time, one.late, one.unanswered) == (5, 0, 4, 2)
    assert (one.cancelled, one.resolved_unanswered, one.compliance) == (1, 2, 0)
    boss = User.objects.create_user("boss", role="supervisor")
    listed = {kind: behind(boss, chosen(), Figure(kind)).rows for kind in ("late", "resolved_unanswered")}
    assert {row.ticket_id for row in listed["late"]} == {too_late, was_spam, merged, kept}
    assert {row.ticket_id for row in listed["resolved_unanswered"]} == {in_time, too_late}
    tickets.transition(suze, too_late, "mark_spam", now=minutes(60))
    reports.count_changes()
    assert (all_of().arrived, all_of().late, all_of().resolved_unanswered) == (4, 3, 1)


def test_a_split_makes_two_questions_of_one_and_each_counts_from_its_own_message(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), a_mention("2", at=35, thread_id="1")])
    clock_sweep.sweep(minutes(40))
    reports.count_changes()
    assert counts(all_of()) == (1, 0, 1, 1, 0)
    split(suze, Ticket.objects.get().pk, [Message.objects.get(external_id="1").pk], now=minutes(41))
    reports.count_changes()
    assert counts(all_of()) == (2, 0, 1, 2, 0)
    reports.count_everything()
    assert counts(all_of()) == (2, 0, 1, 2, 0)


def test_business_time_leaves_out_closed_hours(inbox: Inbox) -> None:
    days = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    hours = a_calendar("day", {"timezone": "UTC", "week": days})
    a_policy("by day", first=600, calendar=hours)
    take_in(inbox, [a_mention("1", at=240), own_words("2", parent_id="1", at=1_320)], now=minutes(1_330))
    reports.count_changes()
    assert 64_800 <= (all_of().percentile(50) or 0) <= 64_800 * 1.01
    assert 7_200 <= (all_of(business=True).percentile(50) or 0) <= 7_272


def test_a_resolution_leaves_its_pauses_out_of_business_time_only(inbox: Inbox, suze: User) -> None:
    take_in(inbox, [a_mention("1", at=0), own_words("2", parent_id="1", at=10)])
    tickets.transition(suze, Ticket.objects.get().pk, "resolve", now=minutes(500))
    reports.count_changes()
    assert 600 <= (all_of(metric="resolution", business=True).percentile(50) or 0) <= 606
    assert 30_000 <= (all_of(metric="resolution").percentile(50) or 0) <= 30_300


def test_a_ticket_that_moves_is_counted_where_it_is_now_and_only_there(inbox: Inbox, suze: User) -> None:
    team = Team.objects.create(name="Rail")
    take_in(inbox, [a_mention("1")])
    reports.count_changes()
    assert set(tally(chosen())["team"]) == {"0"}
    tickets.assign(suze, Ticket.objects.get().pk, team_id=team.pk, now=minutes(61))
    tickets.set_priority(suze, Ticket.objects.get().pk, 3, now=minutes(62))
    reports.count_changes()
    found = tally(chosen())
    assert (set(found["team"]), set(found["priority"])) == ({str(team.pk)}, {"3"})
    assert counts(all_of(team=team.pk)) == (1, 0, 0, 1, 0)
    assert counts(all_of(team=0)) == (0, 0, 0, 0, 0)


def test_days_and_hours_are_those_of_the_desk_s_clock(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    reports.count_changes()
    found = tally(chosen())
    local = NOON.astimezone(timezone.get_default_timezone())
    assert set(found["day"]) == {local.date().isoformat()}
    assert set(found["hour"]) == {str(local.isoweekday() * 24 + local.hour)}


def test_counting_twice_and_anew_changes_nothing(inbox: Inbox) -> None:
    some_months(inbox)
    reports.count_changes()
    before = list(CountedCycle.objects.order_by("clock_id").values())
    figures = tally(chosen())
    reports.count_changes()
    call_command("rebuild_reports")
    assert list(CountedCycle.objects.order_by("clock_id").values()) == before
    assert tally(chosen()) == figures


def test_a_sweep_that_is_killed_leaves_nothing_out_and_counts_nothing_twice(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_months(inbox)
    monkeypatch.setattr(reports, "PORTION", 7)
    whole, done = reports.count_tickets, []

    def killed(ids: set[int]) -> None:
        whole(ids)
        done.append(ids)
        if len(done) in (2, 5):
            raise KeyboardInterrupt

    monkeypatch.setattr(reports, "count_tickets", killed)
    monkeypatch.setattr(reports, "PORTIONS", 1_000)
    for _try in range(2):
        with pytest.raises(KeyboardInterrupt):
            reports.count_changes()
    reports.count_changes()
    assert all_of().arrived == Clock.objects.filter(metric="first_response").count() > 20


def test_the_timeline_is_read_again_until_nothing_older_can_appear(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1")])
    reports.count_changes()
    progress = ReportProgress.objects.get()
    newest = TicketEvent.objects.latest("id").pk
    assert (progress.settled, progress.marked) == (0, newest)
    reports.count_changes()
    assert ReportProgress.objects.get().settled == newest
    assert reports.count_changes() == 0


def test_a_backlog_longer_than_one_sweep_is_left_to_the_next(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    some_months(inbox)
    monkeypatch.setattr(reports, "PORTION", 11)
    monkeypatch.setattr(reports, "PORTIONS", 2)
    sweeps_needed = 0
    while all_of().arrived < 60:
        reports.count_changes()
        sweeps_needed += 1
        assert sweeps_needed < 60
    assert sweeps_needed > 2


def test_months_added_up_say_what_the_cycles_say(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    some_months(inbox)
    reports.count_changes()
    assert MonthCell.objects.values("month").distinct().count() >= 3
    whole = [chosen(metric=metric, business=business) for metric in Clock.Metric.values for business in (True, False)]
    part = chosen(since=minutes(-MONTH - 7_000))
    added_up = [tally(one) for one in (*whole, part)]
    monkeypatch.setattr(counting, "_whole_months", lambda _chosen: [])
    assert added_up == [tally(one) for one in (*whole, part)]


def test_months_move_with_their_tickets(inbox: Inbox, suze: User) -> None:
    some_months(inbox)
    reports.count_changes()
    for number, ticket in enumerate(Ticket.objects.order_by("id")[:30]):
        tickets.assign(suze, ticket.pk, assignee_id=suze.pk, now=minutes(70 + number))
        if ticket.state != "resolved":
            tickets.transition(suze, ticket.pk, ("resolve", "mark_spam")[number % 2], now=minutes(71 + number))
        reports.count_changes()
    moved = moved_cells()
    call_command("rebuild_reports")
    assert moved == moved_cells()
    assert (
        all_of(agent=suze.pk).arrived == tally(chosen())["agent"][str(suze.pk)].arrived == 29
    )  # one is spam and unanswered


def moved_cells() -> list[list[tuple[object, ...]]]:
    """All that is added up and not 0."""
    cells = MonthCell.objects.filter(arrived__gt=0).values_list(
        "month", "metric", "business", "dimension", "value", "bucket", "arrived", "on_time", "late", "unanswered",
        "cancelled", "resolved_unanswered",
    )  # fmt: skip
    flows = DayFlow.objects.exclude(came=0, went=0).values_list(
        "day", "resolves", "inbox_id", "private", "team_id", "assignee_id", "priority", "language", "came", "went"
    )
    return [sorted(cells, key=repr), sorted(flows, key=repr)]


def test_the_present_month_is_read_from_its_cells_too(inbox: Inbox) -> None:
    now = timezone.now()
    take_in(inbox, [a_mention("1", created_at=now - timedelta(seconds=5))], now=now)
    reports.count_changes()
    until = counting.midnight(counting.local_day(now) + timedelta(days=1))
    since = counting.midnight(counting.local_day(now).replace(day=1))
    CountedCycle.objects.all().delete()
    assert all_of(since=since, until=until).arrived == 1


def test_a_month_in_which_something_changes_says_so_at_once(inbox: Inbox) -> None:
    some_months(inbox)
    reports.count_changes()
    ticket = (
        CountedCycle.objects.filter(
            private=False, unanswered=True, metric="first_response", started_at__lt=minutes(-20_000)
        )
        .order_by("clock_id")[0]
        .ticket
    )
    question = Message.objects.get(ticket=ticket, outgoing=False)
    before = all_of()
    take_in(inbox, [own_words("late", parent_id=question.external_id, at=5)], now=minutes(6))
    reports.count_changes()
    assert all_of().answered == before.answered + 1
    assert all_of().unanswered == before.unanswered - 1


def test_the_lag_is_from_the_network_s_time_until_a_message_was_here(inbox: Inbox) -> None:
    for number, seconds in enumerate((2, 30, 45, 600)):
        asked = a_mention(str(number), at=number, by=f"k{number}")
        take_in(inbox, [asked], now=asked.created_at + timedelta(seconds=seconds))
    take_in(inbox, [a_message("dm", at=7)], now=minutes(9))
    reports.count_changes()
    found = tally(chosen())["lag"]
    public, private = found[f"{inbox.pk} 0"], found[f"{inbox.pk} 1"]
    assert (public.percentile(50), private.percentile(50)) == (30, 120)
    assert 600 <= (public.percentile(90) or 0) <= 606
    assert (public.arrived, private.arrived) == (4, 1)


def test_every_figure_is_what_the_messages_say(inbox: Inbox) -> None:
    """Worked out once more from the messages alone: who asked when, who was answered when, what was promised."""
    now = some_months(inbox)
    other = an_inbox(network="facebook_page", name="Vlotlijn", own_id="2", handle="vlotlijn")
    some_months(other, seed=2)
    reports.count_changes()
    asked: dict[int, dict[int, tuple[float | None, bool]]] = {}
    for ticket in Ticket.objects.all():
        told = list(Message.objects.filter(ticket=ticket).order_by("created_at", "id"))
        first = next(message for message in told if not message.outgoing)
        answers = [
            message.created_at for message in told if message.outgoing and message.created_at >= first.created_at
        ]
        took = (min(answers) - first.created_at).total_seconds() if answers else None
        overdue = (took if took is not None else (now - first.created_at).total_seconds()) > 1_800
        asked.setdefault(ticket.inbox_id, {})[ticket.pk] = (took, overdue)
    for only in (None, inbox.pk, other.pk):
        cases = [case for number, of_inbox in asked.items() if only in (None, number) for case in of_inbox.values()]
        times = sorted(took for took, _overdue in cases if took is not None)
        late = sum(overdue for _took, overdue in cases)
        on_time = sum(took is not None and not overdue for took, overdue in cases)
        one = all_of(inbox=only)
        assert counts(one) == (len(cases), on_time, late, len(cases) - len(times), 0)
        assert one.compliance == pytest.approx(on_time / (on_time + late))
        for percent in (50, 90, 95):
            exact, found = times[math.ceil(len(times) * percent / 100) - 1], one.percentile(percent)
            assert found is not None
            assert exact <= found <= exact * 1.01


def some_months(inbox: Inbox, seed: int = 1) -> datetime:
    """Sixty questions over three months, most of them answered, some in private; until when it was told."""
    chance = random.Random(seed)
    items = []
    for number in range(60):
        at = chance.randint(-2 * MONTH, 0) + number / 100
        make = a_message if number % 5 == 0 else a_mention
        asked = make(
            f"{seed}-{number}", at=at, by=f"k{seed}-{number}", text="Wo bleibt der Zug?" if number % 7 else "Hi"
        )
        items.append(asked)
        if chance.random() < 0.8:
            items.append(
                own_words(
                    f"{seed}-{number}-a", parent_id=asked.external_id, at=at + chance.randint(1, 60),
                    thread_id=asked.thread_id, private=asked.private,
                )
            )  # fmt: skip
    now = minutes(60)
    take_in(inbox, sorted(items, key=lambda item: item.created_at), now=now)
    clock_sweep.sweep(now)
    return now


def test_a_long_report_goes_by_weeks_that_say_what_their_days_say(inbox: Inbox, suze: User) -> None:
    some_months(inbox)
    reports.count_changes()
    since = counting.midnight(date(2026, 1, 7))  # a Wednesday
    found = report.read(suze, chosen(since=since, until=counting.midnight(date(2026, 4, 30))))
    days = tally(found.chosen, ["day"])["day"]
    assert [line.value for line in found.days][:3] == ["2026-01-07", "2026-01-12", "2026-01-19"]
    for line, following in pairwise([*found.days, None]):
        assert line is not None
        until = following.value if following else "2026-04-30"
        whole = Tally()
        for day, one in days.items():
            if line.value <= day < until:
                whole.add(one)
        assert (counts(line.tally), dict(line.tally.times)) == (counts(whole), dict(whole.times)), line.value
    assert sum(line.tally.arrived for line in found.days) == found.all.arrived > 30


def test_counting_gives_way_while_a_sweep_has_much_to_do(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    turns = iter((True, False))
    counts_meanwhile: list[int] = []

    def batch() -> tuple[int, bool]:
        more = next(turns)
        if not more:
            counts_meanwhile.append(reports.count_changes())
        return 0, more

    until_done(batch, "desk.tasks.sweep_clocks")
    assert counts_meanwhile == [0]
    assert reports.count_changes() == 1
