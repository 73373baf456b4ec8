"""The fields in which a change is written down: in words for anything, and as values where its kind can carry them.

What is left as it is makes no values: such a proposal is in words alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.changes.kinds import Kind
from desk.actions.sla.sla_policies import METRICS
from desk.causes.models import Cause
from desk.causes.tree import Tree
from desk.common.errors import DeskError
from desk.people.models import Team, User
from desk.replies.models import CannedResponse
from desk.rulebooks import text as as_text
from desk.sla.models import SlaPolicy, SlaPolicyVersion
from desk.web import automation_fields, calendar_fields, chain_fields, hours, lines, sla_fields, typed_documents
from desk.web.change_lines import CHAIN, DAYS, MACRO, ORDER, Lines, as_query, order_known, order_typed
from desk.web.forms import Choices, Field, choice, filled
from desk.web.show.canned import network_name
from desk.web.show.text import language
from desk.web.views.causes import cause_fields
from desk.web.views.teams import POLICY
from policies.alerts import DEFAULT
from policies.alerts import parse as parse_chain
from policies.automation_form import parse_steps

NO_LANGUAGE = "zxx"
WORDS = (
    Field("what", gettext_lazy("What should be different, in a sentence")),
    Field("why", gettext_lazy("Why"), "area", required=False),
)


@dataclass(frozen=True)
class Form:
    """How the values of one kind are typed: its fields, what they show of values, and the values that were typed.

    `row` is None where they are of something new; `began` are the values that the form began with. What has none of
    its `named` fields filled in is nothing new yet.
    """

    fields: Callable[[Any, Mapping[str, Any], Mapping[str, object]], list[Field]]
    known: Callable[[Mapping[str, Any]], Mapping[str, object]]
    typed: Callable[[QueryDict, Any, Mapping[str, Any]], dict[str, Any]]
    lines: Lines | None = None
    named: tuple[str, ...] = ("name",)


def form_of(kind: Kind, row: Any, reader: User) -> Form | None:
    """None where a proposal is in words alone, and where the reader may not read what is in force."""
    if (row is None and not kind.makes) or (kind.reads is not None and not reader.may(kind.reads)):
        return None
    return _FORMS.get(kind.slug)


def values_typed(
    form: Form | None, kind: Kind, row: Any, typed: QueryDict, began: Mapping[str, Any]
) -> dict[str, Any] | None:
    """What would be different; None where that is in words alone. Raises Invalid."""
    if form is None or (row is None and not any(typed.get(name, "").strip() for name in form.named)):
        return None
    return kind.only_different(row, form.typed(typed, row, began)) or None


def fields(
    form: Form | None, row: Any, began: Mapping[str, Any], known: Mapping[str, object], refused: DeskError | None
) -> list[Field]:
    own = form.fields(row, began, known) if form is not None else []
    if row is None:
        own = [replace(field, required=False) for field in own]  # without them it is in words
    return filled([*WORDS, *own], known, refused)


# ── the forms of the kinds ───────────────────────────────────────────────────
def _policy_fields(row: SlaPolicy | None, _began: Mapping[str, Any], _typed: Mapping[str, object]) -> list[Field]:
    return [
        one
        for one in sla_fields.policy_fields(is_default=row is not None and row.is_default)
        if one.name != sla_fields.APPLY.name
    ]


def _policy_known(values: Mapping[str, Any]) -> Mapping[str, object]:
    version = SlaPolicyVersion(
        conditions_form=values["conditions"],
        calendar_id=values["calendar_id"],
        alert_chain_id=values["alert_chain_id"],
        **{f"{name}_seconds": _seconds(values[f"{name}_minutes"]) for name in METRICS},
    )
    return sla_fields.values_of_policy(SlaPolicy(name=values["name"], enabled=values["enabled"], current=version))


def _policy_typed(typed: QueryDict, row: SlaPolicy | None, _began: Mapping[str, Any]) -> dict[str, Any]:
    values = sla_fields.policy_values(typed, is_default=row is not None and row.is_default)
    return {name: value for name, value in values.items() if name != "apply_to_open"}


def _seconds(minutes: int | None) -> int | None:
    return None if minutes is None else minutes * 60


def _team_typed(typed: QueryDict, _row: Team, _began: Mapping[str, Any]) -> dict[str, Any]:
    ticks = {name: typed.get(name) == "on" for name in ("match_language", "match_skills")}
    return {"assignment": typed.get("assignment", ""), **ticks}


def _inbox_fields(_row: Any, _began: Mapping[str, Any], _typed: Mapping[str, object]) -> list[Field]:
    teams: Choices = (("", _("no team")), *((str(pk), name) for pk, name in Team.objects.values_list("pk", "name")))
    return [Field("team_id", gettext_lazy("Team"), "choice", required=False, choices=teams)]


def _document_fields(_row: Any, _began: Mapping[str, Any], _typed: Mapping[str, object]) -> list[Field]:
    return [Field("document", gettext_lazy("In YAML or JSON"), "area", language=NO_LANGUAGE, required=False)]


def _document_typed(typed: QueryDict, _row: Any, _began: Mapping[str, Any]) -> dict[str, Any]:
    return {"document": typed_documents.read(typed.get("document", ""))}


def _canned_fields(row: CannedResponse | None, began: Mapping[str, Any], _typed: Mapping[str, object]) -> list[Field]:
    texts = [
        Field(f"text.{number}", _text_label(one), "area", language=one["language"], required=row is not None)
        for number, one in enumerate(_texts(row, began))
    ]
    return [
        Field("name", gettext_lazy("Name")),
        Field("shortcut", gettext_lazy("Shortcut"), help=gettext_lazy("What agents type after a slash.")),
        *texts,
    ]


def _texts(row: CannedResponse | None, began: Mapping[str, Any]) -> list[Mapping[str, str]]:
    """Those that there are; of a new one also an empty one for each language of the desk."""
    there: list[Mapping[str, str]] = list(began["texts"])
    has = {one["language"] for one in there if not one["network"]}
    if row is None:
        there += [
            {"language": code, "network": "", "text": ""} for code, _name in settings.LANGUAGES if code not in has
        ]
    return there


def _text_label(text: Mapping[str, str]) -> str:
    named = [language(text["language"]), network_name(text["network"]) if text["network"] else ""]
    return ", ".join(filter(None, named))


def _canned_known(values: Mapping[str, Any]) -> Mapping[str, object]:
    texts = {f"text.{number}": one["text"] for number, one in enumerate(values["texts"])}
    return {"name": values["name"], "shortcut": values["shortcut"], **texts}


def _canned_typed(typed: QueryDict, row: CannedResponse | None, began: Mapping[str, Any]) -> dict[str, Any]:
    texts = [
        {**one, "text": _as_kept(typed.get(f"text.{number}", ""))} for number, one in enumerate(_texts(row, began))
    ]
    words = {name: typed.get(name, "").strip() for name in ("name", "shortcut")}
    return {**words, "texts": [one for one in texts if row is not None or one["text"].strip()]}


def _as_kept(text: str) -> str:
    """A browser sends other ends of lines, by which every text would be different."""
    return text.replace("\r\n", "\n")


def _cause_known(values: Mapping[str, Any]) -> Mapping[str, object]:
    return {name: "" if value is None else value for name, value in values.items()}


def _cause_typed(typed: QueryDict, _row: Cause | None, _began: Mapping[str, Any]) -> dict[str, Any]:
    names = {name: " ".join(typed.get(name, "").split()) for name in ("name_nl", "name_en")}
    return {**names, **{name: choice(typed, name) for name in ("parent", "department", "owner")}}


def _calendar_known(values: Mapping[str, Any]) -> QueryDict:
    return calendar_fields.typed(
        values["name"], values["form"] or {"timezone": settings.TIME_ZONE, "week": hours.USUAL}
    )


def _chain_known(values: Mapping[str, Any]) -> QueryDict:
    """A new one begins as the chain that a new desk has."""
    chain = parse_chain({"steps": values["steps"]}) if values["name"] else DEFAULT
    return chain_fields.typed(values["name"], chain)


def _chain_typed(typed: QueryDict, _row: Any, _began: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": typed.get("name", "").strip(), "steps": chain_fields.steps_of(typed)}


def _macro_known(values: Mapping[str, Any]) -> QueryDict:
    steps = parse_steps(values["steps"]) if values["steps"] else ()
    written = [automation_fields.line_of(step) for step in steps] or [automation_fields.EMPTY]
    return lines.written(as_query({"name": values["name"]}), "steps", written)


def _macro_typed(typed: QueryDict, _row: Any, _began: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": " ".join(typed.get("name", "").split()), "steps": automation_fields.steps_of(typed)}


def _name_alone(_row: Any, _began: Mapping[str, Any], _typed: Mapping[str, object]) -> list[Field]:
    return [Field("name", gettext_lazy("Name"))]


_DOCUMENT = Form(
    _document_fields, lambda values: {"document": as_text.written(values["document"], "yaml")}, _document_typed
)
_FORMS: Mapping[str, Form] = {
    "sla_policy": Form(_policy_fields, _policy_known, _policy_typed),
    "sla_order": Form(
        lambda _row, _began, _typed: [],
        lambda values: order_known(values["order"]),
        lambda typed, _row, _began: {"order": order_typed(typed)},
        ORDER,
    ),
    "calendar": Form(
        lambda _row, _began, typed: calendar_fields.fields(str(typed.get("country", "")), is_new=True),
        _calendar_known,
        lambda typed, _row, _began: {"name": typed.get("name", ""), "form": calendar_fields.form_of(typed)},
        DAYS,
    ),
    "team": Form(lambda _row, _began, _typed: list(POLICY), dict, _team_typed),
    "inbox_team": Form(_inbox_fields, dict, lambda typed, _row, _began: {"team_id": choice(typed, "team_id")}),
    "canned": Form(_canned_fields, _canned_known, _canned_typed),
    "cause": Form(
        lambda row, _began, _typed: cause_fields(Tree(), row), _cause_known, _cause_typed, named=("name_nl", "name_en")
    ),
    "macro": Form(_name_alone, _macro_known, _macro_typed, MACRO),
    "alert_chain": Form(_name_alone, _chain_known, _chain_typed, CHAIN),
    "rulebook": _DOCUMENT,
    "crisis_plan": _DOCUMENT,
    "automation": _DOCUMENT,
}
