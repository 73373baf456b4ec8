"""Saved reports by e-mail: a real SMTP conversation, at eight through the year, once, and never to who may not."""

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from openpyxl import load_workbook

from connectors.sandbox.mail import Mailbox
from desk.actions.reports import report_compared, report_mails, reports, saved_reports
from desk.actions.reports.report_letters import letter
from desk.actions.reports.report_tables import gaps_table, hours_table, safe
from desk.actions.reports.report_wishes import Wish
from desk.alerts import outbox
from desk.alerts.models import ReportMail
from desk.common.errors import Invalid, Missing
from desk.inboxes.models import CoverageGap, Inbox
from desk.people.models import AuditEntry, Team, User
from desk.reports.models import ReportSubscription, SavedReport
from tests.actions.builders import a_mention, an_inbox, own_words, take_in
from tests.actions.catcher import catching
from tests.actions.promised import promise

pytestmark = pytest.mark.django_db(transaction=True)
SUNDAY = datetime(2026, 3, 8, 12, 0, tzinfo=UTC)
MONDAY = datetime(2026, 3, 9, 7, 0, tzinfo=UTC)  # eight o'clock in Amsterdam
WEEK = timedelta(days=7)


@pytest.fixture
def caught(tmp_path: Path, settings: Any) -> Iterator[Mailbox]:
    with catching(tmp_path, settings) as mailbox:
        yield mailbox


@pytest.fixture
def suze() -> User:
    return a_person("suze")


@pytest.fixture
def inbox() -> Inbox:
    """Two weeks before Monday with a question a day, each answered, in the second week twice as fast."""
    promise(first=30)
    inbox = an_inbox()
    items = []
    for day in range(14, 0, -1):
        at = MONDAY - timedelta(days=day)
        answered = at + timedelta(minutes=10 if day < 8 else 20)
        items.append(a_mention(f"q{day}", by=f"c{day}", created_at=at))
        items.append(own_words(f"a{day}", parent_id=f"q{day}", at=0, created_at=answered))
    take_in(inbox, items, now=MONDAY)
    reports.count_changes()
    return inbox


def a_person(username: str, **more: Any) -> User:
    facts = {"email": f"{username}@example.com", "first_name": username.title(), "role": "supervisor", **more}
    return User.objects.create_user(username, **facts)


def subscribed(person: User, name: str = "Week", **wish: Any) -> SavedReport:
    wish = {"period": "last_week", "time": "wall", **wish}
    report = saved_reports.save_report(person, name=name, wish=Wish(**wish), sharing="company")
    report_mails.subscribe(person, report.pk, now=SUNDAY)
    return report


def send_all(now: datetime) -> int:
    report_mails.queue_due(now)
    return report_mails.send_due(now)


# ── what arrives ─────────────────────────────────────────────────────────────
def test_on_monday_at_eight_the_week_arrives_with_the_week_before(caught: Mailbox, inbox: Inbox, suze: User) -> None:
    CoverageGap.objects.create(
        inbox=inbox, started_at=MONDAY - timedelta(days=2), ended_at=MONDAY - timedelta(days=1), reason="outage"
    )
    report = subscribed(suze)
    assert send_all(MONDAY - timedelta(seconds=1)) == 0
    assert send_all(MONDAY) == 1
    (mail,) = caught.newest()
    assert mail["recipients"] == ["suze@example.com"]
    assert mail["subject"] == "Week: 2 Mar 2026 to 8 Mar 2026"
    for part in ("text", "html"):
        assert "10 min" in mail[part]
        assert "20.1 min before, 10.1 min faster" in mail[part]
        assert "Half of what was answered took at most this long" in mail[part]
        assert f"http://desk.example/reports/saved/{report.pk}/" in mail[part]
        assert "first=2026-03-02" in mail[part]
        assert "was blind from" in mail[part]
        assert report_mails.link_of(report.subscriptions.get().pk) in mail[part]
    assert ReportMail.objects.get().state == ReportMail.State.SENT
    assert send_all(MONDAY + timedelta(hours=1)) == 0


def test_what_is_attached_is_what_the_screen_shows(caught: Mailbox, inbox: Inbox, suze: User) -> None:
    User.objects.update(language="nl")
    report = subscribed(suze)
    send_all(MONDAY)
    (file,) = caught.newest()[0]["files"]
    assert file["name"] == "report-2026-03-02.xlsx"
    attached = caught.file(file["id"])
    assert attached is not None
    book = load_workbook(io.BytesIO(attached.content))
    with translation.override("nl"):
        compared = report_compared.read(suze, Wish.of_json(report.wish), now=MONDAY)
        shown = [*report_compared.sheets(compared, {}), hours_table(compared.report, {}), gaps_table(compared.report)]
    assert [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets] == [
        [[safe(name) for name in table.head], *([safe(cell) for cell in row.cells] for row in table.rows)]
        for table in shown
    ]


def test_it_is_written_in_the_readers_language(caught: Mailbox, inbox: Inbox) -> None:
    subscribed(a_person("ruben", language="nl"))
    send_all(MONDAY)
    (mail,) = caught.newest()
    assert '<html lang="nl">' in mail["html"]
    assert mail["subject"] == "Week: 2 mrt 2026 t/m 8 mrt 2026"
    assert "sneller" in mail["text"]
    assert "The" not in mail["text"].replace("http", "").split()


def test_a_program_may_end_it_with_one_click(caught: Mailbox, inbox: Inbox, suze: User) -> None:
    subscribed(suze)
    report_mails.queue_due(MONDAY)
    message = letter(ReportMail.objects.get(), "http://desk.example/stop/")
    assert message is not None
    headers = message.message()
    assert headers["List-Unsubscribe"] == "<http://desk.example/stop/>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Message-ID"] == f"<report-{ReportMail.objects.get().pk}@desk.example>"


def test_names_stay_words(caught: Mailbox, inbox: Inbox, suze: User) -> None:
    subscribed(suze, "<b>x</b>\r\nBcc: all@example.com")
    send_all(MONDAY)
    (mail,) = caught.newest()
    assert mail["recipients"] == ["suze@example.com"]
    assert mail["subject"].startswith("<b>x</b> Bcc: all@example.com: 2 Mar")
    assert "<b>x</b>" not in mail["html"]


def test_a_report_whose_filters_are_gone_says_so(caught: Mailbox, inbox: Inbox, suze: User) -> None:
    team = Team.objects.create(name="Rail")
    subscribed(suze, team=team.pk)
    team.delete()
    assert send_all(MONDAY) == 1
    (mail,) = caught.newest()
    assert "no longer there" in mail["text"]
    assert mail["files"] == []


def test_the_period_is_that_of_when_it_was_due_however_late_it_leaves(
    caught: Mailbox, inbox: Inbox, suze: User, settings: Any
) -> None:
    subscribed(suze)
    working, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    send_all(MONDAY)
    assert ReportMail.objects.get().state == ReportMail.State.QUEUED
    settings.EMAIL_PORT = working
    assert report_mails.send_due(MONDAY + WEEK) == 1
    assert caught.newest()[0]["subject"] == "Week: 2 Mar 2026 to 8 Mar 2026"


# ── when ─────────────────────────────────────────────────────────────────────
def test_eight_o_clock_stays_eight_o_clock_through_both_changes(caught: Mailbox, suze: User) -> None:
    subscribed(suze)
    hours = set()
    for _week in range(52):
        one = ReportSubscription.objects.get()
        hours.add(one.next_at.hour)
        assert timezone.localtime(one.next_at).strftime("%a %H:%M") == "Mon 08:00"
        assert report_mails.queue_due(one.next_at) == 1
    assert hours == {6, 7}
    assert ReportMail.objects.count() == 52


def test_a_reader_chooses_the_time_and_the_zone(suze: User) -> None:
    report = subscribed(suze)
    tokyo = report_mails.subscribe(suze, report.pk, now=SUNDAY, weekday=2, hour=9, timezone="Asia/Tokyo")
    assert tokyo.next_at == datetime(2026, 3, 10, 0, 0, tzinfo=UTC)
    monthly = report_mails.subscribe(suze, report.pk, now=SUNDAY, rhythm="monthly", day=28)
    assert monthly.next_at == datetime(2026, 3, 28, 0, 0, tzinfo=UTC)
    assert ReportSubscription.objects.count() == 1


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"rhythm": "yearly"}, "rhythm"), ({"weekday": 0}, "weekday"), ({"weekday": 8}, "weekday"),
        ({"day": 29}, "day"), ({"hour": 24}, "hour"), ({"timezone": "Europe/Atlantis"}, "timezone"),
        ({"timezone": ""}, "timezone"), ({"timezone": "x" * 51}, "timezone"), ({"hour": 10**9}, "hour"),
    ],
)  # fmt: skip
def test_a_time_that_never_comes_is_refused(suze: User, choice: dict[str, Any], field: str) -> None:
    report = saved_reports.save_report(suze, name="Week", wish=Wish())
    with pytest.raises(Invalid) as refused:
        report_mails.subscribe(suze, report.pk, **choice)
    assert list(refused.value.errors) == [field]
    assert not ReportSubscription.objects.exists()


def test_weeks_that_were_missed_make_one_mail(caught: Mailbox, inbox: Inbox, suze: User) -> None:
    subscribed(suze)
    assert send_all(MONDAY + 3 * WEEK + timedelta(hours=5)) == 1
    assert ReportSubscription.objects.get().next_at == MONDAY + 4 * WEEK - timedelta(hours=1)  # summer time by then
    assert len(caught.newest()) == 1


# ── to whom ──────────────────────────────────────────────────────────────────
def lost_the_permission(report: SavedReport, reader: User) -> None:
    User.objects.filter(pk=reader.pk).update(role="agent")


def has_left(report: SavedReport, reader: User) -> None:
    User.objects.filter(pk=reader.pk).update(is_active=False)


def has_no_address(report: SavedReport, reader: User) -> None:
    User.objects.filter(pk=reader.pk).update(email="")


def is_no_longer_shared(report: SavedReport, reader: User) -> None:
    saved_reports.change_report(report.owner, report.pk, sharing="private")


@pytest.mark.parametrize("change", [lost_the_permission, has_left, has_no_address, is_no_longer_shared])
@pytest.mark.parametrize("before_the_sweep", [True, False])
def test_who_may_not_see_it_any_more_gets_none(
    caught: Mailbox, inbox: Inbox, change: Callable[[SavedReport, User], None], before_the_sweep: bool
) -> None:
    owner, reader = a_person("els"), a_person("suze")
    report = saved_reports.save_report(owner, name="Week", wish=Wish(), sharing="company")
    report_mails.subscribe(reader, report.pk, now=SUNDAY)
    if before_the_sweep:
        change(report, reader)
    report_mails.queue_due(MONDAY)
    change(report, reader)
    report_mails.send_due(MONDAY)
    assert caught.newest() == []
    assert not ReportMail.objects.exclude(state=ReportMail.State.FAILED).exists()
    assert ReportSubscription.objects.get().next_at == MONDAY + WEEK


def test_who_has_no_address_is_told_to_get_one(suze: User) -> None:
    report = saved_reports.save_report(suze, name="Week", wish=Wish())
    suze.email = ""
    with pytest.raises(Invalid, match="No e-mail address"):
        report_mails.subscribe(suze, report.pk)


def test_a_private_report_of_others_can_t_be_had(suze: User) -> None:
    report = saved_reports.save_report(a_person("els"), name="Week", wish=Wish())
    with pytest.raises(Missing):
        report_mails.subscribe(suze, report.pk)


def test_a_desk_without_a_mail_server_queues_nothing(suze: User, settings: Any) -> None:
    settings.MAIL_IS_SENT = False
    subscribed(suze)
    report_mails.queue_due(MONDAY)
    assert not ReportMail.objects.exists()


def test_who_stopped_it_gets_none_even_where_it_was_on_its_way(caught: Mailbox, inbox: Inbox, suze: User) -> None:
    report = subscribed(suze)
    report_mails.queue_due(MONDAY)
    report_mails.unsubscribe(suze, report.pk)
    assert report_mails.send_due(MONDAY) == 0
    assert caught.newest() == []
    with pytest.raises(Missing):
        report_mails.unsubscribe(suze, report.pk)


def test_the_link_ends_it_once_and_for_one_person(suze: User) -> None:
    report, els = subscribed(suze), a_person("els")
    report_mails.subscribe(els, report.pk, now=SUNDAY)
    mine = report.subscriptions.get(user=suze)
    token = report_mails.link_of(mine.pk).rstrip("/").rpartition("/")[2]
    assert report_mails.subscription_of_link(token) == mine
    report_mails.unsubscribe_by_link(token)
    report_mails.unsubscribe_by_link(token)
    assert list(report.subscriptions.values_list("user__username", flat=True)) == ["els"]
    entry = AuditEntry.objects.latest("id")
    assert (entry.verb, entry.actor, entry.detail["by"]) == ("report_unsubscribed", suze, "mail")
    report_mails.subscribe(suze, report.pk, now=SUNDAY)
    assert report_mails.subscription_of_link(token) is None


@pytest.mark.parametrize("token", ["", "1", "1:x", "2:", "x:y", "\x00"])
def test_a_link_that_was_never_given_is_refused(suze: User, token: str) -> None:
    subscribed(suze)
    with pytest.raises(Missing):
        report_mails.unsubscribe_by_link(token)
    assert ReportSubscription.objects.exists()


# ── several at once, and killed ones ─────────────────────────────────────────
def at_once(work: Callable[[], int], count: int = 4) -> list[int]:
    start = Barrier(count)

    def worker(_number: int) -> int:
        start.wait()
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(worker, range(count)))


def many(count: int) -> None:
    report = subscribed(a_person("owner"))
    for number in range(count - 1):
        report_mails.subscribe(a_person(f"reader{number}"), report.pk, now=SUNDAY)


def test_sweeps_that_run_at_once_queue_each_once(monkeypatch: pytest.MonkeyPatch, caught: Mailbox) -> None:
    monkeypatch.setattr(report_mails, "PORTION", 5)
    many(30)
    assert sum(at_once(lambda: report_mails.queue_due(MONDAY))) == 30
    assert ReportMail.objects.count() == 30
    assert report_mails.queue_due(MONDAY) == 0


def test_what_a_killed_sweep_had_in_hand_is_queued_by_the_next(caught: Mailbox) -> None:
    many(8)

    def other() -> int:
        try:
            return report_mails.queue_due(MONDAY)
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        assert report_mails._queue_portion(MONDAY) == 8
        assert pool.submit(other).result() == 0
        transaction.set_rollback(True)  # what it had not committed is gone with it
    assert not ReportMail.objects.exists()
    assert report_mails.queue_due(MONDAY) == 8


def test_workers_side_by_side_send_each_once(caught: Mailbox, inbox: Inbox) -> None:
    many(12)
    report_mails.queue_due(MONDAY)
    assert sum(at_once(lambda: report_mails.send_due(MONDAY), 3)) == 12
    assert len({mail["recipients"][0] for mail in caught.newest()}) == len(caught.newest()) == 12


def test_what_a_killed_worker_had_in_hand_is_sent_by_the_next(caught: Mailbox, inbox: Inbox, suze: User) -> None:
    subscribed(suze)
    report_mails.queue_due(MONDAY)
    assert len(outbox.claim(ReportMail, MONDAY)) == 1
    later = MONDAY + outbox.STUCK_AFTER + timedelta(seconds=1)
    assert report_mails.send_due(later) == 0
    outbox.release_stuck(ReportMail, later)
    assert report_mails.send_due(later) == 1
    assert len(caught.newest()) == 1


def test_a_report_that_can_t_be_written_holds_up_no_other(
    caught: Mailbox, inbox: Inbox, suze: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = subscribed(suze, "Broken")
    subscribed(suze, "Week")
    SavedReport.objects.filter(pk=broken.pk).update(wish={"period": "never"})
    assert send_all(MONDAY) == 2
    assert [mail["subject"][:5] for mail in caught.newest()] == ["Week:"]
    waits = ReportMail.objects.get(state=ReportMail.State.QUEUED)
    assert waits.next_attempt_at == MONDAY + outbox.FIRST_PAUSE


def test_a_sweep_takes_few_queries_however_many_are_due(caught: Mailbox) -> None:
    many(40)
    with CaptureQueriesContext(connection) as captured:
        assert report_mails.queue_due(MONDAY) == 40
    assert len(captured) <= 12
    with CaptureQueriesContext(connection) as idle:
        report_mails.queue_due(MONDAY)
    assert len(idle) <= 3
