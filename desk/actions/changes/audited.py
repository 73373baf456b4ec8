"""Things without numbered versions: what they were is in the audit trail, and the way back is one more change."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from desk.actions.changes.kinds import (
    MOST_VERSIONS,
    Difference,
    Kind,
    Values,
    Version,
    different,
    lines_between,
    looked_at,
)
from desk.changes.models import Change
from desk.common.errors import Conflict, Missing
from desk.people.models import AuditEntry, User, audit


class Audited(Kind):
    """`names` are the values that a draft may carry, `called` their words, `verb` what the audit trail calls a change.

    An entry of that verb keeps `before` and `after`, each with what was changed.
    """

    drafts = True
    names: Sequence[str]
    called: Mapping[str, "str | Promise"]
    verb: str

    def changed(self, actor: User | None, row: Any, values: Values) -> None:
        """Change it by the verb that stands; nobody's wish is one that is tried and taken back."""
        raise NotImplementedError

    def values(self, row: Any) -> dict[str, Any]:
        return {name: getattr(row, name) for name in self.names}

    def read_now(self, row: Any) -> list[Difference]:
        return lines_between({}, self.said(self.values(row)), self.word)

    def differences(self, row: Any, values: Values) -> list[Difference]:
        now = self.values(row)
        return lines_between(self.said(now), self.said({**now, **values}), self.word)

    def said(self, values: Values) -> dict[str, Any]:
        """Values as a person reads them."""
        return dict(values)

    def word(self, path: str) -> str:
        """What a line of `said` is called."""
        return str(self.called.get(path, path))

    def checked(self, row: Any, values: Values) -> dict[str, Any]:
        wanted = different(self.values(row), values)
        if wanted:
            looked_at(lambda: self.changed(None, row, wanted))
        return wanted

    def versions(self, row: Any) -> list[Version]:
        """Each change of what may be drafted, as the audit trail has it: going back takes it back."""
        return [
            Version(entry.pk, entry.at, entry.actor, words=self._words(entry), may_return=True)
            for entry in self._entries(row)[:MOST_VERSIONS]
        ]

    def switch_on(self, actor: User, row: Any, change: Change, now: datetime) -> int | None:
        self.changed(actor, row, change.values or {})
        return None

    def roll_back(self, actor: User, row: Any, number: int, now: datetime) -> int | None:
        """To what held before that line of the audit trail."""
        entry = self._entries(row).filter(pk=number).first()
        if entry is None:
            raise Missing(_("The audit trail has no such change of it."))
        wanted = {name: entry.detail["before"][name] for name in self._kept(entry)}
        if not different(self.values(row), wanted):
            raise Conflict(_("It is like that already."), code="same")
        self.changed(actor, row, wanted)
        audit(actor, "change_rolled_back", row, to=number)
        return None

    def _entries(self, row: Any) -> "QuerySet[AuditEntry]":
        mine = AuditEntry.objects.filter(subject=self.subject, subject_id=str(row.pk), verb=self.verb)
        return mine.filter(detail__before__has_any_keys=list(self.names)).select_related("actor").order_by("-id")

    def _kept(self, entry: AuditEntry) -> list[str]:
        return [name for name in self.names if name in entry.detail["before"]]

    def _words(self, entry: AuditEntry) -> str:
        before, after = (
            self.said({name: entry.detail[side][name] for name in self._kept(entry)}) for side in ("before", "after")
        )
        lines = lines_between(before, after)
        return "; ".join(f"{self.word(one.what)}: {one.before} → {one.after}" for one in lines)
