"""Canned responses, as the API writes them."""

from typing import Any

from rest_framework import serializers

from desk.actions.replies.canned import MOST_INBOXES
from desk.actions.replies.canned_use import DAYS, MOST_DAYS
from desk.actions.replies.offers import Offer
from desk.api.fields import IdField, MomentField
from desk.api.forms.people import ColleagueSerializer, TeamSerializer, colleague
from desk.api.forms.replies import VISIBILITIES
from desk.api.paging import PageQuery
from desk.api.problems import ProblemSerializer
from desk.replies.canned_list import WHAT
from desk.replies.models import CannedResponse
from policies.canned_actions import LONGEST_TAG, Do
from policies.canned_form import LONGEST, LONGEST_CHOICE, LONGEST_LABEL, MOST_CHOICES
from policies.canned_states import State, possible_events
from policies.canned_text import LONGEST_NAME
from policies.canned_variables import LONGEST_VALUE, USUAL_LONGEST, Type
from policies.findings import Severity
from policies.language import LANGUAGES
from policies.length import UNITS

KINDS = tuple(CannedResponse.Kind.values)
STAGES = ("", *CannedResponse.Stage.values)


class CannedTextSerializer(serializers.Serializer[Any]):
    """One text: words, `{{variable}}`, and `{{#if variable}}…{{else}}…{{/if}}`."""

    language = serializers.ChoiceField(choices=LANGUAGES)
    network = serializers.CharField(
        max_length=40, allow_blank=True, default="", help_text="Empty: for every network without a text of its own."
    )
    text = serializers.CharField(max_length=LONGEST)


class VariableSerializer(serializers.Serializer[Any]):
    """A variable of one's own, or what differs for `customer`, `agent`, `company`, `ticket`, `reference` or
    `opening_hours`, which the desk fills in."""

    name = serializers.CharField(max_length=LONGEST_NAME, help_text="Small letters, digits and _.")
    type = serializers.ChoiceField(choices=tuple(Type), default=Type.TEXT)
    label = serializers.CharField(  # type: ignore[assignment]  # a field of this name, as the framework allows
        max_length=LONGEST_LABEL, allow_blank=True, default="", help_text="What the agent is asked for."
    )
    default = serializers.CharField(max_length=LONGEST_VALUE, allow_blank=True, default="")
    required = serializers.BooleanField(  # type: ignore[assignment]  # a field of this name, as the framework allows
        default=False, help_text="Ask the agent where nothing is known and there is no default."
    )
    choices = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_CHOICE), max_length=MOST_CHOICES, default=list
    )
    longest = serializers.IntegerField(
        min_value=1, max_value=LONGEST_VALUE, default=USUAL_LONGEST, help_text="Characters that a text may take."
    )


class ActionSerializer(serializers.Serializer[Any]):
    """`tag` with its name, `team` with its number, `owner` with `me` (who sends), `state` with an event of tickets."""

    do = serializers.ChoiceField(choices=tuple(Do))
    value = serializers.CharField(max_length=LONGEST_TAG)


class StagedSerializer(ActionSerializer):
    words = serializers.CharField(help_text="What to show before it is done.")


class CannedResponseSerializer(serializers.Serializer[CannedResponse]):
    """A text to start from, by language and network."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    shortcut = serializers.CharField()
    texts = CannedTextSerializer(many=True)
    fallback = serializers.ChoiceField(choices=LANGUAGES, help_text="For customers in whose language there is no text.")
    variables = VariableSerializer(many=True)
    actions = ActionSerializer(many=True, help_text="What is done to the ticket once the reply is sent.")
    kind = serializers.ChoiceField(choices=KINDS)
    scenario = serializers.CharField(help_text="Of a holding statement: what it is about.")
    stage = serializers.ChoiceField(choices=STAGES, help_text="How far the crisis is; empty: any.")
    approved_by = ColleagueSerializer(allow_null=True, help_text="Of a holding statement: who agrees with its words.")
    approved_at = MomentField(allow_null=True)
    state = serializers.ChoiceField(choices=tuple(State))
    possible = serializers.ListField(child=serializers.CharField(), help_text="What can be done with it now.")
    team = TeamSerializer(allow_null=True)
    visibility = serializers.ChoiceField(choices=("", *VISIBILITIES), help_text="Empty: for both.")
    networks = serializers.ListField(child=serializers.CharField(), help_text="Empty: for all.")
    inboxes = serializers.ListField(child=serializers.IntegerField(), help_text="Empty: for all.")
    owner = ColleagueSerializer(allow_null=True, help_text="Who answers for its words, and is told on `review_on`.")
    expires_on = serializers.DateField(allow_null=True, help_text="The last day on which it is offered.")
    review_on = serializers.DateField(allow_null=True)
    times_used = serializers.IntegerField(help_text="Replies that were sent.")
    times_edited = serializers.IntegerField(help_text="Of those, after the agent had changed the words.")
    updated_at = MomentField()
    suspended_at = MomentField(
        allow_null=True, help_text="Since when it breaks the rulebook and is not offered; null where it does not."
    )


class SayingSerializer(serializers.Serializer[Any]):
    """What a canned response says, and where it may go."""

    texts = CannedTextSerializer(many=True)
    fallback = serializers.ChoiceField(choices=LANGUAGES, default="nl")
    variables = VariableSerializer(many=True, default=list)
    visibility = serializers.ChoiceField(choices=VISIBILITIES, allow_blank=True, default="")
    networks = serializers.ListField(child=serializers.CharField(max_length=40), max_length=50, default=list)
    inboxes = serializers.ListField(child=IdField(), max_length=MOST_INBOXES, default=list)
    team = IdField(allow_null=True, default=None)


class WriteCannedResponseSerializer(SayingSerializer):
    """A draft; `activate/` puts it on offer."""

    name = serializers.CharField(max_length=80)
    shortcut = serializers.SlugField(max_length=30)
    actions = ActionSerializer(many=True, default=list)
    kind = serializers.ChoiceField(choices=KINDS, default=CannedResponse.Kind.RESPONSE)
    scenario = serializers.CharField(max_length=60, default="", allow_blank=True)
    stage = serializers.ChoiceField(choices=STAGES, default="", allow_blank=True)
    owner = IdField(allow_null=True, required=False, help_text="The caller where nobody is named.")
    expires_on = serializers.DateField(allow_null=True, default=None)
    review_on = serializers.DateField(allow_null=True, default=None)


class ChangeCannedResponseSerializer(serializers.Serializer[Any]):
    """What is left out stays."""

    name = serializers.CharField(max_length=80, required=False)
    shortcut = serializers.SlugField(max_length=30, required=False)
    actions = ActionSerializer(many=True, required=False)
    kind = serializers.ChoiceField(choices=KINDS, required=False)
    scenario = serializers.CharField(max_length=60, required=False, allow_blank=True)
    stage = serializers.ChoiceField(choices=STAGES, required=False, allow_blank=True)
    texts = CannedTextSerializer(many=True, required=False)
    fallback = serializers.ChoiceField(choices=LANGUAGES, required=False)
    variables = VariableSerializer(many=True, required=False)
    team = IdField(allow_null=True, required=False)
    visibility = serializers.ChoiceField(choices=VISIBILITIES, allow_blank=True, required=False)
    networks = serializers.ListField(child=serializers.CharField(max_length=40), max_length=50, required=False)
    inboxes = serializers.ListField(child=IdField(), max_length=MOST_INBOXES, required=False)
    owner = IdField(allow_null=True, required=False)
    expires_on = serializers.DateField(allow_null=True, required=False)
    review_on = serializers.DateField(allow_null=True, required=False)


class CannedQuery(PageQuery):
    q = serializers.CharField(
        max_length=100, default="", allow_blank=True, help_text="How words begin in name, shortcut or texts."
    )
    state = serializers.ChoiceField(choices=tuple(State), default="", allow_blank=True)
    kind = serializers.ChoiceField(choices=KINDS, default="", allow_blank=True)
    network = serializers.CharField(max_length=40, default="", allow_blank=True, help_text="Those that may go there.")
    team = IdField(required=False, allow_null=True, default=None)
    owner = IdField(required=False, allow_null=True, default=None)
    due = serializers.ChoiceField(
        choices=WHAT,
        default="",
        allow_blank=True,
        help_text="`review`: its day has come; `expired`: its last day is over.",
    )


class FitSerializer(serializers.Serializer[Any]):
    """How long a text can become in one place, with the longest plausible values and signature."""

    language = serializers.CharField()
    network = serializers.CharField()
    visibility = serializers.ChoiceField(choices=VISIBILITIES)
    used = serializers.IntegerField()
    limit = serializers.IntegerField()
    unit = serializers.ChoiceField(choices=UNITS)
    too_long = serializers.BooleanField()


class SampleSerializer(serializers.Serializer[Any]):
    """One of its texts as a customer might read it, and without what the desk may not know."""

    language = serializers.CharField()
    network = serializers.CharField()
    text = serializers.CharField()
    without = serializers.CharField()


class ObjectionSerializer(serializers.Serializer[Any]):
    """What a rule of the active rulebook has against text `number` (from 0), in the first place where it has."""

    number = serializers.IntegerField()
    language = serializers.CharField()
    network = serializers.CharField()
    visibility = serializers.ChoiceField(choices=VISIBILITIES)
    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=tuple(Severity))
    message = serializers.CharField()


class CannedPreviewSerializer(serializers.Serializer[Any]):
    """`blocked`: it can't be activated before what blocks is changed."""

    samples = SampleSerializer(many=True)
    lengths = FitSerializer(many=True)
    objections = ObjectionSerializer(many=True)
    blocked = serializers.BooleanField()


class CannedBlockedSerializer(ProblemSerializer):
    """The rules do not let this be offered: `objections` say why."""

    objections = ObjectionSerializer(many=True)


class OfferQuery(serializers.Serializer[Any]):
    visibility = serializers.ChoiceField(choices=VISIBILITIES, default="public")
    q = serializers.CharField(
        max_length=100,
        required=False,
        default="",
        allow_blank=True,
        help_text="A part of its name or shortcut, or how words begin that it says.",
    )


class QuestionSerializer(serializers.Serializer[Any]):
    """A variable to ask the agent for; `value` is what stands there already."""

    name = serializers.CharField()
    type = serializers.ChoiceField(choices=tuple(Type))
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, as the framework allows
    required = serializers.BooleanField()  # type: ignore[assignment]  # a field of this name, as the framework allows
    choices = serializers.ListField(child=serializers.CharField())
    value = serializers.CharField()


class OfferSerializer(serializers.Serializer[Any]):
    """A canned response for one ticket. Send its id along as `canned_response_id`.

    Where `asks` is not empty, get its text from `fill/` with values for what is asked.
    """

    id = serializers.IntegerField()
    name = serializers.CharField()
    shortcut = serializers.CharField()
    text = serializers.CharField()
    language = serializers.CharField()
    fell_back = serializers.BooleanField(help_text="There is no text in the customer's language; this is another one.")
    suggested = serializers.BooleanField(
        help_text="It was sent to others who said the like. These come first where `q` is empty."
    )
    asks = QuestionSerializer(many=True)
    staged = StagedSerializer(many=True, help_text="Send along as `staged` what of it should be done.")
    files = serializers.IntegerField(help_text="How many go along: `attach/` puts them into your draft.")


class StatisticsQuery(serializers.Serializer[Any]):
    days = serializers.IntegerField(default=DAYS, min_value=1, max_value=MOST_DAYS)


class StatisticsSerializer(serializers.Serializer[Any]):
    """What came of it in the last `days`: replies that were sent, those whose words the agent changed, and those after
    which the customer wrote again."""

    days = serializers.IntegerField()
    used = serializers.IntegerField()
    edited = serializers.IntegerField()
    answered_back = serializers.IntegerField()
    last_used_at = MomentField(allow_null=True)


class FillSerializer(serializers.Serializer[Any]):
    visibility = serializers.ChoiceField(choices=VISIBILITIES, default="public")
    values = serializers.DictField(
        child=serializers.CharField(max_length=LONGEST_VALUE, allow_blank=True), default=dict
    )


def canned_form(canned: CannedResponse) -> dict[str, Any]:
    """Needs team, owner and inboxes at hand."""
    return {
        "id": canned.pk,
        "name": canned.name,
        "shortcut": canned.shortcut,
        "kind": canned.kind,
        "scenario": canned.scenario,
        "stage": canned.stage,
        "approved_by": colleague(canned.approved_by),
        "approved_at": canned.approved_at,
        "state": canned.state,
        "possible": [str(event) for event in possible_events(canned.state)],
        "texts": canned.texts,
        "fallback": canned.fallback,
        "variables": canned.variables,
        "actions": canned.actions,
        "team": TeamSerializer(canned.team).data if canned.team else None,
        "visibility": canned.visibility,
        "networks": canned.networks,
        "inboxes": sorted(one.pk for one in canned.inboxes.all()),
        "owner": colleague(canned.owner),
        "expires_on": canned.expires_on,
        "review_on": canned.review_on,
        "times_used": canned.times_used,
        "times_edited": canned.times_edited,
        "updated_at": canned.updated_at,
        "suspended_at": canned.suspended_at,
    }


def offer_form(offer: Offer) -> dict[str, Any]:
    return {
        "id": offer.id,
        "name": offer.name,
        "shortcut": offer.shortcut,
        "text": offer.text,
        "language": offer.language,
        "fell_back": offer.fell_back,
        "suggested": offer.suggested,
        "files": offer.files,
        "staged": [{**one.as_json(), "words": words} for one, words in zip(offer.actions, offer.stages, strict=True)],
        "asks": [
            {
                "name": one.variable.name,
                "type": str(one.variable.type),
                "label": one.variable.question,
                "required": one.variable.required,
                "choices": list(one.variable.choices),
                "value": one.value,
            }
            for one in offer.asks
        ],
    }
