"""Credentials that end are foreseen, and announced to administrators 14, 7 and 1 day before."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone, translation

from desk.actions.inboxes import expiry, inboxes, poll, standing
from desk.alerts.models import Mail, Notification
from desk.alerts.words import sentence
from desk.inboxes.calls import connect
from desk.inboxes.coverage import hides
from desk.inboxes.models import Inbox, StreamState
from desk.inboxes.sandbox import Sandbox
from desk.people.models import AuditEntry
from desk.people.permissions import Role
from tests.actions.alerted import a_person
from tests.actions.builders import an_inbox
from tests.actions.connected import Connected
from tests.api.sandbox import running_sandbox

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as address:
        yield address


def in_days(count: float) -> datetime:
    return NOW + timedelta(days=count)


def warned_on(*days: float) -> list[int | None]:
    """What the last warning was about, after looking on each of these days."""
    stages = []
    for day in days:
        expiry.warn_due(in_days(day))
        stages.append(Inbox.objects.get().credentials_warned_days)
    return stages


def test_facebook_is_asked_once_a_day_when_its_token_ends(origin: str) -> None:
    ends = int(timezone.now().timestamp()) + 40 * 86_400
    desk = Connected.to(origin, "facebook_page", settings={"expires_at": ends + 86_400, "data_access_expires_at": ends})
    now = timezone.now()
    assert expiry.ask_due(now) == 1
    assert Inbox.objects.get().credentials_end_at == datetime.fromtimestamp(ends, UTC), "what ends first"
    assert expiry.ask_due(now + timedelta(hours=23)) == 0
    with Sandbox(origin) as sandbox:
        sandbox.make_account("facebook", desk.handle, settings={"expires_at": 0, "data_access_expires_at": 0})
    assert expiry.ask_due(now + timedelta(hours=25)) == 1
    assert Inbox.objects.get().credentials_end_at is None, "a system user's token does not end"


def test_a_network_that_does_not_tell_is_no_failure(origin: str) -> None:
    Connected.to(origin, "x")
    assert expiry.ask_due(timezone.now()) == 1
    assert Inbox.objects.get().credentials_end_at is None


def test_what_a_server_allows_is_asked_once_a_day(origin: str) -> None:
    desk = Connected.to(origin, "mastodon", settings={"max_characters": 700})
    now = timezone.now()
    expiry.ask_due(now)
    assert Inbox.objects.get().limits["length"] == 700
    with Sandbox(origin) as sandbox:
        sandbox.make_account("mastodon", desk.handle, settings={"max_characters": 900})
    expiry.ask_due(now + timedelta(hours=23))
    assert Inbox.objects.get().limits["length"] == 700
    expiry.ask_due(now + timedelta(hours=25))
    assert Inbox.objects.get().limits["length"] == 900


def test_what_the_credentials_may_not_read_is_said_once_and_rests(origin: str) -> None:
    desk = Connected.to(origin, "bluesky", settings={"privileged": False})
    streams = {one.name: one.pk for one in desk.inbox.streams.all()}
    poll.poll(streams["mentions"], timezone.now())
    for _ in range(3):
        poll.poll(streams["direct_messages"], timezone.now())
    poll.poll(streams["mentions"], timezone.now())
    inbox, stream = Inbox.objects.get(), StreamState.objects.get(name="direct_messages")
    assert (inbox.failures_in_a_row, inbox.last_error) == (0, {})
    gap = inbox.coverage_gaps.get()
    assert (gap.reason, gap.started_at, gap.ended_at) == ("permission", inbox.created_at, None)
    assert gap.what == f"{inbox.name}, direct messages"
    assert (hides(gap, private=True), hides(gap, private=False)) == (True, False)
    assert standing.health(inbox).open_gap is None, "the account as a whole is read"
    assert "direct messages" in standing.health(inbox).denied[0][1]
    assert stream.next_poll_at < timezone.now() + timedelta(minutes=2), "one that was refused in passing is read soon"
    assert AuditEntry.objects.filter(verb="inbox_stream_denied").count() == 1
    with Sandbox(origin) as sandbox:
        sandbox.make_account("bluesky", desk.handle, settings={"privileged": True})
    _with_a_new_session(desk)
    StreamState.objects.update(denied={})  # as new credentials do; what they allow, the first reading tells
    assert inbox.coverage_gaps.get().ended_at is None
    poll.poll(streams["direct_messages"], timezone.now())
    assert standing.health(Inbox.objects.get()).denied == []
    assert inbox.coverage_gaps.get().ended_at is not None


def test_the_longer_something_may_not_be_read_the_more_seldom_it_is_asked_for(origin: str) -> None:
    """A network that refused in passing was once not asked again for six hours."""
    desk = Connected.to(origin, "x")
    poll.poll(desk.inbox.streams.get(name="own_posts").pk, timezone.now())
    mentions = desk.inbox.streams.get(name="mentions")
    for lasted, pause in ((4, 5), (90, 90), (3_600, 3_600), (90_000, 21_600)):
        StreamState.objects.filter(pk=mentions.pk).update(last_poll_at=timezone.now() - timedelta(seconds=lasted))
        with Sandbox(origin) as sandbox:
            sandbox.arm("x", "forbidden", "GET .*/mentions")
        poll.poll(mentions.pk, timezone.now())
        mentions.refresh_from_db()
        assert mentions.denied
        assert abs((mentions.next_poll_at - timezone.now()).total_seconds() - pause) < 4
    poll.poll(mentions.pk, timezone.now())
    mentions.refresh_from_db()
    assert not mentions.denied


def _with_a_new_session(desk: Connected) -> None:
    """Rights stand in the session that a password bought, and another password buys another one."""
    connect(desk.inbox).check()


def test_an_account_of_which_nothing_may_be_read_fails_as_a_whole(origin: str) -> None:
    desk = Connected.to(origin, "bluesky", settings={"privileged": False})
    poll.poll(desk.inbox.streams.get(name="direct_messages").pk, timezone.now())
    assert Inbox.objects.get().last_error_code == "permission_missing"
    gap = desk.inbox.coverage_gaps.get()
    assert (gap.stream, gap.reason, gap.ended_at) == ("", "permission", None)
    assert standing.health(Inbox.objects.get()).denied == []


def test_without_the_apps_id_facebook_is_not_asked(origin: str) -> None:
    ends = int(timezone.now().timestamp()) + 86_400
    desk = Connected.to(origin, "facebook_page", settings={"expires_at": ends})
    desk.inbox.credentials = {name: value for name, value in desk.inbox.credentials.items() if name != "app_id"}
    desk.inbox.save()
    expiry.ask_due(timezone.now())
    assert Inbox.objects.get().credentials_end_at is None


def test_a_network_that_is_away_is_asked_again_the_next_day_and_breaks_nothing() -> None:
    inbox = an_inbox(network="facebook_page", base_url="http://127.0.0.1:9")
    inbox.credentials = {"page_id": "1", "page_access_token": "token", "app_id": "2", "app_secret": "secret"}
    inbox.save()
    now = timezone.now()
    assert expiry.ask_due(now) == 1
    assert Inbox.objects.get().state == Inbox.State.ACTIVE
    assert (expiry.ask_due(now), expiry.ask_due(now + timedelta(days=1))) == (0, 1)


def test_administrators_are_warned_14_7_and_1_day_before_each_once() -> None:
    administrators = [a_person("ada", role=Role.ADMINISTRATOR), a_person("bo", role=Role.ADMINISTRATOR)]
    a_person("suze")
    an_inbox(credentials_end_at=in_days(30))
    assert warned_on(0, 15, 16.5, 20, 23.5, 28, 29.5, 29.9) == [None, None, 14, 14, 7, 7, 1, 1]
    assert [notice.user_id for notice in Notification.objects.order_by("id")] == [one.pk for one in administrators] * 3
    assert [entry.verb for entry in AuditEntry.objects.all()] == ["inbox_credentials_ending"] * 3


def test_one_that_was_found_late_is_warned_of_once_with_what_is_nearest() -> None:
    a_person("ada", role=Role.ADMINISTRATOR)
    an_inbox(credentials_end_at=in_days(0.5))
    assert warned_on(0, 0.1, 0.4) == [1, 1, 1]
    assert Notification.objects.count() == 1


def test_it_is_said_in_the_readers_language_and_by_mail(settings: LazySettings) -> None:
    settings.MAIL_IS_SENT = True
    a_person("ada", role=Role.ADMINISTRATOR, email="ada@example.org")
    an_inbox(credentials_end_at=in_days(3))
    expiry.warn_due(NOW)
    notice = Notification.objects.get()
    assert "end on 13 Mar 2026" in sentence(notice)
    with translation.override("nl"):
        assert "@vlotlijn" in sentence(notice)
        assert "end on" not in sentence(notice)
    assert Mail.objects.count() == 1


def test_who_is_paused_or_for_drills_needs_no_warning() -> None:
    a_person("ada", role=Role.ADMINISTRATOR)
    an_inbox(credentials_end_at=in_days(3), state=Inbox.State.PAUSED)
    an_inbox(credentials_end_at=in_days(3), drill=True, own_id="2")
    assert expiry.warn_due(NOW) == 0


def test_new_credentials_begin_anew(origin: str) -> None:
    ada = a_person("ada", role=Role.ADMINISTRATOR)
    desk = Connected.to(origin, "facebook_page")
    Inbox.objects.update(credentials_end_at=in_days(1), credentials_asked_at=NOW, credentials_warned_days=1)
    inboxes.reauthorise(ada, desk.inbox.pk, desk.account["credentials"])
    inbox = Inbox.objects.get()
    assert (inbox.credentials_end_at, inbox.credentials_asked_at, inbox.credentials_warned_days) == (None, None, None)


def test_the_health_panel_counts_the_days_when_they_are_few() -> None:
    inbox = an_inbox(credentials_end_at=in_days(13.5))
    assert expiry.days_left(inbox, NOW) == 13
    assert expiry.days_left(inbox, in_days(-1)) is None
    assert expiry.days_left(inbox, in_days(13.2)) == 0
    assert expiry.days_left(inbox, in_days(20)) == 0
