"""The fields of a draft's parts, made from what rules declare, and the way from what is typed back to the document.

The document is the one truth: a form reads its part of it and writes its part back. Lists are typed one entry a line.
What a rule says elsewhere is a line of the form (`overrides.0.severity`); an empty field there changes nothing, and a
list of one dash is a list without entries.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import QueryDict
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from desk.common.errors import DeskError, Invalid
from desk.people.models import Team
from desk.people.permissions import Role
from desk.web import lines
from desk.web.forms import Choices, Field, Words, filled
from desk.web.lines import Line
from desk.web.show import stars
from desk.web.show.composer import KINDS
from desk.web.show.rulebook_words import FRAME, SIGNATURE, VISIBILITIES, label_of, networks
from policies.options import Number, Option
from policies.plain_language import title_of
from policies.registry import RULES, Rule
from policies.scopes import DIMENSIONS, LEVELS

Form = dict[str, Any]
OVERRIDES = "overrides"
NO_LANGUAGE = "und"  # of lists that hold words of several languages, or none
LETTERS = gettext_lazy("Two letters each, such as nl, en.")
LINES = gettext_lazy("One on each line.")
NONE = "-"  # a list without entries, where an empty field means something else
EMPTY: Line = {"enabled": [""], "severity": [""]}
_SWITCH: Mapping[bool | None, str] = {True: "on", False: "off", None: ""}
_SEVERITIES = tuple((str(severity), words) for severity, words in KINDS.items())
_AS_IT_IS = ("", gettext_lazy("as otherwise"))
_SEVERAL = ("network", "team", "rating", "visibility")  # of a scope, chosen in a list


# ── a rule ───────────────────────────────────────────────────────────────────
def rule_fields(rule: Rule, values: QueryDict, refused: DeskError | None) -> list[Field]:
    """For the whole company: on or off, how grave, and what it looks for."""
    fixed = gettext_lazy("It follows from the network or the law: it can't be switched off or made milder.")
    fields = [
        Field("enabled", gettext_lazy("This rule holds"), "tick", help=fixed if rule.fixed else ""),
        Field("severity", gettext_lazy("What it does with a reply"), "choice", choices=_SEVERITIES),
        *(_option_field(option) for option in rule.options),
    ]
    return filled(fields, values, refused)


def override_fields(rule: Rule, values: QueryDict, refused: DeskError | None) -> list[list[Field]]:
    """A group of fields for each override that is typed in."""
    typed = lines.read(values, OVERRIDES)
    names = _names(typed) if typed else {}
    return [filled(_override_fields(rule, number, names), values, refused) for number in range(len(typed))]


def typed_rule(form: Form, rule: Rule) -> QueryDict:
    """A rule of the document as its form would send it."""
    values = QueryDict(mutable=True)
    if form.get("enabled", True):
        values["enabled"] = "on"
    values["severity"] = form.get("severity", str(rule.severity))
    for option in rule.options:
        values[option.name] = _shown(form.get(option.name, option.default))
    return lines.written(values, OVERRIDES, [_line(one, rule) for one in form.get(OVERRIDES, [])])


def rule_of(values: QueryDict, rule: Rule) -> Form:
    """What the document says of the rule. What can't be right stays as it was typed, for the document's reader."""
    form: Form = {"enabled": "enabled" in values, "severity": values.get("severity", "")}
    form |= {option.name: _read(option, values.get(option.name, "")) for option in rule.options}
    overrides = [_override(line, rule) for line in lines.read(values, OVERRIDES)]
    return form | ({OVERRIDES: overrides} if overrides else {})


def at_rule_fields(refused: DeskError, code: str) -> DeskError:
    """The same refusal with each problem at the field in which it is typed; a line of a list is named."""
    return _at_fields(refused, f"rules.{code}.")


def _option_field(option: Option) -> Field:
    if isinstance(option, Number):
        bounds = _("From %(least)d to %(most)d.") % {"least": option.least, "most": option.most}
        return Field(option.name, label_of(option), "number", help=bounds)
    return Field(option.name, label_of(option), "area", help=LINES, required=False, language=NO_LANGUAGE)


def _override_fields(rule: Rule, number: int, names: Mapping[str, Choices]) -> list[Field]:
    switch = (_AS_IT_IS, ("on", gettext_lazy("holds")), ("off", gettext_lazy("does not hold")))
    levels: Choices = (("", gettext_lazy("any")), *((str(level), str(level)) for level in LEVELS))
    options = [
        replace(_option_field(option), required=False, placeholder=gettext_lazy("as otherwise"))
        for option in rule.options
    ]
    fields = [
        Field("when_network", gettext_lazy("On"), "several", choices=names["network"]),
        Field("when_visibility", gettext_lazy("Who reads it"), "several", choices=VISIBILITIES),
        Field("when_team", gettext_lazy("Teams"), "several", choices=names["team"]),
        Field("when_rating", gettext_lazy("Reviews with"), "several", choices=stars.choices()),
        Field("when_language", gettext_lazy("Languages"), help=LETTERS, required=False),
        Field("when_brand", gettext_lazy("Brands"), "area", help=LINES, required=False),
        Field("when_crisis_level", gettext_lazy("From crisis level"), "choice", choices=levels),
        Field("enabled", gettext_lazy("The rule there"), "choice", choices=switch),
        Field("severity", gettext_lazy("What it does there"), "choice", choices=(_AS_IT_IS, *_SEVERITIES)),
        *options,
    ]
    return [replace(field, name=f"{OVERRIDES}.{number}.{field.name}") for field in fields]


def _names(typed: Sequence[Line]) -> dict[str, Choices]:
    """What can be chosen, with what the document names that is no more."""
    teams = {name: name for name in Team.objects.values_list("name", flat=True)}
    return {"network": _with_named(networks(), typed, "when_network"), "team": _with_named(teams, typed, "when_team")}


def _with_named(known: Mapping[str, str], typed: Sequence[Line], name: str) -> Choices:
    named = {value: value for line in typed for value in line.get(name, ()) if value}
    return tuple({**named, **known}.items())


def _line(override: Form, rule: Rule) -> Line:
    line: Line = {"enabled": [_SWITCH[override.get("enabled")]]}
    line["severity"] = [override.get("severity", "")]
    for dimension, value in override["when"].items():
        named = [str(one) for one in (value if isinstance(value, list) else [value])]
        joined = {"language": [", ".join(named)], "brand": ["\n".join(named)]}
        line[f"when_{dimension}"] = joined.get(dimension, named)
    for option in rule.options:
        if option.name in override:
            line[option.name] = [_shown(override[option.name]) or NONE]
    return line


def _override(line: Line, rule: Rule) -> Form:
    when = {dimension: named for dimension in DIMENSIONS if (named := _named(dimension, line))}
    form: Form = {"when": when}
    if enabled := _one(line, "enabled"):
        form["enabled"] = enabled == "on"
    if severity := _one(line, "severity"):
        form["severity"] = severity
    return form | {
        option.name: _read(option, typed) for option in rule.options if (typed := _one(line, option.name).strip())
    }


def _named(dimension: str, line: Line) -> Any:
    if dimension in _SEVERAL:
        named = [one for one in line.get(f"when_{dimension}", ()) if one]
        return list(map(_number, named)) if dimension == "rating" else named
    typed = _one(line, f"when_{dimension}")
    if dimension == "crisis_level":
        return _number(typed)
    return _entries(typed if dimension == "brand" else typed.replace(",", "\n"))


# ── what belongs to no rule ──────────────────────────────────────────────────
def frame_fields(values: Mapping[str, object], refused: DeskError | None) -> list[Field]:
    """How one signs, how long an approver has, and what is different in this version."""
    signs = gettext_lazy("One or two of ^ ~ * / - | before {initials}, and perhaps behind.")
    fields = [
        Field("summary", gettext_lazy("What is different, in a sentence"), required=False),
        Field("signature.format", SIGNATURE, help=signs),
        *(Field(f"approval.{name}", label, "number") for name, label in FRAME.items()),
    ]
    return filled(fields, values, refused)


def typed_frame(document: Form, summary: str) -> dict[str, object]:
    return {
        "summary": summary,
        "signature.format": document["signature"]["format"],
        **{f"approval.{name}": value for name, value in document["approval"].items()},
    }


def frame_of(values: QueryDict) -> Form:
    return {
        "signature": {"format": values.get("signature.format", "").strip()},
        "approval": {name: _number(values.get(f"approval.{name}", "")) for name in FRAME},
    }


# ── an example ───────────────────────────────────────────────────────────────
def example_fields(values: QueryDict, refused: DeskError | None) -> list[Field]:
    """A text, what it must give, and what else the reply is."""
    anywhere: Choices = (("", gettext_lazy("none")), *networks().items())
    visibilities: Choices = (("", gettext_lazy("not said: in public")), *VISIBILITIES)
    levels: Choices = (("", gettext_lazy("not said: none")), *((str(level), str(level)) for level in (0, *LEVELS)))
    ratings: Choices = (("", gettext_lazy("it is no review")), *stars.choices())
    signed = gettext_lazy("Empty: as the company signs. A dash: not at all.")
    fields = [
        Field("text", gettext_lazy("Text"), "area", language=NO_LANGUAGE),
        Field("findings", gettext_lazy("Exactly these must be found"), "several", choices=_codes(values)),
        Field("network", gettext_lazy("Network"), "choice", choices=anywhere),
        Field("visibility", gettext_lazy("Who reads it"), "choice", choices=visibilities),
        Field("language", gettext_lazy("Language of the customer"), help=gettext_lazy("Two letters."), required=False),
        Field("team", gettext_lazy("Team"), required=False),
        Field("brand", gettext_lazy("Brand"), required=False),
        Field("rating", gettext_lazy("Stars of the review"), "choice", choices=ratings),
        Field("crisis_level", gettext_lazy("Crisis level"), "choice", choices=levels),
        Field("signature", gettext_lazy("Signature"), help=signed, required=False),
        Field("roles", gettext_lazy("Roles of the author"), "several", choices=_roles(values)),
        Field("complaint", gettext_lazy("The customer complains"), "tick"),
    ]
    return filled(fields, values, refused)


def typed_example(form: Form) -> QueryDict:
    values = QueryDict(mutable=True)
    for name, value in form.items():
        if isinstance(value, list):
            values.setlist(name, value)
        elif name == "complaint":
            values.setlist(name, ["on"] if value else [])
        else:
            values[name] = NONE if name == "signature" and value == "" else str(value)
    return values


def example_of(values: QueryDict) -> Form:
    form: Form = {"text": values.get("text", "").replace("\r\n", "\n"), "findings": values.getlist("findings")}
    for name in ("network", "visibility", "language", "team", "brand", "signature"):
        if typed := values.get(name, "").strip():
            form[name] = "" if name == "signature" and typed == NONE else typed
    for name in ("rating", "crisis_level"):
        if typed := values.get(name, ""):
            form[name] = _number(typed)
    if roles := values.getlist("roles"):
        form["roles"] = roles
    return form | ({"complaint": True} if "complaint" in values else {})


def at_example_fields(refused: DeskError, place: int) -> DeskError:
    return _at_fields(refused, f"examples[{place}].")


def _codes(values: QueryDict) -> Choices:
    """All of them, those that are ticked first."""
    language, ticked = get_language() or "en", values.getlist("findings")
    rules = sorted(RULES, key=lambda rule: rule.code not in ticked)
    return tuple((rule.code, format_html("{} <code>{}</code>", title_of(rule, language), rule.code)) for rule in rules)


def _roles(values: QueryDict) -> Choices:
    named: dict[str, Words] = {role: role for role in values.getlist("roles")}
    return tuple({**named, **{str(value): label for value, label in Role.choices}}.items())


# ── what fields share ────────────────────────────────────────────────────────
def _at_fields(refused: DeskError, prefix: str) -> DeskError:
    errors: dict[str, list[Any]] = {}
    for path, said in refused.errors.items():
        below = path.removeprefix(prefix)
        name = re.sub(r"^overrides\[(\d+)\]\.?", r"overrides.\1.", below).replace(".when.", ".when_")
        line = re.search(r"\[(\d+)\]$", name)
        name = re.sub(r"\[\d+\]$", "", name)
        name = re.sub(r"^(overrides\.\d+\.)(when)?$", r"\1when_network", name)  # all of it: at its first field
        place = int(line[1]) + 1 if line else 0
        words = [_("Line %(number)d: %(problem)s") % {"number": place, "problem": one} for one in said]
        errors.setdefault(name, []).extend(words if line else said)
    return Invalid(refused.message, errors=errors)


def _shown(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value)


def _read(option: Option, typed: str) -> Any:
    return _number(typed) if isinstance(option, Number) else _entries("" if typed.strip() == NONE else typed)


def _entries(typed: str) -> list[str]:
    return [entry for line in typed.splitlines() if (entry := line.strip())]


def _number(typed: str) -> int | str:
    return int(typed) if re.fullmatch(r"[0-9]{1,9}", typed.strip()) else typed


def _one(line: Mapping[str, Iterable[str]], name: str) -> str:
    return next(iter(line.get(name, ())), "")
