"""The fields of a canned response, and how what is typed in them becomes what the verbs take."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import TextChoices
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext_lazy

from desk.common.errors import DeskError, Invalid
from desk.inboxes.gateway import all_networks
from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.people.permissions import Permission, Role, permissions_of
from desk.replies.models import CannedResponse, Reply
from desk.web import lines
from desk.web.forms import Field, Words, choice, filled, numbers
from desk.web.lines import Focus, Line
from policies.canned_actions import Do
from policies.canned_variables import USUAL_LONGEST, Type
from policies.language import LANGUAGES, language_name
from policies.ticket_states import Event

LISTS = ("texts", "variables")
PLAIN = ("name", "shortcut", "kind", "scenario", "stage", "visibility", "fallback")
EMPTY: dict[str, Line] = {
    "texts": {"language": ["nl"], "network": [""], "text": [""]},
    "variables": {"name": [""], "type": [str(Type.TEXT)], "longest": [str(USUAL_LONGEST)]},
}
_TYPES: tuple[tuple[str, Words], ...] = (
    (Type.TEXT, gettext_lazy("text")),
    (Type.NUMBER, gettext_lazy("number")),
    (Type.DATE, gettext_lazy("date")),
    (Type.CHOICE, gettext_lazy("choice")),
)


@dataclass(frozen=True, slots=True)
class LineFields:
    """One text or one variable on the screen."""

    number: int
    focus: str  # where the reader goes on: a button of this line, or its first field
    fields: tuple[Field, ...]

    @property
    def begins(self) -> bool:
        """Whether the reader goes on at its first field."""
        return self.focus == "first"

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)


def top_fields() -> list[Field]:
    """What it is called."""
    return [
        Field("name", gettext_lazy("Name")),
        Field(
            "shortcut",
            gettext_lazy("Shortcut"),
            help=gettext_lazy("Typed after / in the composer: letters, numbers and hyphens."),
        ),
        Field("kind", gettext_lazy("Kind"), kind="choice", choices=labels(CannedResponse.Kind)),
        Field(
            "scenario",
            gettext_lazy("Scenario"),
            required=False,
            help=gettext_lazy("Of a holding statement: what it is about, such as outage."),
        ),
        Field(
            "stage",
            gettext_lazy("Stage"),
            kind="choice",
            required=False,
            choices=(("", gettext_lazy("none")), *labels(CannedResponse.Stage)),
        ),
    ]


def scope_fields() -> list[Field]:
    """Where it is offered, until when, and who answers for it."""
    visibilities = (("", gettext_lazy("Public and private")), *labels(Reply.Visibility))
    inboxes = tuple((str(pk), name) for pk, name in Inbox.objects.values_list("pk", "name"))
    return [
        Field("visibility", gettext_lazy("For"), kind="choice", required=False, choices=visibilities),
        Field("team", gettext_lazy("Only for team"), kind="choice", required=False, choices=teams()),
        Field("networks", gettext_lazy("Only on"), kind="several", required=False, choices=networks()),
        Field("inboxes", gettext_lazy("Only for inboxes"), kind="several", required=False, choices=inboxes),
        Field("owner", gettext_lazy("Owner"), kind="choice", required=False, choices=owners()),
        Field("expires_on", gettext_lazy("Last day"), kind="date", required=False),
        Field(
            "review_on",
            gettext_lazy("Review on"),
            kind="date",
            required=False,
            help=gettext_lazy("The owner is told on that day."),
        ),
    ]


def action_fields() -> list[Field]:
    """What is done to the ticket once the reply is sent."""
    nothing = ("", gettext_lazy("as it is"))
    to = (nothing, ("owner:me", gettext_lazy("whoever sends it")), *((f"team:{pk}", name) for pk, name in teams()[1:]))
    states = (
        nothing,
        (f"state:{Event.RESOLVE}", gettext_lazy("resolved")),
        (f"state:{Event.ASK_COLLEAGUE}", gettext_lazy("waits for a colleague")),
        (f"state:{Event.OPEN}", gettext_lazy("open")),
    )
    return [
        Field("tags", gettext_lazy("Tags"), required=False, help=gettext_lazy("By commas.")),
        Field("give_to", gettext_lazy("Give it to"), "choice", required=False, choices=to),
        Field("becomes", gettext_lazy("The ticket becomes"), "choice", required=False, choices=states),
    ]


def teams() -> tuple[tuple[str, Words], ...]:
    found = tuple((str(pk), name) for pk, name in Team.objects.values_list("pk", "name"))
    return (("", gettext_lazy("All teams")), *found)


def owners() -> tuple[tuple[str, Words], ...]:
    """Everybody who may write canned responses."""
    roles = [role for role in Role.values if Permission.EDIT_CANNED in permissions_of(role)]
    people = User.objects.filter(is_active=True, role__in=roles)
    return (("", gettext_lazy("Nobody")), *((str(one.pk), one.name) for one in people))


def labels(choices: type[TextChoices]) -> tuple[tuple[str, Words], ...]:
    return tuple((one.value, str(one.label)) for one in choices)


def filter_fields() -> list[Field]:
    """What a list may be narrowed to."""
    everything = ("", gettext_lazy("all"))
    due = (("review", gettext_lazy("to be reviewed")), ("expired", gettext_lazy("past their last day")))
    choices: tuple[tuple[str, Words, tuple[tuple[str, Words], ...]], ...] = (
        ("state", gettext_lazy("State"), (everything, *labels(CannedResponse.States))),
        ("kind", gettext_lazy("Kind"), (everything, *labels(CannedResponse.Kind))),
        ("team", gettext_lazy("Team"), teams()),
        ("network", gettext_lazy("Network"), (everything, *networks())),
        ("due", gettext_lazy("Dates"), (everything, *due)),
    )
    fields = [Field(name, label, "choice", choices=several, required=False) for name, label, several in choices]
    return [Field("q", gettext_lazy("Search"), placeholder=gettext_lazy("Search"), required=False), *fields]


def fallback_field() -> Field:
    """Stands below the texts."""
    return Field(
        "fallback",
        gettext_lazy("Fall back on"),
        "choice",
        choices=languages(),
        help=gettext_lazy("For customers in whose language there is no text."),
    )


def line_fields(
    name: str, values: QueryDict, refused: DeskError | None = None, focus: Focus | None = None
) -> list[LineFields]:
    """Each text or variable that is typed in, with what a verb said about it."""
    make = _text_fields if name == "texts" else _variable_fields
    found = []
    for number, line in enumerate(lines.read(values, name)):
        fields = [replace(field, name=f"{name}.{number}.{field.name}") for field in make(line)]
        here = focus is not None and focus.line == number
        place = (focus.button or "first") if focus and here else ""
        found.append(LineFields(number, place, tuple(filled(fields, values, refused))))
    return found


def languages() -> tuple[tuple[str, Words], ...]:
    say_in = translation.get_language() or "en"
    return tuple((code, language_name(code, say_in)) for code in LANGUAGES)


def networks() -> tuple[tuple[str, Words], ...]:
    return tuple((one.slug, one.label) for one in all_networks())


def values_of(form: QueryDict) -> dict[str, Any]:
    """What the verbs take; what is no number stays as it was typed, and they say so."""
    return {
        **{name: form.get(name, "") for name in PLAIN},
        "team_id": choice(form, "team"),
        "owner_id": choice(form, "owner"),
        "inbox_ids": numbers(form, "inboxes"),
        "networks": form.getlist("networks"),
        **{name: form.get(name) or None for name in ("expires_on", "review_on")},
        "actions": _actions(form),
        "texts": [{key: _first(line, key) for key in EMPTY["texts"]} for line in lines.read(form, "texts")],
        "variables": [_variable(line) for line in lines.read(form, "variables")],
    }


def typed(canned: CannedResponse) -> QueryDict:
    """A canned response as the form would send it."""
    values = QueryDict(mutable=True)
    for name in PLAIN:
        values[name] = getattr(canned, name)
    for name in ("expires_on", "review_on"):
        values[name] = str(getattr(canned, name) or "")
    values["team"], values["owner"] = str(canned.team_id or ""), str(canned.owner_id or "")
    values.setlist("networks", canned.networks)
    values["tags"] = ", ".join(one["value"] for one in canned.actions if one["do"] == Do.TAG)
    for name, kinds in (("give_to", (Do.TEAM, Do.OWNER)), ("becomes", (Do.STATE,))):
        values[name] = next((f"{one['do']}:{one['value']}" for one in canned.actions if one["do"] in kinds), "")
    values.setlist("inboxes", [str(one.pk) for one in canned.inboxes.all()])
    values = lines.written(values, "texts", [{key: [value] for key, value in one.items()} for one in canned.texts])
    return lines.written(values, "variables", [_line(one) for one in canned.variables])


def begun(owner: User) -> QueryDict:
    """An empty form, with a text for each language of the desk."""
    texts: list[Line] = [{**EMPTY["texts"], "language": [language]} for language in ("nl", "en")]
    return lines.written(QueryDict(f"fallback=nl&owner={owner.pk}"), "texts", texts)


def without_empty(form: QueryDict) -> QueryDict:
    """The form without the texts in which nothing was written, and without variables that have no name."""
    texts = [line for line in lines.read(form, "texts") if _first(line, "text").strip()]
    variables = [line for line in lines.read(form, "variables") if _first(line, "name").strip()]
    return lines.written(lines.written(form, "texts", texts), "variables", variables)


def at_fields(refused: DeskError) -> DeskError:
    """The same refusal with the problems of a whole line at its first field, and those of actions at their tags."""
    return Invalid(refused.message, errors={_named(path): said for path, said in refused.errors.items()})


def _named(path: str) -> str:
    if path.startswith("actions"):
        return "tags"
    line = re.fullmatch(r"(texts|variables)\.[0-9]+", path)
    return f"{path}.{'language' if line[1] == 'texts' else 'name'}" if line else path


def _actions(form: QueryDict) -> list[dict[str, str]]:
    tags = [{"do": str(Do.TAG), "value": one.strip()} for one in form.get("tags", "").split(",") if one.strip()]
    others = [form.get(name, "").partition(":") for name in ("give_to", "becomes")]
    return [*tags, *({"do": do, "value": value} for do, _colon, value in others if do)]


def _text_fields(line: Line) -> list[Field]:
    everywhere: tuple[tuple[str, Words], ...] = (("", gettext_lazy("all others")), *networks())
    return [
        Field("language", gettext_lazy("Language"), "choice", choices=languages()),
        Field("network", gettext_lazy("Network"), "choice", choices=everywhere, required=False),
        Field("text", gettext_lazy("Text"), "area", language=_first(line, "language")),
    ]


def _variable_fields(_line: Line) -> list[Field]:
    return [
        Field("name", gettext_lazy("Name"), help=gettext_lazy("As it stands in the text, without the braces.")),
        Field("type", gettext_lazy("Type"), "choice", choices=_TYPES),
        Field("label", gettext_lazy("What the agent is asked for"), required=False),
        Field("default", gettext_lazy("Default"), required=False, help=gettext_lazy("A date as 2026-11-27.")),
        Field("longest", gettext_lazy("Most characters of a text"), "number", required=False),
        Field("required", gettext_lazy("Ask for it where nothing is known"), "tick"),
        Field("choices", gettext_lazy("Choices, each on a line of its own"), "area", required=False),
    ]


def _variable(line: Line) -> dict[str, Any]:
    longest = _first(line, "longest").strip()
    choices = [one.strip() for one in _first(line, "choices").splitlines() if one.strip()]
    of_choice = _first(line, "type") == Type.CHOICE
    return {
        **{name: _first(line, name).strip() for name in ("name", "type", "label", "default")},
        "required": "required" in line,
        "choices": choices if of_choice else [],
        "longest": int(longest) if re.fullmatch(r"[0-9]{1,9}", longest) else longest or USUAL_LONGEST,
    }


def _line(variable: Mapping[str, Any]) -> Line:
    line: Line = {name: [str(variable[name])] for name in ("name", "type", "label", "default", "longest")}
    line["choices"] = ["\n".join(variable["choices"])]
    return {**line, "required": ["on"]} if variable["required"] else line


def _first(line: Line, name: str) -> str:
    values: Sequence[str] = line.get(name, ())
    return values[0] if values else ""
