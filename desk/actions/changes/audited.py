"""Things without numbered versions: what they were is in the audit trail, and the way back is one more change."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from desk.actions.changes.kinds import Version, different, lines_between
from desk.actions.changes.made import Made
from desk.common.errors import Conflict, Missing
from desk.people.models import AuditEntry, User, audit


class Audited(Made):
    """`names` are the values that a draft may carry, `called` their words, `verb` what the audit trail calls a change.

    An entry of that verb keeps `before` and `after`, each with what was changed.
    """

    version_key = "id"
    names: Sequence[str]
    called: Mapping[str, "str | Promise"]
    verb: str

    def values(self, row: Any) -> dict[str, Any]:
        return {name: getattr(row, name) for name in self.names}

    def word(self, path: str) -> str:
        return str(self.called.get(path, path))

    def version_rows(self, row: Any) -> "QuerySet[AuditEntry]":
        """Each change of what may be drafted, as the audit trail has it: going back takes it back."""
        mine = AuditEntry.objects.filter(subject=self.subject, subject_id=str(row.pk), verb=self.verb)
        return mine.filter(detail__before__has_any_keys=list(self.names)).select_related("actor")

    def version(self, row: Any, one: AuditEntry) -> Version:
        return Version(one.pk, one.at, one.actor, words=self._words(one), may_return=True)

    def roll_back(self, actor: User, row: Any, number: int, now: datetime) -> int | None:
        """To what held before that line of the audit trail."""
        entry = self.version_rows(row).filter(pk=number).first()
        if entry is None:
            raise Missing(_("The audit trail has no such change of it."))
        wanted = {name: entry.detail["before"][name] for name in self._kept(entry)}
        if not different(self.values(row), wanted):
            raise Conflict(_("It is like that already."), code="same")
        self.changed(actor, row, wanted, now)
        audit(actor, "change_rolled_back", row, to=number)
        return None

    def _kept(self, entry: AuditEntry) -> list[str]:
        return [name for name in self.names if name in entry.detail["before"]]

    def _words(self, entry: AuditEntry) -> str:
        before, after = (
            self.said({name: entry.detail[side][name] for name in self._kept(entry)}) for side in ("before", "after")
        )
        lines = lines_between(before, after)
        return "; ".join(f"{self.word(one.what)}: {one.before} → {one.after}" for one in lines)
