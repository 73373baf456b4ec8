"""What the address of a queue asks for, and the same question written as an address again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.causes.tree import counted_as
from desk.common.errors import Invalid
from desk.tickets.models import Priority, Tier
from desk.tickets.queries import QueueFilter
from policies.scopes import RATINGS

ORDERINGS: dict[str, Promise] = {
    "priority": gettext_lazy("Most urgent first"),
    "due": gettext_lazy("Due first"),
    "waiting_since": gettext_lazy("Waiting longest first"),
    "-created_at": gettext_lazy("Newest first"),
}
NAMES = (
    *("view", "status", "assignee", "team", "inbox", "network", "priority", "tag", "tier", "crisis", "cause"),
    *("rating", "language", "private", "breached", "due_before", "q", "ordering"),
)
PLAIN = frozenset({"view", "team", "inbox", "ordering"})  # what a browser can apply to a change that it hears of
_YEARS = range(1970, 9000)  # that a moment may lie in: others can't be moved to another zone, or by a day
_LONGEST_NUMBER = 18  # digits of a 64-bit number


@dataclass(frozen=True, slots=True)
class Question:
    """A filter, an order, and both as a query string without the cursor."""

    filter: QueueFilter
    ordering: str
    query: str
    narrowed: frozenset[str]  # the names of filters that are narrower than a view, an inbox or a team

    @property
    def plain(self) -> bool:
        """Whether it is one view, inbox or team and nothing else, and one that a browser can judge."""
        return not self.narrowed and self.filter.view not in ("mentioned", "muted")

    @property
    def without_ordering(self) -> str:
        """The query, to put another order behind it."""
        return "&".join(part for part in self.query.split("&") if part and not part.startswith("ordering="))


def question(values: QueryDict) -> Question:
    """Read the query string. Raises Invalid for a value that can't be meant."""
    values = QueryDict(values.urlencode().replace("%00", ""))  # which PostgreSQL can't even look for
    ordering = values.get("ordering") or "priority"
    if ordering not in ORDERINGS:
        raise Invalid(_("This order does not exist. Choose another in the list."))
    asked = [(name, value) for name in NAMES for value in values.getlist(name) if value]
    narrowed = frozenset(name for name, _value in asked) - PLAIN
    wanted = QueueFilter(
        view=values.get("view") or ("" if narrowed & {"status", "q", "crisis", "cause"} else "open"),
        status=tuple(value for value in values.getlist("status") if value),
        assignee=values.get("assignee", ""),
        team=_number(values.get("team", "")),
        inbox=_number(values.get("inbox", "")),
        network=values.get("network", ""),
        priority=_priority(values.get("priority", "")),
        tag=values.get("tag", ""),
        tier=_tier(values.get("tier", "")),
        crisis=_number(values.get("crisis", "")),
        cause=_cause(values.get("cause", "")),
        rating=_rating(values.get("rating", "")),
        language=values.get("language", "")[:5],
        private=_yes_or_no(values.get("private", "")),
        breached=_yes_or_no(values.get("breached", "")),
        due_before=moment(values.get("due_before", "")),
        q=" ".join(values.get("q", "").split()),
    )
    return Question(wanted, ordering, urlencode(asked), narrowed)


def numbers(values: Iterable[str]) -> list[int]:
    """“1,2” and “1”, “2” alike. Raises Invalid."""
    parts = [part for value in values for part in value.split(",") if part]
    if not all(part.isascii() and part.isdigit() and len(part) <= _LONGEST_NUMBER for part in parts):
        raise Invalid(_("These are no numbers of tickets."))
    return list(dict.fromkeys(int(part) for part in parts))


def number(value: str) -> int | None:
    """The one number of a form's field, None where it is empty. Raises Invalid."""
    return next(iter(numbers([value])), None)


def moment(value: str) -> datetime | None:
    """A date and time as a browser's field gives it, in the desk's zone. Raises Invalid."""
    if not value:
        return None
    try:
        parsed = parse_datetime(value)
    except ValueError:
        parsed = None
    if parsed is None or parsed.year not in _YEARS:
        raise Invalid(_("This is no date and time. Write it as 2026-03-10T14:00."))
    return parsed if timezone.is_aware(parsed) else timezone.make_aware(parsed)


def _number(value: str) -> int | None:
    found = numbers([value])
    return found[0] if found else None


def _cause(value: str) -> tuple[int, ...]:
    number = _number(value)
    return () if number is None else counted_as(number)


def _priority(value: str) -> int | None:
    if not value:
        return None
    if value not in map(str, Priority.values):
        raise Invalid(_("Choose low, normal, high or urgent."))
    return int(value)


def _tier(value: str) -> int | None:
    if not value:
        return None
    if value not in map(str, Tier.values):
        raise Invalid(_("Choose standard, important or VIP."))
    return int(value)


def _rating(value: str) -> int | None:
    if not value:
        return None
    if value not in map(str, RATINGS):
        raise Invalid(_("Choose from one to five stars."))
    return int(value)


def _yes_or_no(value: str) -> bool | None:
    return {"1": True, "true": True, "0": False, "false": False}.get(value.lower())
