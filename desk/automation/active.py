"""The rules that hold now. Which version is active is asked each time; a version is read once by each process."""

from functools import lru_cache

from django.db import transaction
from django.utils import timezone

from desk.automation.models import AutomationVersion
from policies.automation import Book
from policies.rulebook_states import State

FIRST = 1


def in_force() -> tuple[int, Book]:
    """The id of the active version, and its rules. One query by an index that holds one row."""
    version_id = AutomationVersion.objects.values_list("pk", flat=True).get(state=State.ACTIVE)
    return version_id, book_of(version_id)


@lru_cache(maxsize=50)
def book_of(version_id: int) -> Book:
    """What a version that was once active says; such a version never changes."""
    return AutomationVersion.objects.get(pk=version_id).book()


@transaction.atomic
def make_first() -> None:
    """No rules: what a new desk starts with."""
    if AutomationVersion.objects.exists():
        return
    now = timezone.now()
    AutomationVersion.objects.create(
        number=FIRST,
        document=Book().document,
        summary="Nothing happens by itself",
        state=State.ACTIVE,
        created_at=now,
        changed_at=now,
        activated_at=now,
    )
