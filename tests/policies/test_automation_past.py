"""What a ticket was at a moment of its past."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from policies.automation import Facts, When
from policies.automation_past import Line, Moment, as_then, from_today
from policies.sla import Conditions
from policies.sla import Facts as TicketFacts
from policies.ticket_states import State

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TICKET = TicketFacts("x", 1, False, 1, "nl", frozenset(), 0)
BEGAN = Facts(TICKET, state="new", team=3)
TAGS = st.frozensets(st.sampled_from(["a", "b", "c"]))
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("priority"), st.integers(0, 3)),
        st.tuples(st.just("tags"), TAGS),
        st.tuples(st.just("cause"), st.integers(0, 4)),
        st.tuples(st.just("state"), st.sampled_from(sorted(map(str, State)))),
        st.tuples(st.just("owner"), st.booleans()),
        st.tuples(st.just("team"), st.integers(0, 3)),
        st.tuples(st.just("note"), st.none()),
    ),
    max_size=12,
)


def at(number: int) -> datetime:
    return NOON + timedelta(minutes=number)


def written(number: int, what: str, value: Any, before: Facts) -> tuple[Line, Facts]:
    """The line that a verb writes for this change, and what the ticket is after it."""

    def line(kind: str, **data: Any) -> Line:
        return Line(number, at(number), kind, data)

    match what:
        case "priority":
            after = replace(before, ticket=replace(before.ticket, priority=value))
            return line("priority", before=before.ticket.priority, after=value), after
        case "tags":
            added, removed = sorted(value - before.ticket.tags), sorted(before.ticket.tags - value)
            return line("tagged", added=added, removed=removed), replace(
                before, ticket=replace(before.ticket, tags=value)
            )
        case "cause":
            return line("cause_chosen", before=before.cause or None, cause=value or None), replace(before, cause=value)
        case "state":
            return line("transition", **{"from": before.state, "to": value}), replace(before, state=value)
        case "owner":
            return line("assigned", assignee=7 if value else None), replace(before, assigned=value)
        case "team":
            return line("routed", **{"team": value or None, "from": before.team}), replace(before, team=value)
    return line("note", note=1), before


@given(CHANGES)
def test_every_moment_of_any_history_is_told_as_it_was(changes: list[tuple[str, Any]]) -> None:
    lines: list[Line] = []
    history = [BEGAN]
    for number, (what, value) in enumerate(changes, start=1):
        line, after = written(number, what, value, history[-1])
        lines.append(line)
        history.append(after)
    today = history[-1]
    for number, was in enumerate(history):
        half_a_minute_later = Moment(at(number) + timedelta(seconds=30))
        assert as_then(today, lines, half_a_minute_later, first_team=3) == was
        if number:
            assert as_then(today, lines, Moment(at(number), number), first_team=3) == was, "its own line had happened"


def test_what_released_a_ticket_left_it_to_nobody() -> None:
    lines = [Line(1, at(1), "claimed", {"assignee": 7}), Line(2, at(2), "released", {"last_owner": 7}),
             Line(3, at(3), "given", {"assignee": 8})]  # fmt: skip
    today = replace(BEGAN, assigned=True)
    assert [as_then(today, lines, Moment(at(one), one)).assigned for one in (1, 2, 3)] == [True, False, True]


def test_a_rule_says_which_of_its_conditions_are_held_against_today() -> None:
    when = When(ticket=Conditions(networks=frozenset({"x"}), languages=frozenset({"nl"})), states=frozenset({"open"}),
                topics=frozenset({"fiets"}), open=True)  # fmt: skip
    assert from_today(when) == ["languages", "topics"]
    assert from_today(When()) == []
