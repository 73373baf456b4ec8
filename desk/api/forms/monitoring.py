"""What saved searches found, as the API writes it."""

from typing import Any

from rest_framework import serializers

from desk.actions.customers.masking import Eyes
from desk.api.fields import MomentField
from desk.tickets.models import Message


class FoundPostSerializer(serializers.Serializer[Any]):
    """A post of somebody who did not call the account."""

    id = serializers.IntegerField()
    inbox = serializers.IntegerField()
    network = serializers.CharField()
    author = serializers.CharField(help_text="The handle.")
    followers = serializers.IntegerField(allow_null=True)
    text = serializers.CharField(help_text="Masked for whoever may not see personal data.")
    language = serializers.CharField()
    url = serializers.CharField(help_text="Where a person reads and answers it.")
    reply_allowed = serializers.BooleanField(help_text="False: the network lets nobody be answered unasked.")
    created_at = MomentField(help_text="By the network.")


def found_form(message: Message, eyes: Eyes) -> dict[str, Any]:
    """Needs its profile and its inbox at hand."""
    author = message.profile
    return {
        "id": message.pk,
        "inbox": message.inbox_id,
        "network": message.inbox.network,
        "author": author.handle if author else "",
        "followers": author.followers if author else None,
        "text": eyes.read(message.text),
        "language": message.language,
        "url": message.url,
        "reply_allowed": message.reply_allowed,
        "created_at": message.created_at,
    }
