"""The fields of a crisis plan's chain, and how what is typed in them becomes that part of the plan's document."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from desk.actions.crises.escalation_named import Known
from desk.common.errors import DeskError, Invalid
from desk.inboxes.gateway import text_messages
from desk.web import lines
from desk.web.chain_fields import people_added
from desk.web.forms import Choices, Field, filled
from desk.web.lines import Focus, Line
from desk.web.show.crises import LEVEL_WORDS
from desk.web.show.escalation import GROUPS, MEANS
from policies.escalation import Chain, Means, as_json

EMPTY: Line = {"wait_minutes": ["5"], "repeat": ["0"], "by": ["mail"]}
_SEVERAL = ("to", "roles", "by")  # words
_IDS = ("people", "teams", "rotas", "webhooks")
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class StepFields:
    """One step on the screen. `focus`: where the reader goes on, a button of this step or its first field."""

    number: int
    focus: str
    fields: dict[str, Field]

    @property
    def begins(self) -> bool:
        return self.focus == "wait_minutes"

    def __iter__(self) -> Iterator[Field]:
        yield from self.fields.values()


def usual_fields() -> list[Field]:
    """Those of the whole chain and of the level."""
    teams: Choices = tuple((str(pk), name) for pk, name in Known.now().teams.items())
    return [
        Field(
            "repeat", gettext_lazy("Begin again (times)"), "number",
            help=gettext_lazy("Where everybody was called and nobody answered."),
        ),
        Field(
            "return_minutes", gettext_lazy("Come back after (minutes)"), "number",
            help=gettext_lazy("After an acknowledgement, while the crisis lasts. 0 is never."),
        ),
        Field("call_up", gettext_lazy("Teams that are called up when they are off duty"), "several", choices=teams),
        Field(
            "team", gettext_lazy("Team that gets the crisis’s tickets"), "choice", required=False,
            choices=(("", gettext_lazy("None: they stay where they are")), *teams),
        ),
    ]  # fmt: skip


def steps(
    values: QueryDict, roles: Mapping[str, str], refused: DeskError | None = None, focus: Focus | None = None
) -> list[StepFields]:
    """Each step that is typed in, with what a verb said about it."""
    typed, known = lines.read(values, "steps"), Known.now()
    found = []
    for number, line in enumerate(typed):
        here = focus is not None and focus.line == number
        fields = filled(_fields(number, line, known, roles), values, refused)
        named = {field.name.rpartition(".")[2]: field for field in fields}
        found.append(StepFields(number, (focus.button or "wait_minutes") if focus and here else "", named))
    return found


def typed(chain: Chain, call_up: tuple[int, ...], team: int | None) -> QueryDict:
    """What a plan says of a level, as the form would send it."""
    values = QueryDict(mutable=True)
    values["repeat"], values["return_minutes"] = str(chain.repeat), str(chain.return_minutes)
    values.setlist("call_up", [str(pk) for pk in call_up])
    values["team"] = str(team or "")
    return lines.written(values, "steps", [_line(form) for form in as_json(chain)["steps"]])


def level_of(values: QueryDict) -> dict[str, Any]:
    """That part of a level's document. What is no number stays as it was typed, and the plan's form says so."""
    return {
        "escalation": {
            "steps": [_step(line) for line in lines.read(values, "steps")],
            "repeat": _number(values.get("repeat", "")),
            "return_minutes": _number(values.get("return_minutes", "")),
        },
        "call_up": _ids(values.getlist("call_up")),
        "team": _number(values.get("team", "")) or None,
    }


def at_fields(refused: DeskError, level: int) -> DeskError:
    """The same refusal with its problems at the fields of this form."""
    if not isinstance(refused, Invalid):
        return refused
    errors: dict[str, list[Any]] = {}
    for path, said in refused.errors.items():
        errors.setdefault(_field_of(path, level), []).extend(said)
    return Invalid(refused.message, errors=errors)


def _field_of(path: str, level: int) -> str:
    place = path.removeprefix(f"levels.{level}.").removeprefix("escalation.")
    place = re.sub(r"^steps\[([0-9]+)\]", r"steps.\1", place)
    place = re.sub(r"\[[0-9]+\]$", "", place).replace(".only_if.hours.", ".").replace(".only_if.hours", ".from")
    place = place.replace(".only_if.", ".")
    return re.sub(r"^(steps\.[0-9]+)$", r"\1.to", place)


def _fields(number: int, line: Line, known: Known, roles: Mapping[str, str]) -> list[Field]:
    chosen = {*line.get("people", ()), *line.get("person", ())}
    people = _choices(known.people)
    texts = text_messages() is not None
    means: Choices = tuple((str(one), MEANS[one]) for one in Means if one is not Means.TEXT or texts)
    groups: Choices = tuple((str(one), words) for one, words in GROUPS.items())
    levels: Choices = (
        ("0", gettext_lazy("at any level")),
        *((str(int(pk)), words) for pk, words in LEVEL_WORDS.items() if pk),
    )
    fields = [
        Field("wait_minutes", gettext_lazy("Wait for a word (minutes)"), "number"),
        Field("repeat", gettext_lazy("Tell again (times)"), "number"),
        Field("to", gettext_lazy("Who is told"), "several", choices=groups),
        Field("roles", gettext_lazy("Roles of the plan"), "several", choices=tuple(roles.items())),
        Field("rotas", gettext_lazy("Whoever is on call"), "several", choices=_choices(known.rotas)),
        Field("teams", gettext_lazy("Teams, who is on duty"), "several", choices=_choices(known.teams)),
        Field("people", gettext_lazy("By name"), "several", choices=tuple(one for one in people if one[0] in chosen)),
        Field(
            "person", gettext_lazy("A colleague by name"), "choice", required=False,
            choices=(("", gettext_lazy("choose")), *(one for one in people if one[0] not in chosen)),
        ),
        Field("webhooks", gettext_lazy("Webhooks"), "several", choices=_choices(known.webhooks)),
        Field("by", gettext_lazy("Besides the bell"), "several", choices=means),
        Field("level", gettext_lazy("Only from"), "choice", choices=levels),
        Field("from", gettext_lazy("Only from (time)"), required=False, placeholder="22:00"),
        Field("until", gettext_lazy("until (time)"), required=False, placeholder="06:00"),
        Field("timezone", gettext_lazy("by the clock of"), required=False, placeholder=settings.TIME_ZONE),
        Field("anyway", gettext_lazy("Also when somebody has acknowledged"), "tick"),
    ]  # fmt: skip
    return [replace(field, name=f"steps.{number}.{field.name}") for field in fields]


def _step(line: Line) -> dict[str, Any]:
    line = people_added(line)
    start, end, zone = (_one(line, name).strip() for name in ("from", "until", "timezone"))
    hours = {"from": start, "until": end, "timezone": zone or settings.TIME_ZONE} if start or end else None
    return {
        **{name: line.get(name, []) for name in _SEVERAL},
        **{name: _ids(line.get(name, [])) for name in _IDS},
        "wait_minutes": _number(_one(line, "wait_minutes")),
        "repeat": _number(_one(line, "repeat")),
        "only_if": {
            "level": _number(_one(line, "level") or "0"),
            "hours": hours,
            "unacknowledged": "anyway" not in line,
        },
    }


def _line(form: Mapping[str, Any]) -> Line:
    only = form["only_if"]
    line: Line = {name: [str(one) for one in form[name]] for name in (*_SEVERAL, *_IDS)}
    line |= {name: [str(form[name])] for name in ("wait_minutes", "repeat")} | {"level": [str(only["level"])]}
    if only["hours"]:
        line |= {name: [only["hours"][name]] for name in ("from", "until", "timezone")}
    return line if only["unacknowledged"] else {**line, "anyway": ["on"]}


def _choices(named: Mapping[int, str]) -> Choices:
    return tuple((str(pk), name) for pk, name in named.items())


def _one(line: Line, name: str) -> str:
    return (line.get(name) or [""])[0]


def _number(typed: str) -> Any:
    typed = typed.strip()
    return int(typed) if _NUMBER.fullmatch(typed) else typed


def _ids(values: list[str]) -> list[int]:
    """What is no number was not ours."""
    return [int(value) for value in values if re.fullmatch(r"[0-9]{1,18}", value)]
