"""What the desk does by itself on tickets: the versions of its rules, tries of them, each firing of one, and macros.

How far the timeline was read stands in `Reading`; what is looked at bit by bit because of time, in `Walk`.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from desk.common.runs import Run
from desk.common.versioned import DocumentVersion
from desk.people.models import User
from desk.tickets.models import Ticket
from policies.automation import Book
from policies.automation_form import parse, parse_steps
from policies.automation_steps import Step
from policies.rulebook_states import State as VersionState


class AutomationVersion(DocumentVersion):
    """One wording of all rules, in their order."""

    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta(DocumentVersion.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state=VersionState.ACTIVE), name="one_active_automation"
            )
        ]

    def __str__(self) -> str:
        return f"automation {self.number}"

    def book(self) -> Book:
        """Read anew: `active.book_in_force` keeps what it has read."""
        return parse(self.document)


class Reading(models.Model):
    """How far the timeline was read. There is one row; whoever holds it reads.

    Lines become visible out of their order, so numbers that were missing below `reached` stand in `gaps`, as pairs from
    and to, until nobody can write them any more: until all who wrote when they were missed have ended.
    """

    reached = models.BigIntegerField(default=0)
    gaps = models.JSONField(default=list)  # of [from, to, when it was missed (seconds)]
    looked_at = models.DateTimeField()  # up to when time was looked at

    def __str__(self) -> str:
        return f"automation read up to {self.reached}"


class Walk(models.Model):
    """How far a long list was gone through: of lines that grow old, or of the tickets of a crisis that ended."""

    key = models.CharField(max_length=40, unique=True)
    reached = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key} up to {self.reached}"


class Firing(models.Model):
    """A rule that fired on a ticket: because of what, what its conditions found, and what became of each step.

    `cause` names what set it off, so that it is one row whoever reads the timeline however often.
    """

    version = models.ForeignKey(AutomationVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    rule = models.CharField(max_length=40)  # its key
    name = models.CharField(max_length=80)  # as it was called then
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="firings", db_index=False)
    on = models.CharField(max_length=20)
    cause = models.CharField(max_length=80)
    at = models.DateTimeField()
    chain = ArrayField(models.CharField(max_length=40), default=list)  # the rules that led to it, itself the last
    conditions = models.JSONField(default=list)
    outcomes = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "rule", "cause"], name="one_firing_of_a_cause"),
        ]
        indexes = [
            models.Index(fields=["rule", "-id"], name="firings_of_rule"),
            models.Index(fields=["ticket", "-id"], name="firings_of_ticket"),
            models.Index(fields=["at"], name="firings_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} on #{self.ticket_id}"


class Trial(Run):
    """Rules tried on the last days. `document` is what they said when somebody asked, because a draft goes on changing.

    Of a proposal `version` is None and nobody is named: whoever looks at it next reads the same, by `digest`.
    """

    document = models.JSONField()
    digest = models.CharField(max_length=64)  # of the document
    version = models.ForeignKey(
        AutomationVersion, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    days = models.PositiveSmallIntegerField()
    result = models.JSONField(null=True)  # of desk.actions.automation.trying, once it is done

    class Meta(Run.Meta):
        abstract = False
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["moved_at"], name="trial_running", condition=Q(state="running")),
            models.Index(fields=["digest", "days", "-id"], name="trial_of_document"),
        ]

    def __str__(self) -> str:
        return f"trial {self.pk}"

    def book(self) -> Book:
        """The rules that were tried."""
        return parse(self.document)


class Macro(models.Model):
    """Steps that an agent takes at once: of one person, or of everybody where it has no owner."""

    name = models.CharField(_("name"), max_length=80)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="macros", db_index=False
    )
    form = models.JSONField(default=list)  # of policies.automation_steps
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    changed_at = models.DateTimeField()
    times_used = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], nulls_distinct=False, name="one_macro_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def steps(self) -> tuple[Step, ...]:
        return parse_steps(self.form)
