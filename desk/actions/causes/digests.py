"""The voice of the customer for one department: a page to be read in two minutes.

Its causes that come back most, whether that is more than before, what it costs, a few customers in their own words
(masked), and what the department is changing about it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.causes import cause_figures
from desk.actions.causes.cause_figures import CauseFigures, Line
from desk.actions.causes.cause_story import Example, examples
from desk.actions.causes.improvement_effect import Effect, effects
from desk.causes.models import Department, Improvement
from desk.causes.tree import Tree
from desk.common.errors import Missing
from desk.people.models import User
from policies.improvement_states import OPEN, State

PERIOD = "week"
MOST_CAUSES, MOST_QUOTES, MOST_IMPROVEMENTS = 5, 4, 4
STILL_NEWS = timedelta(days=84)  # so long what was done is told with its effect


@dataclass(frozen=True, slots=True)
class Digest:
    department: Department
    figures: CauseFigures
    tickets: int
    work: timedelta
    lines: list[Line]  # those that came back most
    quotes: list[Example]
    improvements: list[tuple[Improvement, Effect | None]]


def department_of(department_id: int) -> Department:
    """Raises Missing."""
    found = Department.objects.filter(pk=department_id).first()
    if found is None:
        raise Missing(_("There is no such department."))
    return found


def read(reader: User, department_id: int, *, now: datetime | None = None) -> Digest:
    """Of the last seven whole days. Raises NotPermitted, Missing."""
    now = now or timezone.now()
    figures = cause_figures.read(reader, PERIOD, now=now)
    department, tree = department_of(department_id), Tree()
    lines = Lines(figures, tree, department)
    counted = {
        cause
        for line in lines.own.values()
        for cause in tree.under(line.place.cause)
        if tree.department(tree.now(cause)) == department
    }
    told = [one for line in lines.own.values() if lines.is_top(line) for one in lines.told(line)]
    most = sorted((line for line in told if line.tickets), key=lambda line: (-line.striking, -line.tickets))
    itself = [lines.itself(line) for line in lines.own.values()]
    return Digest(
        department=department,
        figures=figures,
        tickets=sum(line.tickets for line in itself),
        work=sum((line.work for line in itself), timedelta()),
        lines=most[:MOST_CAUSES],
        quotes=examples(counted, since=figures.first, most=MOST_QUOTES),
        improvements=_improvements(counted, now),
    )


@dataclass(frozen=True, slots=True)
class Lines:
    """What of the figures is a department's own: causes below its own may belong to others, who count those."""

    figures: CauseFigures
    tree: Tree
    department: Department

    @property
    def all(self) -> dict[int, Line]:
        return {line.place.cause.pk: line for line in self.figures.lines}

    @property
    def own(self) -> dict[int, Line]:
        return {cause: line for cause, line in self.all.items() if line.department == self.department}

    def is_top(self, line: Line) -> bool:
        """Whether nothing above it is the department's own."""
        return self.own.keys().isdisjoint(above.pk for above in line.place.path[:-1])

    def below(self, line: Line) -> list[Line]:
        """Directly, with tickets, whosever they are."""
        known = self.all
        found = [known[child.pk] for child in self.tree.children(line.place.cause) if child.pk in known]
        return [one for one in found if one.tickets]

    def itself(self, line: Line) -> Line:
        """With what was given to this very cause alone, of which it is not known how usual it is."""
        below = self.below(line)
        if not below:
            return line
        tickets = line.tickets - sum(one.tickets for one in below)
        work = line.work - sum((one.work for one in below), timedelta())
        return replace(line, tickets=tickets, work=work, change=None, striking=False)

    def told(self, line: Line) -> list[Line]:
        """The lowest causes that say most of it; it itself where most was given to no other."""
        below, itself = self.below(line), self.itself(line)
        ours = [one for one in below if one.department == self.department]
        if len(ours) == len(below) and 2 * itself.tickets >= line.tickets:
            return [line]
        found = [one for child in ours for one in self.told(child)]
        return [*found, itself] if len(ours) < len(below) else found


def _improvements(causes: set[int], now: datetime) -> list[tuple[Improvement, Effect | None]]:
    """What was done lately, with its effect, and what is open, the nearest due first."""
    since = timezone.localtime(now - STILL_NEWS).date()
    rows = Improvement.objects.filter(cause__in=causes).select_related("owner")
    done = list(rows.filter(state=State.DONE, done_on__gte=since).order_by("-done_on", "-id")[:MOST_IMPROVEMENTS])
    doing = rows.filter(state__in=OPEN).order_by(F("due_on").asc(nulls_last=True), "id")
    found = [*done, *doing[: MOST_IMPROVEMENTS - len(done)]]
    measured = effects(found, now=now)
    return [(one, measured.get(one.pk)) for one in found]
