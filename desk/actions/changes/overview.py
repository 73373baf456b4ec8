"""What the page of changes shows of all kinds: who changed what last, what is drafted, planned and proposed.

The facts are those of the audit trail and of the versions; nothing is kept twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, QuerySet

from desk.actions.changes.changes import seen_by
from desk.actions.changes.kinds import THE_ONE, Kind
from desk.actions.changes.registry import ALL
from desk.people.models import AuditEntry, User
from policies.change_states import OPEN

FOUND_EACH = 5  # things of one kind that a search shows
LONGEST_SEARCH = 80
LATEST = 10  # lines of the audit trail beside one thing


def last_of_kinds() -> Mapping[str, AuditEntry]:
    """The newest change of each kind, by its slug; one statement, one step down an index for each."""
    subjects = list(dict.fromkeys(kind.subject for kind in ALL))
    first, *others = (_newest(subject) for subject in subjects)
    found = {entry.subject: entry for entry in _with_people(first.union(*others, all=True))}
    return {kind.slug: found[kind.subject] for kind in ALL if kind.subject in found}


def last_of_things(kind: Kind, rows: Sequence[Any]) -> Mapping[int, AuditEntry]:
    """The newest change of each of some things, by its id."""
    entries = AuditEntry.objects.filter(subject=kind.subject, subject_id__in=[str(row.pk) for row in rows])
    newest = entries.order_by("subject_id", "-id").distinct("subject_id").select_related("actor")
    return {int(entry.subject_id): entry for entry in newest}


def log_of(kind: Kind, row: Any) -> "QuerySet[AuditEntry]":
    """The audit trail of one thing, the newest first."""
    entries = AuditEntry.objects.filter(subject=kind.subject, subject_id=str(row.pk)).select_related("actor")
    return entries.order_by("-id")


def open_by_kind(person: User) -> Mapping[str, Mapping[str, int]]:
    """How many drafts, proposals and plans there are of each kind, as far as this person sees them."""
    found: dict[str, dict[str, int]] = {}
    rows = seen_by(person).filter(state__in=OPEN).order_by().values_list("kind", "state")
    for kind, state, number in rows.annotate(number=Count("pk")):
        found.setdefault(kind, {})[state] = number
    return found


def open_by_thing(person: User, kind: Kind, rows: Iterable[Any]) -> Mapping[int, Mapping[str, int]]:
    """The same of each of some things, by what changes of it are kept by."""
    found: dict[int, dict[str, int]] = {}
    mine = seen_by(person).filter(kind=kind.slug, thing__in=[kind.identity(row) for row in rows], state__in=OPEN)
    counted = mine.order_by().values_list("thing", "state").annotate(number=Count("pk"))
    for thing, state, number in counted:
        found.setdefault(thing, {})[state] = number
    return found


def search(words: str) -> list[tuple[Kind, list[Any]]]:
    """Things whose name has these words, at most FOUND_EACH of each kind."""
    wanted = " ".join(words.replace("\x00", " ").split())[:LONGEST_SEARCH]
    found = [(kind, _named(kind, wanted)) for kind in ALL] if wanted else []
    return [(kind, rows) for kind, rows in found if rows]


def _named(kind: Kind, wanted: str) -> list[Any]:
    if not kind.searched:
        return [kind.found(THE_ONE)] if wanted.lower() in str(kind.label).lower() else []
    return list(kind.rows().filter(**{f"{kind.searched}__icontains": wanted}).order_by(*kind.key)[:FOUND_EACH])


def _newest(subject: str) -> "QuerySet[AuditEntry]":
    return AuditEntry.objects.filter(subject=subject).order_by("-id")[:1]


def _with_people(entries: Iterable[AuditEntry]) -> list[AuditEntry]:
    found = list(entries)
    people = User.objects.in_bulk({entry.actor_id for entry in found if entry.actor_id is not None})
    for entry in found:
        entry.actor = people.get(entry.actor_id) if entry.actor_id is not None else None
    return found
