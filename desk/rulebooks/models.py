"""The company's policy as it was written, reviewed and switched on: every version for ever."""

from typing import Any

from django.db import models
from django.db.models import Q

from desk.common.versioned import DocumentVersion
from policies.rulebook import Rulebook
from policies.rulebook_form import parse
from policies.rulebook_states import State


class RulebookVersion(DocumentVersion):
    """One wording of the rulebook."""

    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta(DocumentVersion.Meta):
        abstract = False
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
