"""What the desk of Vlotlijn does by itself, and the macros that everybody there has."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from desk.actions.automation import automations, macros
from desk.automation.models import AutomationVersion, Macro
from desk.people.models import Team, User

RULES: tuple[dict[str, Any], ...] = (
    {
        "key": "dringend-wacht",
        "name": "Dringend wacht drie kwartier",
        "event": "waiting",
        "minutes": 45,
        "when": {"priorities": [3], "open": True},
        "steps": [
            {"do": "tag", "value": "Dringend wacht"},
            {"do": "alert", "value": "owner", "text": "Dit is dringend."},
        ],
    },
    {
        "key": "slechte-review",
        "name": "Slechte review wacht een dag",
        "event": "waiting",
        "minutes": 24 * 60,
        "when": {"ratings": [1, 2]},
        "steps": [
            {"do": "priority", "value": "2"},
            {"do": "note", "text": "Deze review staat een dag zonder antwoord."},
        ],
    },
    {
        "key": "na-de-crisis",
        "name": "Na de crisis nog open",
        "event": "crisis_ended",
        "when": {"states": ["new", "open"]},
        "steps": [{"do": "tag", "value": "Na de crisis"}],
    },
    {
        "key": "lang-stil",
        "name": "Drie dagen niets gebeurd",
        "event": "untouched",
        "minutes": 3 * 24 * 60,
        "when": {"states": ["open", "waiting_for_colleague"], "assigned": True},
        "steps": [{"do": "alert", "value": "owner", "text": "Hier is drie dagen niets gebeurd."}],
    },
)  # fmt: skip


def make_automation(people: Mapping[str, User], now: datetime) -> None:
    """At the first start; what an interrupted one left is found and not made twice."""
    if AutomationVersion.objects.exclude(author=None).exists():
        return
    writer, reader = people["supervisor"], people["admin"]
    document = {"rules": list(RULES)}
    draft = automations.write_draft(writer, document=document, summary="Waar wij op letten", now=now)
    automations.hand_in(writer, draft.number, now=now)
    automations.switch_on(reader, draft.number, now=now)
    if not Macro.objects.exists():
        _make_macros(writer, people["agent"], now)


def _make_macros(writer: User, agent: User, now: datetime) -> None:
    team = Team.objects.order_by("pk").first()
    to_team = [{"do": "team", "value": str(team.pk)}] if team is not None else []
    lost = [{"do": "tag", "value": "Gevonden voorwerpen"}, {"do": "draft", "value": "verloren"}]
    tomorrow = [{"do": "assignee", "value": "me"}, {"do": "snooze", "value": str(18 * 60)}]
    for name, steps in {"Gevonden voorwerp": [*lost, *to_team], "Van mij, morgen verder": tomorrow}.items():
        macros.create_macro(writer, name=name, steps=steps, shared=True, now=now)
    macros.create_macro(agent, name="Compliment", steps=[{"do": "tag", "value": "Compliment"}], now=now)
