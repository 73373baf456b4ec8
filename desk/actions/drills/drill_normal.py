"""What is usual for the detector of a drill's inbox: the scenario brings it, as two weeks of counts before the drill.

So a drill is noticed by its counts, as a real crisis is, and not hours later because its account is new. What earlier
drills left there is forgotten first: a drill is no history.
"""

from datetime import datetime, timedelta

from desk.common.bulk import insert_rows
from desk.drills.models import Drill
from desk.signals.models import Arrival, Counted, MentionCount, MinuteCount, Stream
from policies.drill_scenario import USUAL_FOLLOWERS, usual_counts
from policies.time_buckets import FIVE, MINUTE, beginning_of

BEFORE = timedelta(days=14)
_COLUMNS = ("topic_id", "at", "inbox_id", "language", "messages", "negative", "positive", "reach")


def bring_normal(drill: Drill, now: datetime) -> None:
    """In the transaction that starts it. The stream of its inbox begins anew, and alarms from the first minute on."""
    for model in (Arrival, MinuteCount, MentionCount):
        model._default_manager.filter(inbox=drill.inbox_id).delete()
    stream, _new = Stream.objects.get_or_create(
        inbox=drill.inbox, defaults={"name": drill.inbox.name, "created_at": now}
    )
    Stream.objects.filter(pk=stream.pk).update(state=None, read_until=None)
    seed, language = str(drill.pk), drill.inbox.language
    _write(MentionCount, drill, language, beginning_of(now - BEFORE, FIVE), FIVE, BEFORE // FIVE, seed)
    # The minutes since the last five are read one by one, and would else be a silence.
    _write(MinuteCount, drill, language, beginning_of(now, FIVE) - FIVE, MINUTE, 2 * (FIVE // MINUTE), seed, until=now)


def _write(
    model: type[Counted],
    drill: Drill,
    language: str,
    since: datetime,
    step: timedelta,
    count: int,
    seed: str,
    until: datetime | None = None,
) -> None:
    counts = usual_counts(drill.scenario.normal, count, step // MINUTE, seed)
    rows = (
        (None, since + step * place, drill.inbox_id, language, said, negative, 0, said * USUAL_FOLLOWERS)
        for place, (said, negative) in enumerate(counts)
        if (said or not place) and (until is None or since + step * (place + 1) <= until)
    )  # the first tells since when the past is known
    insert_rows(model, _COLUMNS, rows)
