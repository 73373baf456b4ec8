"""One cause over half a year: its weeks, and what customers said, masked for whoever reads it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import regex
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.causes.cause_figures import DAY, CauseFigures, Line, added, counts_by_day, excluded, read
from desk.actions.customers.masking import for_anybody
from desk.causes.models import Cause, Improvement
from desk.causes.tree import Tree
from desk.common.errors import Missing
from desk.people.models import User
from desk.tickets.models import Message, Ticket
from policies.ticket_states import State

WEEKS = 26  # that a curve shows, with the one that runs
EXAMPLES = 5
MOST_IMPROVEMENTS = 20
_LOOKED_AT = 40  # of the newest tickets, for examples that say something
_NUMBERS = regex.compile(r"\p{N}+")  # in which almost the same words may differ
_SHORTEST, _LONGEST = 25, 280  # characters of an example


@dataclass(frozen=True, slots=True)
class Week:
    """By its Monday. `left_out`: so many of its days are compared with no other. `runs`: it is not over."""

    monday: date
    tickets: int
    left_out: int
    runs: bool


@dataclass(frozen=True, slots=True)
class Example:
    """What a customer said first, masked."""

    ticket: int
    said: str
    language: str
    at: datetime
    sentiment: str


@dataclass(frozen=True, slots=True)
class CauseStory:
    cause: Cause
    path: str
    figures: CauseFigures
    line: Line | None
    below: list[Line]
    weeks: list[Week]
    examples: list[Example]
    improvements: list[Improvement]


def of_cause(reader: User, cause_id: int, period: str, *, now: datetime | None = None) -> CauseStory:
    """Raises NotPermitted, Missing, Invalid."""
    now = now or timezone.now()
    figures = read(reader, period, now=now)
    tree = Tree()
    if cause_id not in tree:
        raise Missing(_("There is no such cause."))
    cause = tree.now(cause_id)
    lines = {line.place.cause.pk: line for line in figures.lines}
    below = [lines[child.pk] for child in tree.children(cause) if child.pk in lines]
    under = tree.under(cause)
    return CauseStory(
        cause=cause,
        path=tree.words(cause),
        figures=figures,
        line=lines.get(cause.pk),
        below=below,
        weeks=_weeks(tree, under, now),
        examples=examples(under, since=figures.first),
        improvements=list(Improvement.objects.filter(cause__in=under).select_related("owner")[:MOST_IMPROVEMENTS]),
    )


def _weeks(tree: Tree, under: set[int], now: datetime) -> list[Week]:
    today = timezone.localtime(now).date()
    monday = today - DAY * today.weekday()
    first = monday - timedelta(weeks=WEEKS - 1)
    days = added(counts_by_day(tree, first, today), under)
    out = excluded(first, today, now)
    weeks = []
    for number in range(WEEKS):
        start = first + timedelta(weeks=number)
        within = [start + DAY * day for day in range(7)]
        left_out = sum(day in out.crisis or day in out.blind for day in within)
        weeks.append(Week(start, sum(days.get(day, 0) for day in within), left_out, start == monday))
    return weeks


def examples(causes: set[int], *, since: date, most: int = EXAMPLES) -> list[Example]:
    """The newest that are long enough to say something, negative ones first; none of them twice."""
    first = Message.objects.filter(ticket=OuterRef("pk"), outgoing=False, deleted_at=None, erased_at=None)
    said = Subquery(first.order_by("created_at", "id").values("text")[:1])
    rows = Ticket.objects.filter(
        cause_row__cause__in=causes, created_at__date__gte=since, inbox__drill=False, merged_into=None, erased_at=None
    ).exclude(state=State.SPAM)
    newest = rows.annotate(said=said).order_by("-created_at", "-id")[:_LOOKED_AT]
    mask = for_anybody()
    found: dict[str, Example] = {}
    for ticket in newest:
        words = " ".join(mask(vars(ticket)["said"] or "").split())
        if len(words) >= _SHORTEST:
            cut = words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
            found.setdefault(
                _NUMBERS.sub("#", words.casefold()),
                Example(ticket.pk, cut, ticket.language, ticket.created_at, ticket.sentiment),
            )
    ordered = sorted(found.values(), key=lambda one: (one.sentiment != "negative", -one.at.timestamp()))
    return ordered[:most]
