"""To whom a ticket goes that nobody has: one colleague, or nobody, and why."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Method(StrEnum):
    NONE = "none"
    ROUND_ROBIN = "round_robin"
    LEAST_LOADED = "least_loaded"


class Reason(StrEnum):
    # somebody got it
    LAST_OWNER = "last_owner"  # it was theirs before
    NEXT_IN_TURN = "next_in_turn"
    FEWEST_OPEN = "fewest_open"
    # nobody did; the first of these that leaves nobody
    NOBODY_ON_DUTY = "nobody_on_duty"
    NOBODY_SPEAKS = "nobody_speaks"  # its language, of those on duty
    NOBODY_SKILLED = "nobody_skilled"
    NOBODY_ELSE = "nobody_else"  # whoever could take it has just handed it back
    ALL_FULL = "all_full"  # at their cap


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the team who works on tickets. No `languages` means every language; no `cap` means no limit."""

    id: int
    on_duty: bool = True
    open_tickets: int = 0
    cap: int | None = None
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()

    @property
    def has_room(self) -> bool:
        return self.cap is None or self.open_tickets < self.cap


@dataclass(frozen=True, slots=True)
class Wanted:
    """A ticket: who can take it. `language` is empty where it is not known; all of `skills` are asked for."""

    language: str = ""
    skills: frozenset[str] = frozenset()
    last_owner: int | None = None
    not_for: frozenset[int] = frozenset()  # who handed it back


@dataclass(frozen=True, slots=True)
class Choice:
    """`id` is None where nobody could be found."""

    id: int | None
    reason: Reason


def choose(candidates: Iterable[Candidate], ticket: Wanted, method: Method, after: int = 0) -> Choice:
    """Whoever is on duty, speaks the language, has the skills, and is below their cap.

    The last owner comes first. Round robin then takes the one behind `after` (who was given the last one) in the order
    of ids, and starts again at the smallest: whoever was passed over has lost that turn and gets no more for it later.
    Least loaded takes the one with the fewest open tickets, among equals the one whose turn it is.
    """
    fitting = list(candidates)
    for keeps, reason in (
        (lambda one: one.on_duty, Reason.NOBODY_ON_DUTY),
        (lambda one: _speaks(one, ticket.language), Reason.NOBODY_SPEAKS),
        (lambda one: ticket.skills <= one.skills, Reason.NOBODY_SKILLED),
        (lambda one: one.id not in ticket.not_for, Reason.NOBODY_ELSE),
        (lambda one: one.has_room, Reason.ALL_FULL),
    ):
        fitting = [one for one in fitting if keeps(one)]
        if not fitting:
            return Choice(None, reason)
    if ticket.last_owner is not None and any(one.id == ticket.last_owner for one in fitting):
        return Choice(ticket.last_owner, Reason.LAST_OWNER)
    if method is Method.LEAST_LOADED:
        least = min(one.open_tickets for one in fitting)
        return Choice(_next(after, [one for one in fitting if one.open_tickets == least]), Reason.FEWEST_OPEN)
    return Choice(_next(after, fitting), Reason.NEXT_IN_TURN)


def share_out(
    candidates: Iterable[Candidate], tickets: Iterable[Wanted], method: Method, after: int = 0
) -> tuple[list[Choice], int]:
    """`choose` for each in turn, counting what each is given on the way; and who was given the last one."""
    people = {one.id: one for one in candidates}
    choices = []
    for ticket in tickets:
        choice = choose(people.values(), ticket, method, after)
        choices.append(choice)
        if choice.id is not None:
            people[choice.id] = replace(people[choice.id], open_tickets=people[choice.id].open_tickets + 1)
            after = after if choice.reason is Reason.LAST_OWNER else choice.id
    return choices, after


def skills_asked(about: Collection[str], skills: Iterable[frozenset[str]]) -> frozenset[str]:
    """What a ticket asks for: of its tags and its network, those that somebody of the team has as a skill."""
    known = frozenset().union(*skills)
    return frozenset(word.lower() for word in about) & known


def _speaks(one: Candidate, language: str) -> bool:
    return not language or not one.languages or language in one.languages


def _next(after: int, fitting: Collection[Candidate]) -> int:
    """The smallest id behind `after`, or the smallest of all."""
    return min((one.id <= after, one.id) for one in fitting)[1]
