"""What goes along with replies, as the API writes it."""

from typing import Any

from rest_framework import serializers

from desk.actions.masking import Eyes
from desk.actions.reply_files import LONGEST_ALT
from desk.api.fields import MomentField
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
    created_at = MomentField()


class AttachSerializer(serializers.Serializer[Any]):
    """A file for your draft on this ticket, which begins with it where there is none."""

    file = serializers.FileField(allow_empty_file=False, max_length=1_000)
    alt_text = serializers.CharField(
        max_length=LONGEST_ALT, default="", allow_blank=True, help_text="What it shows, for whoever can't see it."
    )
    visibility = serializers.ChoiceField(
        choices=(*Reply.Visibility.values, "note"), default=Reply.Visibility.PUBLIC, help_text="Of a new draft."
    )
    seen_event_id = serializers.IntegerField(
        min_value=0, max_value=2**63 - 1, required=False, allow_null=True, help_text="As with a draft."
    )


class DescribeSerializer(serializers.Serializer[Any]):
    alt_text = serializers.CharField(max_length=LONGEST_ALT, allow_blank=True)


class MediaSerializer(serializers.Serializer[Any]):
    """What the network takes along with one message."""

    most = serializers.IntegerField(help_text="Files.")
    max_bytes = serializers.DictField(child=serializers.IntegerField(), help_text="By content type.")
    longest_alt = serializers.IntegerField(help_text="Characters of description; 0: it keeps none.")


def attachment_form(row: ReplyAttachment, eyes: Eyes, by: int | None = None) -> dict[str, Any]:
    """`by`: whose reply or draft it belongs to."""
    names = ("id", "name", "kind", "content_type", "size", "width", "height", "created_at")
    return {**{name: getattr(row, name) for name in names}, "alt_text": eyes.read(row.alt_text, by=by)}
