"""What somebody wants to change of what the company set up itself: as a draft, as a proposal, planned, or decided.

What is in force, and every version before it, stays where it is kept: with its policy, its calendar, its rulebook. A
row here is a wish about one of them.
"""

from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from desk.people.links import PersonalLink
from desk.people.models import User
from policies.change_states import State

LONGEST_WHAT = 200  # characters
LONGEST_WORDS = 2_000
_WORDS = [ProhibitNullCharactersValidator()]


class Change(models.Model):
    """One wish. `kind` and `thing` say what it is about: `desk.actions.changes.registry` knows the kinds.

    `values` are only what would be different, as the verb of the kind takes them; None where it is put in words alone.
    `began_at` is the version that they began from, `became` the one that came of it.
    """

    class States(models.TextChoices):
        DRAFT = State.DRAFT, _("Draft")
        PROPOSED = State.PROPOSED, _("Proposed")
        PLANNED = State.PLANNED, _("Planned")
        ADOPTED = State.ADOPTED, _("Adopted")
        DECLINED = State.DECLINED, _("Declined")
        WITHDRAWN = State.WITHDRAWN, _("Taken back")

    kind = models.CharField(max_length=30)
    thing = models.BigIntegerField()
    is_new = models.BooleanField(default=False)  # something new of the kind; `thing` is 0 until it is there
    title = models.CharField(max_length=200)  # of the thing, as it was called then
    what = models.CharField(_("what"), max_length=LONGEST_WHAT, validators=_WORDS)
    why = models.TextField(_("why"), blank=True, max_length=LONGEST_WORDS, validators=_WORDS)
    values = models.JSONField(null=True)
    began_at = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=10, choices=States.choices, default=State.DRAFT)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()  # its words or values; whoever decides about others is told
    proposed_at = models.DateTimeField(null=True)  # null: somebody's own draft
    planned_for = models.DateTimeField(null=True)
    planned_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    problem = models.TextField(blank=True)  # why it could not be switched on when its moment came
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    reason = models.TextField(blank=True)  # of who declined it
    became = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=State.PLANNED, planned_for__isnull=False) | ~Q(state=State.PLANNED),
                name="planned_change_has_its_moment",
            )
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="change_by_state"),
            models.Index(fields=["kind", "thing", "-id"], name="change_of_thing"),
            models.Index(fields=["author", "-id"], name="change_of_author"),
            models.Index(fields=["planned_for"], name="change_due", condition=Q(state=State.PLANNED)),
            models.Index(fields=["planned_by"], name="change_planned_by", condition=Q(planned_by__isnull=False)),
            models.Index(fields=["decided_by"], name="change_decided_by", condition=Q(decided_by__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.what


class Remark(models.Model):
    """What a colleague says about a change."""

    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="remarks", db_index=False)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(max_length=LONGEST_WORDS, validators=_WORDS)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["change", "id"], name="remarks_of_change")]

    def __str__(self) -> str:
        return f"{self.change_id}: {self.text[:40]}"


class Link(PersonalLink):
    """One person's way to one proposal of theirs. `desk.actions.changes.change_links` signs its number."""

    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="links", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["change", "user"], condition=Q(revoked_at=None), name="one_live_link_of_a_proposer"
            )
        ]
        indexes = [models.Index(fields=["change", "user"], name="link_of_change")]

    def __str__(self) -> str:
        return f"link {self.pk} to {self.change_id}"
