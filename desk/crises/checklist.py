"""What a crisis has to do, who ticked it and when: all of it read from the plan that it keeps and from its log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.crises.models import Crisis, CrisisEntry
from desk.crises.plans import plan_of
from policies.crisis_plan import Task

TICKED, UNTICKED = "ticked", "unticked"  # kinds of a line of the log


@dataclass(frozen=True, slots=True)
class ToDo:
    """One task with when it is due and the line of the log that says it is done; None while it is not."""

    level: int
    task: Task
    due_at: datetime
    done: CrisisEntry | None


def checklist(crisis: Crisis) -> list[ToDo]:
    """What there is to do by the highest level that it has reached, in the order of the plan. Two queries.

    A task is due its minutes after its level, or a higher one, was first reached; raising again buys nobody more time.
    """
    if crisis.plan_id is None:
        return []
    reached = _reached(crisis)
    ticks = ticks_of(crisis)
    return [
        ToDo(level, task, reached[level] + timedelta(minutes=task.due_minutes), ticks.get(task.key))
        for level, task in plan_of(crisis.plan_id).tasks_to(max(reached, default=0))
    ]


def ticks_of(crisis: Crisis) -> Mapping[str, CrisisEntry]:
    """By the key of a task the line that says it is done, with its actor."""
    lines = CrisisEntry.objects.filter(crisis=crisis, kind__in=[TICKED, UNTICKED]).select_related("actor")
    newest = {line.data["task"]: line for line in lines.order_by("number")}
    return {key: line for key, line in newest.items() if line.kind == TICKED}


def _reached(crisis: Crisis) -> dict[int, datetime]:
    """When each level was first reached, also by one above it."""
    reached: dict[int, datetime] = {}
    lines = CrisisEntry.objects.filter(crisis=crisis, kind__in=["started", "level"]).order_by("number")
    for at, data in lines.values_list("at", "data"):
        for level in range(1, data["level"] + 1):
            reached.setdefault(level, at)
    return reached
