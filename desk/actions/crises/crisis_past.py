"""Which crisis level held for a ticket at a moment that is over, as the logs of the crises tell."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.dateparse import parse_datetime

from desk.actions.crises.crisis_levels import crisis_facts
from desk.crises.models import Crisis, CrisisEntry
from desk.tickets.models import Ticket
from policies.crisis_scope import CrisisFacts, Scope
from policies.crisis_states import Level


@dataclass(frozen=True, slots=True)
class Span:
    """A level that one crisis had for a time, over one scope."""

    start: datetime
    end: datetime
    level: int
    scope: Scope
    drill: bool


class LevelsThen:
    """The levels between two moments. Two queries, however many ask; tickets are read where there was a crisis."""

    def __init__(self, since: datetime, until: datetime) -> None:
        begun = Crisis.objects.filter(started_at__lt=until).filter(Q(ended_at=None) | Q(ended_at__gt=since))
        self.spans = _spans(list(begun), until)

    def of(self, moments: Collection[tuple[int, datetime]]) -> Mapping[tuple[int, datetime], int]:
        """The strictest level for each ticket (by id) at its moment; those at level 0 are left out."""
        asked = [(ticket, at) for ticket, at in moments if any(span.start <= at < span.end for span in self.spans)]
        if not asked:
            return {}
        tickets = Ticket.objects.filter(pk__any_of=sorted({ticket for ticket, _at in asked})).select_related("inbox")
        facts = crisis_facts(list(tickets), [span.scope for span in self.spans])
        found = {(ticket, at): self._level(facts[ticket], at) for ticket, at in asked}
        return {moment: level for moment, level in found.items() if level}

    def _level(self, facts: CrisisFacts, at: datetime) -> int:
        return max(
            (
                span.level
                for span in self.spans
                if span.start <= at < span.end and span.drill == facts.drill and span.scope.covers(facts)
            ),
            default=0,
        )


def _spans(crises: list[Crisis], until: datetime) -> list[Span]:
    entries: dict[int, list[CrisisEntry]] = {}
    for entry in CrisisEntry.objects.filter(crisis__in=crises).order_by("crisis", "number") if crises else ():
        entries.setdefault(entry.crisis_id, []).append(entry)
    return [span for crisis in crises for span in _spans_of(crisis, entries.get(crisis.pk, []), until)]


def _spans_of(crisis: Crisis, entries: list[CrisisEntry], until: datetime) -> list[Span]:
    """Each line of the log that sets a level or a scope ends one span and begins the next."""
    spans: list[Span] = []
    level, scope, start = int(Level.SUSPICION), Scope(), crisis.created_at
    for entry in entries:
        at = _happened(entry)
        changed = Level.ELEVATED if entry.kind == "lapsed" else entry.data.get("level", level)
        if changed == level and "scope" not in entry.data:
            continue
        spans.append(Span(start, at, level, scope, crisis.drill))
        level, start = int(changed), at
        scope = Scope.from_json(entry.data["scope"]) if "scope" in entry.data else scope
    spans.append(Span(start, crisis.ended_at or until, level, scope, crisis.drill))
    return [span for span in spans if span.level and span.start < span.end]


def _happened(entry: CrisisEntry) -> datetime:
    """A lapse is written down a little after it happened."""
    return parse_datetime(entry.data.get("lapsed_at", "")) or entry.at
