"""Versions of the rulebook, as the API writes them."""

from typing import Any

from rest_framework import serializers

from desk.actions.replies.canned_suspended import Consequences
from desk.actions.replies.drafts import LONGEST as LONGEST_TEXT
from desk.actions.rulebooks.versions import LONGEST_REASON, LONGEST_SUMMARY
from desk.api.fields import IdField, MomentField
from desk.api.forms.canned import ObjectionSerializer
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.api.forms.replies import VISIBILITIES, FindingSerializer
from desk.automation.models import AutomationVersion
from desk.crises.models import CrisisPlanVersion
from desk.replies.models import CannedResponse
from desk.rulebooks.models import RulebookVersion
from policies.rulebook_diff import Change, ChangeKind
from policies.rulebook_examples import Failure
from policies.rulebook_states import Event, State, possible_events


class RulebookVersionSerializer(serializers.Serializer[RulebookVersion]):
    """One version without its document. Exactly one is active; what was active is never changed."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=tuple(State))
    summary = serializers.CharField(help_text="What is different, in the words of the author.")
    based_on = serializers.IntegerField(allow_null=True, help_text="The number of the version that it began as.")
    author = ColleagueSerializer(allow_null=True, help_text="Null: the desk began with it.")
    reviewer = ColleagueSerializer(allow_null=True)
    returned_because = serializers.CharField(help_text="Why the reviewer gave it back; empty where nobody did.")
    created_at = MomentField()
    changed_at = MomentField()
    submitted_at = MomentField(allow_null=True)
    activated_at = MomentField(allow_null=True)
    retired_at = MomentField(allow_null=True)
    possible = serializers.ListField(
        child=serializers.ChoiceField(choices=tuple(Event)), help_text="What can be done with it now."
    )


class WholeRulebookSerializer(RulebookVersionSerializer):
    """A version with its document, as `policies/README.md` describes it, all defaults written out."""

    document = serializers.DictField()


class PlainSectionSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    sentences = serializers.ListField(child=serializers.CharField())


class ActiveRulebookSerializer(WholeRulebookSerializer):
    """What holds now, also in plain language, in the caller's."""

    plain = PlainSectionSerializer(many=True)


class WriteRulebookSerializer(serializers.Serializer[Any]):
    """Without a document the draft begins as the active version."""

    document = serializers.DictField(required=False)
    summary = serializers.CharField(max_length=LONGEST_SUMMARY, allow_blank=True, default="")


class ChangeRulebookSerializer(serializers.Serializer[Any]):
    """`seen` is the `changed_at` that you began from: a 409 `stale` where somebody changed the draft since."""

    document = serializers.DictField()
    summary = serializers.CharField(max_length=LONGEST_SUMMARY, allow_blank=True, required=False)
    seen = MomentField(required=False)


class GiveBackSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_REASON)


class SinceQuery(serializers.Serializer[Any]):
    since = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, required=False, help_text="A version; without it the one it began as."
    )


class ChangeSerializer(serializers.Serializer[Change]):
    """One difference between two versions; `said` is it in the caller's language."""

    path = serializers.CharField()
    kind = serializers.ChoiceField(choices=tuple(ChangeKind))
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)
    said = serializers.CharField()


class FailureSerializer(serializers.Serializer[Failure]):
    """An example of the version that gives other findings than it must."""

    number = serializers.IntegerField(help_text="Its place among the examples, from 0.")
    text = serializers.CharField()
    missing = serializers.ListField(child=serializers.CharField())
    unexpected = FindingSerializer(many=True)


class NamedCannedSerializer(serializers.Serializer[CannedResponse]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    shortcut = serializers.CharField()


class BrokenCannedSerializer(NamedCannedSerializer):
    """One that is on offer, and what the version has against it."""

    objections = ObjectionSerializer(many=True)


class BroughtSerializer(serializers.Serializer[Any]):
    """A template that the version brings. `objections` keep the version from being switched on."""

    shortcut = serializers.CharField()
    name = serializers.CharField()
    canned_response = IdField(allow_null=True, help_text="The one whose place it takes; null for a new one.")
    objections = ObjectionSerializer(many=True)


class ConsequencesSerializer(serializers.Serializer[Consequences]):
    """What leaves the offer when the version is switched on, and what comes back."""

    suspended = BrokenCannedSerializer(many=True)
    restored = NamedCannedSerializer(many=True)
    brought = BroughtSerializer(many=True)


class TrySerializer(serializers.Serializer[Any]):
    """A reply that nobody sends: what would this version say of it?"""

    text = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, trim_whitespace=False)
    network = serializers.CharField(max_length=40)
    visibility = serializers.ChoiceField(choices=VISIBILITIES, default="public")
    language = serializers.CharField(
        max_length=5, allow_blank=True, default="", help_text="The customer's; empty: nobody knows."
    )
    brand = serializers.CharField(max_length=80, allow_blank=True, default="")
    team = serializers.CharField(max_length=80, allow_blank=True, default="")
    rating = serializers.IntegerField(
        min_value=0, max_value=5, default=0, help_text="Stars of the review that is answered; 0: it is none."
    )
    crisis_level = serializers.IntegerField(min_value=0, max_value=3, default=0)


def version_form(version: RulebookVersion | CrisisPlanVersion | AutomationVersion) -> dict[str, Any]:
    """Needs author, reviewer and what it is based on at hand."""
    return {
        "number": version.number,
        "state": version.state,
        "summary": version.summary,
        "based_on": version.based_on.number if version.based_on else None,
        "author": colleague(version.author),
        "reviewer": colleague(version.reviewer),
        "returned_because": version.returned_because,
        "created_at": version.created_at,
        "changed_at": version.changed_at,
        "submitted_at": version.submitted_at,
        "activated_at": version.activated_at,
        "retired_at": version.retired_at,
        "possible": [str(event) for event in possible_events(version.state)],
    }


def whole_form(version: RulebookVersion) -> dict[str, Any]:
    return version_form(version) | {"document": version.document}


def consequences_form(found: Consequences) -> dict[str, Any]:
    return {
        "suspended": [
            {**_named(one.canned), "objections": ObjectionSerializer(one.objections, many=True).data}
            for one in found.suspended
        ],
        "restored": [_named(one) for one in found.restored],
        "brought": [
            {
                "shortcut": one.template.key,
                "name": one.template.name,
                "canned_response": one.known.pk if one.known else None,
                "objections": ObjectionSerializer(one.objections, many=True).data,
            }
            for one in found.brought
        ],
    }


def _named(canned: CannedResponse) -> dict[str, Any]:
    return {"id": canned.pk, "name": canned.name, "shortcut": canned.shortcut}
