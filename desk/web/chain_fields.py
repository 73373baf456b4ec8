"""The fields of an alert chain, and how what is typed in them becomes what the verbs take."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy

from desk.actions.alerts.chain_words import GROUPS
from desk.alerts.models import Webhook
from desk.common.errors import DeskError, Invalid
from desk.people.models import User
from desk.web import lines
from desk.web.forms import Field, Words, filled
from desk.web.lines import Focus, Line
from policies.alerts import UNITS, Chain

NAME = Field("name", gettext_lazy("Name"))
EMPTY: Line = {"amount": [""], "unit": ["percent"]}
_UNITS: tuple[tuple[str, Words], ...] = (
    ("percent", gettext_lazy("percent of the target")),
    ("before_minutes", gettext_lazy("minutes before it is due")),
    ("after_minutes", gettext_lazy("minutes after it is due")),
)


@dataclass(frozen=True, slots=True)
class StepFields:
    """One step on the screen. `person` chooses somebody more for `people`, who were chosen before."""

    number: int
    focus: str  # where the reader goes on: a button of this step, or its first field
    amount: Field
    unit: Field
    to: Field
    people: Field
    person: Field
    webhooks: Field
    through: Field

    @property
    def begins(self) -> bool:
        """Whether the reader goes on at its first field."""
        return self.focus == "amount"

    def __iter__(self) -> Iterator[Field]:
        yield from (self.amount, self.unit, self.to, self.people, self.person, self.webhooks, self.through)


def steps(values: QueryDict, refused: DeskError | None = None, focus: Focus | None = None) -> list[StepFields]:
    """Each step that is typed in, with what a verb said about it."""
    typed = lines.read(values, "steps")
    everybody = tuple((str(one.pk), one.name) for one in User.objects.filter(is_active=True)) if typed else ()
    webhooks = tuple((str(one.pk), one.name) for one in Webhook.objects.filter(deleted_at=None)) if typed else ()
    found = []
    for number, line in enumerate(typed):
        fields = filled(_fields(number, line, everybody, webhooks), values, refused)
        here = focus is not None and focus.line == number
        found.append(StepFields(number, (focus.button or "amount") if focus and here else "", *fields))
    return found


def steps_of(values: QueryDict) -> list[dict[str, Any]]:
    """What the verbs take; what is no number stays as it was typed, and they say so."""
    return [_step(line) for line in lines.read(values, "steps")]


def typed(name: str, chain: Chain) -> QueryDict:
    """A chain as the form would send it."""
    values = QueryDict(mutable=True)
    values["name"] = name
    return lines.written(values, "steps", [_line(step.as_json()) for step in chain.steps])


def at_fields(refused: DeskError) -> DeskError:
    """The same refusal with the problems of a step's time at the field in which it is typed."""
    errors = {re.sub(r"^(steps\.[0-9]+)(\.when)?$", r"\1.amount", path): said for path, said in refused.errors.items()}
    return Invalid(refused.message, errors=errors) if errors else refused


def _fields(
    number: int, line: Line, everybody: Sequence[tuple[str, Words]], webhooks: Sequence[tuple[str, Words]]
) -> list[Field]:
    chosen = {*line.get("people", ()), *line.get("person", ())}
    groups: tuple[tuple[str, Words], ...] = tuple((str(group), words) for group, words in GROUPS.items())
    several = [
        Field("to", gettext_lazy("Who is told"), "several", choices=groups),
        Field(
            "people", gettext_lazy("By name"), "several", choices=tuple(one for one in everybody if one[0] in chosen)
        ),
        Field(
            "person",
            gettext_lazy("A colleague by name"),
            "choice",
            required=False,
            choices=(("", gettext_lazy("choose")), *(one for one in everybody if one[0] not in chosen)),
        ),
        Field("webhooks", gettext_lazy("Webhooks"), "several", choices=tuple(webhooks)),
        Field("breaks_through", gettext_lazy("Also outside opening hours"), "tick"),
    ]
    fields = [
        Field("amount", gettext_lazy("When"), "number"),
        Field("unit", gettext_lazy("Counted as"), "choice", choices=_UNITS),
        *several,
    ]
    return [replace(field, name=f"steps.{number}.{field.name}") for field in fields]


def people_added(line: Line) -> Line:
    """Whoever was chosen in the list stands among those by name."""
    more = [one for one in line.get("person", ()) if one]
    return {**line, "people": [*line.get("people", ()), *more], "person": [""]}


def _step(line: Line) -> dict[str, Any]:
    line = people_added(line)
    (unit,) = line.get("unit", ["percent"])[:1] or ["percent"]
    (amount,) = line.get("amount", [""])[:1] or [""]
    return {
        unit if unit in UNITS else "percent": _number(amount.strip().removesuffix("%").rstrip()),
        "to": line.get("to", []),
        "people": _numbers(line["people"]),
        "webhooks": _numbers(line.get("webhooks", [])),
        "breaks_through": "breaks_through" in line,
    }


def _line(step: Mapping[str, Any]) -> Line:
    unit = next(unit for unit in UNITS if unit in step)
    line: Line = {"amount": [str(step[unit])], "unit": [unit]}
    for name in ("to", "people", "webhooks"):
        line[name] = [str(one) for one in step[name]]
    return {**line, "breaks_through": ["on"]} if step["breaks_through"] else line


def _number(typed: str) -> int | str | None:
    """Nothing where nothing is typed."""
    return int(typed) if re.fullmatch(r"[0-9]{1,9}", typed) else typed or None


def _numbers(values: Sequence[str]) -> list[int]:
    """What is no number was not ours."""
    return [int(value) for value in values if re.fullmatch(r"[0-9]{1,18}", value)]
