"""What a crisis does at each level: the gate for replies, what agents and the team are told, what there is to do.

`policies/README.md` describes the document that people write; `crisis_plan_form.parse` reads it. A plan never changes:
a crisis keeps the version that was active when it started.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from policies.crisis_scope import Covering, CrisisFacts, covering
from policies.drill_score import Targets
from policies.escalation import NO_CHAIN, Chain

LANGUAGES = ("nl", "en")
NO_OTHER_TARGETS = Targets()
Text = Mapping[str, str]  # by language, in all of LANGUAGES


class Gate(StrEnum):
    """What may happen to a reply, the mildest first."""

    FREE = "free"  # it leaves
    APPROVE = "approve"  # another person reads it first
    HOLD = "hold"  # it waits for a decision of whoever leads crises
    BLOCK = "block"  # it can't be sent, and nobody lets it past


_STRICTNESS = {gate: place for place, gate in enumerate(Gate)}
SCHEDULED = "scheduled"
POST = "post"  # the visibility of a post of our own; a line that names none is for those as well
VISIBILITIES = ("public", "private", POST)
CODES = tuple(f"crisis_{name}" for name in (Gate.APPROVE, Gate.HOLD, Gate.BLOCK, SCHEDULED))  # of `Closed`


@dataclass(frozen=True, slots=True)
class Outbound:
    """A reply, or a post of our own, that wants to leave.

    `let_past`: the crises whose gate a person has let it past.
    """

    network: str
    inbox: int
    visibility: str
    scheduled: bool = False  # put off to a time of its own
    let_past: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class GateLine:
    """A gate and the replies that it is for; what is empty asks nothing."""

    gate: Gate
    networks: tuple[str, ...] = ()
    inboxes: tuple[int, ...] = ()
    visibility: str = ""

    def is_for(self, reply: Outbound) -> bool:
        return (
            (not self.networks or reply.network in self.networks)
            and (not self.inboxes or reply.inbox in self.inboxes)
            and self.visibility in ("", reply.visibility)
        )


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. Due that many minutes after its level was reached; `role` is a key of the plan's roles."""

    key: str
    text: Text
    due_minutes: int
    role: str = ""


@dataclass(frozen=True, slots=True)
class LevelPlan:
    """What one level does. `statements`: shortcuts of the canned responses on offer.

    `call_up` are teams whose people are asked to come although they are off duty; `team` gets the tickets.
    `sla_profile` is the profile whose response-time policies speak for its tickets ("": those that speak anyway).
    `pause_templates`: no other canned response than those is on offer; `pause_assignment`: the desk gives its tickets
    to nobody by itself. `swarm`: colleagues who work on it find a thread opened for them.
    """

    gates: tuple[GateLine, ...] = ()
    pause_scheduled: bool = False
    instructions: Text = field(default_factory=dict)
    statements: tuple[str, ...] = ()
    checklist: tuple[Task, ...] = ()
    escalation: Chain = NO_CHAIN
    call_up: tuple[int, ...] = ()
    team: int | None = None
    pause_templates: bool = False
    pause_assignment: bool = False
    sla_profile: str = ""
    swarm: bool = False

    def gate_for(self, reply: Outbound) -> Gate:
        """The strictest of all lines that are for it."""
        return max(
            (line.gate for line in self.gates if line.is_for(reply)), key=_STRICTNESS.__getitem__, default=Gate.FREE
        )

    def pauses(self, reply: Outbound) -> bool:
        return self.pause_scheduled and reply.scheduled


@dataclass(frozen=True, eq=False)
class CrisisPlan:
    """Everything a plan says. `document` is all of it, defaults written out, so that it means the same later."""

    levels: Mapping[int, LevelPlan]
    roles: Mapping[str, Text]
    document: Mapping[str, Any]
    publishers: frozenset[str] = frozenset()  # of these roles: who holds one may publish statements
    targets: Targets = NO_OTHER_TARGETS  # of drills

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CrisisPlan) and self.document == other.document

    def tasks_to(self, level: int) -> tuple[tuple[int, Task], ...]:
        """What there is to do by the time that a level is reached: that of the lower ones too, each with its level."""
        return tuple((at, task) for at, plan in sorted(self.levels.items()) if at <= level for task in plan.checklist)


@dataclass(frozen=True, slots=True)
class Gated:
    """A crisis with the plan that it keeps."""

    covering: Covering
    plan: CrisisPlan


@dataclass(frozen=True, slots=True)
class Closed:
    """Why a reply may not simply leave: which gate of which crisis. `code` is what is kept with the reply."""

    gate: Gate
    crisis: int
    code: str


def strictest_gate(crises: Iterable[Gated], facts: CrisisFacts, reply: Outbound, now: datetime) -> Closed | None:
    """The strictest gate of all active crises that cover the ticket; None where the reply may leave.

    Whoever leads crises may let a reply past a gate, but not past one that blocks. Of equally strict gates that of the
    crisis at the highest level speaks, of those that of the older one.
    """
    plans = {one.covering.id: one.plan for one in crises}
    found: Closed | None = None
    for crisis in covering((one.covering for one in crises), facts, now):
        closed = _closed(crisis, plans[crisis.id].levels[crisis.standing.level_at(now)], reply)
        if closed and (found is None or _STRICTNESS[closed.gate] > _STRICTNESS[found.gate]):
            found = closed
    return found


def profile_brought(crises: Iterable[tuple[int, int, CrisisPlan]]) -> str:
    """The profile for a ticket that these crises cover, each as (level, id, plan): that of the strictest that brings
    one, of equals that of the older one. "" where none does.
    """
    for level, _crisis, plan in sorted(crises, key=lambda one: (-one[0], one[1])):
        if level and (profile := plan.levels[level].sla_profile):
            return profile
    return ""


def _closed(crisis: Covering, level: LevelPlan, reply: Outbound) -> Closed | None:
    gate = level.gate_for(reply)
    if gate is Gate.BLOCK:
        return Closed(gate, crisis.id, f"crisis_{gate}")
    if crisis.id in reply.let_past:
        return None
    if level.pauses(reply) and gate is not Gate.HOLD:
        return Closed(Gate.HOLD, crisis.id, f"crisis_{SCHEDULED}")
    return None if gate is Gate.FREE else Closed(gate, crisis.id, f"crisis_{gate}")
