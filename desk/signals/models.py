"""What is counted of what customers say, the streams of counts that are watched, and the signals that came of it."""

from datetime import timedelta

from django.contrib.postgres.indexes import BrinIndex
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from desk.common.indexes import where_set
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.tickets.models import Message
from policies.crisis_scope import LONGEST_TOPIC, Scope
from policies.signals import Sensitivity, Settings
from policies.trigger_words import USUAL, USUAL_REACH


def usual_words() -> list[str]:
    return list(USUAL)


class Topic(models.Model):
    """Words that are counted by themselves: a topic as the scope of a crisis has it (“trein Haarbrug”, “*storing”)."""

    words = models.CharField(_("words"), max_length=LONGEST_TOPIC, unique=True)
    created_at = models.DateTimeField()
    # What was said before it was known is counted portion by portion, from the newest message back; null: all done.
    counts_back_from = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.words


class Counted(models.Model):
    """What customers said in one inbox and one language; of one topic, or (null) about whatever."""

    topic = models.ForeignKey(Topic, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="+", db_index=False)
    language = models.CharField(max_length=5, blank=True)
    at = models.DateTimeField()  # the beginning of its minutes
    messages = models.IntegerField(default=0)
    negative = models.IntegerField(default=0)
    positive = models.IntegerField(default=0)
    reach = models.BigIntegerField(default=0)  # followers of their authors, as far as networks tell

    class Meta:
        abstract = True


class Arrival(Counted):
    """What a batch of ingest counted, by the minute of the networks' time, until somebody adds it up.

    Only ever inserted, so that ingest waits for nobody. Whoever deletes a row adds it up in the same transaction: each
    counts once, however often a worker is killed.
    """

    class Meta:
        pass

    def __str__(self) -> str:
        return f"{self.inbox_id} {self.at}"


class MinuteCount(Counted):
    """One minute as the detector reads it: what came too late for its own minute stands in the one that was open."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "at", "inbox", "language"], name="one_minute_count", nulls_distinct=False
            )
        ]
        indexes = [BrinIndex(fields=["at"], name="minute_count_at")]

    def __str__(self) -> str:
        return f"{self.inbox_id} {self.at}"


class MentionCount(Counted):
    """Five minutes by the networks' time, whenever it reached us: the history."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "at", "inbox", "language"], name="one_mention_count", nulls_distinct=False
            )
        ]
        indexes = [BrinIndex(fields=["at"], name="mention_count_at")]

    def __str__(self) -> str:
        return f"{self.inbox_id} {self.at}"


class Loud(models.Model):
    """A message of somebody whom many follow, until it was looked at for trigger words. Written by ingest."""

    message_id = models.BigIntegerField()
    reach = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.message_id)


class Clock(models.Model):
    """How far time was read. One row, number 1: whoever moves it holds it."""

    known_since = models.DateTimeField()  # no minute is missing from then on
    closed_until = models.DateTimeField()  # what reaches us for an earlier minute is too late for it

    def __str__(self) -> str:
        return str(self.closed_until)


class Stream(models.Model):
    """What is watched: a part of what customers say, as the scope of a crisis says it, and how soon to tell.

    `state` is what its detectors know, `read_until` up to where they have read: both change in the transaction in which
    a signal is raised.
    """

    name = models.CharField(_("name"), max_length=80)
    inbox = models.OneToOneField(
        Inbox, null=True, on_delete=models.CASCADE, related_name="stream"
    )  # whose own stream it is; made by the desk, so that no account goes unwatched
    scope_form = models.JSONField(default=dict)  # networks, inboxes, languages, at most one topic
    brand = models.CharField(_("brand"), max_length=80, blank=True)  # only inboxes of this brand
    topic = models.ForeignKey(Topic, null=True, on_delete=models.PROTECT, related_name="streams")
    sensitivity = models.CharField(
        _("sensitivity"), max_length=10, choices=[(one.value, one.value) for one in Sensitivity],
        default=Sensitivity.BALANCED.value,
    )  # fmt: skip
    floor = models.FloatField(_("fewest posts in half an hour"), default=Settings().floor)
    reach_floor = models.FloatField(_("fewest followers in half an hour"), default=Settings().reach_floor)
    cooldown_hours = models.FloatField(
        _("quiet hours after an alert"),
        default=Settings().cooldown / timedelta(hours=1),
        validators=[MinValueValidator(0)],
    )
    is_on = models.BooleanField(_("watched"), default=True)
    state = models.JSONField(null=True)
    read_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> Scope:
        return Scope.from_json(self.scope_form)

    @property
    def settings(self) -> Settings:
        cooldown = timedelta(hours=self.cooldown_hours)
        return Settings(Sensitivity(self.sensitivity), self.floor, self.reach_floor, cooldown)


class Rules(models.Model):
    """What is told beside counts: words of people whom many follow, and many who write the same. One row, number 1."""

    words = models.JSONField(_("words"), default=usual_words)  # written as topics
    least_reach = models.PositiveIntegerField(_("followers from which a word is told"), default=USUAL_REACH)
    words_on = models.BooleanField(_("tell of words"), default=True)
    least_people = models.PositiveIntegerField(_("people who write almost the same"), default=10)
    alike_on = models.BooleanField(_("tell of many who write the same"), default=True)

    def __str__(self) -> str:
        return "rules of signals"


class Mood(models.Model):
    """What agents' corrections taught of the words of one language, as `policies.learned_mood` has it."""

    language = models.CharField(max_length=5, primary_key=True)
    texts = models.JSONField(default=list)
    words = models.JSONField(default=dict)
    corrections = models.PositiveIntegerField(default=0)  # so many made it what it is
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.language


class SentimentCorrection(models.Model):
    """What an agent says a message sounds like; the last word holds."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="correction", primary_key=True)
    was = models.CharField(max_length=10)  # what the desk made of it
    sentiment = models.CharField(max_length=10)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [where_set("by", name="sentiment_corrected_by")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.sentiment}"


class Signal(models.Model):
    """Something out of the ordinary, with what was counted, what was expected, why it was told, and which posts."""

    class Kind(models.TextChoices):
        SURGE = "surge", _("Surge")
        BUSY_HOUR = "busy_hour", _("Busy hour")
        SILENCE = "silence", _("Silence")
        TRIGGER = "trigger", _("Trigger word")
        OUTBREAK = "outbreak", _("Many alike")

    class Measure(models.TextChoices):
        MESSAGES = "messages", _("messages")
        NEGATIVE = "negative", _("negative messages")
        REACH = "reach", _("reach")

    class Verdict(models.TextChoices):
        OPEN = "", _("Nobody has judged it yet")
        CRISIS = "crisis", _("Part of a crisis")
        NONE = "none", _("No crisis")

    stream = models.ForeignKey(Stream, null=True, on_delete=models.CASCADE, related_name="signals", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    measure = models.CharField(max_length=10, choices=Measure.choices, default=Measure.MESSAGES)
    key = models.CharField(max_length=80)  # what makes it the same one: it is never raised twice
    at = models.DateTimeField()  # what was counted ends here
    raised_at = models.DateTimeField()
    facts = models.JSONField(default=dict)  # the figures behind it; see `policies.listening.facts_of`
    scope_form = models.JSONField(default=dict)  # of the crisis that it may be
    posts = models.JSONField(default=list)  # numbers of messages, those with the greatest reach first
    crisis = models.ForeignKey("crises.Crisis", null=True, on_delete=models.SET_NULL, related_name="signals",
                               db_index=False)  # fmt: skip
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True, default=Verdict.OPEN)
    judged_at = models.DateTimeField(null=True)
    judged_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["key"], name="one_signal_of_a_key")]
        indexes = [
            models.Index(fields=["-id"], name="signal_open", condition=Q(verdict="")),
            models.Index(fields=["stream", "-id"], name="signal_of_stream"),
            where_set("crisis", name="signal_of_crisis"),
            where_set("judged_by", name="signal_judged_by"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"


def is_for_drills(stream: Stream | None) -> bool:
    """Whether this is the stream of an inbox for drills: what comes of it belongs to the drill that runs."""
    return stream is not None and stream.inbox is not None and stream.inbox.drill
