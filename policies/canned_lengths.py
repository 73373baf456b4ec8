"""How long a canned response can become, place by place: where it is certain to fit, and where it may not.

Each variable counts with the longest value that is plausible (of a text its `longest`, of a choice the longest one, of
a date the longest month, of what the desk fills in the longest that it knows), and each condition with its longer half.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from policies.canned_form import Chosen, Definition
from policies.length import Length, LengthRule, measure
from policies.signature import suffix


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reply could go: a network, in public or in private, and the rule of its length there."""

    network: str
    visibility: str
    rule: LengthRule


@dataclass(frozen=True, slots=True)
class Fit:
    """A text in one place, as long as it can plausibly become, with the longest signature."""

    language: str
    network: str
    visibility: str
    text_network: str  # "" where the network has no text of its own
    length: Length

    @property
    def too_long(self) -> bool:
        return self.length.exceeded

    def as_json(self) -> dict[str, Any]:
        return {
            "language": self.language,
            "network": self.network,
            "visibility": self.visibility,
            **self.length.as_json(),
            "too_long": self.too_long,
        }


def longest_text(definition: Definition, chosen: Chosen, longest: Mapping[str, str], rule: LengthRule) -> str:
    """The text of a choice with the longest plausible values."""
    language = chosen.variant.language
    values = dict(longest)
    for name, variable in definition.variables.items():
        values[name] = max(variable.longest_value(language), longest.get(name, ""), key=len)
    return chosen.variant.text.longest(values, lambda text: measure(text, rule).used)


def fits(
    definition: Definition, places: Iterable[Place], longest: Mapping[str, Mapping[str, str]], signature: str
) -> tuple[Fit, ...]:
    """Every language in every place. `longest` has by language what the desk fills in at its longest."""
    places = tuple(places)
    found = []
    for language in definition.languages:
        for place in places:
            chosen = definition.choose(language, place.network)
            text = longest_text(definition, chosen, longest.get(chosen.variant.language, {}), place.rule)
            length = measure(text.rstrip(), place.rule, signature=suffix(text, signature))
            found.append(Fit(language, place.network, place.visibility, chosen.variant.network, length))
    return tuple(found)
