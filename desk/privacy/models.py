"""What is left of people whose data was erased, and how long the desk keeps what customers write."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from desk.people.models import User
from desk.tickets.models import Customer

LONGEST_KEPT = 3_650  # days that a rule may say


class Work(models.Model):
    """Something that a worker does in portions, each written down with where to go on.

    `reached` is the last row of `stage` that was looked at. `moved_at`: one that has not moved for a while lost its
    worker.
    """

    stage = models.CharField(max_length=10, blank=True)
    reached = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)  # what went: how many, by kind
    moved_at = models.DateTimeField()

    class Meta:
        abstract = True


class Erasure(Work):
    """A tombstone: that a customer's data was erased, when, by whom and on which ground. It names nobody."""

    class Ground(models.TextChoices):
        """Of article 17(1) of the GDPR. A choice, because a reason in free words would hold personal data."""

        REQUEST = "request", _("The person asked for it")
        CONSENT = "consent", _("The person withdrew their consent")
        OBJECTION = "objection", _("The person objected to our keeping it")
        NEEDLESS = "needless", _("It is not needed any more")
        UNLAWFUL = "unlawful", _("It should never have been kept")
        OBLIGATION = "obligation", _("The law obliges us to")

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="erasures")
    ground = models.CharField(max_length=12, choices=Ground.choices)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    total = models.PositiveIntegerField(default=0)  # messages, when it began
    # The ids on the networks and the handles, encrypted: what is looked for. Empty once it is done.
    sealed = models.BinaryField(default=b"")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state="running") | Q(sealed=b""), name="erasure_forgets_whom"),
        ]
        indexes = [models.Index(fields=["moved_at"], name="erasure_running", condition=Q(state="running"))]

    def __str__(self) -> str:
        return f"erasure {self.pk}"


class ErasedAccount(models.Model):
    """A keyed digest of an account's id on its network, so that somebody who writes again is recognised."""

    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="accounts")
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["digest"], name="erased_account")]

    def __str__(self) -> str:
        return f"account of {self.erasure_id}"


_DAYS = [MinValueValidator(1), MaxValueValidator(LONGEST_KEPT)]


class Retention(Work):
    """How many days things are kept after which they are erased; empty: for ever. There is one row.

    Each holds only for tickets that are resolved or spam, but for what its author took back.
    """

    private_days = models.PositiveSmallIntegerField(null=True, blank=True, validators=_DAYS)
    public_days = models.PositiveSmallIntegerField(null=True, blank=True, validators=_DAYS)
    ticket_days = models.PositiveSmallIntegerField(null=True, blank=True, validators=_DAYS)
    deleted_days = models.PositiveSmallIntegerField(null=True, blank=True, validators=_DAYS)
    began_at = models.DateTimeField(null=True)  # of the last round
    ended_at = models.DateTimeField(null=True)  # null: it goes on

    def __str__(self) -> str:
        return "retention"
