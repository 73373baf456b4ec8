"""Things with numbered versions of their own, each of which one can go back to."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from desk.actions.changes.kinds import Values, Version
from desk.actions.changes.made import Made
from desk.common.errors import Conflict, Missing
from desk.people.models import User, audit


class Numbered(Made):
    """A thing names its `current` version; those before it stay."""

    makes = True
    version_key = "number"

    def title(self, row: Any) -> str:
        return str(row.name)

    def number(self, row: Any) -> int | None:
        return row.current.number if row is not None and row.current else None

    def of_version(self, one: Any) -> dict[str, Any]:
        """The values of one of `version_rows`."""
        raise NotImplementedError

    def words_of(self, one: Any) -> str:
        """A version in one line."""
        return ""

    def version(self, row: Any, one: Any) -> Version:
        active = one.pk == row.current_id
        return Version(one.number, one.at, one.author, active, self.words_of(one), may_return=not active)

    def roll_back(self, actor: User, row: Any, number: int, now: datetime) -> int | None:
        if number == self.number(row):
            raise Conflict(_("Version %(number)d is active now.") % {"number": number})
        version = self.version_rows(row).filter(number=number).first()
        if version is None:
            raise Missing(_("There is no version %(number)d.") % {"number": number})
        wanted: Values = self.of_version(version)
        became = self.number(self.changed(actor, row, wanted, now))
        if became == self.number(row):
            raise Conflict(_("It reads like version %(number)d already.") % {"number": number}, code="same")
        audit(actor, "change_rolled_back", row, to=number, version=became)
        return became
