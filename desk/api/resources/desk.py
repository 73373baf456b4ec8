"""What belongs to no single ticket: tags, counts and a look at what triage makes of a text."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, serialized
from desk.api.views import Resource
from desk.common.paging import slice_after
from desk.signals.moods import current_moods
from desk.tickets import queries
from desk.tickets.models import Tag
from policies.language import LANGUAGES
from policies.triage import Hints, Sentiment, judge, triage


class TagSerializer(serializers.Serializer[Tag]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class CountsSerializer(serializers.Serializer[Any]):
    """How many tickets each view holds, by its name (`mine`, `inbox:3`); counted to 100 at most."""

    counts = serializers.DictField(child=serializers.IntegerField())


class TriageTextSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=20_000, allow_blank=True, trim_whitespace=False)
    language = serializers.ChoiceField(choices=LANGUAGES, required=False, help_text="Found out where left out.")


class TriageSerializer(serializers.Serializer[Any]):
    language = serializers.CharField()
    sentiment = serializers.ChoiceField(choices=tuple(Sentiment))
    confidence = serializers.FloatField(min_value=0, max_value=1)
    abusive = serializers.BooleanField()
    urgent = serializers.BooleanField()
    priority = serializers.IntegerField(help_text="0 (no hurry) to 100.")
    reasons = serializers.ListField(child=serializers.CharField())


class Tags(Resource):
    @operation("tags_list", "List tags", asks=PageQuery, gives=TagSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        found = slice_after(Tag.objects.all(), ("name",), query["cursor"], query["page_size"])
        return Page(found, serialized(TagSerializer))


class Counts(Resource):
    @operation("counts_read", "Read the counts of the views", gives=CountsSerializer)
    def get(self, request: Request) -> dict[str, Any]:
        """Kept, not counted at each call, and capped: 100 means “100 or more”."""
        return {"counts": queries.counts(self.person)}


class TriagePreview(Resource):
    @operation("triage_preview", "See what triage makes of a text", takes=TriageTextSerializer, gives=TriageSerializer)
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """Language, mood and urgency with the reasons; nothing is kept."""
        text, language = wish["text"], wish.get("language", "")
        learned = current_moods()
        judged = judge(text, language, learned=learned) if language else triage(text, Hints(), learned)
        return TriageSerializer(judged).data
