"""What colleagues say to each other: threads that stand alone, or hang at a ticket or a crisis.

A swarm is a thread at a ticket or a crisis in which colleagues work on it together, until somebody writes down what
they found. Whoever reads tickets reads all of them; a private one is for those alone who were let in.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import GeneratedField, Q, Value
from django.db.models.functions import Left

from desk.common.files import KeptFile
from desk.common.indexes import where_set
from desk.people.models import User
from desk.tickets.models import SEARCHED, Ticket

LONGEST_TOPIC = 120  # characters
LONGEST_SUBJECT = 40


class Thread(models.Model):
    topic = models.CharField(max_length=LONGEST_TOPIC)
    private = models.BooleanField(default=False)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="threads", db_index=False)
    crisis = models.ForeignKey(
        "crises.Crisis", null=True, on_delete=models.PROTECT, related_name="threads", db_index=False
    )
    subject = models.CharField(max_length=LONGEST_SUBJECT, blank=True)  # anything else that has one, “proposal 12”
    started_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    last_at = models.DateTimeField()  # of its newest word
    summary = models.TextField(blank=True)  # pinned above the words
    summary_version = models.PositiveIntegerField(default=0)
    summary_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    summary_at = models.DateTimeField(null=True)
    # a swarm
    swarm = models.BooleanField(default=False)
    finding = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    search = GeneratedField(
        expression=SearchVector("topic", Left("summary", SEARCHED), Left("finding", SEARCHED), config="dutch")
        + SearchVector("topic", Left("summary", SEARCHED), Left("finding", SEARCHED), config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["-last_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ticket=None) | Q(crisis=None), name="thread_at_one_thing"),
            models.CheckConstraint(condition=Q(swarm=False) | Q(private=False), name="no_private_swarm"),
            models.CheckConstraint(
                condition=Q(swarm=False) | Q(ticket__isnull=False) | Q(crisis__isnull=False), name="swarm_at_something"
            ),
            models.UniqueConstraint(fields=["subject"], condition=~Q(subject=""), name="one_thread_of_a_subject"),
        ]
        indexes = [
            models.Index(fields=["last_at", "id"], name="thread_newest"),
            where_set("ticket", name="thread_of_ticket"),
            where_set("crisis", name="thread_of_crisis"),
            GinIndex(fields=["search"], name="thread_search"),
        ]

    def __str__(self) -> str:
        return f"thread {self.pk}"

    @property
    def swarming(self) -> bool:
        return self.swarm and self.closed_at is None


class Participant(models.Model):
    """Somebody and a thread: whether they are let in, whether they follow it, and what they have not read of it."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="participants", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    inside = models.BooleanField(default=False)  # may read it, whatever their role or the thread says
    following = models.BooleanField(default=False)
    unread = models.PositiveIntegerField(default=0)  # words since they last looked, while they follow
    read_to = models.BigIntegerField(default=0)  # the newest word that they have seen

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="one_row_of_a_participant")]
        indexes = [
            models.Index(fields=["user", "thread"], name="participant_threads"),
            models.Index(fields=["user"], name="participant_unread", condition=Q(unread__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.thread_id}"


class Word(models.Model):
    """What somebody said. One that was deleted stays, without its text."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="words", db_index=False)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    text = models.TextField(blank=True)
    tickets = models.ManyToManyField(Ticket, related_name="+")  # that it names, shown as cards and erased with it
    by_mail = models.BooleanField(default=False)
    left_out = models.JSONField(default=list, db_default=Value([], models.JSONField()))  # files not taken, and why
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    search = GeneratedField(
        expression=SearchVector(Left("text", SEARCHED), config="dutch")
        + SearchVector(Left("text", SEARCHED), config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["thread", "id"], name="word_of_thread"),
            GinIndex(fields=["search"], name="word_search"),
        ]

    def __str__(self) -> str:
        return f"word {self.pk} of {self.thread_id}"


class WordFile(KeptFile):
    """What went along with a word: read by whoever reads its thread, and by nobody else."""

    word = models.ForeignKey(Word, on_delete=models.CASCADE, related_name="files")


class Version(models.Model):
    """How a word or a pinned summary (where `word` is null) read before. Never edited."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="versions", db_index=False)
    word = models.ForeignKey(Word, null=True, on_delete=models.CASCADE, related_name="versions", db_index=False)
    text = models.TextField(blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    at = models.DateTimeField()  # when it was replaced

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["thread", "-id"], name="version_of_thread"),
            where_set("word", name="version_of_word"),
        ]

    def __str__(self) -> str:
        return f"version {self.pk} in {self.thread_id}"
