"""Where rules are registered. Adding a rule is one function with a decorator, and its message in two languages:

@rule("links.cost", Severity.WARN, only=Visibility.PUBLIC)
def link_costs_extra(facts: ReplyFacts) -> Iterator[Spot]:
    '''A post with a link is dear on X.'''
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import regex

from policies.facts import ReplyFacts, Visibility
from policies.findings import Finding, Severity
from policies.messages import LANGUAGES, MESSAGES, names_in, say

_CODE = regex.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in the text (code points; both 0: all of it), and the parameters of the message."""

    start: int = 0
    end: int = 0
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


Check = Callable[[ReplyFacts], Iterable[Spot]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check with its stable code, its gravity and what its message needs."""

    code: str
    severity: Severity
    check: Check
    only: Visibility | None = None
    params: frozenset[str] = frozenset()

    @property
    def says(self) -> str:
        """The first line of what the rule says of itself."""
        return (self.check.__doc__ or "").strip().partition("\n")[0]

    @property
    def place(self) -> str:
        return f"{self.check.__module__}.{self.check.__qualname__}"

    def findings(self, facts: ReplyFacts) -> Iterator[Finding]:
        """What this rule finds, in the reader's language."""
        if self.only is not None and facts.visibility != self.only:
            return
        for spot in self.check(facts):
            message = say(self.code, facts.say_in, **spot.params)
            yield Finding(self.code, self.severity, message, spot.start, spot.end, spot.params)


class Registry:
    """The known rules, in the order in which they were registered."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def rule(
        self,
        code: str,
        severity: Severity,
        *,
        only: Visibility | None = None,
        params: Iterable[str] = (),
    ) -> Callable[[Check], Check]:
        """Register a function under a code; `params` are the names that its message may use."""

        def register(check: Check) -> Check:
            self._rules.append(Rule(code, severity, check, only, frozenset(params)))
            return check

        return register

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules)

    def problems(self) -> tuple[str, ...]:
        """What is wrong with the registered rules, one sentence each; empty when all is well."""
        return tuple(self._problems())

    def _problems(self) -> Iterator[str]:
        for code, times in Counter(rule.code for rule in self).items():
            if times > 1:
                places = ", ".join(rule.place for rule in self if rule.code == code)
                yield f"{code} is registered {times} times: {places}."
        for rule in self:
            if not _CODE.fullmatch(rule.code):
                yield f"{rule.place}: the code “{rule.code}” is not of the form area.what, in lower case."
            if rule.severity not in tuple(Severity):
                yield f"{rule.place}: the severity is {rule.severity!r}. Use block, approve or warn."
            if not rule.says:
                yield f"{rule.place}: there is no docstring that says what the rule is for."
            yield from _message_problems(rule)


def _message_problems(rule: Rule) -> Iterator[str]:
    versions = MESSAGES.get(rule.code, {})
    for language in LANGUAGES:
        if not versions.get(language):
            yield f"{rule.place}: there is no message for {rule.code} in “{language}” in policies/messages.py."
        elif unknown := names_in(versions[language]) - rule.params:
            names = ", ".join(sorted(unknown))
            yield f"{rule.place}: the message in “{language}” asks for {names}, which the rule does not give."


RULES = Registry()
rule = RULES.rule
