"""A month of a company in fast-forward, and then every figure of the reports worked out again by other code.

Opening hours with a lunch break, a night shift over the change of the clocks, Easter, three accounts on two networks,
public and private, and all that colleagues do with tickets. `tests/month` has the story and the second reckoning.
"""

import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from desk.actions.reports import report, reports
from desk.actions.reports.report_tickets import Figure, behind
from desk.inboxes.models import RawItem
from desk.reports.counting import Chosen, Tally, midnight
from desk.reports.models import MonthCell
from desk.sla.audit import differences
from desk.sla.models import Clock
from desk.tickets.models import Message, Ticket
from policies.reports import upper_bound
from tests.month import figures
from tests.month.figures import METRICS, PERCENTS, Sum
from tests.month.network import running_networks
from tests.month.play import Month
from tests.month.reckoning import NETWORKS, Company
from tests.month.script import MONTH_ENDS, Script, written
from tests.month.world import founded

pytestmark = pytest.mark.django_db(transaction=True)
MOST_TOLD = 5


@pytest.mark.parametrize(("messages", "in_storms"), [(800, 450), pytest.param(20_000, 18_000, marks=pytest.mark.long)])
def test_every_figure_of_a_month_is_what_people_said_and_did(messages: int, in_storms: int, tmp_path: Path) -> None:
    begun = time.perf_counter()
    month = played(written(messages, in_storms), tmp_path)
    print(f"\n{Message.objects.count():,} messages in {time.perf_counter() - begun:.0f} s, refused: {month.refused}")
    reckoned_again(month)


def reckoned_again(month: Month) -> None:
    """Tickets, clocks and figures by the second reckoning are what the desk has."""
    company = Company(month.script.said)
    company.take(month.facts)
    clocks = figures.clocks(company)
    print(f"{len(company.cases):,} tickets, {len(clocks):,} clocks, {sum(clock.late for clock in clocks):,} late")
    assert_nothing_is_lost(month)
    assert_tickets_are(company, month)
    assert_clocks_are(company, clocks, month)
    assert list(map(str, differences(Ticket.objects.order_by("id")))) == []
    while reports.count_changes():
        pass
    assert MonthCell.objects.filter(arrived__gt=0).exists()  # both ways to a figure are taken
    counted = [one for one in clocks if not figures.counts_nowhere(one)]
    for metric, business in product(METRICS, (False, True)):
        assert_figures_are(counted, month, metric, business)


def played(script: Script, folder: Path) -> Month:
    cache.clear()
    supervisor, agents, teams = founded()
    with running_networks(folder) as networks:
        networks.open_accounts(teams[:3])
        networks.hear(script.said)
        month = Month(script, networks, supervisor, agents, teams)
        month.play()
    return month


def assert_nothing_is_lost(month: Month) -> None:
    """Every word that reached the desk is there, once."""
    assert not RawItem.objects.filter(processed_at=None).exists()
    heard = [fact.ref for fact in month.facts if fact.what in ("heard", "answered by hand")]
    sent = sum(fact.what == "sent" for fact in month.facts)
    assert Message.objects.count() == len(heard) + sent
    known = set(Message.objects.values_list("inbox_id", "external_id"))
    assert {month.address_of(ref) for ref in heard} <= known


def assert_tickets_are(company: Company, month: Month) -> None:
    """State, owner, team, priority and language of every ticket."""
    columns = ("state", "assignee_id", "team_id", "priority", "language")
    stored = {row["pk"]: tuple(row[name] for name in columns) for row in Ticket.objects.values("pk", *columns)}
    reckoned = {
        month.tickets[case.refs[0]]: (
            case.state, None if case.owner is None else month.agents[case.owner].pk, month.teams[case.team].pk,
            case.priority, case.language,
        )
        for case in company.cases
    }  # fmt: skip
    assert differing(stored, reckoned, company, month) == ""


def assert_clocks_are(company: Company, clocks: Iterable[figures.Clock], month: Month) -> None:
    """Start, due time and end of every cycle, and whether it was late."""
    rows = Clock.objects.values_list(
        "ticket_id", "metric", "state", "started_at", "due_at", "met_at", "cancelled_at", "breached_at"
    )
    stored: dict[int, set[Any]] = {}
    for ticket, metric, state, start, due, met, cancelled, breached in rows:
        stored.setdefault(ticket, set()).add((metric, str(state), start, due, met or cancelled, breached is not None))
    reckoned: dict[int, set[Any]] = {}
    for one in clocks:
        cycle = one.cycle
        row = (cycle.metric, cycle.status, cycle.start, one.due, cycle.end, one.late)
        reckoned.setdefault(month.tickets[one.case.refs[0]], set()).add(row)
    assert differing(stored, reckoned, company, month) == ""


def differing(stored: dict[int, Any], reckoned: dict[int, Any], company: Company, month: Month) -> str:
    """The first tickets on which the two disagree, with all that happened to them."""
    found = [pk for pk in stored.keys() | reckoned.keys() if stored.get(pk) != reckoned.get(pk)]
    first = {month.tickets[case.refs[0]]: case for case in company.cases}
    parts = [f"{len(found)} tickets differ"] if found else []
    for pk in sorted(found)[:MOST_TOLD]:
        parts += [f"── ticket {pk}", *_said(stored.get(pk)), "── but", *_said(reckoned.get(pk)), "── because"]
        parts += [
            f"{fact.at:%d %H:%M:%S.%f} {fact.what} {fact.ref} of {company.said[fact.ref].at:%d %H:%M:%S} {fact.more}"
            for fact in month.facts if fact.ref and company.of(fact.ref) is company.of(first[pk].refs[0])
        ]  # fmt: skip
    return "\n".join(parts)


def _said(values: Any) -> list[str]:
    return sorted(" ".join(map(str, row)) for row in values) if isinstance(values, set) else [str(values)]


def assert_figures_are(clocks: list[figures.Clock], month: Month, metric: str, business: bool) -> None:
    """The whole report, then parts of it, and the tickets behind a figure."""
    days = figures.days_of_the_month()
    whole = Chosen(midnight(days[0]), midnight(days[-1]).replace(hour=23), metric, business)
    of_metric = [one for one in clocks if one.cycle.metric == metric]
    inside = [one for one in of_metric if whole.since <= one.cycle.start < whole.until]
    found = report.read(month.supervisor, whole, now=MONTH_ENDS)
    assert_levels_are(found, clocks)
    assert said(found.all) == figures.total(inside, business)
    assert_lines_are(found, inside, month, business)
    for chosen, holds in parts(whole, month):
        of_part = [one for one in of_metric if chosen.since <= one.cycle.start < chosen.until and holds(one)]
        part = report.read(month.supervisor, chosen, now=MONTH_ENDS)
        assert said(part.all) == figures.total(of_part, business)
        assert_levels_are(part, [one for one in clocks if holds(one)])
    late, given_up = (tickets_behind(whole, month, kind) for kind in ("late", "resolved_unanswered"))
    assert late == sorted(month.tickets[one.case.refs[0]] for one in inside if one.late)
    assert given_up == sorted(month.tickets[one.case.refs[0]] for one in inside if one.cycle.dropped_as == "resolved")


def assert_levels_are(found: report.Report, clocks: list[figures.Clock]) -> None:
    """The backlog at the end of every day or hour."""
    assert found.levels
    for level in found.levels:
        assert level.tickets == figures.backlog(clocks, level.at, resolves=True), level
        assert level.unanswered == figures.backlog(clocks, level.at, resolves=False), level


def parts(whole: Chosen, month: Month) -> list[tuple[Chosen, Callable[[figures.Clock], bool]]]:
    """Some filters and other periods, with which clocks belong to them."""
    inbox, team, agent = month.networks.inboxes[1].pk, month.teams[3].pk, month.agents[2].pk
    return [
        (replace(whole, since=midnight(whole.since.date().replace(day=1))), lambda one: True),  # a month added up
        (replace(whole, since=midnight(date(2024, 3, 17)), until=midnight(date(2024, 4, 3))), lambda one: True),
        (replace(whole, inboxes=report.inboxes_of(NETWORKS[0])), lambda one: NETWORKS[one.case.inbox] == NETWORKS[0]),
        (replace(whole, inbox=inbox, private=True), lambda one: one.case.inbox == 1 and one.case.private),
        (replace(whole, team=team), lambda one: one.case.team == 3),
        (replace(whole, agent=agent, language="nl"), lambda one: (one.case.owner, one.case.language) == (2, "nl")),
        (replace(whole, agent=0), lambda one: one.case.owner is None),
        (replace(whole, priority=3), lambda one: one.case.priority == 3),
    ]


def tickets_behind(chosen: Chosen, month: Month, kind: str) -> list[int]:
    """What a click on a figure lists, page by page."""
    found: list[int] = []
    cursor = ""
    while True:
        page = behind(month.supervisor, chosen, Figure(kind), cursor=cursor)
        found += [row.ticket_id for row in page.rows]
        cursor = page.next
        if not cursor:
            return sorted(found)


def said(one: Tally) -> Sum:
    """What the desk's own line says, in the words of the second reckoning."""
    times: dict[int, int] = {}
    for bucket, count in one.times.items():
        times[upper_bound(bucket)] = times.get(upper_bound(bucket), 0) + count
    return Sum(
        one.arrived, one.on_time, one.late, one.unanswered, one.cancelled, one.resolved_unanswered,
        one.compliance,
        tuple(map(one.percentile, PERCENTS)), tuple(sorted(times.items())),
    )  # fmt: skip


def assert_lines_are(found: report.Report, clocks: list[figures.Clock], month: Month, business: bool) -> None:
    """By channel, inbox, team, agent, priority, language, day, and hour of the week."""
    inboxes = {inbox.pk: number for number, inbox in enumerate(month.networks.inboxes)}
    teams = {team.pk: number for number, team in enumerate(month.teams)}
    agents: dict[int, int | None] = {0: None, **{agent.pk: number for number, agent in enumerate(month.agents)}}
    channels = [(line.value.split()[0], bool(line.private), line) for line in found.channels]
    stored: dict[str, dict[Hashable, Sum]] = {
        "channel": {(network, private): said(line.tally) for network, private, line in channels},
        "inbox": {inboxes[int(line.value)]: said(line.tally) for line in found.inboxes},
        "team": {teams[int(line.value)]: said(line.tally) for line in found.teams},
        "agent": {agents[int(line.value)]: said(line.tally) for line in found.agents},
        "priority": {int(line.value): said(line.tally) for line in found.priorities},
        "language": {line.value: said(line.tally) for line in found.languages},
        "hour": {hour: said(one) for hour, one in found.hours.items()},
    }
    for dimension, lines in stored.items():
        assert lines == figures.lines(clocks, dimension, business), dimension
    by_day = figures.lines(clocks, "day", business)
    nothing = figures.total([], business)
    days = figures.days_of_the_month()
    assert [line.value for line in found.days][: len(days) - 1] == [day.isoformat() for day in days[:-1]]
    for line, day in zip(found.days, days, strict=False):
        assert said(line.tally) == by_day.get(day, nothing), day
    for line in found.inboxes:
        assert line.blind == figures.blind(inboxes[int(line.value)])
    for network, _private, line in channels:
        accounts = [number for number, one in enumerate(NETWORKS) if one == network]
        assert line.blind == max(map(figures.blind, accounts))
