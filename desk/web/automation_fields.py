"""The fields of a rule of automation and of a macro's steps, and how what is typed becomes what the verbs take."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from desk.actions.automation.automations import Known
from desk.actions.automation.step_words import DO_WORDS
from desk.common.errors import DeskError, Invalid
from desk.tickets.models import Priority, Tier
from desk.web import lines
from desk.web.forms import Choices, Field, filled
from desk.web.lines import Focus, Line
from desk.web.show.automation import CONDITION_WORDS, ON_WORDS, SENTIMENTS
from desk.web.show.crises import LEVEL_WORDS
from desk.web.show.rows import STATE_WORDS
from policies.automation import BY_TIME, On, Rule
from policies.automation_steps import ME, NOBODY, OWNER, Do, Step

EMPTY: Line = {"do": [str(Do.TAG)]}
_TYPED = (Do.TAG, Do.UNTAG, Do.SNOOZE)  # whose value is typed; that of the others is chosen
_SEVERAL_NUMBERS = ("inboxes", "priorities", "tiers", "teams", "causes", "ratings")
_SEVERAL_WORDS = ("networks", "states", "sentiments")
_BY_COMMAS = ("languages", "tags", "topics")
_WISHES = ("private", "assigned", "open")
_LEAST = ("followers", "crisis_level")
_NUMBER = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class StepFields:
    """One step on the screen. `focus`: where the reader goes on, a button of this step or its first field."""

    number: int
    focus: str
    fields: dict[str, Field]

    @property
    def begins(self) -> bool:
        return self.focus == "do"

    def __iter__(self) -> Iterator[Field]:
        yield from self.fields.values()


# ── a rule ───────────────────────────────────────────────────────────────────
def rule_fields(known: Known) -> list[Field]:
    """What sets it off, and which conditions have to hold."""
    yes_or_no: Choices = (
        ("", gettext_lazy("does not matter")), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")),
    )  # fmt: skip
    commas = gettext_lazy("Separated by commas. Empty: all.")
    whole = gettext_lazy("Separated by commas; words in any order, *storing finds treinstoring. Empty: all.")
    several: Mapping[str, Choices] = {
        "networks": _choices(known.networks),
        "inboxes": _choices(known.inboxes),
        "states": _choices(STATE_WORDS),
        "sentiments": _choices(SENTIMENTS),
        "priorities": _choices(dict(Priority.choices)),
        "tiers": _choices(dict(Tier.choices)),
        "teams": _choices(known.teams),
        "causes": _choices(known.causes),
        "ratings": tuple((str(stars), str(stars)) for stars in range(1, 6)),
    }
    return [
        Field("name", gettext_lazy("Name")),
        Field("event", gettext_lazy("When"), "choice", choices=tuple((str(on), ON_WORDS[on]) for on in On)),
        Field(
            "minutes", gettext_lazy("For so many minutes"), "number", required=False,
            help=gettext_lazy("Only where the customer waits or nothing happens. A day is 1440."),
        ),
        *(Field(name, CONDITION_WORDS[name], "several", choices=choices) for name, choices in several.items()),
        *(Field(name, CONDITION_WORDS[name], required=False, help=whole if name == "topics" else commas)
          for name in _BY_COMMAS),
        *(Field(name, CONDITION_WORDS[name], "choice", choices=yes_or_no, required=False) for name in _WISHES),
        Field("followers", CONDITION_WORDS["followers"], "number", required=False),
        Field(
            "crisis_level", CONDITION_WORDS["crisis_level"], "choice", required=False,
            choices=(("", gettext_lazy("does not matter")),
                     *((str(int(level)), words) for level, words in LEVEL_WORDS.items() if level)),
        ),
        Field(
            "stop", gettext_lazy("Stop after this rule"), "tick",
            help=gettext_lazy("Where it fires, the rules below it do not hear of what set it off."),
        ),
        Field("enabled", gettext_lazy("In force"), "tick"),
    ]  # fmt: skip


def typed_rule(rule: Rule) -> QueryDict:
    """What a rule says, as the form would send it."""
    values, form = QueryDict(mutable=True), rule.as_json()
    when = form["when"]
    values["name"], values["event"], values["minutes"] = rule.name, str(rule.on), str(rule.minutes or "")
    for name in (*_SEVERAL_NUMBERS, *_SEVERAL_WORDS):
        values.setlist(name, [str(one) for one in when.get(name, ())])
    for name in _BY_COMMAS:
        values[name] = ", ".join(when.get(name, ()))
    for name in _WISHES:
        values[name] = {None: "", True: "yes", False: "no"}[when.get(name)]
    for name in _LEAST:
        values[name] = str(when.get(name, ""))
    for name in ("stop", "enabled"):
        if form[name]:
            values[name] = "on"
    return lines.written(values, "steps", [line_of(step) for step in rule.steps])


def rule_of(values: QueryDict, key: str) -> dict[str, Any]:
    """That rule of the document. What is no number stays as it was typed, and the form of rules says so."""
    when: dict[str, Any] = {name: [_number(one) for one in values.getlist(name)] for name in _SEVERAL_NUMBERS}
    when |= {name: values.getlist(name) for name in _SEVERAL_WORDS}
    when |= {name: _by_commas(values.get(name, "")) for name in _BY_COMMAS}
    when |= {name: {"yes": True, "no": False}.get(values.get(name, "")) for name in _WISHES}
    when |= {name: _number(values.get(name, "")) or None for name in _LEAST}
    minutes = values.get("minutes", "").strip()
    timed = {"minutes": _number(minutes)} if minutes and values.get("event") in tuple(map(str, BY_TIME)) else {}
    return {
        "key": key, "name": " ".join(values.get("name", "").split()), "event": values.get("event", ""), **timed,
        "when": {name: value for name, value in when.items() if value not in (None, [])},
        "steps": steps_of(values), "stop": "stop" in values, "enabled": "enabled" in values,
    }  # fmt: skip


def at_fields(refused: DeskError, place: int) -> DeskError:
    """The same refusal with its problems at the fields of the form of the rule in that place."""
    if not isinstance(refused, Invalid):
        return refused
    errors: dict[str, list[str | Promise]] = {}
    for path, said in refused.errors.items():
        own = path.removeprefix(f"rules[{place}].").removeprefix("when.")
        own = re.sub(r"^steps\[([0-9]+)\]", r"steps.\1", own)
        errors.setdefault(re.sub(r"\[[0-9]+\]$", "", own), []).extend(said)
    return Invalid(refused.message, errors=errors)


# ── steps, of a rule or of a macro ───────────────────────────────────────────
def step_fields(
    values: QueryDict,
    known: Known,
    kinds: Sequence[Do],
    refused: DeskError | None = None,
    focus: Focus | None = None,
) -> list[StepFields]:
    """Each step that is typed in, with what a verb said about it."""
    found = []
    typed = lines.read(values, "steps")
    refused = _where_it_was_given(refused, typed)
    for number in range(len(typed)):
        here = focus is not None and focus.line == number
        fields = filled(_fields(number, known, kinds), values, refused)
        named = {field.name.rpartition(".")[2]: field for field in fields}
        found.append(StepFields(number, (focus.button or "do") if focus and here else "", named))
    return found


def _where_it_was_given(refused: DeskError | None, typed: Sequence[Line]) -> DeskError | None:
    """What a verb says of a step's value stands at the field in which it was given."""
    if refused is None:
        return None
    chosen = {f"steps.{number}.value" for number, line in enumerate(typed) if (line.get("do") or [""])[0] not in _TYPED}
    errors = {
        name.replace(".value", ".which") if name in chosen else name: said for name, said in refused.errors.items()
    }
    return Invalid(refused.message, errors=errors)


def steps_of(values: QueryDict) -> list[dict[str, str]]:
    return [_step(line) for line in lines.read(values, "steps")]


def line_of(step: Step) -> Line:
    typed = step.do in _TYPED
    prefix = {Do.TEAM: "team:", Do.CAUSE: "cause:", Do.PRIORITY: "priority:", Do.DRAFT: "canned:"}.get(step.do, "")
    prefix = "user:" if step.do is Do.ASSIGNEE and step.value.isdigit() else prefix
    return {
        "do": [str(step.do)], "value": [step.value if typed else ""], "which": ["" if typed else prefix + step.value],
        "text": [step.text],
    }  # fmt: skip


def _fields(number: int, known: Known, kinds: Sequence[Do]) -> list[Field]:
    which: list[tuple[str, Any]] = [("", gettext_lazy("nothing"))]
    which += [(ME, gettext_lazy("me"))] if Do.ALERT not in kinds else [(OWNER, gettext_lazy("whoever has it"))]
    which += [(NOBODY, gettext_lazy("nobody"))]
    for prefix, names in (
        ("team", known.teams), ("user", known.people), ("priority", dict(Priority.choices)), ("cause", known.causes),
        ("canned", known.canned),
    ):  # fmt: skip
        which += [(f"{prefix}:{pk}", name) for pk, name in names.items()]
    fields = [
        Field("do", gettext_lazy("Do this"), "choice", choices=tuple((str(do), DO_WORDS[do]) for do in kinds)),
        Field("value", gettext_lazy("Tag, or minutes of snooze"), required=False),
        Field("which", gettext_lazy("Whom or which"), "choice", choices=tuple(which), required=False),
        Field("text", gettext_lazy("Text of a note, a question or a notice"), "area", required=False),
    ]
    return [replace(field, name=f"steps.{number}.{field.name}") for field in fields]


def _step(line: Line) -> dict[str, str]:
    do, value, which, text = ((line.get(name) or [""])[0].strip() for name in ("do", "value", "which", "text"))
    if do not in tuple(map(str, _TYPED)):
        whole = do in (Do.ASK, Do.ALERT)
        value = which if whole else which.partition(":")[2] or which
    form = {"do": do, "value": value, "text": text if do in (Do.NOTE, Do.ASK, Do.ALERT) else ""}
    return {name: said for name, said in form.items() if said or name == "do"}


def _choices(named: Mapping[Any, Any]) -> Choices:
    return tuple((str(pk), name) for pk, name in named.items())


def _number(typed: str) -> Any:
    typed = typed.strip()
    return int(typed) if _NUMBER.fullmatch(typed) else typed


def _by_commas(typed: str) -> list[str]:
    return [words for part in typed.split(",") if (words := " ".join(part.split()))]
