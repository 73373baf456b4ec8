"""What colleagues of Vlotlijn would change: one proposal of each state, in words and as values."""

from datetime import datetime, timedelta
from typing import Any

from desk.actions.changes import changes
from desk.alerts.models import Notification
from desk.changes.models import Change
from desk.operations.demo.people import TRAVEL
from desk.operations.demo.promises import OFFICE_HOURS
from desk.people.models import Team, User
from desk.sla.models import BusinessCalendar, SlaPolicy

PRIVATE = "Privéberichten"
IN_A_WEEK = timedelta(days=7)


def make_changes(people: dict[str, User], now: datetime) -> None:
    """Once, and everybody has seen the notices of them."""
    if Change.objects.exists():
        return
    supervisor, agent, other, expert = (people[name] for name in ("supervisor", "agent", "agent2", "expert"))
    policy, office = SlaPolicy.objects.get(name=PRIVATE), BusinessCalendar.objects.get(name=OFFICE_HOURS)
    quicker = changes.draft(
        other, "sla_policy", policy.pk, what="Privéberichten binnen een half uur",
        why="Wie ons in privé schrijft heeft meestal haast, en buiten de spits redden we het.",
        values={"first_response_minutes": 30}, now=now - timedelta(hours=5),
    )  # fmt: skip
    changes.remark(
        supervisor, quicker.pk, "Goed plan. Ik wil eerst zien wat het in december doet.", now=now - timedelta(hours=3)
    )
    changes.draft(
        agent, "team", Team.objects.get(name=TRAVEL).pk, what="Nieuwe vragen om de beurt",
        why="Nu pakt iedereen de makkelijke.", values={"assignment": "round_robin"}, now=now - timedelta(hours=2),
    )  # fmt: skip
    saturday = changes.draft(
        supervisor, "calendar", office.pk, what="Zaterdag tot zes uur", values={"form": _longer_saturday(office)},
        propose=False, now=now - timedelta(days=1),
    )  # fmt: skip
    changes.plan(supervisor, saturday.pk, at=now + IN_A_WEEK, now=now - timedelta(hours=1))
    words = changes.draft(
        expert, "canned", 0, what="Een standaardantwoord over de lift op Oosterveld",
        why="Ik krijg die vraag drie keer per week.", now=now - timedelta(days=2),
    )  # fmt: skip
    changes.adopt(supervisor, words.pk, now=now - timedelta(days=1))
    loud = changes.draft(
        agent, "trigger_words", 1, what="Ook ‘belachelijk’ als signaalwoord", now=now - timedelta(days=4)
    )
    changes.decline(
        people["comms"], loud.pk, reason="Dat woord staat in elke tweede klacht; dan belt de telefoon de hele dag.",
        now=now - timedelta(days=3),
    )  # fmt: skip
    Notification.objects.filter(kind__startswith="change_").update(seen_at=now)


def _longer_saturday(office: BusinessCalendar) -> dict[str, Any]:
    form: dict[str, Any] = dict(office.current.form) if office.current else {}
    return {**form, "week": {**form["week"], "sat": [["10:00", "18:00"]]}}
