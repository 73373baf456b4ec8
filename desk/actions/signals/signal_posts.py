"""Which posts are behind a signal."""

from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.functions import Left

from desk.signals.models import Signal, Stream
from desk.signals.moods import current_moods
from desk.signals.reading import HEARD, Part
from desk.signals.topics import LETTERS_READ, Topics
from desk.tickets.models import Message
from policies.triage import Sentiment, judge

LOOKED_AT = 3_000  # messages of the whole desk, the newest
READ = 200  # of these, with their words
SHOWN = 10
BEFORE = timedelta(minutes=30)


def posts_behind(stream: Stream, part: Part, measure: str, at: datetime) -> list[int]:
    """The numbers of the messages with the greatest reach in the half hour before `at`, in two queries at most."""
    newest = Message.objects.order_by("-pk").values("pk")[:LOOKED_AT]
    rows = Message.objects.filter(pk__in=newest, inbox__any_of=part.inboxes).filter(HEARD)
    rows = rows.filter(created_at__gte=at - BEFORE, created_at__lte=at)
    if part.languages:
        rows = rows.filter(language__in=part.languages)
    rows = rows.order_by(F("profile__followers").desc(nulls_last=True), "-pk")
    wants_negative = measure == Signal.Measure.NEGATIVE
    if stream.topic is None and not wants_negative:
        return list(rows.values_list("pk", flat=True)[:SHOWN])
    topics = Topics([{"id": stream.topic.pk, "words": stream.topic.words}]) if stream.topic else Topics()
    found, learned = [], current_moods()
    for pk, text, language in rows.annotate(start=Left("text", LETTERS_READ)).values_list("pk", "start", "language")[
        :READ
    ]:
        if topics and not topics.of(text):
            continue
        if not wants_negative or judge(text, language, learned=learned).sentiment is Sentiment.NEGATIVE:
            found.append(pk)
    return found[:SHOWN]
