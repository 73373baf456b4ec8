"""Replies, drafts and findings, as the API writes them."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from desk.actions.customers.masking import LONGEST_REASON, Eyes
from desk.actions.replies.drafts import LONGEST as LONGEST_TEXT
from desk.api.fields import MomentField
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.api.forms.reply_files import MediaSerializer, ReplyAttachmentSerializer, attachment_form
from desk.api.forms.tickets import EventSerializer
from desk.api.problems import ProblemSerializer
from desk.inboxes.words import told
from desk.replies.models import Draft, Reply
from desk.rulebooks.active import number_of
from policies.canned_actions import LONGEST_TAG, Do
from policies.findings import FixKind, Severity
from policies.length import UNITS
from policies.reply_states import State, possible_events

VISIBILITIES = tuple(Reply.Visibility.values)


class FixSerializer(serializers.Serializer[Any]):
    """What would mend it: put `text` for what stands from `start` to `end`, or send the same in private."""

    kind = serializers.ChoiceField(choices=tuple(FixKind))
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    text = serializers.CharField(allow_blank=True)
    attachment = serializers.IntegerField(
        required=False, help_text="The number, from 1, of the attachment that it is about."
    )


class FindingSerializer(serializers.Serializer[Any]):
    """What a rule says of the text from `start` to `end` (code points; both 0 where it is about the whole)."""

    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=tuple(Severity))
    message = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    params = serializers.DictField(help_text="What the message names.")
    fixes = FixSerializer(many=True, help_text="The best one first; none where only a person knows better words.")


class LengthSerializer(serializers.Serializer[Any]):
    used = serializers.IntegerField()
    limit = serializers.IntegerField()
    unit = serializers.ChoiceField(choices=UNITS)


class CheckedSerializer(serializers.Serializer[Any]):
    """All findings, gravest first, and the length as the network counts it, signature included."""

    findings = FindingSerializer(many=True)
    length = LengthSerializer()


class StagedActionSerializer(serializers.Serializer[Any]):
    """As the canned response offers it."""

    do = serializers.ChoiceField(choices=tuple(Do))
    value = serializers.CharField(max_length=LONGEST_TAG)


class ReplySerializer(serializers.Serializer[Reply]):
    """A reply on its way to the network."""

    id = serializers.IntegerField()
    ticket = serializers.IntegerField()
    author = ColleagueSerializer()
    state = serializers.ChoiceField(choices=tuple(State))
    visibility = serializers.ChoiceField(choices=VISIBILITIES)
    text = serializers.CharField()
    signed_text = serializers.CharField(help_text="As the network gets it.")
    idempotency_key = serializers.CharField()
    attachments = ReplyAttachmentSerializer(many=True, help_text="What goes along, in this order.")
    findings = FindingSerializer(many=True, help_text="What the rules said when it was last checked.")
    rulebook = serializers.IntegerField(
        help_text="The version of the rulebook that it was last checked under: of a sent one, the one it left under."
    )
    submitted_at = MomentField()
    scheduled_for = MomentField(allow_null=True, help_text="When its author wants it to leave; null: at once.")
    approval_asked = serializers.BooleanField(help_text="By its author, whatever the rules say.")
    next_attempt_at = MomentField(help_text="The end of the time to undo; later the next try or look-up.")
    attempts = serializers.IntegerField()
    sent_at = MomentField(allow_null=True)
    external_id = serializers.CharField(help_text="The network's id, once sent.")
    message = serializers.IntegerField(allow_null=True, help_text="The message that it became.")
    canned_response = serializers.IntegerField(allow_null=True, help_text="What its author began with.")
    canned_edited = serializers.BooleanField()
    staged = StagedActionSerializer(many=True)
    held_by = serializers.IntegerField(allow_null=True, help_text="The crisis whose gate held it last.")
    problem_code = serializers.CharField()
    problem = serializers.CharField(help_text="In plain words; empty where all is well.")
    possible = serializers.ListField(child=serializers.CharField(), help_text="What a person may do with it now.")


class SubmitSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(
        max_length=LONGEST_TEXT, trim_whitespace=False, allow_blank=True, help_text="Empty only beside an attachment."
    )
    visibility = serializers.ChoiceField(choices=VISIBILITIES, default=Reply.Visibility.PUBLIC)
    idempotency_key = serializers.CharField(
        max_length=100, help_text="Your own name for this reply: the same key again gives the same reply, sent once."
    )
    seen_event_id = serializers.IntegerField(
        min_value=0,
        max_value=2**63 - 1,
        required=False,
        allow_null=True,
        help_text="The newest timeline event that the writer saw; newer ones refuse the reply as stale.",
    )
    send_anyway = serializers.BooleanField(default=False, help_text="Do not refuse a stale reply.")
    canned_response_id = serializers.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        required=False,
        allow_null=True,
        help_text="The canned response that the text began as, counted once it is sent.",
    )
    canned_text = serializers.CharField(
        max_length=LONGEST_TEXT,
        trim_whitespace=False,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="What the canned response gave, to tell whether it was edited.",
    )
    attachment_ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        default=list,
        max_length=20,
        help_text="Files of your draft that go along, in this order (`tickets/{id}/attachments/`).",
    )
    staged = StagedActionSerializer(
        many=True, default=list, help_text="Actions of the canned response, done once the reply is on the network."
    )
    ask_approval = serializers.BooleanField(
        default=False, help_text="A colleague reads it first, whatever the rules say."
    )
    send_at = MomentField(
        required=False, allow_null=True, help_text="Leaves then: within 30 days, at a time at which the desk is open."
    )
    when_open = serializers.BooleanField(
        default=False, help_text="Leaves when the desk opens; at once while it is open."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["text"] and not attrs["attachment_ids"]:
            raise serializers.ValidationError({"text": _("Write something, or attach a file.")})
        return attrs


class UnmaskSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="Why you need to see it; kept for ever.")


class CheckSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=LONGEST_TEXT, trim_whitespace=False, allow_blank=True)
    visibility = serializers.ChoiceField(choices=VISIBILITIES, default=Reply.Visibility.PUBLIC)
    attachment_ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        default=list,
        max_length=20,
        help_text="Files of your draft that go along, in this order (`tickets/{id}/attachments/`).",
    )


class StaleSerializer(ProblemSerializer):
    """Where `code` is `stale`, `newer` holds what the writer has not seen."""

    newer = EventSerializer(many=True, required=False)


class BlockedSerializer(ProblemSerializer):
    """The rules do not let this text leave: `findings` say why."""

    findings = FindingSerializer(many=True)
    length = LengthSerializer()


class ChannelSerializer(serializers.Serializer[Any]):
    """One way to answer a ticket now, and why not where it is closed."""

    visibility = serializers.ChoiceField(choices=VISIBILITIES)
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, as the framework allows
    allowed = serializers.BooleanField()
    reason = serializers.CharField()
    closes_at = MomentField(allow_null=True, help_text="When the network's reply window ends.")
    length = serializers.SerializerMethodField()
    media = MediaSerializer(allow_null=True, help_text="What goes along; null: nothing.")
    replaces = serializers.IntegerField(
        source="replaces.pk", default=None, allow_null=True, help_text="The message of ours that would give way."
    )

    def get_length(self, channel: Any) -> dict[str, int | str]:
        return {"limit": channel.length.limit, "unit": channel.length.unit}


class DraftSerializer(serializers.Serializer[Draft]):
    """What the caller is writing; everybody has a draft of their own."""

    text = serializers.CharField()
    visibility = serializers.ChoiceField(choices=(*VISIBILITIES, "note"))
    seen_event_id = serializers.IntegerField()
    updated_at = MomentField()
    returned_because = serializers.CharField(help_text="Why a colleague rejected these words; usually empty.")
    attachments = serializers.SerializerMethodField()

    @extend_schema_field(ReplyAttachmentSerializer(many=True))
    def get_attachments(self, draft: Draft) -> Any:
        rows: Any = draft.attachments.all()
        return ReplyAttachmentSerializer(rows, many=True).data


class SaveDraftSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=LONGEST_TEXT, trim_whitespace=False, allow_blank=True)
    visibility = serializers.ChoiceField(choices=(*VISIBILITIES, "note"), default=Reply.Visibility.PUBLIC)
    seen_event_id = serializers.IntegerField(
        min_value=0,
        max_value=2**63 - 1,
        required=False,
        allow_null=True,
        help_text="The newest timeline event that the writer saw when beginning; without it, the newest that there is.",
    )


def reply_form(reply: Reply, eyes: Eyes) -> dict[str, Any]:
    """Needs the author at hand, and of many the attachments."""
    return {
        "id": reply.pk,
        "ticket": reply.ticket_id,
        "author": colleague(reply.author),
        "state": reply.state,
        "visibility": reply.visibility,
        "text": eyes.read(reply.text, by=reply.author_id),
        "signed_text": eyes.read(reply.signed_text, by=reply.author_id),
        "idempotency_key": reply.idempotency_key,
        "attachments": [attachment_form(row, eyes, reply.author_id) for row in reply.attachments.all()],
        "findings": reply.findings,
        "rulebook": number_of(reply.rulebook_version_id),
        "submitted_at": reply.submitted_at,
        "scheduled_for": reply.scheduled_for,
        "approval_asked": reply.approval_asked,
        "next_attempt_at": reply.next_attempt_at,
        "attempts": reply.attempts,
        "sent_at": reply.sent_at,
        "external_id": reply.external_id,
        "message": reply.message_id,
        "canned_response": reply.canned_response_id,
        "canned_edited": reply.canned_edited,
        "staged": reply.staged,
        "held_by": reply.held_by_id,
        "problem_code": reply.problem_code,
        "problem": told(reply.problem),
        "possible": [str(event) for event in possible_events(reply.state)],
    }
