"""The screens of signals: what is told and why, what people say of it, and a past that is tried before it is on."""

import re
from collections.abc import Iterable
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.signals.signal_raising import Sign, raise_signal
from desk.actions.signals.signal_streams import Wish, create
from desk.crises.models import Crisis
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Role
from desk.signals.models import MentionCount, Rules, Signal, Stream
from desk.tickets.models import Message
from policies.backtest import Past, Row, read_past
from policies.crisis_scope import Scope
from policies.signals import Sensitivity
from policies.time_buckets import FIVE, beginning_of
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.web.browsing import PART
from tests.web.colleagues import signed_in

pytestmark = pytest.mark.django_db
FACTS = {"stream": "@vlotlijn", "counted": 412, "expected": 12.0, "usual_high": 30.0, "rare_days": 12.0, "missed": 44}


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


@pytest.fixture
def noor() -> User:
    return User.objects.create_user("noor", role=Role.COMMS)


def a_signal(inbox: Inbox, number: int = 1, kind: str = "surge", **more: object) -> Signal:
    now = timezone.now()
    stream, _new = Stream.objects.get_or_create(inbox=inbox, defaults={"name": inbox.name, "created_at": now})
    scope = Scope(inboxes=frozenset({inbox.pk}))
    posts = list(Message.objects.values_list("pk", flat=True))
    signal = raise_signal(Sign(kind, f"{kind} {number}", now, FACTS, scope, stream=stream, posts=posts), now)
    assert signal is not None
    return signal


def a_past(inbox: Inbox, days: int = 20, reach: int = 0) -> None:
    """Three or four messages in five minutes, and an hour of two hundred, ten days ago; of half an hour five days ago
    so much more reach.
    """
    until = beginning_of(timezone.now(), FIVE)
    rows = [
        MentionCount(
            inbox=inbox,
            language="nl",
            at=until - FIVE * n,
            messages=3 + n % 2 + (200 if 2_880 < n <= 2_892 else 0),
            reach=900 + 100 * (n % 2) + reach * (1_440 < n <= 1_446),
        )
        for n in range(days * 288)
    ]
    MentionCount.objects.bulk_create(rows)


def form(**values: str) -> dict[str, str]:
    return {
        "name": "Alles",
        "slider": "1",
        "floor": "10",
        "reach_floor": "50000",
        "cooldown_hours": "20",
        "period": "28",
        **values,
    }


def test_a_signal_says_what_was_counted_what_was_expected_why_and_which_posts(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", text="De trein <b>staat</b> stil")])
    signal = a_signal(inbox)
    page = signed_in(Role.SUPERVISOR).get(f"/signals/{signal.pk}/").content.decode()
    for words in ("412 messages in half an hour", "12 are usual", "no more than 30", "once in 12 days", "@vlotlijn"):
        assert words in page
    assert "De trein &lt;b&gt;staat&lt;/b&gt; stil" in page
    assert f'href="/tickets/{Message.objects.get().ticket_id}/"' in page
    assert "signal-start" not in page
    assert f"/signals/{signal.pk}/start/" not in page


def test_two_keys_start_a_crisis_from_the_newest(inbox: Inbox) -> None:
    signal = a_signal(inbox)
    browser = signed_in(Role.COMMS)
    assert f'href="/signals/{signal.pk}/start/"' in browser.get("/signals/").content.decode()
    page = browser.get(f"/signals/{signal.pk}/start/").content.decode()
    assert "data-start-crisis" in page
    assert "412 messages in half an hour" in page
    answer = browser.post(f"/signals/{signal.pk}/start/", {"reason": "", "level": "1"}, headers=PART)
    crisis = Crisis.objects.get()
    assert answer.headers["HX-Redirect"] == f"/crises/{crisis.pk}/"
    assert (crisis.state, crisis.level) == ("active", 1)
    assert browser.post(f"/signals/{signal.pk}/start/", {"level": "1"}).status_code == 409


def test_no_crisis_wants_a_reason_and_takes_it_off_the_list(inbox: Inbox) -> None:
    signal = a_signal(inbox)
    browser = signed_in(Role.COMMS)
    assert browser.post(f"/signals/{signal.pk}/dismiss/", {"reason": ""}).status_code == 400
    answer = browser.post(f"/signals/{signal.pk}/dismiss/", {"reason": "Een winactie"}, follow=True)
    assert "quiet for twice as long" in answer.content.decode()
    assert f"/signals/{signal.pk}/" not in browser.get("/signals/").content.decode()
    assert "Een winactie" in browser.get("/signals/?state=all").content.decode()
    assert Crisis.objects.get().state == "dismissed"


def test_a_silence_starts_nothing(inbox: Inbox) -> None:
    signal = a_signal(inbox, kind="silence")
    page = signed_in(Role.COMMS).get("/signals/").content.decode()
    assert "44 messages were to be expected" in page
    assert f"/signals/{signal.pk}/start/" not in page


def test_who_sees_and_who_judges(inbox: Inbox) -> None:
    signal = a_signal(inbox)
    for role, sees, judges in ((Role.AGENT, 403, 403), (Role.SUPERVISOR, 200, 403), (Role.COMMS, 200, 200)):
        browser = signed_in(role)
        for page in ("/signals/", f"/signals/{signal.pk}/", "/signals/streams/"):
            assert browser.get(page).status_code == sees, (role, page)
        for page in (f"/signals/{signal.pk}/start/", "/signals/streams/new/", "/signals/words/"):
            assert browser.get(page).status_code == judges, (role, page)


def test_a_list_costs_the_same_however_long(inbox: Inbox) -> None:
    browser = signed_in(Role.COMMS)

    def queries(page: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(page).status_code == 200
        return len(captured)

    pages = ("/signals/", "/signals/streams/")
    a_signal(inbox)
    few = [queries(page) for page in pages for _twice in range(2)]
    for number in range(2, 40):
        a_signal(an_inbox(name=f"@{number}", own_id=str(number)), number)
    assert [queries(page) for page in pages for _twice in range(2)] == few
    assert "cursor=" in browser.get("/signals/").content.decode()


class TestAPast:
    def test_the_slider_shows_at_once_what_would_have_been_told(self, inbox: Inbox) -> None:
        a_past(inbox)
        browser = signed_in(Role.COMMS)
        strict = browser.get("/signals/streams/try/", form(slider="0", floor="100000"))
        assert "Strict: 0 alerts in 28 days" in strict.content.decode()
        page = browser.get("/signals/streams/try/", form(slider="2")).content.decode()
        assert "Sensitive: 1 alert in 28 days" in page
        assert "Surge: messages" in page
        assert '<path class="did grave"' in page
        assert "style=" not in page

    def test_reach_has_a_curve_of_its_own_and_a_floor_of_its_own(self, inbox: Inbox) -> None:
        a_past(inbox, reach=3_000_000)
        browser = signed_in(Role.COMMS)
        page = browser.get("/signals/streams/try/", form(slider="2")).content.decode()
        assert "Sensitive: 2 alerts in 28 days" in page
        assert "Surge: followers reached" in page
        assert "1 alert for its reach" in page
        assert page.count("<svg") == 2
        assert re.search(r">[0-9]+\.0M<", page)
        higher = browser.get("/signals/streams/try/", form(slider="2", reach_floor="900000000"))
        assert "Sensitive: 1 alert in 28 days" in higher.content.decode()
        refused = browser.get("/signals/streams/try/", form(reach_floor="veel"))
        assert 'role="alert"' in refused.content.decode()

    def test_it_is_read_once_for_every_place_of_the_slider(self, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
        a_past(inbox)
        read: list[Sensitivity] = []

        def counted(rows: Iterable[Row], sensitivity: Sensitivity, since: datetime) -> Past:
            read.append(sensitivity)
            return read_past(rows, sensitivity, since)

        monkeypatch.setattr("desk.actions.signals.signal_backtest.read_past", counted)
        browser = signed_in(Role.COMMS)
        for place in ("2", "0", "1"):
            browser.get("/signals/streams/try/", form(slider=place, cooldown_hours="3"))
        assert len(read) == 1

    def test_what_can_not_be_tried_is_said(self, inbox: Inbox) -> None:
        browser = signed_in(Role.COMMS)
        for name, wrong in (("slider", "7"), ("floor", "veel"), ("topics", "een, twee"), ("brand", "Nergens")):
            answer = browser.get("/signals/streams/try/", form(**{name: wrong}))
            assert answer.status_code == 200
            assert 'role="alert"' in answer.content.decode(), name
        assert "Nothing to look back on yet" in browser.get("/signals/streams/try/", form()).content.decode()

    def test_it_is_switched_on_from_there_and_off_again(self, inbox: Inbox) -> None:
        browser = signed_in(Role.COMMS)
        page = browser.get("/signals/streams/new/").content.decode()
        assert 'type="range"' in page
        answer = browser.post("/signals/streams/new/", form(slider="2", languages="nl", do="on"), headers=PART)
        assert answer.headers["HX-Redirect"] == "/signals/streams/"
        stream = Stream.objects.get()
        assert (stream.name, stream.sensitivity, stream.is_on) == ("Alles", "sensitive", True)
        assert stream.scope_form == {"languages": ["nl"]}
        browser.post(f"/signals/streams/{stream.pk}/", form(do="off"))
        stream.refresh_from_db()
        assert (stream.sensitivity, stream.is_on, stream.scope_form) == ("balanced", False, {})
        browser.post(f"/signals/streams/{stream.pk}/delete/")
        assert browser.get(f"/signals/streams/{stream.pk}/").status_code == 404

    def test_without_a_script_it_is_tried_with_a_button_and_nothing_is_kept(self, inbox: Inbox) -> None:
        a_past(inbox)
        page = signed_in(Role.COMMS).post("/signals/streams/new/", form(slider="2", do="try")).content.decode()
        assert "Sensitive: 1 alert in 28 days" in page
        assert 'value="Alles"' in page
        assert not Stream.objects.exists()

    def test_a_supervisor_tries_and_changes_nothing(self, inbox: Inbox, noor: User) -> None:
        stream = create(noor, Wish(name="X"))
        browser = signed_in(Role.SUPERVISOR)
        assert 'name="do" value="off"' not in browser.get(f"/signals/streams/{stream.pk}/").content.decode()
        assert browser.get("/signals/streams/try/", form(stream=str(stream.pk))).status_code == 200
        assert browser.post(f"/signals/streams/{stream.pk}/", form(do="on")).status_code == 403


def test_the_words_are_a_list_that_is_kept() -> None:
    browser = signed_in(Role.COMMS)
    assert "datalek*" in browser.get("/signals/words/").content.decode()
    typed = {"words": "*lek\n\ntrein stil\n", "least_reach": "5000", "words_on": "on", "least_people": "12"}
    browser.post("/signals/words/", typed)
    rules = Rules.objects.get()
    assert (rules.words, rules.least_reach, rules.words_on, rules.alike_on) == (
        ["*lek", "trein stil"],
        5_000,
        True,
        False,
    )
    refused = browser.post("/signals/words/", {**typed, "least_reach": "3"})
    assert refused.status_code == 400
    assert "1000" in refused.content.decode()


def test_the_way_there_is_in_the_command_bar_and_on_the_page_of_crises() -> None:
    browser = signed_in(Role.SUPERVISOR)
    assert "/signals/" in browser.get("/command/?q=sign").content.decode()
    assert 'href="/signals/"' in browser.get("/crises/").content.decode()
