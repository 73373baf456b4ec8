"""The demo company: made once through the real pipeline, complete or not at all, and live afterwards."""

import json
import stat
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import F
from django.utils import timezone

from desk.actions.inboxes import poll
from desk.actions.intake import ingest
from desk.alerts.models import Notification
from desk.causes.models import TicketCause
from desk.changes.models import Change
from desk.inboxes.gateway import ItemKind
from desk.inboxes.models import Inbox, RawItem, StreamState
from desk.knowledge.models import Article, Gap, Suggestion
from desk.operations.demo import history
from desk.operations.demo.people import COLLEAGUES
from desk.operations.demo.questions import ELSEWHERE
from desk.operations.demo.scenes import PUBLIC, all_scenes
from desk.people.duty import standings
from desk.people.models import Shift, Team, User
from desk.questions.models import Question
from desk.replies.models import Approval, CannedResponse, Draft, Reply
from desk.sla.audit import differences
from desk.sla.models import Clock, ClockPause
from desk.tickets.models import Attachment, Message, MessageVersion, Ticket, TicketEvent
from tests.sandbox import SandboxProcess

NOW = datetime(2026, 3, 10, 8, 12, tzinfo=UTC)


def seed() -> None:
    call_command("seed_demo", wait=0.0, pace=2.0)


def rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def poll_everything() -> None:
    now = timezone.now()
    for stream in StreamState.objects.all():
        poll.poll(stream.pk, now)
    for inbox in Inbox.objects.all():
        ingest.process(inbox.pk, timezone.now())


@pytest.fixture
def sandbox(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxProcess]:
    """A sandbox of this test alone, and a data folder for the logins."""
    process = SandboxProcess(tmp_path / "sandbox")
    process.start()
    settings.SANDBOX_URL = process.address
    monkeypatch.setenv("DESK_DATA", str(tmp_path))
    yield process
    process.stop()


@pytest.mark.django_db(transaction=True)
def test_the_demo_company_is_made_once_and_lives(
    sandbox: SandboxProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Interrupted at a colleague's first act: people are there, no inbox, nothing half told.
    with monkeypatch.context() as broken:
        broken.setattr(history.Stage, "_act", _interrupted)
        with pytest.raises(ConnectionAbortedError):
            seed()
    assert User.objects.count() == len(COLLEAGUES)
    assert rows() | {"inboxes.Inbox": 0, "tickets.Ticket": 0} == rows()
    assert not (tmp_path / "demo_logins.json").exists()

    seed()
    _everybody_can_sign_in(tmp_path / "demo_logins.json")
    _every_state_is_there()
    _clocks_are_true()
    _replies_are_on_the_network(sandbox)
    _work_is_shared_out()
    entries = sandbox.call("GET", "/crowd")["crowd"]
    crowd = {entry["network"]: entry["pace"] for entry in entries if entry["account"] == "vlotlijn"}
    assert crowd == {
        "x": 1.0, "facebook": 1.0, "instagram": 0.4, "mastodon": 0.2, "bluesky": 0.2,
        "google_business": 0.1, "google_play": 0, "app_store": 0, "mailbox": 0.1,
    }  # fmt: skip

    # From here on the demo's customers are silent, so that nothing may change by itself.
    for network in crowd:
        sandbox.call("PUT", "/crowd", {"network": network, "account": "vlotlijn", "pace": 0})
    poll_everything()
    assert Ticket.objects.filter(rating__isnull=False).count() == 7
    assert Ticket.objects.filter(inbox__network="mail").count() == 4  # the fifth mail was written by a machine
    assert Message.objects.filter(inbox__network="mail", ticket=None, doubt="automatic").count() == 1
    found = Message.objects.filter(kind=ItemKind.FOUND)
    assert {one.profile.handle for one in found if one.profile} >= {"karinvanes", "ov_dirk", "priyanair"}
    assert {one.ticket for one in found} == {None}
    before = rows()
    seed()
    poll_everything()
    assert rows() == before
    assert {entry["pace"] for entry in sandbox.call("GET", "/crowd")["crowd"]} == {0}
    edited = Message.objects.get(versions__isnull=False)
    assert edited.text.startswith("@vlotlijn Al 25 minuten")
    assert not edited.outgoing


def _interrupted(*_: Any) -> None:
    raise ConnectionAbortedError


def _everybody_can_sign_in(logins: Path) -> None:
    assert stat.S_IMODE(logins.stat().st_mode) == 0o600
    passwords = json.loads(logins.read_text())
    assert list(passwords) == ["admin", "supervisor", "comms", "agent", "agent2", "trainee", "expert"]
    for username, password in passwords.items():
        assert User.objects.get(username=username).check_password(password)
    assert set(Team.objects.values_list("name", flat=True)) == {"Reisinformatie", "Klantenservice", "Werkplaats"}
    assert {one.holder.has_seat for one in Question.objects.all() if one.holder} <= {False}
    canned = list(CannedResponse.objects.all())
    assert sum({"nl", "en"} <= set(one.definition.languages) for one in canned) >= 20
    assert {one.state for one in canned} == {"draft", "active"}
    assert {one.state for one in Change.objects.all()} == {"proposed", "planned", "adopted", "declined"}
    assert any(one.times_used > one.times_edited > 0 for one in canned)


def _every_state_is_there() -> None:
    states = Counter(Ticket.objects.values_list("state", flat=True))
    assert set(states) == {
        "new", "open", "waiting_for_customer", "waiting_for_colleague", "snoozed", "resolved", "spam",
    }  # fmt: skip
    assert states.total() >= 150
    assert {"nl", "en"} <= set(Ticket.objects.values_list("language", flat=True))
    assert set(Ticket.objects.values_list("inbox__network", "private").distinct()) == {
        ("x", False), ("x", True), ("facebook_page", False), ("facebook_page", True),
    }  # fmt: skip
    assert set(Ticket.objects.exclude(problem="").values_list("problem", flat=True)) == {"unknown", "failed", "held"}
    assert Ticket.objects.filter(profile__followers__gt=40_000, priority=3).exists()
    assert Ticket.objects.filter(original_gone=True).count() == 1
    assert Ticket.objects.filter(state="resolved").exclude(unread=0).count() == 0
    assert Counter(Ticket.objects.values_list("customer", flat=True)).most_common(1)[0][1] > 2
    moved = Ticket.objects.filter(messages__private=True).filter(messages__private=False).distinct()
    assert moved.exists()  # from public to private on the same ticket
    assert Attachment.objects.exists()
    assert MessageVersion.objects.count() == 1
    assert Notification.objects.filter(user__username="expert").exists()
    drafts = {one.author.username: one.returned_because for one in Draft.objects.select_related("author")}
    assert set(drafts) == {"agent", "trainee"}
    assert (drafts["agent"], drafts["trainee"]) == ("", Approval.objects.get(state="rejected").reason)
    waiting = Reply.objects.filter(state="held", approvals__state="waiting")
    assert {one.author.role for one in waiting.select_related("author")} == {"trainee", "agent"}
    late = Reply.objects.get(state="queued")
    assert late.scheduled_for is not None
    assert late.scheduled_for > timezone.now()
    assert not RawItem.objects.filter(processed_at=None).exists()
    assert not RawItem.objects.exclude(problem="").exists()


def _work_is_shared_out() -> None:
    """Hours for everybody but the expert, and at any hour somebody of the team that assigns."""
    care = Team.objects.get(assignment="round_robin")
    assert (care.name, Team.objects.filter(assignment="none").count()) == ("Klantenservice", 2)
    assert Shift.objects.count() == 5
    members = list(care.members.all())
    for hour in range(0, 168, 5):
        at_work = standings(members, timezone.now() + timedelta(hours=hour))
        assert any(one.on_duty for one in at_work.values())
    assert not TicketEvent.objects.filter(kind__in=["given", "handed_over", "released"]).exists()


def _clocks_are_true() -> None:
    met = Clock.objects.filter(state="met")
    assert met.filter(breached_at=None).count() > met.exclude(breached_at=None).count() > 0
    running = Clock.objects.filter(state="running")
    assert running.exclude(breached_at=None).exists()
    assert running.filter(breached_at=None).exists()
    now = timezone.now()
    assert not Clock.objects.filter(received_at__gt=now).exists()
    for clock in Clock.objects.all():
        assert timedelta(seconds=1) < clock.received_at - clock.started_at < timedelta(seconds=7)
    assert set(Clock.objects.values_list("metric", flat=True)) == {"first_response", "next_response", "resolution"}
    assert set(Clock.objects.values_list("calendar_version__calendar__name", flat=True)) == {"24/7", "Kantooruren"}
    assert ClockPause.objects.filter(until=None).exists()
    assert ClockPause.objects.exclude(until=None).exists()
    assert [str(one) for one in differences(Ticket.objects.all())] == []
    assert TicketEvent.objects.filter(at__gt=timezone.now()).count() == 0
    weeks = now - timedelta(days=22)
    assert not Ticket.objects.filter(created_at__lt=weeks, clocks__isnull=False).exists()
    _months_of_causes_are_told(now)
    _what_came_of_articles_is_told()


def _replies_are_on_the_network(sandbox: SandboxProcess) -> None:
    posts: dict[str, Any] = {}
    for network in ("x", "facebook"):
        posts |= {post["id"]: post for post in sandbox.call("GET", f"/posts?network={network}&limit=1000")["posts"]}
    sent = Reply.objects.filter(state="sent").select_related("author")
    assert sent.count() > 100
    for reply in sent:
        assert posts[reply.external_id]["text"].endswith(reply.signed_text)
        assert reply.signed_text.endswith(f"^{reply.author.signature}")
    for reply in Reply.objects.exclude(state="sent"):
        assert not any(post["text"].endswith(reply.signed_text) for post in posts.values())


@pytest.mark.django_db
def test_without_a_sandbox_there_are_people_and_no_inboxes(
    tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SANDBOX_URL = ""
    monkeypatch.setenv("DESK_DATA", str(tmp_path))
    seed()
    assert User.objects.count() == len(COLLEAGUES) + len(ELSEWHERE)
    assert not Inbox.objects.exists()
    seed()
    assert User.objects.count() == len(COLLEAGUES) + len(ELSEWHERE)


@pytest.mark.django_db
def test_somebody_elses_password_is_never_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_DATA", str(tmp_path))
    User.objects.create_user("admin", "chief@example.org", "een-lang-wachtwoord")
    with pytest.raises(CommandError, match="“admin” is somebody else here"):
        seed()
    assert User.objects.get(username="admin").check_password("een-lang-wachtwoord")


@pytest.mark.django_db
def test_a_sandbox_that_is_away_is_one_line(
    tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    monkeypatch.setenv("DESK_DATA", str(tmp_path))
    with pytest.raises(CommandError, match="does not answer"):
        seed()


def test_the_same_moment_tells_the_same_history() -> None:
    scenes = all_scenes(NOW)
    assert scenes == all_scenes(NOW)
    shifted = all_scenes(NOW + timedelta(days=7))
    assert [scene.key for scene in scenes] != []
    assert {scene.author for scene in scenes} == {scene.author for scene in shifted}


def test_no_turn_lies_in_the_future_and_every_public_answer_fits() -> None:
    for scene in all_scenes(NOW):
        times = [turn.at for turn in scene.turns]
        assert times == sorted(times)
        assert times[-1] <= NOW
        if scene.network == "x":
            for turn in scene.turns:
                assert turn.sign != PUBLIC or len(turn.text) < 270, turn.text


def test_nobody_says_the_same_twice_in_a_row() -> None:
    texts = Counter(scene.turns[0].text for scene in all_scenes(NOW) if scene.wish != "mark_spam")
    assert texts.most_common(1)[0][1] <= 4


def _months_of_causes_are_told(now: datetime) -> None:
    """So that curves mean something: most of what was resolved has a cause, and the months before are told too."""
    said = TicketCause.objects.values_list("ticket__created_at", flat=True)
    assert said.filter(ticket__clocks__isnull=False).count() > 50
    assert min(said) < now - timedelta(weeks=16)
    assert Message.objects.filter(ticket__cause_row__isnull=False, ticket__clocks=None).count() > 200


def _what_came_of_articles_is_told() -> None:
    """Used and rated ones, one to be read again, suggestions that wait, and a topic that nothing is written of."""
    assert Article.objects.filter(times_used__gt=0).count() > 2
    assert Article.objects.filter(times_unhelpful__gt=F("times_helpful")).exists()
    assert Article.objects.filter(review_on__lte=timezone.localdate()).exists()
    assert Suggestion.objects.filter(same_as=None, state="pending").count() > 5
    assert "nachttrein" in {word for gap in Gap.objects.all() for word in gap.words}
    assert not {"vlotlijn", "jullie"} & {word for gap in Gap.objects.all() for word in gap.words}
