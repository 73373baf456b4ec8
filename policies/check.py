"""The one question that composer, API and send step all ask: may this reply leave?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import policies.rules  # noqa: F401  registers the rules
from policies.facts import ReplyFacts
from policies.findings import Finding, Fix, FixKind, Severity
from policies.length import Length
from policies.messages import BESIDE, MESSAGES, names_in, say, worded
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
    found += described(facts, rulebook)
    return Checked(tuple(sorted(found, key=lambda finding: finding.rank)), length)


DESCRIBED = ("personal_data.", "phrases.banned")  # codes of what is said nowhere, beside a picture as little


def described(facts: ReplyFacts, rulebook: Rulebook) -> Iterator[Finding]:
    """What the rules say of the words that go with pictures: customers are read those as well."""
    for number, attachment in enumerate(facts.attachments, 1):
        said = f"{attachment.alt_text}\n{attachment.captions}".strip()
        if not said:
            continue
        words = replace(facts, text=said, attachments=())
        for one in rulebook.in_force(facts.scope):
            if one.rule.code.startswith(DESCRIBED):
                for finding in one.rule.findings(words, one.severity, one.options):
                    yield _about(number, finding, facts.say_in)


def said_in(finding: Mapping[str, Any], language: str) -> str:
    """The message of a finding in the form that is kept, for a reader in another language than its author's.

    As it was said where an upgrade took its rule away or asks for more than was kept.
    """
    code, params = finding["code"], finding.get("params", {})
    known = MESSAGES.get(code)
    if known is None or not finding["message"] or any(names_in(one) - set(params) for one in known.values()):
        return str(finding["message"])
    message = say(code, language, **params)
    about = [fix["attachment"] for fix in finding["fixes"] if "attachment" in fix] if code.startswith(DESCRIBED) else []
    return worded(BESIDE, language, number=about[0], message=message) if about else message


def _about(number: int, finding: Finding, say_in: str) -> Finding:
    message = worded(BESIDE, say_in, number=number, message=finding.message)
    fixes = (Fix(FixKind.DESCRIBE, attachment=number),)
    return Finding(finding.code, finding.severity, message, params=finding.params, fixes=fixes)


def problems() -> tuple[str, ...]:
    """What is wrong with the rules, one sentence each; the desk refuses to start while there are any."""
    return RULES.problems()
