"""What a canned response stages beside its words: tags, whose ticket it becomes, and its state.

An agent sees it before sending and may leave any of it out. It is done once the reply is on the network, in the
transaction that says so; a reply that never leaves does nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from policies.canned_problems import CannedFault, CannedRefused
from policies.ticket_states import Event

MOST = 10
LONGEST_TAG = 50
ME = "me"  # whoever sends the reply
AFTERWARDS = (Event.RESOLVE, Event.ASK_COLLEAGUE, Event.OPEN)  # what may become of a ticket that was answered


class Do(StrEnum):
    TAG = "tag"  # value: its name
    TEAM = "team"  # its number
    OWNER = "owner"  # ME
    STATE = "state"  # one of AFTERWARDS


@dataclass(frozen=True, slots=True)
class Staged:
    """One thing to do."""

    do: Do
    value: str

    def as_json(self) -> dict[str, str]:
        return {"do": str(self.do), "value": self.value}


def parse(form: object) -> tuple[Staged, ...]:
    """The actions that a form describes, each once, in the order in which they are done. Raises CannedRefused."""
    if not isinstance(form, list | tuple) or len(form) > MOST:
        raise CannedRefused([CannedFault("actions", "actions.list", {"most": MOST})])
    found, faults = [], []
    for number, row in enumerate(form):
        staged = _staged(row) if isinstance(row, Mapping) else None
        if staged is None:
            faults.append(CannedFault(f"actions.{number}", "actions.one"))
        else:
            found.append(staged)
    kinds = [one.do for one in found]
    faults += [
        CannedFault("actions", "actions.twice", {"do": str(do)})
        for do in (Do.TEAM, Do.OWNER, Do.STATE)
        if kinds.count(do) > 1
    ]
    if faults:
        raise CannedRefused(faults)
    order = list(Do)
    return tuple(sorted(dict.fromkeys(found), key=lambda one: order.index(one.do)))


def _staged(row: Mapping[str, object]) -> Staged | None:
    """None where it can't be meant."""
    do, value = row.get("do"), row.get("value")
    if set(row) - {"do", "value"} or do not in tuple(Do) or not isinstance(value, str):
        return None
    value = " ".join(value.split())
    fine = {
        Do.TAG: 1 <= len(value) <= LONGEST_TAG and value.isprintable(),
        Do.TEAM: value.isascii() and value.isdigit() and len(value) < 19,
        Do.OWNER: value == ME,
        Do.STATE: value in AFTERWARDS,
    }
    kind = Do(str(do))
    return Staged(kind, value) if fine[kind] else None
