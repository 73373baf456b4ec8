"""Kinds whose drafts carry values, for what is there and for something new: what is shown, checked and switched on."""

from datetime import datetime
from typing import Any

from desk.actions.changes.kinds import Difference, Kind, Values, lines_between, looked_at
from desk.changes.models import Change
from desk.people.models import User


class Made(Kind):
    """Each says how its values read (`said`, `word`) and by which verb they come true (`changed`)."""

    drafts = True

    def changed(self, actor: User | None, row: Any, values: Values, now: datetime | None = None) -> Any:
        """The thing after the verb of the kind, which asks and refuses all that it does; `row` None makes a new one.

        Nobody's wish is one that is tried and taken back.
        """
        raise NotImplementedError

    def said(self, values: Values) -> dict[str, Any]:
        """Values as a person reads them."""
        return dict(values)

    def word(self, path: str) -> str:
        """What a line of `said` is called."""
        return path

    def whole(self, values: Values) -> dict[str, Any]:
        """Of something new: with what it begins with where nothing is wished for."""
        return {**self.values(None), **values}

    def read_now(self, row: Any) -> list[Difference]:
        return lines_between({}, self.said(self.values(row)), self.word)

    def differences(self, row: Any, values: Values) -> list[Difference]:
        if row is None:
            return lines_between({}, self.said(self.whole(values)), self.word)
        now = self.values(row)
        return lines_between(self.said(now), self.said({**now, **values}), self.word)

    def checked(self, row: Any, values: Values) -> dict[str, Any]:
        wanted = self.only_different(row, values)
        if wanted:
            looked_at(lambda: self.changed(None, row, wanted))
        return wanted

    def switch_on(self, actor: User, row: Any, change: Change, now: datetime) -> int | None:
        became = self.changed(actor, row, change.values or {}, now)
        if row is None:
            change.thing, change.title = self.identity(became), self.title(became)
        return self.number(became)
