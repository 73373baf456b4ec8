"""The tree of causes, read whole: it is small, and every page that shows a cause needs what is above it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from desk.causes.models import Cause, Department
from desk.people.models import User

DEEPEST = 3  # levels
MOST_CAUSES = 300  # that are on offer
BETWEEN = " › "


@dataclass(frozen=True, slots=True)
class Place:
    """A cause where it stands in the tree; `path` begins at the top."""

    cause: Cause
    path: tuple[Cause, ...]

    @property
    def depth(self) -> int:
        return len(self.path) - 1

    @property
    def words(self) -> str:
        return BETWEEN.join(cause.name for cause in self.path)


class Tree:
    """All causes, also archived and merged ones. One query."""

    def __init__(self) -> None:
        rows = Cause.objects.select_related("department", "owner").order_by("name_en", "id")
        self._all = {cause.pk: cause for cause in rows}

    def __contains__(self, cause_id: int) -> bool:
        return cause_id in self._all

    def __getitem__(self, cause_id: int) -> Cause:
        """The very cause. Raises KeyError."""
        return self._all[cause_id]

    def now(self, cause_id: int) -> Cause:
        """What it is counted as today: the one into which it was merged, wherever that went."""
        cause = self._all[cause_id]
        while cause.merged_into_id is not None:
            cause = self._all[cause.merged_into_id]
        return cause

    def path(self, cause: Cause) -> tuple[Cause, ...]:
        """From the top down to it."""
        found = [cause]
        while found[-1].parent_id is not None:
            found.append(self.now(found[-1].parent_id))
        return tuple(reversed(found))

    def words(self, cause: Cause) -> str:
        """“Trains › Delay”."""
        return BETWEEN.join(one.name for one in self.path(cause))

    def department(self, cause: Cause) -> Department | None:
        """Its own, or that of the nearest above it."""
        return next((one.department for one in reversed(self.path(cause)) if one.department_id), None)

    def owner(self, cause: Cause) -> User | None:
        """Its own, or that of the nearest above it who still works here."""
        return next((one.owner for one in reversed(self.path(cause)) if one.owner and one.owner.is_active), None)

    @cached_property
    def _below(self) -> dict[int | None, list[Cause]]:
        below: dict[int | None, list[Cause]] = {}
        for cause in self._all.values():
            if cause.merged_into_id is None:
                above = self.now(cause.parent_id).pk if cause.parent_id is not None else None
                below.setdefault(above, []).append(cause)
        return below

    def children(self, cause: Cause | None) -> list[Cause]:
        """Those directly below it, by name; archived ones too."""
        return sorted(self._below.get(cause.pk if cause else None, []), key=lambda one: (one.name.casefold(), one.pk))

    def places(self, *, archived: bool = False) -> list[Place]:
        """Top down, each followed by what is below it. What is below an archived cause is not on offer either."""
        return list(self._walk(None, (), archived))

    def _walk(self, cause: Cause | None, path: tuple[Cause, ...], archived: bool) -> Iterator[Place]:
        for child in self.children(cause):
            if archived or child.archived_at is None:
                here = (*path, child)
                yield Place(child, here)
                yield from self._walk(child, here, archived)

    def under(self, cause: Cause) -> set[int]:
        """The ids that are counted for a cause: it, all below it, and what was merged into any of them."""
        found = {cause.pk, *(one for child in self.children(cause) for one in self.under(child))}
        return found | {pk for pk, one in self._all.items() if one.merged_into_id and self.now(pk).pk in found}

    def learned(self) -> dict[int, int]:
        """How many tickets taught each cause, with those of what was merged into it."""
        found: dict[int, int] = {}
        for cause in self._all.values():
            now = self.now(cause.pk).pk
            found[now] = found.get(now, 0) + cause.learned
        return found

    def merged(self, cause: Cause) -> list[Cause]:
        """Those that were merged straight into it."""
        return [one for one in self._all.values() if one.merged_into_id == cause.pk]


def counted_as(cause_id: int) -> tuple[int, ...]:
    """For a filter: this cause first, then all that are counted for it today. One that is not there fits no ticket."""
    tree = Tree()
    if cause_id not in tree:
        return (cause_id,)
    return (cause_id, *sorted(tree.under(tree.now(cause_id)) - {cause_id}))
