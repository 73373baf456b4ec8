"""What the company itself says in a crisis: posts on their way to its accounts, and the updates that it promises."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from desk.inboxes.models import Inbox
from desk.people.models import User
from policies.reply_states import State


class Publication(models.Model):
    """One statement, published in one action on however many accounts."""

    crisis = models.ForeignKey("crises.Crisis", on_delete=models.PROTECT, related_name="publications", db_index=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    statement = models.ForeignKey(
        "replies.CannedResponse", null=True, on_delete=models.SET_NULL, related_name="+"
    )  # the holding statement that it began as
    stage = models.CharField(max_length=20, blank=True)  # a value of `CannedResponse.Stage`
    update_minutes = models.PositiveIntegerField(null=True)  # promised from when its first post is out; null: nothing
    idempotency_key = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["author", "idempotency_key"], name="one_publication_per_key")]
        indexes = [models.Index(fields=["crisis", "-id"], name="publication_of_crisis")]

    def __str__(self) -> str:
        return f"publication {self.pk} in {self.crisis_id}"


class Post(models.Model):
    """Words of one publication on their way to one account. `policies.reply_states` says which state may follow which.

    Its words never change: other words are another publication. `needs` are the reasons for which a colleague's word
    is missing, as `replies.Approval.codes` has them.
    """

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="posts")
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=5)
    text = models.TextField()
    prepared = models.BooleanField(default=False)  # exactly the words of a statement that a colleague had approved
    state = models.CharField(max_length=12, default=State.QUEUED)
    next_attempt_at = models.DateTimeField()  # first the end of the undo time, later the next try or look-up
    claimed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lookups = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=2000, blank=True)  # where everybody reads it
    findings = models.JSONField(default=list)  # what the rules said when it was last checked
    rulebook_version = models.ForeignKey(
        "rulebooks.RulebookVersion", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    needs = ArrayField(models.CharField(max_length=80), default=list)
    approved_codes = ArrayField(models.CharField(max_length=80), default=list)
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    approved_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)  # why somebody rejected it
    problem_code = models.CharField(max_length=40, blank=True)
    problem = models.JSONField(default=dict)  # `inboxes.words.kept`; empty where no network spoke

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inbox", "external_id"], name="one_post_of_an_id", condition=~Q(external_id="")
            )
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="post_due", condition=Q(state__in=[State.QUEUED, State.UNKNOWN])
            ),
            models.Index(fields=["claimed_at"], name="post_in_flight", condition=Q(state=State.SENDING)),
        ]

    def __str__(self) -> str:
        return f"post {self.pk} of publication {self.publication_id}"


class NextUpdate(models.Model):
    """The promise of a statement that there will be more: open until the next one is out, or it is withdrawn."""

    crisis = models.ForeignKey("crises.Crisis", on_delete=models.PROTECT, related_name="updates", db_index=False)
    publication = models.OneToOneField(Publication, on_delete=models.PROTECT, related_name="update")
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    next_look_at = models.DateTimeField(null=True)  # when somebody is to be reminded; null: never again
    told_due_at = models.DateTimeField(null=True)  # when the log said that it was due
    kept_at = models.DateTimeField(null=True)
    kept_by = models.ForeignKey(Publication, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.TextField(blank=True)  # why it was withdrawn

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["crisis"], name="one_open_update", condition=Q(kept_at=None, withdrawn_at=None)
            )
        ]
        indexes = [
            models.Index(fields=["next_look_at"], name="update_to_remind", condition=Q(next_look_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"update of {self.crisis_id} by {self.due_at}"
