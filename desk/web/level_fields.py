"""The fields of one level of the crisis plan, and of its roles and targets, and how what is typed in them becomes that
part of the plan's document. Who is called has a form of its own (`escalation_fields`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db.models import Case, When
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy

from desk.actions.sla.sla_profiles import profiles_in_force
from desk.common.errors import DeskError, Invalid
from desk.inboxes.gateway import all_networks
from desk.inboxes.models import Inbox
from desk.replies.models import CannedResponse
from desk.web import lines
from desk.web.forms import Field, filled
from desk.web.lines import Focus, Line
from desk.web.show.crisis_plan import VISIBILITIES
from policies.crisis_plan import LANGUAGES, CrisisPlan, Gate, LevelPlan

GATES: Mapping[Gate, Promise] = {
    Gate.FREE: gettext_lazy("they leave"),
    Gate.APPROVE: gettext_lazy("a colleague approves them first"),
    Gate.HOLD: gettext_lazy("they are held until whoever leads the crisis lets them go"),
    Gate.BLOCK: gettext_lazy("they can't be sent"),
}
EMPTY: Mapping[str, Line] = {
    "gates": {"gate": [Gate.APPROVE], "visibility": ["public"]},
    "tasks": {"due_minutes": ["30"]},
    "roles": {"key": [""]},
}
TARGETS: Mapping[str, Promise] = {
    "detect_minutes": gettext_lazy("Noticed within (minutes)"),
    "acknowledge_minutes": gettext_lazy("Acknowledged within (minutes)"),
    "level_minutes": gettext_lazy("At its level within (minutes)"),
    "statement_minutes": gettext_lazy("First statement within (minutes)"),
    "approval_minutes": gettext_lazy("Approvals decided within (minutes)"),
    "responses_percent": gettext_lazy("First responses on time (per cent)"),
    "checklist_percent": gettext_lazy("Checklist done (per cent)"),
    "valid_days": gettext_lazy("Counts as proven for (days)"),
}
SWITCHES = ("pause_scheduled", "pause_templates", "pause_assignment", "swarm")
MOST_OFFERED = 200
_IN = {"nl": gettext_lazy("In Dutch"), "en": gettext_lazy("In English")}
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class LineFields:
    """One line of a form. `focus`: where the reader goes on, a button of it or its first field."""

    number: int
    focus: str
    fields: dict[str, Field]

    @property
    def begins(self) -> bool:
        return self.focus == "first"

    def __iter__(self) -> Iterator[Field]:
        yield from self.fields.values()


# ── a level ──────────────────────────────────────────────────────────────────
def usual_fields(values: QueryDict) -> list[Field]:
    """What a level has once. What is named and not there (yet) stays on offer."""
    statement = Case(When(kind=CannedResponse.Kind.HOLDING_STATEMENT, then=0), default=1)
    rows = CannedResponse.objects.order_by(statement, "name").values_list("shortcut", "name")
    named = {shortcut: f"{name} (/{shortcut})" for shortcut, name in rows[:MOST_OFFERED]}
    profiles = {*profiles_in_force(), *filter(None, values.getlist("sla_profile"))}
    named |= {shortcut: f"/{shortcut}" for shortcut in values.getlist("statements") if shortcut not in named}
    return [
        Field("pause_scheduled", gettext_lazy("Replies that were put off are held when their time comes"), "tick"),
        Field(
            "pause_templates", gettext_lazy("No canned response is on offer but those ticked here"), "tick",
            help=gettext_lazy("What was put in before it came is refused, unless it is said in other words."),
        ),
        Field("pause_assignment", gettext_lazy("The desk gives its tickets to nobody by itself"), "tick"),
        Field("swarm", gettext_lazy("A swarm opens, in which those who work on it talk"), "tick"),
        Field(
            "sla_profile", gettext_lazy("Response times"), "choice", required=False,
            choices=(("", gettext_lazy("as outside a crisis")), *((one, one) for one in sorted(profiles))),
            help=gettext_lazy("The profile whose policies speak for tickets of the crisis as their clocks begin. "
                              "A policy for response times says to which profiles it belongs."),
        ),
        Field(
            "statements", gettext_lazy("Offered first on its tickets"), "several",
            choices=tuple(named.items()),
        ),
        *(
            Field(f"instructions_{one}", _both(gettext_lazy("What agents read"), one), "area", required=False,
                  language=one)
            for one in LANGUAGES
        ),
    ]  # fmt: skip


def gates(values: QueryDict, refused: DeskError | None = None, focus: Focus | None = None) -> list[LineFields]:
    networks = {network.slug: str(network.label) for network in all_networks()}
    inboxes = {str(pk): name for pk, name in Inbox.objects.order_by("name").values_list("pk", "name")}
    for line in lines.read(values, "gates"):  # what is named and gone stays until somebody takes it out
        networks |= {slug: slug for slug in line.get("network", ()) if slug not in networks}
        inboxes |= {pk: f"#{pk}" for pk in line.get("inbox", ()) if pk not in inboxes}
    fields = [
        Field("visibility", gettext_lazy("For"), "choice", choices=tuple(VISIBILITIES.items())),
        Field(
            "gate", gettext_lazy("What happens"), "choice",
            choices=tuple((str(one), said) for one, said in GATES.items()),
        ),
        Field("network", gettext_lazy("Only on (tick nothing for all)"), "several", choices=tuple(networks.items())),
        Field("inbox", gettext_lazy("Only of (tick nothing for all)"), "several", choices=tuple(inboxes.items())),
    ]  # fmt: skip
    return _lines("gates", fields, values, refused, focus)


def tasks(
    values: QueryDict, roles: Mapping[str, str], refused: DeskError | None = None, focus: Focus | None = None
) -> list[LineFields]:
    fields = [
        *(Field(f"text_{one}", _both(gettext_lazy("What is to be done"), one), language=one) for one in LANGUAGES),
        Field("due_minutes", gettext_lazy("Within (minutes)"), "number"),
        Field("role", gettext_lazy("By"), "choice", required=False, choices=(("", "–"), *roles.items())),
        Field(
            "key", gettext_lazy("Key"), required=False,
            help=gettext_lazy("By which the log knows it; made from the words where it is empty."),
        ),
    ]  # fmt: skip
    return _lines("tasks", fields, values, refused, focus)


def typed_level(plan: LevelPlan) -> QueryDict:
    """What a plan says of a level, as the form would send it."""
    values = QueryDict(mutable=True)
    for name in SWITCHES:
        if getattr(plan, name):
            values[name] = "on"
    values["sla_profile"] = plan.sla_profile
    values.setlist("statements", list(plan.statements))
    for one in LANGUAGES:
        values[f"instructions_{one}"] = plan.instructions.get(one, "")
    values = lines.written(values, "gates", [
        {"gate": [str(line.gate)], "visibility": [line.visibility], "network": list(line.networks),
         "inbox": [str(pk) for pk in line.inboxes]}
        for line in plan.gates
    ])  # fmt: skip
    return lines.written(values, "tasks", [
        {"key": [task.key], "due_minutes": [str(task.due_minutes)], "role": [task.role],
         **{f"text_{one}": [task.text[one]] for one in LANGUAGES}}
        for task in plan.checklist
    ])  # fmt: skip


def level_of(values: QueryDict, taken: Sequence[str]) -> dict[str, Any]:
    """That part of a level's document; `taken` are keys of tasks of other levels."""
    return {
        **{name: name in values for name in SWITCHES},
        "sla_profile": values.get("sla_profile", ""),
        "statements": values.getlist("statements"),
        "instructions": {one: _area(values, f"instructions_{one}") for one in LANGUAGES},
        "gates": [_gate(line) for line in lines.read(values, "gates")],
        "checklist": _keyed(
            [
                {
                    "key": _one(line, "key"),
                    "text": {one: _one(line, f"text_{one}") for one in LANGUAGES},
                    "due_minutes": _number(_one(line, "due_minutes")),
                    "role": _one(line, "role"),
                }
                for line in lines.read(values, "tasks")
            ],
            taken,
            "text",
        ),
    }


# ── roles and targets ────────────────────────────────────────────────────────
def target_fields() -> list[Field]:
    return [Field(name, words, "number") for name, words in TARGETS.items()]


def roles(values: QueryDict, refused: DeskError | None = None, focus: Focus | None = None) -> list[LineFields]:
    fields = [
        *(Field(f"name_{one}", _both(gettext_lazy("Name"), one), language=one) for one in LANGUAGES),
        Field("publishes", gettext_lazy("May publish statements"), "tick"),
        Field(
            "key", gettext_lazy("Key"), required=False,
            help=gettext_lazy("By which tasks and steps name it; made from the name where it is empty."),
        ),
    ]  # fmt: skip
    return _lines("roles", fields, values, refused, focus)


def typed_roles(plan: CrisisPlan) -> QueryDict:
    values = QueryDict(mutable=True)
    for name, target in asdict(plan.targets).items():
        values[name] = str(target)
    return lines.written(values, "roles", [
        {"key": [key], **{f"name_{one}": [name[one]] for one in LANGUAGES},
         **({"publishes": ["on"]} if key in plan.publishers else {})}
        for key, name in plan.roles.items()
    ])  # fmt: skip


def roles_of(values: QueryDict) -> dict[str, Any]:
    """Those parts of the document. Of two roles with one key the second is refused. Raises Invalid."""
    written = _keyed(
        [
            {
                "key": _one(line, "key"),
                "name": {one: _one(line, f"name_{one}") for one in LANGUAGES},
                **({"publishes": True} if "publishes" in line else {}),
            }
            for line in lines.read(values, "roles")
        ],
        (),
        "name",
    )
    keys = [role["key"] for role in written]
    if twice := next((place for place, key in enumerate(keys) if key in keys[:place]), None):
        said = gettext_lazy("Another role has this key.")
        raise Invalid(said, errors={f"roles.{twice}.key": [said]})
    named = {role.pop("key"): role for role in written}
    return {"roles": named, "targets": {name: _number(values.get(name, "")) for name in TARGETS}}


# ── what went wrong, where ───────────────────────────────────────────────────
def at_fields(refused: DeskError, values: QueryDict, level: int | None = None) -> DeskError:
    """The same refusal with its problems at the fields of these forms."""
    if not isinstance(refused, Invalid):
        return refused
    keys = [role["key"] for role in _keys_of_roles(values)] if level is None else []
    errors: dict[str, list[Any]] = {}
    for path, said in refused.errors.items():
        errors.setdefault(_field_of(path, level, keys), []).extend(said)
    return Invalid(refused.message, errors=errors)


def _field_of(path: str, level: int | None, keys: Sequence[str]) -> str:
    if level is None:
        place = path.removeprefix("targets.")
        for number, key in enumerate(keys):
            found = re.fullmatch(rf'roles(?:\.{re.escape(key)}|\["{re.escape(key)}"\])(?:\.name)?(?:\.(nl|en))?', path)
            if found:
                return f"roles.{number}.name_{found[1] or LANGUAGES[0]}"
        return place
    place = path.removeprefix(f"levels.{level}.")
    place = re.sub(r"^gates\[([0-9]+)\](?:\.([a-z]+))?.*$", lambda at: f"gates.{at[1]}.{at[2] or 'gate'}", place)
    place = re.sub(
        r"^checklist\[([0-9]+)\]\.text(?:\.(nl|en))?$", lambda at: f"tasks.{at[1]}.text_{at[2] or 'nl'}", place
    )
    place = re.sub(r"^checklist\[([0-9]+)\](?:\.([a-z_]+))?$", lambda at: f"tasks.{at[1]}.{at[2] or 'text_nl'}", place)
    place = re.sub(r"^instructions(?:\.(nl|en))?$", lambda at: f"instructions_{at[1] or 'nl'}", place)
    return re.sub(r"^statements\[[0-9]+\]$", "statements", place)


def _keys_of_roles(values: QueryDict) -> list[dict[str, Any]]:
    named = [
        {"key": _one(line, "key"), "name": {one: _one(line, f"name_{one}") for one in LANGUAGES}}
        for line in lines.read(values, "roles")
    ]
    return _keyed(named, (), "name")


# ── steps that all share ─────────────────────────────────────────────────────
def _lines(
    name: str, fields: Sequence[Field], values: QueryDict, refused: DeskError | None, focus: Focus | None
) -> list[LineFields]:
    found = []
    for number in range(len(lines.read(values, name))):
        here = focus is not None and focus.line == number
        own = filled([replace(field, name=f"{name}.{number}.{field.name}") for field in fields], values, refused)
        named = {field.name.rpartition(".")[2]: field for field in own}
        found.append(LineFields(number, (focus.button or "first") if focus and here else "", named))
    return found


def _gate(line: Line) -> dict[str, Any]:
    gate: dict[str, Any] = {"gate": _one(line, "gate")}
    if networks := line.get("network"):
        gate["network"] = networks
    if inboxes := [int(pk) for pk in line.get("inbox", ()) if pk.isdecimal()]:
        gate["inbox"] = inboxes
    if visibility := _one(line, "visibility"):
        gate["visibility"] = visibility
    return gate


def _keyed(rows: list[dict[str, Any]], taken: Sequence[str], words: str) -> list[dict[str, Any]]:
    """Each with a key: its own, or one made from its English words that nobody else has."""
    known = {*taken, *(row["key"] for row in rows)}
    for row in rows:
        if row["key"]:
            continue
        base = slugify(row[words]["en"] or row[words]["nl"]).replace("_", "-").strip("-")[:36] or "x"
        key = next(key for key in (base, *(f"{base}-{number}" for number in range(2, 200))) if key not in known)
        known.add(key)
        row["key"] = key
    return rows


def _both(words: Promise, language: str) -> str:
    return f"{words} ({_IN[language]})"


def _one(line: Line, name: str) -> str:
    return (line.get(name) or [""])[0].strip()


def _area(values: QueryDict, name: str) -> str:
    return values.get(name, "").replace("\r\n", "\n").strip()


def _number(typed: str) -> Any:
    typed = typed.strip()
    return int(typed) if _NUMBER.fullmatch(typed) else typed
