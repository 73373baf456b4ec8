"""A version of the rulebook on the screen: its rules in words, what changed, its examples, and what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from desk.web.show.composer import KINDS
from desk.web.show.rulebook_diff import Difference
from desk.web.show.rulebook_words import called, codes, facts
from policies.plain_language import areas, rule_in_plain_language, title_of
from policies.rulebook import Rulebook
from policies.rulebook_examples import Failure


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule: how grave it is, and what it asks in words. Without sentences it is off or looks for nothing."""

    code: str
    title: str
    severity: str
    kind: str
    sentences: tuple[str, ...]
    enabled: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class Area:
    """Rules about one thing."""

    title: str
    rules: list[RuleLine]


@dataclass(frozen=True, slots=True)
class ExampleLine:
    """One example with what it must give, and what it gives instead where it fails."""

    number: int  # from 0, as in its path
    text: str
    facts: str
    wanted: str
    failure: str  # empty where it gives what it must


def rules(rulebook: Rulebook, differences: Sequence[Difference], language: str) -> list[Area]:
    """Area by area, in the order in which the plain words are read."""
    names, changed = called(), {difference.code for difference in differences}
    lines: dict[str, list[RuleLine]] = {}
    for code, settings in rulebook.rules.items():
        line = RuleLine(
            code,
            title_of(settings.rule, language),
            str(settings.severity),
            str(KINDS[settings.severity]) if settings.enabled else _("Off"),
            rule_in_plain_language(rulebook, code, language, names),
            settings.enabled,
            code in changed,
        )
        lines.setdefault(settings.rule.area, []).append(line)
    return [Area(title, lines[area]) for area, title in areas(language).items() if area in lines]


def examples(rulebook: Rulebook, failures: Sequence[Failure]) -> list[ExampleLine]:
    """Those that fail first."""
    failed = {failure.number: failure for failure in failures}
    lines = [
        ExampleLine(
            number,
            one.text,
            facts(one.facts),
            codes(one.findings),
            _instead(failed[number]) if number in failed else "",
        )
        for number, one in enumerate(rulebook.examples)
    ]
    return sorted(lines, key=lambda line: not line.failure)


def _instead(failure: Failure) -> str:
    found = {finding.code for finding in failure.unexpected} | (failure.example.findings - failure.missing)
    return _("It gives %(found)s.") % {"found": codes(found)}
