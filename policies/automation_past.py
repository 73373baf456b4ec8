"""What a ticket was when something happened, told from what its timeline says of the time since.

Facts are taken back line by line, the newest first. What no line says the value before of, and so can't be taken back,
is as it is today; `FROM_TODAY` names the conditions that ask for it. Where a ticket is from never changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from policies.automation import Facts, When
from policies.ticket_states import State

FROM_TODAY = (
    "private", "languages", "tiers", "sentiments", "ratings", "topics", "followers", "crisis_level",
)  # fmt: skip
TELLING = (  # lines that say what else than the state was different before them
    "priority", "tagged", "cause_chosen", "assigned", "claimed", "given", "handed_over", "released", "routed",
)  # fmt: skip
_STATES = frozenset(map(str, State))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a timeline, as far as it says what changed."""

    id: int
    at: datetime
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened: a line of the timeline, which had happened by then, or a time between lines."""

    at: datetime
    line: int | None = None

    def before(self, other: Line) -> bool:
        """Whether that line came after it."""
        return other.id > self.line if self.line is not None else other.at > self.at


def from_today(when: When) -> list[str]:
    """Conditions of a rule that can only be held against the ticket as it is today."""
    return [name for name in when.as_json() if name in FROM_TODAY]


def as_then(today: Facts, lines: Sequence[Line], moment: Moment, *, first_team: int = 0) -> Facts:
    """Of a ticket with these lines, in their order. `first_team`: whose it was before any line says so."""
    later = [line for line in lines if moment.before(line)]
    earlier = [line for line in lines if not moment.before(line)]
    facts = today
    for line in reversed(later):
        facts = _without(facts, line)
    if any(_owner(line) is not None for line in later):
        facts = replace(facts, assigned=_last(map(_owner, earlier), False))
    if any(_team(line) is not None for line in later):
        facts = replace(facts, team=_last(map(_team, earlier), first_team))
    return facts


def _last(said: Iterable[Any], otherwise: Any) -> Any:
    """The last that was said at all."""
    return next(iter([one for one in said if one is not None][-1:]), otherwise)


def _without(facts: Facts, line: Line) -> Facts:
    """As they were before that line, but for whose the ticket was, which earlier lines say."""
    data = line.data
    if data.get("to") in _STATES and data.get("from") in _STATES:
        facts = replace(facts, state=data["from"])
    match line.kind:
        case "priority" if isinstance(data.get("before"), int):
            return replace(facts, ticket=replace(facts.ticket, priority=data["before"]))
        case "tagged":
            tags = (facts.ticket.tags - frozenset(data.get("added", ()))) | frozenset(data.get("removed", ()))
            return replace(facts, ticket=replace(facts.ticket, tags=tags))
        case "cause_chosen":
            return replace(facts, cause=data.get("before") or 0)
    return facts


def _owner(line: Line) -> bool | None:
    """Whether somebody had it from that line on; None where it says nothing of that."""
    if line.kind == "released":
        return False
    return line.data["assignee"] is not None if line.kind in TELLING and "assignee" in line.data else None


def _team(line: Line) -> int | None:
    """Whose it was from that line on, 0 for no team; None where it says nothing of that."""
    return line.data["team"] or 0 if line.kind in TELLING and "team" in line.data else None
