"""What every kind of thing that can be changed answers: what there is of it, its versions, and what a draft would do.

A kind is one class and one line in `registry`. One that only says where its things are kept shows their history and
their editor, and takes proposals in words; one that has `drafts` also carries values, previews them, and switches them
on by the verbs that stand.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.changes.models import Change
from desk.common.errors import Conflict, Missing
from desk.people.models import User
from desk.people.permissions import Permission

Values = Mapping[str, Any]
THE_ONE = 1
FIRST_VERSIONS = 10  # of one thing, the newest: the others are on a page of their own


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of what a draft would make different."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was counted. `code` is for programs, `words` says it with its number."""

    code: str
    count: int
    words: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a draft would have done in the last days. `note` says what the figures leave out.

    `running`: a worker still counts, and whoever asks again in a second or two is told.
    """

    days: int
    figures: Sequence[Figure] = ()
    note: str = ""
    running: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a thing, as its history shows it."""

    number: int
    at: datetime
    by: User | None
    active: bool = False
    words: str = ""
    may_return: bool = False  # one step goes back to it


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft that the kind keeps itself, such as a version of the rulebook that somebody works on."""

    number: int
    words: str
    state: str
    author: User | None
    ready: bool = False  # it was read, and can be planned for a moment


class Kind:
    """One kind of thing. `subject` is what the audit trail calls it, `permission` what its owners need.

    `editor` and `overview` are names of addresses: of the page of one thing, by its number, and of all of them.
    """

    slug: str
    label: "str | Promise"
    permission: Permission
    subject: str
    overview: str
    editor: str = ""
    reads: Permission | None = None  # what the values in force ask of a reader
    key: tuple[str, ...] = ("name", "id")  # the order of the things: columns, the last unique
    searched: str = "name"  # the column; "" where there are few
    drafts: bool = False
    makes: bool = False  # something new of the kind is drafted with values too
    single: bool = False  # there is one thing of the kind, THE_ONE, and perhaps no row of it yet
    words_make_draft: bool = False  # a proposal in words alone begins a draft where the kind keeps its own
    version_key: str = "id"  # the column in whose order its versions are listed, the newest first
    unforeseen: "str | Promise" = gettext_lazy("What this would have done can't be counted beforehand.")

    def rows(self) -> "QuerySet[Any]":
        """All things of the kind, in no order."""
        raise NotImplementedError

    def title(self, row: Any) -> str:
        return str(row)

    def number(self, row: Any) -> int | None:
        """Of the version in force; None where the kind does not number its versions."""
        return None

    def active_number(self) -> int | None:
        """Of the version in force of the one thing of the kind; None where there are several."""
        return None

    def found(self, thing: int) -> Any:
        """Raises Missing."""
        row = self.rows().filter(pk=thing).first()
        if row is None:
            raise Missing(_("There is no such thing any more. It may have been deleted."))
        return row

    def meant(self, thing: int) -> Any:
        """What a change is about; None for something new of the kind. Raises Missing."""
        return self.found(thing) if thing else None

    def identity(self, row: Any) -> int:
        """What changes of it are kept by. Raises nothing; 0 is never one: it means something new of the kind."""
        return THE_ONE if self.single else int(row.pk)

    def version_rows(self, row: Any) -> "QuerySet[Any]":
        """All of its versions, in no order; none where the audit trail alone tells its history."""
        return Change.objects.none()

    def version(self, row: Any, one: Any) -> Version:
        """One of `version_rows`."""
        raise NotImplementedError

    def versions(self, row: Any) -> list[Version]:
        """The newest, at most FIRST_VERSIONS."""
        newest = self.version_rows(row).order_by(f"-{self.version_key}")[:FIRST_VERSIONS]
        return [self.version(row, one) for one in newest]

    def waiting(self, row: Any) -> list[Waiting]:
        """Drafts that the kind keeps itself."""
        return []

    def values(self, row: Any) -> dict[str, Any]:
        """As the thing reads now, in the form of a draft; what something new begins with where `row` is None."""
        return {}

    def only_different(self, row: Any, values: Values) -> dict[str, Any]:
        """Of what is wanted that which is not so already. Refuses nothing."""
        return different(self.values(row), values)

    def checked(self, row: Any, values: Values) -> dict[str, Any]:
        """Only what would be different. Raises Invalid for what can't be used."""
        raise Conflict(_("This can't be drafted here. Say in words what should change."), code="no_drafts")

    def read_now(self, row: Any) -> list[Difference]:
        """How it reads now, line by line; empty where its editor alone can tell."""
        return []

    def differences(self, row: Any, values: Values) -> list[Difference]:
        return []

    def preview(self, row: Any, values: Values, days: int, now: datetime) -> Preview:
        """What the draft would have done in the last `days`. Writes nothing."""
        return Preview(days, note=str(self.unforeseen))

    def becomes_active(self, change: Change) -> bool:
        """Whether adopting it puts it in force, and does not only make a draft of it, or takes it up."""
        return self.drafts and change.values is not None

    def switch_on(self, actor: User, row: Any, change: Change, now: datetime) -> int | None:
        """Put it in force by the verb of the kind, which asks the role; the number of the version that came of it.

        Of something new the change says from then on which thing it became.
        """
        return None

    def take_away(self, actor: User, row: Any, now: datetime) -> None:
        """Out of use, by the verb of the kind: the way back where something new came. Raises Conflict."""
        raise Conflict(_("This can't be taken away."))

    def roll_back(self, actor: User, row: Any, number: int, now: datetime) -> int | None:
        """Back to an earlier version, as a new one; its number. Raises Conflict, Missing."""
        raise Conflict(_("There is no earlier version to go back to."))


def looked_at(change: Callable[[], object], look: Callable[[], Any] = lambda: None) -> Any:
    """Make a change, look, and take it back. Raises what the verb raises."""
    with transaction.atomic():
        change()
        found = look()
        transaction.set_rollback(True)
    return found


def different(now: Values, wanted: Values) -> dict[str, Any]:
    """Of what is wanted that which is not so already."""
    return {name: value for name, value in wanted.items() if name not in now or now[name] != value}


def flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """A form as lines of a path and words: {"week": {"mon": [["09:00", "17:00"]]}} is week.mon: 09:00-17:00."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from flat(inner, f"{path}.{name}" if path else str(name))
    else:
        yield path, spoken(value)


def spoken(value: Any) -> str:
    """A value in words: – for nothing, parts of a list by commas, an interval with a dash."""
    if value is None or value == "" or value == [] or value == {}:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        if len(value) == 2 and all(isinstance(one, str) and ":" in one for one in value):
            return "–".join(value)
        return ", ".join(spoken(one) for one in value)
    return str(value)


def lines_between(before: Values, after: Values, words: Callable[[str], str] = str) -> list[Difference]:
    """What is different, line by line; `words` says what a path is called."""
    old, new = dict(flat(before)), dict(flat(after))
    return [
        Difference(words(path), old.get(path, "–"), new.get(path, "–"))
        for path in dict.fromkeys((*old, *new))
        if old.get(path, "–") != new.get(path, "–")
    ]
