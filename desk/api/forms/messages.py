"""Messages, as the API writes them: plain dicts, as `tickets.py` does and for the same reason."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from desk.actions.customers.masking import Eyes
from desk.api.fields import MomentField
from desk.api.forms.people import ColleagueSerializer, colleague
from desk.tickets.doubts import DOUBTS
from desk.tickets.models import Attachment, Message, MessageVersion, Profile


class AuthorSerializer(serializers.Serializer[Profile]):
    """Whose account wrote it."""

    customer = serializers.IntegerField(help_text="The customer's id.")
    external_id = serializers.CharField()
    handle = serializers.CharField()
    name = serializers.CharField()
    followers = serializers.IntegerField(allow_null=True)
    verified = serializers.BooleanField()


class VersionSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    rating = serializers.IntegerField(allow_null=True)
    replaced_at = MomentField()


class AttachmentSerializer(serializers.Serializer[Attachment]):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    alt_text = serializers.CharField()
    state = serializers.ChoiceField(choices=Attachment.State.values)
    reason = serializers.CharField(help_text="Why it was refused.")
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")


class MessageSerializer(serializers.Serializer[Message]):
    """A message as it reads now, ours or theirs. Earlier wordings are `versions`.

    Without the permission `see_personal_data` whatever is personal reads as asterisks, here and in every other text.
    Of a deleted one (`deleted_at`) text, versions and attachments are empty; `messages/{id}/deleted/` shows them.
    """

    id = serializers.IntegerField()
    external_id = serializers.CharField()
    parent_external_id = serializers.CharField(help_text="The network's id of what it answers.")
    quotes_external_id = serializers.CharField(help_text="The network's id of the post that it quotes or shares.")
    direction = serializers.ChoiceField(choices=("incoming", "outgoing"))
    kind = serializers.CharField()
    ticket = serializers.IntegerField(allow_null=True, help_text="Null for a post that is context.")
    author = AuthorSerializer(allow_null=True, help_text="Null where it is ours, or the network names nobody.")
    sender = ColleagueSerializer(allow_null=True, help_text="Our colleague, where known.")
    reply = serializers.IntegerField(allow_null=True, help_text="The reply that became this message.")
    private = serializers.BooleanField()
    text = serializers.CharField()
    masked = serializers.BooleanField(help_text="Something in it is masked; `messages/{id}/unmask/` shows it.")
    language = serializers.CharField()
    url = serializers.CharField()
    created_at = MomentField()
    received_at = MomentField()
    edited_at = MomentField(allow_null=True)
    deleted_at = MomentField(allow_null=True)
    erased_at = MomentField(allow_null=True, help_text="When its words were, by request or by their age.")
    versions = VersionSerializer(many=True)
    attachments = AttachmentSerializer(many=True)
    doubt = serializers.ChoiceField(
        choices=["", *DOUBTS], help_text="Why its author may be somebody else: sender, sender_failed, automatic, link."
    )
    hidden = serializers.BooleanField()
    liked = serializers.BooleanField()
    rating = serializers.IntegerField(allow_null=True, help_text="Stars of a review, 1 to 5.")
    about = serializers.DictField(
        child=serializers.CharField(),
        help_text="Of a review what the network tells beside it: `app_version`, `device`, `system`, `country`, `place`,"
        " `recommends`; of a post how it is marked there: `labels`;"
        " of an answer to one where it stands: `publication` (pending, published, refused).",
    )
    reactions = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="How many people reacted with which emoji; `messages/{id}/reactions/` says who.",
    )


class SetAsideSerializer(MessageSerializer):
    """Mail that a machine wrote: a message without a ticket."""

    conversation_ticket = serializers.IntegerField(
        allow_null=True, help_text="The ticket of the conversation that it came into."
    )


def message_form(message: Message, eyes: Eyes, *, deleted_too: bool = False, unmasked: bool = False) -> dict[str, Any]:
    """Needs profile, sender, reply, versions and attachments at hand. A deleted message is a tombstone."""
    profile = message.profile
    told = deleted_too or message.deleted_at is None

    def read(text: str) -> str:
        return text if unmasked else eyes.read(text, by=message.sender_id)

    reply = getattr(message, "reply", None)
    return {
        "id": message.pk,
        "external_id": message.external_id,
        "parent_external_id": message.parent_id,
        "quotes_external_id": message.quotes,
        "direction": "outgoing" if message.outgoing else "incoming",
        "kind": message.kind,
        "ticket": message.ticket_id,
        "author": _author(profile) if profile else None,
        "sender": colleague(message.sender),
        "reply": reply.pk if reply else None,
        "private": message.private,
        "text": read(message.text) if told else "",
        "masked": told and any(read(words) != words for words in _words_of(message)),
        "language": message.language,
        "url": message.url,
        "created_at": message.created_at,
        "received_at": message.received_at,
        "edited_at": message.edited_at,
        "deleted_at": message.deleted_at,
        "erased_at": message.erased_at,
        "versions": [_version(old, read) for old in message.versions.all()] if told else [],
        "attachments": [_attachment(attachment, read) for attachment in message.attachments.all()] if told else [],
        "doubt": message.doubt,
        "hidden": message.hidden,
        "liked": message.liked,
        "rating": message.rating,
        "about": message.about or {},
        "reactions": message.reaction_counts or {},
    }


def set_aside_form(message: Message, eyes: Eyes) -> dict[str, Any]:
    """Needs the conversation at hand, beside what `message_form` does."""
    return {**message_form(message, eyes), "conversation_ticket": message.conversation.current_ticket_id}


def _words_of(message: Message) -> list[str]:
    versions = [old.text for old in message.versions.all()]
    return [message.text, *versions, *(attachment.alt_text for attachment in message.attachments.all())]


def _author(profile: Profile) -> dict[str, Any]:
    return {
        "customer": profile.customer_id,
        "external_id": profile.external_id,
        "handle": profile.handle,
        "name": profile.name,
        "followers": profile.followers,
        "verified": profile.verified,
    }


def _version(old: MessageVersion, read: Callable[[str], str]) -> dict[str, Any]:
    return {"text": read(old.text), "rating": old.rating, "replaced_at": old.replaced_at}


def _attachment(attachment: Attachment, read: Callable[[str], str]) -> dict[str, Any]:
    return {
        "id": attachment.pk,
        "kind": attachment.kind,
        "alt_text": read(attachment.alt_text),
        "state": attachment.state,
        "reason": _(attachment.reason) if attachment.reason else "",
        "content_type": attachment.content_type,
        "size": attachment.size,
    }
