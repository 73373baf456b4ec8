"""A topic that is new: how often it was spoken of before anybody asked, counted from the newest message back."""

from datetime import datetime

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper
from django.db.models.functions import Left

from desk.actions.signals.watching import REMEMBERED
from desk.signals.counting import Key, add_history
from desk.signals.models import Stream, Topic
from desk.signals.moods import current_moods
from desk.signals.reading import HEARD
from desk.signals.topics import LETTERS_READ, Topics
from desk.tickets.models import Message
from policies.time_buckets import FIVE, beginning_of
from policies.triage import Sentiment, judge

PORTION = 2_000  # messages
PORTIONS = 20  # in one go


def count_back(now: datetime) -> int:
    """How many messages were looked at. Killed at any line it goes on where it was."""
    looked_at = 0
    for _portion in range(PORTIONS):
        some = _count_portion(now)
        if not some:
            break
        looked_at += some
    return looked_at


@transaction.atomic
def _count_portion(now: datetime) -> int:
    topic = Topic.objects.select_for_update(skip_locked=True).exclude(counts_back_from=None).order_by("pk").first()
    if topic is None:
        return 0
    rows = (
        Message.objects.filter(pk__lte=topic.counts_back_from)
        .order_by("-pk")
        .annotate(start=Left("text", LETTERS_READ), heard=ExpressionWrapper(HEARD, BooleanField()))
    )
    columns = ("pk", "created_at", "inbox_id", "language", "heard", "profile__followers", "start")
    found = list(rows.values_list(*columns)[:PORTION])
    asked = Topics([{"id": topic.pk, "words": topic.words}])
    learned = current_moods()
    counted: list[tuple[Key, str, int]] = []
    for _pk, at, inbox, language, heard, followers, start in found:
        if not heard or not asked.of(start):
            continue
        key = (topic.pk, beginning_of(at, FIVE), inbox, language)
        counted += [(key, "messages", 1), (key, "reach", followers or 0)]
        sentiment = judge(start, language, learned=learned).sentiment
        if sentiment is not Sentiment.NEUTRAL:
            counted.append((key, str(sentiment), 1))
    add_history(counted)
    is_done = len(found) < PORTION or found[-1][1] < now - REMEMBERED
    topic.counts_back_from = None if is_done else found[-1][0] - 1
    topic.save(update_fields=["counts_back_from"])
    if is_done:  # its streams learn again what is normal
        Stream.objects.filter(topic=topic).update(state=None, read_until=None)
    return max(len(found), 1)
