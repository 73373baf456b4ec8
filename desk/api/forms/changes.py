"""What can be changed, and proposals, as the API takes and writes them."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from desk.actions.changes.changes import LONGEST_PREVIEW, USUAL_PREVIEW
from desk.actions.changes.kinds import Difference, Figure, Kind, Preview, Version, Waiting
from desk.actions.changes.registry import ALL
from desk.actions.sla.sla_policies import MOST_POLICIES
from desk.api.fields import LARGEST_ID, IdField, MomentField
from desk.api.forms.alerts import ChangeChainSerializer
from desk.api.forms.automation import ChangeMacroSerializer
from desk.api.forms.canned import CannedTextSerializer
from desk.api.forms.causes import ChangeCauseSerializer
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.api.forms.sla import CalendarFormField, ChangePolicySerializer, policy_columns
from desk.api.paging import PageQuery
from desk.changes.models import LONGEST_WHAT, LONGEST_WORDS, Change, Remark
from desk.common.errors import Invalid
from desk.people.models import Team, User
from policies.change_states import State

SLUGS = tuple(kind.slug for kind in ALL)
_NAMES = {  # of the values of a kind; all others have a document
    "sla_policy": "policy", "calendar": "calendar", "team": "team", "inbox_team": "inbox", "canned": "canned",
    "cause": "cause", "sla_order": "order", "macro": "macro", "alert_chain": "chain",
}  # fmt: skip


class ChangeQuery(PageQuery):
    state = serializers.ChoiceField(choices=[str(state) for state in State], required=False)
    kind = serializers.ChoiceField(choices=SLUGS, required=False)
    mine = serializers.BooleanField(default=False, help_text="Only one's own.")


class ThingQuery(PageQuery):
    q = serializers.CharField(default="", allow_blank=True, max_length=80, help_text="A part of the name.")


class PreviewQuery(serializers.Serializer[Any]):
    days = serializers.IntegerField(default=USUAL_PREVIEW, min_value=1, max_value=LONGEST_PREVIEW)


class KindSerializer(serializers.Serializer[Kind]):
    """A kind of thing that can be changed."""

    slug = serializers.ChoiceField(choices=SLUGS)
    name = serializers.CharField()
    drafts = serializers.BooleanField(help_text="Whether proposals may carry values; all take words.")
    makes = serializers.BooleanField(help_text="Whether those of something new may.")
    decides = serializers.BooleanField(help_text="Whether the caller decides about its things.")


class ThingSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    version = serializers.IntegerField(allow_null=True, help_text="That is in force; null: not numbered.")


class ThingVersionSerializer(serializers.Serializer[Version]):
    number = serializers.IntegerField(help_text="Of the version; of routing: of the line of the audit trail.")
    at = MomentField()
    by = ColleagueSerializer(allow_null=True)
    active = serializers.BooleanField()
    words = serializers.CharField()
    may_return = serializers.BooleanField(help_text="Whether one can go back to it.")


class WaitingSerializer(serializers.Serializer[Waiting]):
    """A draft that the kind keeps itself: a version of the rulebook or of the crisis plan."""

    number = serializers.IntegerField()
    words = serializers.CharField()
    ready = serializers.BooleanField(help_text="It was handed in, and can be planned for a moment.")


class OneThingSerializer(ThingSerializer):
    versions = ThingVersionSerializer(many=True)
    waiting = WaitingSerializer(many=True)


class NumberSerializer(serializers.Serializer[Any]):
    number = IdField()


class MomentSerializer(serializers.Serializer[Any]):
    at = MomentField(help_text="Within a year.")


class PlanVersionSerializer(MomentSerializer):
    number = IdField(help_text="Of a version that was handed in.")


class CameOfSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(allow_null=True)


class PolicyValuesSerializer(ChangePolicySerializer):
    """What a policy should say otherwise; what is left out stays."""

    apply_to_open = None  # type: ignore[assignment]  # how the framework is told to leave a field out


class CalendarValuesSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80, required=False)
    form = CalendarFormField(required=False)


class TeamValuesSerializer(serializers.Serializer[Any]):
    assignment = serializers.ChoiceField(choices=Team.Assignment.values, required=False)
    match_language = serializers.BooleanField(required=False)
    match_skills = serializers.BooleanField(required=False)


class InboxValuesSerializer(serializers.Serializer[Any]):
    team = IdField(allow_null=True)


class CannedValuesSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80, required=False)
    shortcut = serializers.CharField(max_length=80, required=False)
    texts = CannedTextSerializer(many=True, required=False, help_text="All of them.")


class RewriteChangeSerializer(serializers.Serializer[Any]):
    """In words, and at most one of the values below: that of its kind. What is left out is as usual."""

    what = serializers.CharField(max_length=LONGEST_WHAT)
    why = serializers.CharField(max_length=LONGEST_WORDS, default="", allow_blank=True)
    policy = PolicyValuesSerializer(required=False, help_text="Of sla_policy.")
    calendar = CalendarValuesSerializer(required=False, help_text="Of calendar.")
    team = TeamValuesSerializer(required=False, help_text="Of team.")
    inbox = InboxValuesSerializer(required=False, help_text="Of inbox_team.")
    canned = CannedValuesSerializer(required=False, help_text="Of canned.")
    cause = ChangeCauseSerializer(required=False, help_text="Of cause.")
    order = serializers.ListField(
        child=IdField(), max_length=MOST_POLICIES, required=False,
        help_text="Of sla_order: policies but the default one, the first asked first.",
    )  # fmt: skip
    macro = ChangeMacroSerializer(required=False, help_text="Of macro; `shared` means nothing here.")
    chain = ChangeChainSerializer(required=False, help_text="Of alert_chain.")
    document = serializers.DictField(required=False, help_text="Of rulebook, crisis_plan and automation.")


class ProposeChangeSerializer(RewriteChangeSerializer):
    kind = serializers.ChoiceField(choices=SLUGS)
    thing = serializers.IntegerField(
        min_value=0, max_value=LARGEST_ID, help_text="Its number; 0 is something new of the kind."
    )
    draft = serializers.BooleanField(default=False, help_text="Not proposed yet.")


class SeenChangeSerializer(serializers.Serializer[Any]):
    seen = MomentField(required=False, help_text="`changed_at` of what was read: refused where it changed meanwhile.")


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_WORDS)


class WriteRemarkSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=LONGEST_WORDS)


class RemarkSerializer(serializers.Serializer[Remark]):
    id = serializers.IntegerField()
    author = ColleagueSerializer(allow_null=True)
    text = serializers.CharField()
    at = MomentField()


class DifferenceSerializer(serializers.Serializer[Difference]):
    what = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class FigureSerializer(serializers.Serializer[Figure]):
    code = serializers.CharField(
        help_text="Such as tickets, saved and lost (breaches), moved (due times), rerouted, blocked, stopped_3."
    )
    count = serializers.IntegerField()
    words = serializers.CharField()


class PreviewSerializer(serializers.Serializer[Preview]):
    """What it would have done in the last days. Nothing has been changed."""

    days = serializers.IntegerField()
    figures = FigureSerializer(many=True)
    note = serializers.CharField(help_text="What the figures leave out, or why there are none.")
    running = serializers.BooleanField(help_text="A worker still counts: read it again in a second or two.")


class ProposalSerializer(serializers.Serializer[Change]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=SLUGS)
    thing = serializers.IntegerField()
    title = serializers.CharField()
    what = serializers.CharField()
    why = serializers.CharField()
    structured = serializers.BooleanField(help_text="It carries values, and is not in words alone.")
    state = serializers.ChoiceField(choices=[str(state) for state in State])
    author = ColleagueSerializer(allow_null=True)
    created_at = MomentField()
    changed_at = MomentField()
    planned_for = MomentField(allow_null=True)
    problem = serializers.CharField(help_text="Why it could not be switched on when its moment came.")
    decided_by = ColleagueSerializer(allow_null=True)
    decided_at = MomentField(allow_null=True)
    reason = serializers.CharField()
    became = serializers.IntegerField(allow_null=True, help_text="The version that came of it.")


class OneProposalSerializer(ProposalSerializer):
    differences = DifferenceSerializer(many=True, help_text="From what is in force, while it is open.")


def values_of(kind: str, wish: Mapping[str, Any]) -> dict[str, Any] | None:
    """The values of its kind, in the words of its verb; None where it is in words alone. Raises Invalid."""
    mine = _NAMES.get(kind, "document")
    strange = [name for name in (*_NAMES.values(), "document") if name in wish and name != mine]
    if strange:
        words = "Not of this kind."
        raise Invalid(words, errors={name: [words] for name in strange})
    if mine not in wish:
        return None
    if kind == "sla_policy":
        return policy_columns(wish["policy"])
    if kind == "sla_order":
        return {"order": wish["order"]}
    if kind in ("macro", "alert_chain"):
        mine_values = {name: value for name, value in wish[mine].items() if name != "shared"}
        steps = mine_values.get("steps")
        return mine_values if steps is None else {**mine_values, "steps": [dict(step) for step in steps]}
    if kind == "inbox_team":
        return {"team_id": wish["inbox"]["team"]}
    if kind == "cause":
        return {"parent" if name == "below" else name: value for name, value in wish["cause"].items()}
    if kind == "canned" and "texts" in wish["canned"]:
        return {**wish["canned"], "texts": [dict(one) for one in wish["canned"]["texts"]]}
    return {"document": wish["document"]} if mine == "document" else dict(wish[mine])


def kind_form(kind: Kind, reader: User) -> dict[str, Any]:
    return {
        "slug": kind.slug, "name": str(kind.label), "drafts": kind.drafts, "makes": kind.makes,
        "decides": reader.may(kind.permission),
    }  # fmt: skip


def thing_form(kind: Kind, row: Any) -> dict[str, Any]:
    return {"id": kind.identity(row), "title": kind.title(row), "version": kind.number(row)}


def version_form(version: Version) -> dict[str, Any]:
    return {
        "number": version.number, "at": version.at, "by": colleague(version.by), "active": version.active,
        "words": version.words, "may_return": version.may_return,
    }  # fmt: skip


def change_form(one: Change) -> dict[str, Any]:
    """Needs author and who decided at hand."""
    same = ("id", "kind", "thing", "title", "what", "why", "state", "created_at", "changed_at", "planned_for",
            "problem", "decided_at", "reason", "became")  # fmt: skip
    return {
        **{name: getattr(one, name) for name in same},
        "structured": one.values is not None,
        "author": colleague(one.author),
        "decided_by": colleague(one.decided_by),
    }
