"""A company's policy as data: which rules hold where, how grave they are, and what they look for.

`policies/README.md` describes the document that people write and that a repository keeps; `rulebook_form.parse` reads
it. A rulebook never changes: what was switched on last week still answers what it meant then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from policies.findings import Severity
from policies.options import Options
from policies.registry import Rule
from policies.rulebook_templates import Template
from policies.scopes import Scope, When
from policies.signature import SignatureFormat

_SCOPES_KEPT = 1_000  # settled once and kept; past that begun anew


@dataclass(frozen=True, slots=True)
class Override:
    """What differs where `when` holds. What is None or not named stays as it was."""

    when: When
    enabled: bool | None = None
    severity: Severity | None = None
    options: Options = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """What a rulebook says of one rule: for the whole company, and otherwise for parts of it."""

    rule: Rule
    enabled: bool
    severity: Severity
    options: Options
    overrides: tuple[Override, ...] = ()  # the weakest first

    def under(self, scope: Scope) -> "RuleInForce | None":
        """The rule as it is under a scope; None where it is switched off."""
        enabled, severity, options = self.enabled, self.severity, self.options
        for override in self.overrides:
            if override.when.holds(scope):
                enabled = enabled if override.enabled is None else override.enabled
                severity = override.severity or severity
                options = {**options, **override.options}
        return RuleInForce(self.rule, severity, options) if enabled else None


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """A rule with the gravity and the options that hold for one reply."""

    rule: Rule
    severity: Severity
    options: Options


@dataclass(frozen=True, slots=True)
class Approval:
    """How long approvers have, in minutes of opening time, and how much later their deputies are asked as well."""

    due_minutes: int
    deputy_after_minutes: int


@dataclass(frozen=True, slots=True)
class Example:
    """A text that must give exactly these findings. `facts`: what else the reply is, by the names of the document."""

    text: str
    facts: Mapping[str, Any]
    findings: frozenset[str]


@dataclass(frozen=True, eq=False)
class Rulebook:
    """Everything a rulebook says. `document` is all of it, defaults written out, so that it means the same later."""

    rules: Mapping[str, RuleSettings]
    signature: SignatureFormat
    approval: Approval
    templates: tuple[Template, ...]
    examples: tuple[Example, ...]
    document: Mapping[str, Any]
    _kept: dict[Scope, tuple[RuleInForce, ...]] = field(default_factory=dict, init=False, repr=False)

    def in_force(self, scope: Scope) -> tuple[RuleInForce, ...]:
        """The rules that hold under a scope, in the order in which they were registered."""
        if (kept := self._kept.get(scope)) is not None:
            return kept
        if len(self._kept) >= _SCOPES_KEPT:
            self._kept.clear()
        return self._kept.setdefault(scope, tuple(self._settled(scope)))

    def _settled(self, scope: Scope) -> Iterator[RuleInForce]:
        for settings in self.rules.values():
            if in_force := settings.under(scope):
                yield in_force

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rulebook) and self.document == other.document
