"""The examples that a rulebook carries: texts with the findings that they must give, or it can't be switched on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from policies.check import check_reply
from policies.facts import Limit, ReplyFacts, Visibility
from policies.findings import Finding
from policies.length import LengthRule
from policies.rulebook import Example, Rulebook

LengthOf = Callable[[str, Visibility], LengthRule]  # the limit of a network, by its short name

_SOMETIME = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # no example has a reply window, so that any time will do
_INITIALS = "AB"


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that gives other findings than it must."""

    number: int  # its place in the document, from 0
    example: Example
    missing: frozenset[str]  # codes that should have been found
    unexpected: tuple[Finding, ...]  # and findings that should not

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "text": self.example.text,
            "missing": sorted(self.missing),
            "unexpected": [finding.as_json() for finding in self.unexpected],
        }


def roomy(network: str, visibility: Visibility) -> LengthRule:
    """No limit to speak of: for whoever knows no network."""
    return Limit(20_000)


def run_examples(rulebook: Rulebook, length_of: LengthOf = roomy, *, say_in: str = "en") -> tuple[Failure, ...]:
    """Every example that fails, in order. `length_of` gives the limits of the networks, which only connectors know."""
    failures = (
        _failure(number, example, rulebook, length_of, say_in) for number, example in enumerate(rulebook.examples)
    )
    return tuple(failure for failure in failures if failure)


def facts_of(example: Example, rulebook: Rulebook, length_of: LengthOf, say_in: str) -> ReplyFacts:
    """The reply that an example describes: public, on no network, signed and in no language unless it says so."""
    given = dict(example.facts)
    network = given.pop("network", "")
    visibility = Visibility(given.pop("visibility", Visibility.PUBLIC))
    return ReplyFacts(
        text=example.text,
        now=_SOMETIME,
        length=length_of(network, visibility),
        network=network,
        visibility=visibility,
        signature=given.pop("signature", rulebook.signature.of(_INITIALS)),
        customer_language=given.pop("language", ""),
        say_in=say_in,
        **given,
    )


def _failure(number: int, example: Example, rulebook: Rulebook, length_of: LengthOf, say_in: str) -> Failure | None:
    findings = check_reply(facts_of(example, rulebook, length_of, say_in), rulebook).findings
    found = {finding.code for finding in findings}
    unexpected = tuple(finding for finding in findings if finding.code not in example.findings)
    if found == example.findings:
        return None
    return Failure(number, example, example.findings - found, unexpected)
