"""What messages sound like, and what corrections taught: read once by each process while nobody corrects anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject

from desk.signals.models import Mood, SentimentCorrection
from desk.tickets.models import Message, Ticket
from policies.learned_mood import NONE, Learned
from policies.triage import Hints, judge


@dataclass(frozen=True, slots=True)
class Sounds:
    """`sure`: 0..1; who corrected is always sure."""

    sentiment: str
    sure: float
    corrected: bool


_kept: tuple[datetime | None, Mapping[str, Learned]] = (None, {})


def mood_version() -> Subquery:
    """When it last changed, null for never: a column more of a row that is read anyway."""
    last = Mood.objects.annotate(one=Value(1)).values("one").annotate(last=Max("changed_at"))
    return Subquery(last.values("last"))


def learned_moods(version: datetime | None) -> Mapping[str, Learned]:
    """By language. No query while the version is the one that was read last."""
    global _kept
    if version is None:
        return {}
    if _kept[0] != version:
        _kept = version, {mood.language: learned_of(mood) for mood in Mood.objects.all()}
    return _kept[1]


def learned_of(mood: Mood) -> Learned:
    """As it was kept."""
    words = {int(number): tuple(counted) for number, counted in mood.words.items()}
    return Learned(tuple(mood.texts) or NONE, words)


def current_moods() -> Mapping[str, Learned]:
    """What holds now, in one query where nothing is new."""
    return learned_moods(Mood.objects.aggregate(last=Max("changed_at"))["last"])


@dataclass(frozen=True, slots=True)
class Moods:
    """What messages sound like: as agents corrected them, and otherwise as the desk reads them.

    `corrected`: sentiments by the number of a message.
    """

    corrected: Mapping[int, str]
    learned: Mapping[str, Learned]

    def of(self, message: Message) -> Sounds:
        if message.pk in self.corrected:
            return Sounds(self.corrected[message.pk], 1.0, corrected=True)
        judged = judge(message.text, message.language, Hints(rating=message.rating), self.learned)
        return Sounds(judged.sentiment, judged.confidence, corrected=False)


def with_moods(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Tickets for `moods_shown`, without another query."""
    rows = SentimentCorrection.objects.filter(message__ticket=OuterRef("pk"))
    form = JSONObject(message="message_id", sentiment="sentiment")
    return tickets.annotate(corrections_of_it=ArraySubquery(rows.values(form=form)), mood_of_desk=mood_version())


def moods_shown(ticket: Ticket) -> Moods:
    kept = vars(ticket)
    corrected = {one["message"]: one["sentiment"] for one in kept["corrections_of_it"]}
    return Moods(corrected, learned_moods(kept["mood_of_desk"]))
