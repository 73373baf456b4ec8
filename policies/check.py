"""The one question that composer, API and send step all ask: may this reply leave?"""

from dataclasses import dataclass
from typing import Any

import policies.rules  # noqa: F401  registers the rules
from policies.facts import ReplyFacts
from policies.findings import Finding, Severity
from policies.length import Length
from policies.registry import RULES
from policies.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Checked:
    """All findings, gravest first, and the length with the signature counted."""

    findings: tuple[Finding, ...]
    length: Length

    @property
    def blocked(self) -> bool:
        return any(finding.severity is Severity.BLOCK for finding in self.findings)

    @property
    def needs_approval(self) -> bool:
        return any(finding.severity is Severity.APPROVE for finding in self.findings)

    def findings_as_json(self) -> list[dict[str, Any]]:
        """As a reply keeps them."""
        return [finding.as_json() for finding in self.findings]

    def as_json(self) -> dict[str, Any]:
        """The form that the reply API and `check_reply` give out."""
        return {"findings": self.findings_as_json(), "length": self.length.as_json()}


LONGEST_CHECKED = 50_000  # code points: ten times what any network takes; past it only the length is worth a finding


def check_reply(facts: ReplyFacts, rulebook: Rulebook) -> Checked:
    """Run the rules that the rulebook puts in force for this reply. No rule raises, whatever the text."""
    length = facts.measured
    hopeless = length.exceeded and len(facts.text) > LONGEST_CHECKED
    found = [
        finding
        for one in rulebook.in_force(facts.scope)
        if not hopeless or one.rule.area == "length"
        for finding in one.rule.findings(facts, one.severity, one.options)
    ]
    return Checked(tuple(sorted(found, key=lambda finding: finding.rank)), length)


def problems() -> tuple[str, ...]:
    """What is wrong with the rules, one sentence each; the desk refuses to start while there are any."""
    return RULES.problems()
