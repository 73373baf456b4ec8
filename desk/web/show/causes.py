"""Causes in words: where they stand in the tree, and why one is suggested."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from desk.actions.tickets.ticket_causes import Suggested
from desk.causes.asking import said_of
from desk.causes.tree import Tree
from desk.tickets.models import Ticket
from policies.causes import Reason


@dataclass(frozen=True, slots=True)
class Shown:
    """A suggestion as an agent reads it."""

    cause: int
    words: str
    why: str


def suggested(one: Suggested) -> Shown:
    return Shown(one.place.cause.pk, one.place.words, "; ".join(map(reason, one.guess.reasons)))


def reason(one: Reason) -> str:
    """“vertraging”: in 12 of 15 tickets of this cause, and in 3 of 200 others."""
    if not one.here:
        return _("“%(word)s”: in its name") % {"word": one.word}
    return _("“%(word)s”: in %(here)d of its %(of)d tickets, and in %(elsewhere)d of %(others)d others") % {
        "word": one.word,
        "here": one.here,
        "of": one.of,
        "elsewhere": one.elsewhere,
        "others": one.of_others,
    }


def of_ticket(ticket: Ticket) -> str:
    """“Trains › Delay”; empty where nobody has said. One query where somebody has."""
    said = said_of(ticket)
    if said is None:
        return ""
    tree = Tree()
    return tree.words(tree.now(said))


def title(chosen: Sequence[int]) -> str:
    """What a list of the tickets of a cause is called; empty for other lists. One query where it is one."""
    if not chosen:
        return ""
    tree = Tree()
    return tree.words(tree[chosen[0]]) if chosen[0] in tree else ""


def moved(tree: Tree, before: object, after: object) -> str:
    """What somebody said instead, for the timeline."""
    names = [tree.words(tree[one]) if isinstance(one, int) and one in tree else "–" for one in (before, after)]
    return names[1] if before is None else " → ".join(names)
