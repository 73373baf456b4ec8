"""Where rules are registered. Adding a rule is one function with a decorator, and its words in two languages:

@rule("links.cost", Severity.WARN, only=Visibility.PUBLIC)
def link_costs_extra(facts: ReplyFacts) -> Iterator[Spot]:
    '''A post with a link is dear on X.'''

`options` declare what a company may set about it; the function then takes them as its second argument. `params` are
what its message names. A `fixed` rule follows from the network or the law: no rulebook switches it off.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, overload

import regex

from policies.facts import ReplyFacts, Visibility
from policies.findings import Finding, Fix, Severity
from policies.messages import LANGUAGES, MESSAGES, names_in, say
from policies.options import RESERVED, Names, Option, Options
from policies.plain_words import PLAIN

_CODE = regex.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in the text (code points; both 0: all of it), the parameters of the message, and what would mend it."""

    start: int = 0
    end: int = 0
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    fixes: tuple[Fix, ...] = ()


Check = Callable[[ReplyFacts], Iterable[Spot]]
SetCheck = Callable[[ReplyFacts, Options], Iterable[Spot]]  # of a rule with options


@dataclass(frozen=True, slots=True)
class Rule:
    """A check with its stable code, its usual gravity and what may be set about it."""

    code: str
    severity: Severity
    check: Check | SetCheck
    only: Visibility | None = None
    params: frozenset[str] = frozenset()
    options: tuple[Option, ...] = ()
    fixed: bool = False

    @property
    def says(self) -> str:
        """The first line of what the rule says of itself."""
        return (self.check.__doc__ or "").strip().partition("\n")[0]

    @property
    def area(self) -> str:
        return self.code.partition(".")[0]

    @property
    def place(self) -> str:
        return f"{self.check.__module__}.{self.check.__qualname__}"

    def looks_for_something(self, options: Options) -> bool:
        """Whether a rule that looks for what a company lists has been given a list."""
        return all(options[one.name] for one in self.options if isinstance(one, Names) and one.needed)

    def spots(self, facts: ReplyFacts, options: Options) -> Iterable[Spot]:
        """Where this rule finds something, whatever is to be said about it."""
        if self.only is not None and facts.visibility != self.only:
            return ()
        return self.finder(options)(facts)

    def finder(self, options: Options) -> Check:
        """The check with its options, for whoever asks it of many texts and knows that it is for these eyes."""
        if not self.options:
            return self.check  # type: ignore[return-value]  # a check without options takes the facts alone
        check: Any = self.check
        return lambda facts: check(facts, options)

    def findings(self, facts: ReplyFacts, severity: Severity, options: Options) -> Iterator[Finding]:
        """What this rule finds, in the reader's language."""
        for spot in self.spots(facts, options):
            message = say(self.code, facts.say_in, **spot.params)
            yield Finding(self.code, severity, message, spot.start, spot.end, spot.params, spot.fixes)


class Registry:
    """The known rules, in the order in which they were registered."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    @overload
    def rule(
        self,
        code: str,
        severity: Severity,
        *,
        only: Visibility | None = None,
        params: Iterable[str] = (),
        fixed: bool = False,
    ) -> Callable[[Check], Check]: ...

    @overload
    def rule(
        self,
        code: str,
        severity: Severity,
        *,
        options: tuple[Option, ...],
        only: Visibility | None = None,
        params: Iterable[str] = (),
        fixed: bool = False,
    ) -> Callable[[SetCheck], SetCheck]: ...

    def rule(
        self,
        code: str,
        severity: Severity,
        *,
        options: tuple[Option, ...] = (),
        only: Visibility | None = None,
        params: Iterable[str] = (),
        fixed: bool = False,
    ) -> Callable[[Any], Any]:
        """Register a function under a code; `params` are the names that its message may use."""

        def register(check: Any) -> Any:
            self._rules.append(Rule(code, severity, check, only, frozenset(params), options, fixed))
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
            yield from _option_problems(rule)


def _option_problems(rule: Rule) -> Iterator[str]:
    for option in rule.options:
        if option.name in RESERVED:
            yield f"{rule.place}: an option can't be called “{option.name}”, which every rule has already."
        for language, words in (("en", option.en), ("nl", option.nl)):
            if not words:
                yield f"{rule.place}: the option “{option.name}” says nothing of itself in “{language}”."


def _message_problems(rule: Rule) -> Iterator[str]:
    versions = MESSAGES.get(rule.code, {})
    for language in LANGUAGES:
        if not versions.get(language):
            yield f"{rule.place}: there is no message for {rule.code} in “{language}” in policies/messages.py."
        elif unknown := names_in(versions[language]) - rule.params:
            names = ", ".join(sorted(unknown))
            yield f"{rule.place}: the message in “{language}” asks for {names}, which the rule does not give."
        plain = PLAIN.get(rule.code, {}).get(language, "")
        if not plain:
            yield f"{rule.place}: nothing says {rule.code} plainly in “{language}” in policies/plain_words.py."
        elif unknown := names_in(plain) - {option.name for option in rule.options}:
            names = ", ".join(sorted(unknown))
            yield f"{rule.place}: the plain words in “{language}” ask for {names}, which is no option of the rule."


RULES = Registry()
rule = RULES.rule
