"""Files of colleagues that go along with a word, as the API takes and writes them."""

from typing import Any

from rest_framework import serializers

from desk.actions.customers.masking import Eyes
from desk.api.fields import MomentField
from desk.common.files import LARGEST, MOST, Handed, KeptFile


class KeptFileSerializer(serializers.Serializer[KeptFile]):
    """A file that went along with a word."""

    id = serializers.IntegerField()
    name = serializers.CharField(help_text="As its author knows it.")
    kind = serializers.ChoiceField(choices=("image", "video", "file"))
    content_type = serializers.CharField(help_text="By its own bytes, whatever was claimed.")
    size = serializers.IntegerField(help_text="Bytes, without what said who made it where.")
    width = serializers.IntegerField(help_text="Pixels; 0 where it is no picture.")
    height = serializers.IntegerField()
    created_at = MomentField()


class WithFilesSerializer(serializers.Serializer[Any]):
    """A form with files: at most five, of 10 MB each."""

    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=False, max_length=1_000), min_length=1, max_length=MOST
    )


def left_out_field() -> serializers.ListField:
    """Beside the files of what may have come by mail."""
    words = "Files that came by mail and were not taken, each with the reason."
    return serializers.ListField(child=serializers.CharField(), help_text=words)


def handed(wish: dict[str, Any]) -> list[Handed]:
    """The files of a form, taken out of it."""
    return [Handed(one.name or "", one.read(LARGEST + 1)) for one in wish.pop("files")]


def file_form(row: KeptFile, eyes: Eyes, by: int | None) -> dict[str, Any]:
    """`by`: who handed it in."""
    names = ("id", "kind", "content_type", "size", "width", "height", "created_at")
    return {"name": eyes.read(row.name, by=by), **{name: getattr(row, name) for name in names}}
