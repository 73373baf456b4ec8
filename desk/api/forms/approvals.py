"""Requests for approval, as the API writes them."""

from typing import Any

from rest_framework import serializers

from desk.actions.customers.masking import Eyes
from desk.actions.replies.approval import LONGEST_REASON
from desk.actions.replies.drafts import LONGEST
from desk.actions.replies.reply_files import LONGEST_ALT, MOST
from desk.api.fields import IdField, MomentField
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.api.forms.replies import ReplySerializer, reply_form
from desk.api.paging import PageQuery
from desk.people.models import User
from desk.replies.approvals import may_decide
from desk.replies.models import Approval
from policies.approval_states import State


class ApprovalSerializer(serializers.Serializer[Approval]):
    """A colleague's word on exactly these words of a reply."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=tuple(State))
    reply = ReplySerializer()
    codes = serializers.ListField(
        child=serializers.CharField(), help_text="Why: codes of rules, `approval.asked` where the author wished it."
    )
    text = serializers.CharField(help_text="As it was asked for.")
    approved_text = serializers.CharField(help_text="As it may leave; empty until it is approved.")
    requested_at = MomentField()
    due_at = MomentField(help_text="Counted in opening time.")
    deputy_at = MomentField(help_text="When everybody who may approve is asked as well, also who is not on duty.")
    decided_by = ColleagueSerializer(allow_null=True)
    decided_at = MomentField(allow_null=True)
    reason = serializers.CharField(help_text="Why it was rejected.")
    may_decide = serializers.BooleanField(help_text="Nobody decides about their own words.")


class ApprovalQuery(PageQuery):
    state = serializers.ChoiceField(choices=tuple(State), default=State.WAITING)


class DescribedSerializer(serializers.Serializer[Any]):
    """A file of the reply with another description."""

    id = IdField()
    alt_text = serializers.CharField(max_length=LONGEST_ALT, allow_blank=True)


class ApproveSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(
        max_length=LONGEST, trim_whitespace=False, required=False, help_text="Other words, where you edit it."
    )
    descriptions = DescribedSerializer(
        many=True, required=False, help_text="Other descriptions of its files; the rest keep theirs."
    )
    take_off = serializers.ListField(
        child=IdField(), max_length=MOST, required=False, help_text="Files that do not go along; they are deleted."
    )
    approval_id = IdField(required=False, help_text="The request that you read: refused where it was asked anew since.")


class RejectSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_REASON)
    approval_id = IdField(required=False, help_text="The request that you read: refused where it was asked anew since.")


def approval_form(approval: Approval, reader: User, eyes: Eyes) -> dict[str, Any]:
    """Needs the reply with its author, and who decided, at hand."""
    return {
        "id": approval.pk,
        "state": approval.state,
        "reply": reply_form(approval.reply, eyes),
        "codes": approval.codes,
        "text": eyes.read(approval.text, by=approval.reply.author_id),
        "approved_text": eyes.read(approval.approved_text, by=approval.reply.author_id),
        "requested_at": approval.requested_at,
        "due_at": approval.due_at,
        "deputy_at": approval.deputy_at,
        "decided_by": colleague(approval.decided_by) if approval.decided_by else None,
        "decided_at": approval.decided_at,
        "reason": approval.reason,
        "may_decide": approval.state == State.WAITING and may_decide(reader, approval),
    }
