"""The company's policy as it was written, reviewed and switched on: every version for ever."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from desk.people.models import User
from policies.rulebook import Rulebook
from policies.rulebook_form import parse
from policies.rulebook_states import State


class RulebookVersion(models.Model):
    """One wording of the rulebook. `policies.rulebook_states` says which state may follow which.

    Its words change in a draft only. `document` is kept with all defaults written out, so that a later release of the
    desk with other defaults does not change what a version meant.
    """

    class States(models.TextChoices):
        DRAFT = State.DRAFT, _("Draft")
        IN_REVIEW = State.IN_REVIEW, _("In review")
        ACTIVE = State.ACTIVE, _("Active")
        RETIRED = State.RETIRED, _("Retired")

    number = models.PositiveIntegerField(unique=True)
    document = models.JSONField()
    summary = models.CharField(max_length=200)  # what is different, in the words of the author
    state = models.CharField(max_length=10, choices=States.choices, default=State.DRAFT)
    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()  # of the draft's words; an editor that saw older ones is told
    submitted_at = models.DateTimeField(null=True)
    reviewer = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    returned_because = models.TextField(blank=True)
    activated_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state=State.ACTIVE), name="one_active_rulebook")
        ]

    def __str__(self) -> str:
        return f"rulebook {self.number}"

    def rulebook(self) -> Rulebook:
        """Read anew: `active.rulebook_of` keeps what it has read."""
        return parse(self.document)


def document_of(rulebook: Rulebook) -> dict[str, Any]:
    """What is kept of a rulebook."""
    return dict(rulebook.document)
