"""The fields in which a change is written down: in words for anything, and as values where its kind can carry them.

What is left as it is makes no values: such a proposal is in words alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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
from desk.web import calendar_fields, sla_fields, typed_documents
from desk.web.forms import Choices, Field, choice, filled
from desk.web.show.canned import network_name
from desk.web.show.text import language
from desk.web.views.causes import cause_fields
from desk.web.views.teams import POLICY

NO_LANGUAGE = "zxx"
WORDS = (
    Field("what", gettext_lazy("What should be different, in a sentence")),
    Field("why", gettext_lazy("Why"), "area", required=False),
)


@dataclass(frozen=True)
class Form:
    """How the values of one kind are typed: its fields, what they show of values, and the values that were typed."""

    fields: Callable[[Any], list[Field]]
    known: Callable[[Mapping[str, Any]], Mapping[str, object]]
    typed: Callable[[QueryDict, Any], dict[str, Any]]


def form_of(kind: Kind, reader: User) -> Form | None:
    """None where a proposal is in words alone, and where the reader may not read what is in force."""
    if kind.reads is not None and not reader.may(kind.reads):
        return None
    return _FORMS.get(kind.slug)


def values_typed(form: Form | None, kind: Kind, row: Any, typed: QueryDict) -> dict[str, Any] | None:
    """What would be different; None where that is in words alone. Raises Invalid."""
    if form is None or row is None:
        return None
    return kind.only_different(row, form.typed(typed, row)) or None


def fields(form: Form | None, row: Any, known: Mapping[str, object], refused: DeskError | None) -> list[Field]:
    own = form.fields(row) if form is not None and row is not None else []
    return filled([*WORDS, *own], known, refused)


# ── the forms of the kinds ───────────────────────────────────────────────────
def _policy_fields(row: SlaPolicy) -> list[Field]:
    return [one for one in sla_fields.policy_fields(is_default=row.is_default) if one.name != sla_fields.APPLY.name]


def _policy_known(values: Mapping[str, Any]) -> Mapping[str, object]:
    version = SlaPolicyVersion(
        conditions_form=values["conditions"],
        calendar_id=values["calendar_id"],
        alert_chain_id=values["alert_chain_id"],
        **{f"{name}_seconds": _seconds(values[f"{name}_minutes"]) for name in METRICS},
    )
    return sla_fields.values_of_policy(SlaPolicy(name=values["name"], enabled=values["enabled"], current=version))


def _policy_typed(typed: QueryDict, row: SlaPolicy) -> dict[str, Any]:
    values = sla_fields.policy_values(typed, is_default=row.is_default)
    return {name: value for name, value in values.items() if name != "apply_to_open"}


def _seconds(minutes: int | None) -> int | None:
    return None if minutes is None else minutes * 60


def _team_typed(typed: QueryDict, _row: Team) -> dict[str, Any]:
    ticks = {name: typed.get(name) == "on" for name in ("match_language", "match_skills")}
    return {"assignment": typed.get("assignment", ""), **ticks}


def _inbox_fields(_row: Any) -> list[Field]:
    teams: Choices = (("", _("no team")), *((str(pk), name) for pk, name in Team.objects.values_list("pk", "name")))
    return [Field("team_id", gettext_lazy("Team"), "choice", required=False, choices=teams)]


def _document_fields(_row: Any) -> list[Field]:
    return [Field("document", gettext_lazy("In YAML or JSON"), "area", language=NO_LANGUAGE, required=False)]


def _document_typed(typed: QueryDict, _row: Any) -> dict[str, Any]:
    return {"document": typed_documents.read(typed.get("document", ""))}


def _canned_fields(row: CannedResponse) -> list[Field]:
    texts = [
        Field(f"text.{number}", _text_label(one), "area", language=one["language"])
        for number, one in enumerate(row.texts)
    ]
    return [Field("name", gettext_lazy("Name")), *texts]


def _text_label(text: Mapping[str, str]) -> str:
    named = [language(text["language"]), network_name(text["network"]) if text["network"] else ""]
    return ", ".join(filter(None, named))


def _canned_known(values: Mapping[str, Any]) -> Mapping[str, object]:
    return {"name": values["name"], **{f"text.{number}": one["text"] for number, one in enumerate(values["texts"])}}


def _canned_typed(typed: QueryDict, row: CannedResponse) -> dict[str, Any]:
    texts = [{**one, "text": _as_kept(typed.get(f"text.{number}", ""))} for number, one in enumerate(row.texts)]
    return {"name": typed.get("name", "").strip(), "texts": texts}


def _as_kept(text: str) -> str:
    """A browser sends other ends of lines, by which every text would be different."""
    return text.replace("\r\n", "\n")


def _cause_known(values: Mapping[str, Any]) -> Mapping[str, object]:
    return {name: "" if value is None else value for name, value in values.items()}


def _cause_typed(typed: QueryDict, _row: Cause) -> dict[str, Any]:
    names = {name: " ".join(typed.get(name, "").split()) for name in ("name_nl", "name_en")}
    return {**names, **{name: choice(typed, name) for name in ("parent", "department", "owner")}}


_DOCUMENT = Form(
    _document_fields, lambda values: {"document": as_text.written(values["document"], "yaml")}, _document_typed
)
_FORMS: Mapping[str, Form] = {
    "sla_policy": Form(_policy_fields, _policy_known, _policy_typed),
    "calendar": Form(
        lambda _row: [],  # the page of a calendar has its own: see `views.change_forms`
        lambda values: calendar_fields.typed(values["name"], values["form"]).dict(),
        lambda typed, _row: {"name": typed.get("name", ""), "form": calendar_fields.form_of(typed)},
    ),
    "team": Form(lambda _row: list(POLICY), dict, _team_typed),
    "inbox_team": Form(_inbox_fields, dict, lambda typed, _row: {"team_id": choice(typed, "team_id")}),
    "canned": Form(_canned_fields, _canned_known, _canned_typed),
    "cause": Form(lambda row: cause_fields(Tree(), row), _cause_known, _cause_typed),
    "rulebook": _DOCUMENT,
    "crisis_plan": _DOCUMENT,
    "automation": _DOCUMENT,
}
