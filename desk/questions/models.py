"""Questions to colleagues about one ticket, the words that were said on each, and the links that let somebody in.

A link is one person's way to one question and to nothing else. Its row decides, so that it can end before its time.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import GeneratedField, Q, Value
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from desk.common.files import KeptFile
from desk.common.indexes import where_set
from desk.people.links import PersonalLink
from desk.people.models import Team, User
from desk.tickets.models import SEARCHED, Ticket
from policies.question_states import State as QuestionState

LONGEST_ABOUT = 200  # characters


class Question(models.Model):
    class State(models.TextChoices):
        WAITING = QuestionState.WAITING.value, _("Waits for a word")
        ANSWERED = QuestionState.ANSWERED.value, _("Answered")
        RETURNED = QuestionState.RETURNED.value, _("Given back")
        WITHDRAWN = QuestionState.WITHDRAWN.value, _("Withdrawn")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="questions", db_index=False)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    text = models.TextField()
    about = models.CharField(max_length=LONGEST_ABOUT, blank=True)  # a few words, by which who knows was looked for
    team = models.ForeignKey(
        Team, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )  # where no person was named
    holder = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="questions", db_index=False
    )  # whose word is waited for
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    minutes = models.PositiveIntegerField()  # of opening time that whoever holds it has
    created_at = models.DateTimeField()
    held_since = models.DateTimeField()
    due_at = models.DateTimeField()  # for whoever holds it
    look_at = models.DateTimeField(null=True)  # when the sweep has something to do about it
    reminded_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)  # when a deputy was asked as well, or nobody was found
    answered_at = models.DateTimeField(null=True)
    search = GeneratedField(
        expression=SearchVector("about", Left("text", SEARCHED), config="dutch")
        + SearchVector("about", Left("text", SEARCHED), config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["ticket", "id"], name="question_of_ticket"),
            models.Index(fields=["look_at"], name="question_due", condition=Q(look_at__isnull=False)),
            models.Index(fields=["holder", "-id"], name="question_of_holder"),
            models.Index(fields=["asked_by", "-id"], name="question_by"),
            where_set("team", name="question_of_team"),
            GinIndex(fields=["search"], name="question_search"),
        ]

    def __str__(self) -> str:
        return f"question {self.pk} on #{self.ticket_id}"


class Entry(models.Model):
    """What somebody said on a question: an answer, or a word about it between colleagues."""

    class Via(models.TextChoices):
        DESK = "desk", _("in the desk")
        LINK = "link", _("by the link")
        MAIL = "mail", _("by mail")

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="entries", db_index=False)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    text = models.TextField()
    answers = models.BooleanField(default=False)
    via = models.CharField(max_length=10, choices=Via.choices, default=Via.DESK)
    created_at = models.DateTimeField()
    left_out = models.JSONField(default=list, db_default=Value([], models.JSONField()))  # files not taken, and why
    used_at = models.DateTimeField(null=True)  # when somebody first took it into a reply
    used_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    reply = models.ForeignKey(
        "replies.Reply", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )  # that left with it

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["question", "id"], name="entry_of_question"),
            models.Index(fields=["author", "-id"], name="entry_of_author"),
            where_set("used_by", name="entry_used_by"),
            where_set("reply", name="entry_of_reply"),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk} of {self.question_id}"


class EntryFile(KeptFile):
    """What went along with it: for whoever reads the ticket, and who holds a link to the question."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="files")


class Link(PersonalLink):
    """One person's way to one question. `desk.actions.questions.question_links` signs its number."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="links", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "user"], condition=Q(revoked_at=None), name="one_live_link_of_a_person"
            )
        ]
        indexes = [models.Index(fields=["question", "user"], name="link_of_question")]

    def __str__(self) -> str:
        return f"link {self.pk} to {self.question_id}"
