"""Signals through the API: what is watched, what was told, what people say of it, and what a past would have told."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.api.forms.crises import CrisisSerializer
from desk.api.forms.signals import (
    BacktestSerializer,
    SignalRulesSerializer,
    SignalSerializer,
    SignalStreamSerializer,
)
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Role
from desk.signals.models import MentionCount, Signal
from policies.time_buckets import FIVE, beginning_of
from tests.api.caller import Caller
from tests.api.test_description import assert_alike

FACTS = {"stream": "@vlotlijn", "counted": 412, "expected": 12.0, "usual_high": 30.0, "rare_days": 12.0}


@pytest.fixture
def comms(db: None) -> Caller:
    return Caller(User.objects.create_user("noor", first_name="Noor", role=Role.COMMS))


def a_signal(number: int = 1) -> Signal:
    now = timezone.now()
    return Signal.objects.create(kind="surge", key=f"surge {number}", at=now, raised_at=now, facts=FACTS)


def test_a_stream_is_made_changed_looked_back_on_and_deleted(comms: Caller, inbox: Inbox) -> None:
    made = comms.post("signal-streams/", name="Op X", scope={"networks": ["x"]}, sensitivity="sensitive")
    assert made.status == 201
    assert_alike(made.body, SignalStreamSerializer)
    path = f"signal-streams/{made.body['id']}/"
    assert comms.patch(path, floor=30, is_on=False).body["floor"] == 30
    assert comms.get(path).body["is_on"] is False
    until = beginning_of(timezone.now(), FIVE)
    MentionCount.objects.bulk_create(
        MentionCount(
            inbox=inbox,
            language="nl",
            at=until - FIVE * n,
            messages=3 + (90 if 800 < n < 812 else 0),
            reach=900 + (10_000_000 if 400 < n < 406 else 0),
        )
        for n in range(8 * 288)
    )
    told = comms.get(path + "backtest/", days=7, sensitivity="sensitive", floor=0)
    assert told.status == 200
    assert_alike(told.body, BacktestSerializer)
    assert [one["kind"] for one in told.body["alerts"]][:1] == ["surge"]
    assert len(told.body["hours"]) == 7 * 24
    assert {one["measure"] for one in told.body["alerts"]} == {"messages", "reach"}
    assert comms.get(path + "backtest/", days=7, floor=1_000_000, reach_floor=10**9).body["alerts"] == []
    assert comms.patch(path, reach_floor=200_000).body["reach_floor"] == 200_000
    assert [one["name"] for one in comms.results("signal-streams/")] == ["Op X"]
    assert comms.delete(path).status == 204
    assert comms.get(path).status == 404


def test_a_signal_is_dismissed_or_becomes_a_crisis(comms: Caller) -> None:
    first, second = a_signal(1), a_signal(2)
    read = comms.get(f"signals/{first.pk}/").body
    assert_alike(read, SignalSerializer)
    assert read["explanation"][0] == "412 messages in half an hour."
    assert read["verdict"] == "open"
    judged = comms.post(f"signals/{first.pk}/dismiss/", reason="Een winactie").body
    assert (judged["verdict"], judged["reason"], judged["judged_by"]["name"]) == ("none", "Een winactie", "Noor")
    assert comms.post(f"signals/{first.pk}/dismiss/", reason="Nog eens").status == 409
    crisis = comms.post(f"signals/{second.pk}/start/", level=2)
    assert crisis.status == 201
    assert_alike(crisis.body, CrisisSerializer)
    assert (crisis.body["state"], crisis.body["level"]) == ("active", 2)
    assert [one["id"] for one in comms.results("signals/", verdict="crisis")] == [second.pk]
    assert comms.results("signals/", verdict="open") == []
    assert comms.results("signals/", kind="silence") == []


def test_the_words_that_are_told_are_read_and_changed(comms: Caller) -> None:
    assert_alike(comms.get("signal-rules/").body, SignalRulesSerializer)
    assert comms.patch("signal-rules/", words=["*Lek"], least_people=12).body["words"] == ["*lek"]
    refused = comms.patch("signal-rules/", least_reach=5)
    assert refused.status == 400
    assert "least_reach" in refused.body["errors"]


def test_agents_see_none_of_it_and_supervisors_change_nothing(agent: Caller, comms: Caller) -> None:
    signal = a_signal()
    supervisor = Caller(User.objects.create_user("sander", role=Role.SUPERVISOR))
    for path in ("signals/", f"signals/{signal.pk}/", "signal-streams/", "signal-rules/"):
        assert agent.get(path).problem == (403, "not_permitted")
        assert supervisor.get(path).status == 200
    for answer in (
        supervisor.post(f"signals/{signal.pk}/dismiss/", reason="x"),
        supervisor.post(f"signals/{signal.pk}/start/"),
        supervisor.post("signal-streams/", name="x"),
        supervisor.patch("signal-rules/", least_people=5),
    ):
        assert answer.problem == (403, "not_permitted")
    for missing in (comms.get("signals/999/"), comms.get("signal-streams/999/"), comms.post("signals/999/start/")):
        assert missing.status == 404


def test_a_list_costs_the_same_however_long(comms: Caller) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            comms.get("signals/")
        return len(captured)

    a_signal()
    comms.get("signals/")
    few = queries()
    for number in range(2, 20):
        a_signal(number)
    assert queries() == few
    assert len(comms.results("signals/", page_size=5)) == 5
