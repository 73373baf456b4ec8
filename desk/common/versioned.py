"""What every document with versions keeps of each: who wrote it, who switched it on, and where it stands."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from policies.rulebook_states import State


class DocumentVersion(models.Model):
    """One wording. `policies.rulebook_states` says which state may follow which; exactly one is active.

    A kind of document adds `based_on`, the version that a new one began as. Its words change in a draft only.
    `document` is kept with all defaults written out, so that a later release of the desk with other defaults does not
    change what a version meant.
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
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()  # of the draft's words; an editor that saw older ones is told
    submitted_at = models.DateTimeField(null=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    returned_because = models.TextField(blank=True)
    activated_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ["-number"]
