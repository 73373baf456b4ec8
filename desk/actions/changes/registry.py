"""All kinds of things that can be changed without a release. A new kind is one line in ALL."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.changes.automating import Automation
from desk.actions.changes.documents import CrisisPlan, Rulebook
from desk.actions.changes.kinds import Kind
from desk.actions.changes.promises import Calendars, PolicyOrder, SlaPolicies
from desk.actions.changes.routing import InboxTeams, Teams
from desk.actions.changes.tools import AlertChains, Macros
from desk.actions.changes.wording import CannedResponses, Causes
from desk.common.errors import Missing
from desk.people.models import Rota, User
from desk.people.permissions import Permission
from desk.privacy.models import Retention
from desk.reports.models import SavedReport
from desk.signals.models import Rules, Stream
from desk.wallboards.models import Wallboard


class Listed(Kind):
    """A kind of which its history and its editor are shown, and proposals are taken in words.

    Its things change in their editor, at once. `kept` says which rows there are, `known` what one is called.
    """

    def __init__(
        self,
        slug: str,
        label: Promise,
        permission: Permission,
        model: type[Model],
        overview: str,
        editor: str = "",
        *,
        key: tuple[str, ...] = ("name", "id"),
        searched: str = "name",
        called: Promise | None = None,
        **kept: Any,
    ) -> None:
        self.slug, self.label, self.permission = slug, label, permission
        self.overview, self.editor, self.key, self.searched = overview, editor, key, searched
        self.subject = model._meta.model_name or ""
        self._model, self._called, self._kept = model, called, kept

    def rows(self) -> "QuerySet[Any]":
        return self._model._default_manager.filter(**self._kept)

    def title(self, row: Any) -> str:
        return str(self._called or row.name)

    def number(self, row: Any) -> int | None:
        return row.current.number if getattr(row, "current", None) is not None else None


class Single(Listed):
    """Of which there is one, which nobody need have written down yet."""

    single = True

    def found(self, thing: int) -> Any:
        return self.rows().first() or self._model()


ALL: tuple[Kind, ...] = (
    SlaPolicies(),
    PolicyOrder(),
    Calendars(),
    Rulebook(),
    CrisisPlan(),
    Automation(),
    InboxTeams(),
    Teams(),
    CannedResponses(),
    Causes(),
    Macros(),
    AlertChains(),
    Listed(
        "stream", gettext_lazy("Streams that are watched"), Permission.MANAGE_CRISES, Stream, "signal-streams",
        "signal-stream", deleted_at=None,
    ),
    Single(
        "trigger_words", gettext_lazy("Words that are told"), Permission.MANAGE_CRISES, Rules, "signal-rules",
        key=("id",), searched="", called=gettext_lazy("Words that are told"),
    ),
    Listed(
        "rota", gettext_lazy("On-call rotas"), Permission.MANAGE_ROTAS, Rota, "administration-rotas",
        "administration-rota", deleted_at=None,
    ),
    Single(
        "retention", gettext_lazy("Retention"), Permission.ERASE_CUSTOMERS, Retention, "administration-personal-data",
        key=("id",), searched="", called=gettext_lazy("How long things are kept"),
    ),
    Listed(
        "report", gettext_lazy("Reports that colleagues share"), Permission.MANAGE_REPORTS, SavedReport,
        "saved-reports", "saved-report", sharing=SavedReport.Sharing.COMPANY,
    ),
    Listed(
        "wallboard", gettext_lazy("Wallboards"), Permission.MANAGE_WALLBOARDS, Wallboard, "administration-wallboards",
        "administration-wallboard",
    ),
)  # fmt: skip
KINDS: Mapping[str, Kind] = {kind.slug: kind for kind in ALL}


def kind_of(slug: str) -> Kind:
    """Raises Missing."""
    if slug not in KINDS:
        raise Missing(_("There is no such kind of thing."))
    return KINDS[slug]


def owned_by(person: User) -> list[str]:
    """The kinds about which this person decides."""
    return [kind.slug for kind in ALL if person.may(kind.permission)]
