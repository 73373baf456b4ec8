"""Where a rule is set otherwise: by brand, team, network, stars of a review, language, visibility or crisis level.

Precedence, weakest first: company, brand, team, network, rating, language, visibility, crisis level. Of two overrides
that both hold, the one that names the stronger dimension wins; where both name it, the next dimension decides. From a
higher crisis level on is stronger than from a lower one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

NAMED = ("brand", "team", "network", "rating", "language", "visibility")  # weakest first
CRISIS = "crisis_level"
DIMENSIONS = (*NAMED, CRISIS)
RATINGS = (1, 2, 3, 4, 5)  # stars of a review
LEVELS = (1, 2, 3)  # watch, elevated, crisis; 0 is normal


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a reply would go, as far as rules may differ there. "" where it belongs to no brand, team or language."""

    brand: str = ""
    team: str = ""
    network: str = ""
    rating: int = 0  # stars of the review that is answered, 1 to 5; 0 where it is none
    language: str = ""
    visibility: str = ""
    crisis_level: int = 0


@dataclass(frozen=True, slots=True)
class When:
    """When an override holds. An empty dimension holds everywhere; `crisis_level` holds from that level on."""

    brand: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    network: tuple[str, ...] = ()
    rating: tuple[int, ...] = ()
    language: tuple[str, ...] = ()
    visibility: tuple[str, ...] = ()
    crisis_level: int = 0

    def holds(self, scope: Scope) -> bool:
        if scope.crisis_level < self.crisis_level:
            return False
        return all(not wanted or getattr(scope, name) in wanted for name, wanted in self._named())

    @property
    def rank(self) -> tuple[int, ...]:
        """How strong it is: the strongest dimension first."""
        return (self.crisis_level, *(int(bool(wanted)) for _name, wanted in reversed(tuple(self._named()))))

    def as_strong_as(self, other: "When") -> bool:
        """Whether both could hold for one reply and neither would win."""
        if self.rank != other.rank:
            return False
        return all(not mine or bool(set(mine) & set(getattr(other, name))) for name, mine in self._named())

    def _named(self) -> Iterator[tuple[str, tuple[str, ...] | tuple[int, ...]]]:
        return ((name, getattr(self, name)) for name in NAMED)

    def as_form(self) -> Mapping[str, Any]:
        """As a rulebook writes it: one value as it is, several as a list, nothing left out that was said."""
        form: dict[str, Any] = {
            name: wanted[0] if len(wanted) == 1 else list(wanted) for name, wanted in self._named() if wanted
        }
        return form | ({CRISIS: self.crisis_level} if self.crisis_level else {})
