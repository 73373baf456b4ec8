"""The rulebook that holds now. A version never changes once it was active, so each process reads it once.

Which one is active is asked each time, by an index that holds one row: a version that was switched on holds for the
very next check, on every machine.
"""

from collections import OrderedDict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, JSONField, Value, When
from django.utils import timezone

from desk.people.models import User
from desk.rulebooks.models import RulebookVersion, document_of
from policies.rulebook import Rulebook
from policies.rulebook_form import default_rulebook, parse
from policies.rulebook_states import State

MOST_READ = 20  # versions that a process keeps
FIRST = 1

_read: OrderedDict[int, Rulebook] = OrderedDict()
_numbers: dict[int, int] = {}  # of versions by their ids, which never change


@dataclass(frozen=True, slots=True)
class InForce:
    """A rulebook with the version that it is, for the stamp of what was checked under it."""

    version_id: int
    number: int
    rulebook: Rulebook

    def signature_of(self, author: User) -> str:
        """What stands under this person's replies: ^JK, or nothing where no initials are set."""
        return self.rulebook.signature.of(author.signature)


_seen: list[InForce] = []
_ATTEMPTS = 3


def in_force() -> InForce:
    """What every reply is checked under now. One query; the words come along where this process has not read them."""
    words = Case(When(pk__in=list(_read), then=Value(None)), default="document", output_field=JSONField())
    active = RulebookVersion.objects.filter(state=State.ACTIVE).values_list("pk", "number", words).first()
    if active is None:  # between two migrations at most
        raise RulebookVersion.DoesNotExist("No rulebook is active. Run `manage.py migrate`.")
    version_id, number, document = active
    if document is not None:
        _keep(version_id, parse(document))
    _numbers[version_id] = number
    found = InForce(version_id, number, _read[version_id])
    _seen[:] = [found]
    return found


def hold_in_force() -> InForce:
    """The same, and it stays in force until the caller's transaction is done: whoever switches another on waits."""
    for _attempt in range(_ATTEMPTS):  # it was replaced while we waited: look which one is active now
        held = RulebookVersion.objects.select_for_update(no_key=True).filter(state=State.ACTIVE)
        if held.values_list("pk", flat=True).first() is not None:
            return in_force()
    raise RulebookVersion.DoesNotExist("No rulebook is active. Run `manage.py migrate`.")


def last_seen() -> InForce:
    """What this process checked by last, for a page that decides nothing: the next check looks for itself."""
    return _seen[0] if _seen else in_force()


def number_of(version_id: int) -> int:
    """The number by which people know a version, such as the one that a reply was checked under."""
    if version_id not in _numbers:
        _numbers[version_id] = RulebookVersion.objects.values_list("number", flat=True).get(pk=version_id)
    return _numbers[version_id]


def _keep(version_id: int, rulebook: Rulebook) -> None:
    _read[version_id] = rulebook
    if len(_read) > MOST_READ:
        _read.popitem(last=False)


@transaction.atomic
def make_first() -> None:
    """The rulebook that a new desk starts with: every rule as it was made."""
    if RulebookVersion.objects.exists():
        return
    now = timezone.now()
    RulebookVersion.objects.create(
        number=FIRST,
        document=document_of(default_rulebook()),
        summary="The rules that every desk starts with",
        state=State.ACTIVE,
        created_at=now,
        changed_at=now,
        activated_at=now,
    )
