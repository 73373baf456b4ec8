"""What goes along with replies, as the API writes it."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from desk.actions.customers.masking import Eyes
from desk.actions.replies.reply_files import LONGEST_ALT, MOST
from desk.api.fields import IdField, MomentField
from desk.replies.models import Reply, ReplyAttachment


class ReplyAttachmentSerializer(serializers.Serializer[ReplyAttachment]):
    """A file of the desk's own; its bytes are at `reply-attachments/{id}/file/`."""

    id = serializers.IntegerField()
    name = serializers.CharField(help_text="As its author knows it; the network is told another.")
    kind = serializers.ChoiceField(choices=("image", "video", "file"))
    content_type = serializers.CharField(help_text="By its own bytes, whatever was claimed.")
    size = serializers.IntegerField(help_text="Bytes, without what said who made it where.")
    width = serializers.IntegerField(help_text="Pixels; 0 where it is no picture.")
    height = serializers.IntegerField()
    alt_text = serializers.CharField(help_text="For whoever can't see it.")
    captions = serializers.CharField(help_text="WebVTT of a film, for whoever can't hear it.")
    captions_language = serializers.CharField()
    created_at = MomentField()


class FileSerializer(serializers.Serializer[Any]):
    """A file and what it shows."""

    file = serializers.FileField(allow_empty_file=False, max_length=1_000)
    alt_text = serializers.CharField(
        max_length=LONGEST_ALT, default="", allow_blank=True, help_text="What it shows, for whoever can't see it."
    )


class AttachSerializer(FileSerializer):
    """A file for your draft on this ticket, which begins with it where there is none."""

    visibility = serializers.ChoiceField(
        choices=(*Reply.Visibility.values, "note"), default=Reply.Visibility.PUBLIC, help_text="Of a new draft."
    )
    seen_event_id = serializers.IntegerField(
        min_value=0, max_value=2**63 - 1, required=False, allow_null=True, help_text="As with a draft."
    )


class DescribeSerializer(serializers.Serializer[Any]):
    alt_text = serializers.CharField(max_length=LONGEST_ALT, allow_blank=True)


class CaptionSerializer(serializers.Serializer[Any]):
    """Captions of a film."""

    file = serializers.FileField(allow_empty_file=True, max_length=1_000, help_text="SubRip or WebVTT in UTF-8.")
    language = serializers.ChoiceField(choices=[code for code, _name in settings.LANGUAGES])


class IntoDraftSerializer(serializers.Serializer[Any]):
    visibility = serializers.ChoiceField(
        choices=Reply.Visibility.values, default=Reply.Visibility.PUBLIC, help_text="Of a new draft."
    )


class AttachmentOrderSerializer(serializers.Serializer[Any]):
    attachment_ids = serializers.ListField(
        child=IdField(), max_length=MOST, help_text="As they go out; what is not named comes behind."
    )


class MediaSerializer(serializers.Serializer[Any]):
    """What the network takes along with one message."""

    most = serializers.IntegerField(help_text="Files.")
    max_bytes = serializers.DictField(child=serializers.IntegerField(), help_text="By content type.")
    longest_alt = serializers.IntegerField(help_text="Characters of description; 0: it keeps none.")
    alone = serializers.ListField(child=serializers.CharField(), help_text="Content types that take nothing beside.")
    captions = serializers.IntegerField(help_text="Bytes of captions kept with a film; 0: none.")


def attachment_form(row: ReplyAttachment, eyes: Eyes, by: int | None = None) -> dict[str, Any]:
    """`by`: whose reply or draft it belongs to."""
    names = ("id", "name", "kind", "content_type", "size", "width", "height", "created_at", "captions_language")
    words = {"alt_text": eyes.read(row.alt_text, by=by), "captions": eyes.read(row.captions, by=by)}
    return {**{name: getattr(row, name) for name in names}, **words}
