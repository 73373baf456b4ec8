"""Why customers had to ask: a small tree of causes that the company edits, the department and the person each of them
belongs to, and which ticket has which.

Nothing of the past changes when the tree does: a ticket keeps the very cause that somebody chose, and where that was
merged into another one, whoever reads follows it there (`desk.causes.tree`).
"""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from desk.common.indexes import where_set
from desk.people.models import User
from desk.tickets.models import Ticket
from policies.improvement_states import State

LONGEST_NAME = 80
_WORDS = [ProhibitNullCharactersValidator()]


class Department(models.Model):
    """A part of the company to which causes belong. It need not work on tickets."""

    name = models.CharField(_("name"), max_length=LONGEST_NAME, unique=True, validators=_WORDS)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Cause(models.Model):
    """One cause. Where it has no department or owner of its own, those of the one above it are meant."""

    name_nl = models.CharField(_("name in Dutch"), max_length=LONGEST_NAME, validators=_WORDS)
    name_en = models.CharField(_("name in English"), max_length=LONGEST_NAME, validators=_WORDS)
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="children", verbose_name=_("below")
    )
    department = models.ForeignKey(
        Department, null=True, on_delete=models.PROTECT, related_name="causes", verbose_name=_("department")
    )
    owner = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="causes", verbose_name=_("owner")
    )
    archived_at = models.DateTimeField(null=True)  # since when it is not offered any more
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged_causes")
    learned = models.PositiveIntegerField(default=0)  # tickets whose words are counted for it
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name_en", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", language],
                name=f"one_cause_of_a_name_{language[-2:]}",
                condition=Q(archived_at=None, merged_into=None),
                nulls_distinct=False,
            )
            for language in ("name_nl", "name_en")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the reader's language."""
        return self.name_nl if (get_language() or "").startswith("nl") else self.name_en


class TicketCause(models.Model):
    """What somebody said a ticket was about. The timeline has what was said before."""

    ticket = models.OneToOneField(Ticket, primary_key=True, on_delete=models.CASCADE, related_name="cause_row")
    cause = models.ForeignKey(Cause, on_delete=models.PROTECT, related_name="tickets", db_index=False)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    at = models.DateTimeField()
    suggested = models.BooleanField(default=False)  # the desk had suggested it
    words = ArrayField(models.BigIntegerField(), default=list)  # that were learned of it, as numbers

    class Meta:
        indexes = [
            models.Index(fields=["cause", "ticket"], name="tickets_of_cause"),
            where_set("by", name="cause_said_by"),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id}: {self.cause_id}"


class CauseWord(models.Model):
    """In how many tickets of a cause a word stood; the word is a number from which nobody can read it."""

    cause = models.ForeignKey(Cause, on_delete=models.CASCADE, related_name="learned_words", db_index=False)
    number = models.BigIntegerField()  # policies.learned_mood.number_of
    tickets = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "cause"], name="one_count_of_a_cause_word")]
        indexes = [models.Index(fields=["cause"], name="words_of_cause")]

    def __str__(self) -> str:
        return f"{self.number} of {self.cause_id}"


class CauseAsking(models.Model):
    """Whether a cause is asked for when a ticket is resolved. There is one row, or none while it is optional."""

    class Asked(models.TextChoices):
        OPTIONAL = "optional", _("No: whoever wants to says it")
        ASK = "ask", _("Yes, and it may be left open")
        REQUIRED = "required", _("Yes, and nothing is resolved without one")

    asked = models.CharField(_("ask for a cause"), max_length=10, choices=Asked.choices, default=Asked.OPTIONAL)

    def __str__(self) -> str:
        return self.asked


class Improvement(models.Model):
    """What somebody will change so that a cause comes back less often; `policies.improvement_states` has its life."""

    States = State

    cause = models.ForeignKey(Cause, on_delete=models.PROTECT, related_name="improvements")
    what = models.CharField(_("what will change"), max_length=500, validators=_WORDS)
    owner = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="improvements", verbose_name=_("owner")
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(max_length=10, default=State.PROPOSED)
    proposed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    done_on = models.DateField(null=True)  # what came in after this day tells its effect
    changed = models.CharField(_("what we changed"), max_length=500, blank=True, validators=_WORDS)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=State.DONE, done_on__isnull=False) | (~Q(state=State.DONE) & Q(done_on=None)),
                name="done_improvement_has_its_day",
            )
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="improvement_by_state"),
            where_set("proposed_by", name="improvement_proposed_by"),
        ]

    def __str__(self) -> str:
        return self.what


class Told(models.Model):
    """A customer who had asked and was told what changed, or why the reply could not be handed in."""

    improvement = models.ForeignKey(Improvement, on_delete=models.CASCADE, related_name="told", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    reply_id = models.BigIntegerField(null=True)  # in the outbox, where it goes its way as any reply
    code = models.CharField(max_length=40, blank=True)  # why none was handed in
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["improvement", "ticket"], name="told_once")]

    def __str__(self) -> str:
        return f"{self.improvement_id}: #{self.ticket_id}"


class DigestSubscription(models.Model):
    """Somebody gets the digest of a department by e-mail, Mondays at eight by the clock of the desk."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="readers", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="digests")
    next_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["department", "user"], name="one_digest_each")]
        indexes = [models.Index(fields=["next_at"], name="digest_due")]

    def __str__(self) -> str:
        return f"{self.department_id} to {self.user_id}"
