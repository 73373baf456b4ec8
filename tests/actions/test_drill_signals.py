"""A drill is noticed as a real crisis is: by counts from its first minutes, by words, by many who write the same. It is
a world of its own: nothing real hears it, and it hears nothing real.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from desk.actions.crises import crises
from desk.actions.drills import drills
from desk.actions.signals import signals
from desk.actions.signals.listening_in import look
from desk.actions.signals.watching import watch
from desk.crises.models import Crisis
from desk.drills.models import Drill
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.signals.models import MentionCount, Signal, Stream
from tests.actions.alerted import a_person
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.drilled import a_drill, a_stage, play_until
from tests.sandbox import SandboxProcess

pytestmark = pytest.mark.django_db(transaction=True)
SAID = "De kortingskaart vervalt morgen voor iedereen, vraag nu je geld terug"


def scenario(*posts: dict[str, Any], crowd: int = 0, text: str = SAID, **more: Any) -> dict[str, Any]:
    many = [{"count": crowd, "from": 0, "to": 1, "followers": [10, 90], "text": {"nl": [text]}}] if crowd else []
    first = {"at": 0, "author": "jan", "followers": 50, "text": {"nl": "Werkt het bij jullie?"}}
    return {
        "key": "heard", "title": {"nl": "Gehoord", "en": "Heard"}, "level": 2, "wrap_up_minutes": 10,
        "phases": [{"minutes": 10, "posts": [first, *posts], "crowd": many}], **more,
    }  # fmt: skip


@pytest.fixture
def comms(drill_sandbox: SandboxProcess, settings: LazySettings) -> User:
    settings.SANDBOX_URL, settings.UNDO_SECONDS = drill_sandbox.address, 0
    return a_person("noor", "administrator")


@pytest.fixture
def stage(comms: User) -> Inbox:
    return a_stage(comms)


def played(comms: User, stage: Inbox, document: dict[str, Any]) -> tuple[Drill, datetime]:
    """A drill of which everything was said, and the moment at which its minute is closed."""
    watch(timezone.now())
    drill = drills.start_drill(comms, a_drill(comms, stage, document=document).pk)
    watch(timezone.now())
    play_until(drill, 10)
    return drill, timezone.now() + timedelta(seconds=90)


def heard(kind: str) -> list[Signal]:
    return list(Signal.objects.filter(kind=kind).select_related("stream__inbox", "crisis").order_by("id"))


def test_a_fresh_account_is_heard_by_its_counts_in_the_first_minutes(comms: User, stage: Inbox) -> None:
    drill, closed = played(comms, stage, scenario(crowd=40))
    watch(closed)
    assert not [one for one in Signal.objects.all() if one.stream is None or not one.stream.inbox]
    (signal,) = list(Signal.objects.filter(measure="messages", kind="surge").select_related("stream"))
    assert signal.stream is not None
    assert signal.stream.inbox_id == stage.pk
    assert 1 <= signal.facts["expected"] <= 8  # the half hour that its scenario says is usual
    crisis = Crisis.objects.get()
    assert (crisis.drill, crisis.state) == (True, "suspected")
    drill.refresh_from_db()
    assert drill.crisis == crisis
    ended = drills.end_drill(comms, drill.pk, now=closed + timedelta(seconds=5))
    noticed = next(line for line in ended.card["lines"] if line["what"] == "detect")
    assert noticed["verdict"] == "met"


def test_what_is_usual_stays_usual(comms: User, stage: Inbox) -> None:
    _drill, closed = played(comms, stage, scenario(normal_per_hour=60))
    watch(closed)
    assert not Signal.objects.exists()
    assert sum(MentionCount.objects.filter(inbox=stage).values_list("messages", flat=True)) == pytest.approx(
        14 * 24 * 60, rel=0.1
    )


def test_a_word_of_somebody_with_reach_is_heard_in_the_drill_alone(comms: User, stage: Inbox) -> None:
    loud = {"at": 1, "author": "nieuws", "followers": 84_000, "text": {"nl": "Er is brand in de winkel!"}}
    drill, closed = played(comms, stage, scenario(loud))
    real = an_inbox()
    take_in(real, [a_mention("1", text="Waar blijft de trein?")], now=closed)
    assert look(closed) == 1
    (signal,) = heard("trigger")
    assert signal.stream is not None
    assert signal.stream.inbox == stage
    assert signal.crisis is not None
    assert (signal.crisis.drill, signal.crisis.scope_form) == (True, {"inboxes": [stage.pk], "topics": ["brand"]})
    drill.refresh_from_db()
    assert drill.crisis == signal.crisis


def test_many_who_write_the_same_are_counted_in_their_own_world(comms: User, stage: Inbox) -> None:
    real, now = an_inbox(), timezone.now()
    _drill, closed = played(comms, stage, scenario(crowd=7))
    same = [a_mention(f"r{n}", by=f"r{n}", text=SAID, created_at=now) for n in range(7)]
    take_in(real, same, now=closed)
    assert look(closed) == 0  # seven here and seven there are not fourteen
    more = [a_mention(f"s{n}", by=f"s{n}", text=SAID, created_at=now) for n in range(5)]
    take_in(real, more, now=closed)
    assert look(closed) == 1
    (signal,) = heard("outbreak")
    assert (signal.stream, signal.facts["people"]) == (None, 12)
    assert signal.crisis is not None
    assert not signal.crisis.drill


def test_an_outbreak_of_a_drill_is_a_suspicion_of_the_drill_and_the_next_drill_hears_it_anew(
    comms: User, stage: Inbox
) -> None:
    for number in range(2):
        drill, _closed = played(comms, stage, scenario(crowd=15))
        assert look(timezone.now()) == 1
        assert look(timezone.now()) == 0
        signal = heard("outbreak")[number]
        assert signal.crisis is not None
        assert (signal.crisis.drill, signal.facts["people"]) == (True, 15)
        signals.dismiss(comms, signal.pk, reason="Een oefening")
        drills.end_drill(comms, drill.pk)


def test_between_drills_nobody_hears_that_it_is_silent(comms: User, stage: Inbox) -> None:
    drill, closed = played(comms, stage, scenario(normal_per_hour=120))
    drills.end_drill(comms, drill.pk)
    for hour in range(1, 4):
        watch(closed + timedelta(minutes=50 * hour))
    assert not Signal.objects.filter(kind="silence").exists()


def test_a_quiet_phase_of_a_drill_is_no_silence_however_much_was_usual(comms: User, stage: Inbox) -> None:
    """Nobody plays on what was usual before it: that it does not come any more says nothing of the connection."""
    _drill, closed = played(comms, stage, scenario(normal_per_hour=600))
    for minute in range(0, 60, 15):
        watch(closed + timedelta(minutes=minute))
    assert not Signal.objects.filter(kind="silence").exists()


def test_a_drill_begins_with_nothing_that_earlier_ones_left(comms: User, stage: Inbox) -> None:
    first, closed = played(comms, stage, scenario(crowd=40))
    watch(closed)
    drills.end_drill(comms, first.pk)
    before = Stream.objects.get(inbox=stage)
    assert before.read_until is not None
    drills.start_drill(comms, a_drill(comms, stage, document=scenario()).pk)
    after = Stream.objects.get(inbox=stage)
    assert (after.pk, after.state, after.read_until) == (before.pk, None, None)
    assert max(MentionCount.objects.filter(inbox=stage).values_list("messages", flat=True)) <= 5


def test_the_crisis_that_somebody_starts_goes_before_what_the_desk_only_suspected(comms: User, stage: Inbox) -> None:
    drill, _closed = played(comms, stage, scenario(crowd=15))
    assert look(timezone.now()) == 1
    suspected = Crisis.objects.get()
    started = crises.start(comms, reason="Alles ligt plat", level=2, drill=True)
    drill.refresh_from_db()
    assert drill.crisis == started
    ended = drills.end_drill(comms, drill.pk)
    noticed = next(line for line in ended.card["lines"] if line["what"] == "detect")
    assert ended.started_at is not None
    assert noticed["measured"] <= (suspected.created_at - ended.started_at).total_seconds()
