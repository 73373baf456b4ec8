"""Rules that are in force, in one line."""

from datetime import datetime
from typing import Any

from desk.actions.automation import automations, trials
from desk.automation.models import AutomationVersion, Firing, Trial
from desk.people.models import User
from tests.actions.builders import NOON


def a_rule(key: str, on: str, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    """`a_rule("late", "waiting", tag("late"), minutes=60)`."""
    return {"key": key, "name": key.title(), "event": on, "steps": list(steps), **more}


def tag(name: str) -> dict[str, Any]:
    return {"do": "tag", "value": name}


def automated(*rules: dict[str, Any], now: datetime = NOON) -> AutomationVersion:
    """Written by one colleague and switched on by another."""
    author, _new = User.objects.get_or_create(username="rule-author", defaults={"role": "supervisor"})
    reviewer, _new = User.objects.get_or_create(username="rule-reviewer", defaults={"role": "administrator"})
    draft = automations.write_draft(author, document={"rules": list(rules)}, summary="Anders", now=now)
    automations.hand_in(author, draft.number, now=now)
    return automations.switch_on(reviewer, draft.number, now=now)


def looked(*, count: int) -> list[Any]:
    """The newest tries, the older first, once a worker has done them."""
    newest = list(Trial.objects.order_by("-id")[:count])[::-1]
    for trial in newest:
        trials.work(trial.pk)
        trial.refresh_from_db()
    return newest


def fired() -> list[tuple[str, int]]:
    """Which rule fired on which ticket, in the order in which they did."""
    return list(Firing.objects.order_by("id").values_list("rule", "ticket_id"))


def became(firing: Firing) -> list[str]:
    """What became of each of its steps."""
    return [outcome["became"] for outcome in firing.outcomes]
