"""The same words elsewhere, as the API writes them."""

from typing import Any

from rest_framework import serializers

from desk.actions.customers.masking import Eyes
from desk.actions.intake.cross_posts import CrossPost
from desk.api.fields import MomentField
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.api.forms.tickets import STATES


class CrossPostSerializer(serializers.Serializer[Any]):
    ticket = serializers.IntegerField()
    network = serializers.CharField()
    status = serializers.ChoiceField(choices=STATES)
    assignee = ColleagueSerializer(allow_null=True, help_text="Who answers it there.")
    message = serializers.IntegerField()
    text = serializers.CharField(help_text="What was said there first.")
    url = serializers.CharField()
    created_at = MomentField()


def cross_post_form(one: CrossPost, eyes: Eyes) -> dict[str, Any]:
    return {
        "ticket": one.ticket.pk,
        "network": one.ticket.inbox.network,
        "status": one.ticket.state,
        "assignee": colleague(one.ticket.assignee),
        "message": one.said.pk,
        "text": eyes.read(one.said.text),
        "url": one.said.url,
        "created_at": one.said.created_at,
    }
