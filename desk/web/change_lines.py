"""Values of a change that are typed in lines: steps of a macro and of an alert chain, days of a calendar, an order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from desk.actions.automation.automations import Known
from desk.common.errors import DeskError
from desk.sla.models import SlaPolicy
from desk.web import automation_fields, calendar_fields, chain_fields, lines
from desk.web.forms import Field
from desk.web.lines import Focus, Line
from policies.alerts import MOST_STEPS as MOST_CHAIN_STEPS
from policies.automation_steps import BY_PEOPLE, MOST_STEPS
from policies.calendars import MOST_EXCEPTIONS


@dataclass(frozen=True, slots=True)
class Lines:
    """As many as one wants of `name`: an `empty` one, what the page shows of them, and where a refusal belongs.

    `shown` gives rows, each of which knows its fields; `part` is the template, which has them as `rows` and `steps`.
    """

    name: str
    empty: Line
    part: str
    shown: Callable[[QueryDict, DeskError | None, Focus | None], Sequence[Any]]
    at_fields: Callable[[DeskError, QueryDict], DeskError]
    most: int
    tidied: Callable[[Line], Line] = dict

    def rearranged(self, values: QueryDict) -> tuple[QueryDict, Focus]:
        """As the button wants them, and where to go on."""
        changed, focus = lines.rearranged(values, self.name, self.empty)
        return lines.written(changed, self.name, [self.tidied(line) for line in lines.read(changed, self.name)]), focus

    def context(self, values: QueryDict, refused: DeskError | None, focus: Focus | None) -> dict[str, Any]:
        """What the template needs."""
        rows = self.shown(values, refused, focus)
        return {
            "lines": self, "rows": rows, "steps": rows, "full": len(rows) >= self.most,
            "empty": focus is not None and not rows,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ranked:
    """One policy in its place of the order."""

    number: int
    focus: str
    id: str
    name: str

    def __iter__(self) -> Iterator[Field]:
        """It has no field of its own."""
        return iter(())


def ranked(values: QueryDict, _refused: DeskError | None, focus: Focus | None) -> list[Ranked]:
    """Those that were sent, in their order, as far as they are still there."""
    known = {str(pk): name for pk, name in SlaPolicy.objects.filter(deleted_at=None).values_list("pk", "name")}
    sent = [line.get("id", [""])[0] for line in lines.read(values, "order")]
    return [
        Ranked(number, focus.button if focus is not None and focus.line == number else "", pk, known[pk])
        for number, pk in enumerate(sent)
        if pk in known
    ]


def order_typed(values: QueryDict) -> list[int]:
    """What the verb takes."""
    sent = [line.get("id", [""])[0] for line in lines.read(values, "order")]
    return [int(pk) for pk in sent if pk.isdecimal() and len(pk) < 19]


def order_known(order: Sequence[int]) -> QueryDict:
    """An order as the form would send it."""
    return lines.written(QueryDict(mutable=True), "order", [{"id": [str(pk)]} for pk in order])


def as_query(values: Mapping[str, object]) -> QueryDict:
    """What is known, as the form would send it."""
    query = QueryDict(mutable=True)
    for name, value in values.items():
        if isinstance(value, str) or not hasattr(value, "__iter__"):
            query[name] = "" if value is None or value is False else str(value)
        else:
            query.setlist(name, [str(one) for one in value])
    return query


DAYS = Lines(
    calendar_fields.EXCEPTIONS,
    calendar_fields.EMPTY,
    "desk/changes/_calendar.html",
    calendar_fields.exceptions,
    calendar_fields.at_fields,
    MOST_EXCEPTIONS,
)
CHAIN = Lines(
    "steps",
    chain_fields.EMPTY,
    "desk/administration/_chain_steps.html",
    chain_fields.steps,
    lambda refused, _values: chain_fields.at_fields(refused),
    MOST_CHAIN_STEPS,
    chain_fields.people_added,
)
MACRO = Lines(
    "steps",
    automation_fields.EMPTY,
    "desk/administration/automation/_steps.html",
    lambda values, refused, focus: automation_fields.step_fields(values, Known(), BY_PEOPLE, refused, focus),
    lambda refused, _values: automation_fields.at_fields(refused, 0),
    MOST_STEPS,
)
ORDER = Lines("order", {}, "desk/changes/_order.html", ranked, lambda refused, _values: refused, 0)
