"""Rules fire: a worker reads the timeline that all verbs write, line by line, and what time has brought about.

Reading on, what the rules did and the log of it are one transaction, held by one worker at a time: killed in the middle
it has done nothing, and the next one does it once. Lines keep their order, rules that of their book. What a rule does
stands on the timeline with the rules that led to it, so that no rule sets itself off again.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from desk.actions.automation.by_rule import carry_out
from desk.actions.automation.gathering import facts_of
from desk.actions.automation.passing import time_brings
from desk.actions.tickets.timeline import because_of
from desk.automation import reading as lines
from desk.automation.active import in_force
from desk.automation.models import Firing
from desk.automation.reading import HeardLine
from desk.tickets.models import Ticket
from policies.automation import (
    CHANGES_WAITING,
    OFTEN,
    Book,
    Facts,
    Fired,
    Happened,
    On,
    Rule,
    fires,
    ons_of,
)

PORTION = 500  # lines, or tickets that time has found, in one transaction
PORTIONS = 20  # of one sweep


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that happened on a ticket. `cause` names it in the log, once and for all."""

    ticket_id: int
    happened: Happened
    cause: str


def run(now: datetime) -> int:
    """Everything that rules can hear by now; how many fired. One query where there are no rules."""
    if not in_force()[1].active:
        return 0
    lines.begun(now)
    total = 0
    for _portion_of in range(PORTIONS):
        fired, more = _portion(now)
        total += fired
        if not more:
            break
    return total


@transaction.atomic
def _portion(now: datetime) -> tuple[int, bool]:
    reading = lines.held()
    if reading is None:  # somebody else is at it
        return 0, False
    version_id, book = in_force()
    if not book.active:  # switched off just now
        return 0, False
    found, more = lines.take(reading, PORTION)
    work = _Work(version_id, book, now)
    fired = work.do(_on_the_timeline(found, book, reading.looked_at))
    if not more:
        heard, more = time_brings(reading, book, now, PORTION)
        fired += work.do([Heard(*one) for one in heard])
    reading.save()
    return fired, more


def _on_the_timeline(found: Sequence[HeardLine], book: Book, looked_at: datetime) -> list[Heard]:
    ons = {rule.on for rule in book.active}
    waits = [rule for rule in book.active if rule.on is On.WAITING]
    changed = {line.ticket_id for line in found if waits and line.kind in CHANGES_WAITING}
    waiting = Ticket.objects.filter(pk__any_of=changed).exclude(waiting_since=None)
    since = {ticket.pk: ticket.waits_from for ticket in waiting.only("waits_from")}
    heard = []
    for line in found:
        chain = tuple(line.data.get("automation", {}).get("chain", ()))
        happened = ons_of(line.kind, line.data) & ons
        if happened:
            heard.append(Heard(line.ticket_id, Happened(frozenset(happened), chain), f"event {line.id}"))
        if line.kind in CHANGES_WAITING and line.ticket_id in since:  # perhaps since before time was looked at
            heard += [
                Heard(line.ticket_id, Happened(frozenset({On.WAITING}), chain, frozenset({rule.key})), cause)
                for rule in waits
                for cause in late_waiting(rule, since[line.ticket_id], looked_at)
            ]
    return heard


def late_waiting(rule: Rule, since: datetime, looked_at: datetime) -> list[str]:
    """What names it, where a customer has waited for so long already when time was last looked at."""
    waited = (looked_at - since).total_seconds() / 60 >= rule.minutes
    return [f"waiting {since.isoformat()}"] if waited else []


@dataclass(slots=True)
class _Work:
    """One transaction's work under one version of the rules."""

    version_id: int
    book: Book
    now: datetime
    _lately: Counter[tuple[int, str]] = field(default_factory=Counter)

    def do(self, heard: Sequence[Heard]) -> int:
        """Who fires is looked up for all at once; tickets are locked only where somebody does."""
        if not heard:
            return 0
        rules = self.book.on({on for one in heard for on in one.happened.ons})
        known = self._facts({one.ticket_id for one in heard}, rules)
        likely = [one for one in heard if one.ticket_id in known and self._fires(one, known[one.ticket_id])]
        if not likely:
            return 0
        ids = {one.ticket_id for one in likely}
        list(Ticket.objects.filter(pk__any_of=ids).select_for_update(of=("self",)).order_by("pk").values_list("pk"))
        known = self._facts(ids, rules)  # as they are now that nobody else changes them
        self._count(ids)
        done = _known({one.cause for one in likely}, ids)
        firings: list[Firing] = []
        for one in likely:
            if one.ticket_id not in known:
                continue
            lately = {rule.key: self._lately[one.ticket_id, rule.key] for rule in rules}
            fired = self._fires(one, known[one.ticket_id], lately)
            fired = [each for each in fired if (one.ticket_id, each.rule.key, one.cause) not in done]
            for each in fired:
                done.add((one.ticket_id, each.rule.key, one.cause))
                self._lately[one.ticket_id, each.rule.key] += 1
                firings.append(self._fire(one, each))
            if fired:
                known |= self._facts({one.ticket_id}, rules)
        Firing.objects.bulk_create(firings)
        return len(firings)

    def _facts(self, ids: Collection[int], rules: Sequence[Rule]) -> dict[int, Facts]:
        rows = Ticket.objects.filter(pk__any_of=ids, merged_into=None).select_related("inbox", "profile")
        return facts_of(list(rows), rules, self.now)

    def _fires(self, one: Heard, facts: Facts, lately: dict[str, int] | None = None) -> list[Fired]:
        return fires(self.book.active, one.happened, facts, lately)

    def _count(self, ids: Collection[int]) -> None:
        """How often each rule fired on these tickets lately."""
        rows = Firing.objects.filter(ticket__any_of=ids, at__gt=self.now - OFTEN).order_by()
        for ticket_id, rule, number in rows.values_list("ticket_id", "rule").annotate(number=Count("id")):
            self._lately[ticket_id, rule] = number

    def _fire(self, one: Heard, fired: Fired) -> Firing:
        rule, chain = fired.rule, [*one.happened.chain, fired.rule.key]
        with because_of(automation={"rule": rule.key, "name": rule.name, "chain": chain}):
            outcomes = carry_out(one.ticket_id, rule, self.now)
        return Firing(
            version_id=self.version_id, rule=rule.key, name=rule.name, ticket_id=one.ticket_id, on=rule.on,
            cause=one.cause, at=self.now, chain=chain,
            conditions=[verdict.as_json() for verdict in fired.verdicts],
            outcomes=[outcome.as_json() for outcome in outcomes],
        )  # fmt: skip


def _known(causes: Collection[str], ids: Collection[int]) -> set[tuple[int, str, str]]:
    """What fired because of these already: a wait can be found by a line and by time."""
    rows = Firing.objects.filter(ticket__any_of=ids, cause__any_of=causes)
    return set(rows.values_list("ticket_id", "rule", "cause"))
