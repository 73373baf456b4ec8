"""One validated transition table, for whatever has states. A bad table is refused when the module is imported."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


class BadTable(ValueError):
    """The table contradicts itself; the message lists every fault."""


class TransitionRefused(ValueError):
    """This event is not possible in this state. The message says what is; `possible` lists it for programs."""

    def __init__(self, message: str, possible: tuple[str, ...]) -> None:
        super().__init__(message)
        self.possible = possible


@dataclass(frozen=True)
class Table(Generic[S, E]):
    """Which event leads from which state to which. `start` is where a new one begins, `ends` where it may rest.

    `facts` are events that have already happened in the world and so may not be refused: the table must name an
    outcome for them in every state.
    """

    noun: str
    states: type[S]
    events: type[E]
    start: S
    rows: Mapping[tuple[S, E], S]
    ends: frozenset[S] = frozenset()
    facts: frozenset[E] = frozenset()
    words: Mapping[E, str] = field(default_factory=dict)  # an event in the words of a refusal: "resolve it"

    def __post_init__(self) -> None:
        if faults := tuple(self._faults()):
            raise BadTable(f"The table of {self.noun} states is wrong: " + "; ".join(faults) + ".")

    def next(self, state: S | str, event: E | str) -> S:
        """The state after `event`. Raises TransitionRefused, also for names that do not exist."""
        known_state, known_event = self._state(state), self._event(event)
        try:
            return self.rows[known_state, known_event]
        except KeyError:
            raise self._refusal(known_state, known_event) from None

    def possible(self, state: S | str) -> tuple[E, ...]:
        """The events that this state accepts, in the order in which the events are declared."""
        known = self._state(state)
        return tuple(event for event in self.events if (known, event) in self.rows)

    def reaches(self, state: S | str, target: S | str) -> tuple[E, ...]:
        """The events that lead in one step from `state` to `target`."""
        known, wanted = self._state(state), self._state(target)
        return tuple(event for event in self.possible(known) if self.rows[known, event] is wanted)

    def _state(self, name: S | str) -> S:
        try:
            return self.states(name)
        except ValueError:
            known = tuple(self.states)
            raise TransitionRefused(
                f"There is no {self.noun} state “{name}”. Known: {', '.join(known)}.", known
            ) from None

    def _event(self, name: E | str) -> E:
        try:
            return self.events(name)
        except ValueError:
            known = tuple(self.events)
            raise TransitionRefused(
                f"There is no {self.noun} event “{name}”. Known: {', '.join(known)}.", known
            ) from None

    def _refusal(self, state: S, event: E) -> TransitionRefused:
        wishes = tuple(possible for possible in self.possible(state) if possible not in self.facts)
        options = ", ".join(self._word(wish) for wish in wishes)
        then = f"What you can do: {options}." if wishes else "Nothing can change it any more."
        return TransitionRefused(
            f"A {self.noun} that is {spoken(state)} can't take “{self._word(event)}”. {then}", wishes
        )

    def _word(self, event: E) -> str:
        return self.words.get(event, spoken(event))

    def _faults(self) -> Iterable[str]:
        for (state, event), target in self.rows.items():
            if state not in tuple(self.states) or target not in tuple(self.states):
                yield f"{state} → {target} names an unknown state"
            if event not in tuple(self.events):
                yield f"{event} is no known event"
        reached = self._reachable()
        yield from (f"{state} can't be reached from {self.start}" for state in self.states if state not in reached)
        for state in self.states:
            leaves = any(origin == state and target != state for (origin, _), target in self.rows.items())
            if state in self.ends and leaves:
                yield f"{state} is declared an end but can be left"
            if state not in self.ends and not leaves:
                yield f"{state} is a dead end"
            yield from (
                f"{fact} is a fact but {state} refuses it" for fact in self.facts if (state, fact) not in self.rows
            )
        used = {event for _, event in self.rows}
        yield from (f"{event} leads nowhere" for event in self.events if event not in used)

    def _reachable(self) -> set[S]:
        reached, fresh = {self.start}, {self.start}
        while fresh:
            fresh = {target for (origin, _), target in self.rows.items() if origin in fresh} - reached
            reached |= fresh
        return reached


def spoken(name: str) -> str:
    """A state or event as one says it: “waiting for customer”."""
    return name.replace("_", " ")
