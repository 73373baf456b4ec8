"""The rail of views, inboxes and teams, each with how much waits in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.inboxes.models import Inbox
from desk.people.models import Team
from desk.tickets.queries import COUNTED_TO, QueueFilter
from desk.web.show import text
from desk.web.show.tiles import Tile, tile

VIEWS: Mapping[str, Promise] = {
    "mine": gettext_lazy("Mine"),
    "mentioned": gettext_lazy("I was mentioned"),
    "unassigned": gettext_lazy("Unassigned"),
    "open": gettext_lazy("All open"),
    "waiting": gettext_lazy("Waiting"),
    "breached": gettext_lazy("Breached"),
    "problems": gettext_lazy("Held and failed"),
    "snoozed": gettext_lazy("Snoozed"),
    "resolved": gettext_lazy("Resolved"),
    "spam": gettext_lazy("Spam"),
    "muted": gettext_lazy("Muted"),
}
FOLDED = frozenset({"resolved", "spam", "muted"})  # looked for, never worked through: no badge


@dataclass(frozen=True, slots=True)
class Link:
    key: str  # of its badge: "mine", "inbox:3"
    query: str
    label: str
    count: str
    current: bool
    late: bool = False
    tile: Tile | None = None
    hint: str = ""

    @property
    def number(self) -> str:
        """The inbox's or team's own number."""
        return self.key.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Rail:
    views: list[Link]
    inboxes: list[Link]
    teams: list[Link]
    monitors: bool = False  # an account searches for what nobody says to us


def rail(counts: Mapping[str, int], inboxes: Iterable[Inbox], teams: Iterable[Team], chosen: QueueFilter) -> Rail:
    """Everything one can look at, and which of it is shown."""
    whole, inboxes = chosen.inbox is None and chosen.team is None, list(inboxes)
    return Rail(
        [
            Link(
                key,
                f"view={key}",
                str(label),
                _badge(key, counts),
                whole and chosen.view == key,
                key == "breached" and bool(counts.get(key)),
            )
            for key, label in VIEWS.items()
        ],
        [_inbox(inbox, counts, current=chosen.inbox == inbox.pk) for inbox in inboxes],
        [
            Link(
                f"team:{team.pk}",
                f"team={team.pk}",
                team.name,
                _badge(f"team:{team.pk}", counts),
                chosen.team == team.pk,
            )
            for team in teams
        ],
        any(inbox.options.get("search") for inbox in inboxes),
    )


def badges(counts: Mapping[str, int], inboxes: Iterable[Inbox]) -> dict[str, object]:
    """The words of all badges and which of them are red, for a screen that is open already."""
    words = {key: _badge(key, counts) for key in counts}
    states = {link.key: link for link in (_inbox(inbox, counts, current=False) for inbox in inboxes)}
    late = [key for key, link in states.items() if link.late]
    return {
        "words": words | {key: link.count for key, link in states.items()},
        "late": [*late, "breached"] if counts.get("breached") else late,
    }


def title(chosen: QueueFilter, rail: Rail) -> str:
    """What the list is called."""
    current = [link.label for link in (*rail.inboxes, *rail.teams) if link.current]
    if current:
        return " · ".join(current)
    return str(VIEWS.get(chosen.view, _("Found")))


def _inbox(inbox: Inbox, counts: Mapping[str, int], *, current: bool) -> Link:
    key = f"inbox:{inbox.pk}"
    signed_out = inbox.state == Inbox.State.NEEDS_REAUTHORISATION
    paused = inbox.state == Inbox.State.PAUSED
    return Link(
        key,
        f"inbox={inbox.pk}",
        _("Drill: %(words)s") % {"words": text.name(inbox.name)} if inbox.drill else text.name(inbox.name),
        _("sign in") if signed_out else _("paused") if paused else _badge(key, counts),
        current,
        late=signed_out,
        tile=tile(inbox.network),
        hint=_("The account needs to be authorised again; nothing is lost") if signed_out else "",
    )


def _badge(key: str, counts: Mapping[str, int]) -> str:
    if key in FOLDED:
        return ""
    count = counts.get(key, 0)
    number = f"{COUNTED_TO - 1}+" if count >= COUNTED_TO else str(count)
    return _("%(count)s late") % {"count": number} if key == "breached" and count else number
