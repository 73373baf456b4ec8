"""A stage for drills on a real sandbox, and a short scenario to play there."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from desk.actions.drills import drill_inboxes, drill_player, drills
from desk.actions.inboxes import poll
from desk.actions.intake import ingest
from desk.drills.models import Beat, Drill
from desk.inboxes.models import Inbox, StreamState
from desk.people.models import User

SCENARIO: dict[str, Any] = {
    "key": "short",
    "title": {"nl": "Kort", "en": "Short"},
    "level": 2,
    "wrap_up_minutes": 10,
    "phases": [
        {
            "minutes": 10,
            "posts": [
                {"at": 0, "key": "own", "text": {"nl": "Nieuw: reizen zonder kaartje!"}},
                {"at": 1, "author": "jan", "followers": 5000, "key": "first", "text": {"nl": "Alles ligt plat!"}},
                {"at": 2, "author": "eva", "reply_to": "first", "text": {"nl": "Hier ook"}},
                {"at": 3, "author": "tom", "private": True, "text": {"nl": "Mag ik u iets vragen?"}},
                {"at": 4, "author": "ria", "reply_to": "own", "text": {"nl": "Zonder kaartje? Zonder trein ja."}},
            ],
            "faults": [{"kind": "down", "at": 6, "minutes": 2}],
        }
    ],
}


def a_stage(actor: User, *, network: str = "x", **columns: Any) -> Inbox:
    return drill_inboxes.make_drill_inbox(actor, network_slug=network, name="Oefening", **columns)


def a_drill(actor: User, inbox: Inbox, **wishes: Any) -> Drill:
    return drills.plan_drill(actor, drills.Wish(inbox.pk, **{"document": SCENARIO, "speed": 60, **wishes}))


def play_until(drill: Drill, minutes: float) -> datetime:
    """Everything of the scenario up to its minute, read and made into tickets; gives the moment that it then is."""
    assert drill.started_at is not None
    Beat.objects.filter(drill=drill, played_at=None, due_at__lte=drill.started_at + after(drill, minutes)).update(
        due_at=drill.started_at
    )
    drill_player.play(timezone.now())
    read(drill.inbox)
    return timezone.now()


def read(inbox: Inbox) -> None:
    """Poll everything and process it."""
    for stream in StreamState.objects.filter(inbox=inbox).order_by("pk"):
        poll.poll(stream.pk, timezone.now())
    ingest.process(inbox.pk, timezone.now())


def after(drill: Drill, minutes: float) -> timedelta:
    return timedelta(minutes=minutes) / drill.speed
