"""Changes and what can be changed, as lines of lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.actions.changes.changes import made_something
from desk.actions.changes.kinds import Kind
from desk.actions.changes.registry import KINDS
from desk.changes.models import Change
from desk.common.errors import DeskError
from desk.people.models import AuditEntry, User
from desk.web.show import audited
from policies.change_states import OPEN, State

STATES: Mapping[str, "str | Promise"] = dict(Change.States.choices)
FILTERS: Mapping[str, Promise] = {  # in the order in which they are looked at
    State.PROPOSED: gettext_lazy("Proposed"),
    State.PLANNED: gettext_lazy("Planned"),
    State.DRAFT: gettext_lazy("In draft"),
    State.ADOPTED: gettext_lazy("Adopted"),
    State.DECLINED: gettext_lazy("Declined"),
    State.WITHDRAWN: gettext_lazy("Taken back"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A kind, or one thing of it. `last` is its newest change; `open` what is drafted, proposed and planned."""

    title: str
    url: str
    version: int | None
    last: audited.Line | None
    open: list[str]
    decides: bool
    editor: str = ""


def kind_line(kind: Kind, reader: User, last: AuditEntry | None, open_states: Mapping[str, int]) -> Line:
    return Line(
        str(kind.label),
        reverse("change-things", args=[kind.slug]),
        kind.active_number(),
        audited.line(last) if last else None,
        counted(open_states),
        reader.may(kind.permission),
    )


def thing_line(kind: Kind, row: Any, reader: User, last: AuditEntry | None, open_states: Mapping[str, int]) -> Line:
    return Line(
        kind.title(row),
        reverse("change-thing", args=[kind.slug, kind.identity(row)]),
        kind.number(row),
        audited.line(last) if last else None,
        counted(open_states),
        reader.may(kind.permission),
        editor_of(kind, row, reader),
    )


def editor_of(kind: Kind, row: Any, reader: User) -> str:
    """The address of the page where it is changed; empty for who may not open it."""
    if not reader.may(kind.permission):
        return ""
    return reverse(kind.editor, args=[row.pk]) if kind.editor and row is not None else reverse(kind.overview)


def counted(states: Mapping[str, int]) -> list[str]:
    """“2 drafts”, “1 proposal”."""
    proposed, planned, drafted = (states.get(one, 0) for one in (State.PROPOSED, State.PLANNED, State.DRAFT))
    said = (
        (proposed, ngettext("%(count)d proposal", "%(count)d proposals", proposed)),
        (planned, ngettext("%(count)d planned", "%(count)d planned", planned)),
        (drafted, ngettext("%(count)d draft", "%(count)d drafts", drafted)),
    )
    return [words % {"count": count} for count, words in said if count]


def label_of(one: Change) -> str:
    return str(KINDS[one.kind].label)


def adopting(kind: Kind, one: Change) -> str:
    """What the button that adopts it says."""
    if kind.becomes_active(one):
        return _("Switch it on now")
    return _("Make it a draft") if kind.words_make_draft else _("Take it up")


def what_adopting_does(kind: Kind, one: Change) -> str:
    """What follows from the button, in a sentence."""
    if one.is_new and one.values is not None:
        return _("It is there at once, and can be taken away again here.")
    if kind.becomes_active(one):
        return _("It is in force at once, as a new version; the way back is one click.")
    if kind.words_make_draft:
        return _("It becomes a draft of yours with the proposer’s name, which a colleague reads and switches on.")
    return _("It says that you see to it. The change itself is made in the editor.")


def made_and_there(kind: Kind, one: Change) -> bool:
    """Whether something new came of it that is still there."""
    return made_something(one) and kind.rows().filter(pk=one.thing).exists()


def compared(kind: Kind, one: Change, reader: User) -> dict[str, Any]:
    """What it would make different from what is in force now, and whether that has changed since it was written.

    Once it is decided there is nothing to compare with: its version tells the rest.
    """
    if one.values is None or one.state not in OPEN:
        return {}
    if kind.reads is not None and one.author_id != reader.pk and not reader.may(kind.reads):
        return {"hidden": True}
    try:
        row = kind.meant(one.thing)
    except DeskError as gone:
        return {"gone": gone.message}
    number = kind.number(row) if row is not None else None
    moved_on = number is not None and one.began_at is not None and number != one.began_at
    return {"differences": kind.differences(row, one.values), "moved_on": moved_on, "now_at": number}
