"""A rulebook in plain language: what it asks of an agent, section by section, for the page that everybody reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from policies.findings import Severity
from policies.messages import worded
from policies.plain_words import PLAIN
from policies.registry import Rule
from policies.rulebook import Override, Rulebook, RuleSettings
from policies.scopes import NAMED, When

_MOST_LISTED = 20  # entries of a list in one sentence

_SECTIONS: Mapping[str, Mapping[str, str]] = {
    "length": {"en": "Length", "nl": "Lengte"},
    "text": {"en": "The text", "nl": "De tekst"},
    "signature": {"en": "Signature", "nl": "Ondertekening"},
    "personal_data": {"en": "Personal data", "nl": "Persoonsgegevens"},
    "links": {"en": "Links", "nl": "Links"},
    "phrases": {"en": "Words and promises", "nl": "Woorden en beloften"},
    "required": {"en": "What a reply must hold", "nl": "Wat in een antwoord moet staan"},
    "language": {"en": "Language", "nl": "Taal"},
    "tone": {"en": "Tone", "nl": "Toon"},
    "mentions": {"en": "Mentions", "nl": "Vermeldingen"},
    "attachments": {"en": "Attachments", "nl": "Bijlagen"},
    "customer": {"en": "The customer", "nl": "De klant"},
    "window": {"en": "The network's window", "nl": "De termijn van het netwerk"},
    "reply": {"en": "Whom we may answer", "nl": "Wie we mogen antwoorden"},
    "original": {"en": "Deleted messages", "nl": "Verwijderde berichten"},
    "approval": {"en": "Approval", "nl": "Goedkeuring"},
}
_GRAVITY: Mapping[Severity, Mapping[str, str]] = {
    Severity.BLOCK: {"en": "Otherwise it can't leave.", "nl": "Anders kan het niet weg."},
    Severity.APPROVE: {
        "en": "Otherwise a colleague must agree first.",
        "nl": "Anders moet eerst een collega akkoord zijn.",
    },
    Severity.WARN: {"en": "Otherwise you get a warning.", "nl": "Anders krijg je een waarschuwing."},
}
_APPROVAL_GRAVITY: Mapping[Severity, Mapping[str, str]] = {
    Severity.BLOCK: {"en": "Without that it can't leave.", "nl": "Zonder dat kan het niet weg."},
    Severity.APPROVE: {"en": "", "nl": ""},
    Severity.WARN: {"en": "You get a warning.", "nl": "Je krijgt een waarschuwing."},
}
_WHERE: Mapping[str, Mapping[str, str]] = {
    "brand": {"en": "for the brand {value}", "nl": "voor het merk {value}"},
    "team": {"en": "for the team {value}", "nl": "voor het team {value}"},
    "network": {"en": "on {value}", "nl": "op {value}"},
    "rating": {"en": "below reviews with {value} stars", "nl": "onder recensies met {value} sterren"},
    "language": {"en": "in the language {value}", "nl": "in de taal {value}"},
    "visibility": {"en": "{value}", "nl": "{value}"},
    "crisis_level": {"en": "from crisis level {value} on", "nl": "vanaf crisisniveau {value}"},
}
_VALUES: Mapping[str, Mapping[str, str]] = {
    "public": {"en": "in public", "nl": "in het openbaar"},
    "private": {"en": "in private", "nl": "in privé"},
}
_SAYS: Mapping[str, Mapping[str, str]] = {
    "off": {"en": "this does not hold.", "nl": "geldt dit niet."},
    "on": {"en": "this holds.", "nl": "geldt dit wel."},
    "or": {"en": " or ", "nl": " of "},
    "and": {"en": " and ", "nl": " en "},
    "more": {"en": "{count} more", "nl": "nog {count}"},
    "sign": {"en": "You sign as {mark}.", "nl": "Je ondertekent als {mark}."},
    "due": {
        "en": "An approver has {due} minutes; {deputy} minutes after that the deputies are asked as well.",
        "nl": "Wie goedkeurt heeft {due} minuten; {deputy} minuten daarna worden ook de vervangers gevraagd.",
    },
}


Called = Mapping[str, Mapping[str, str]]  # how networks and languages are called, by dimension and short name
_AS_WRITTEN: Called = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Section:
    """What a rulebook says of one area."""

    area: str
    title: str
    sentences: tuple[str, ...]


def plain_language(rulebook: Rulebook, language: str, called: Called = _AS_WRITTEN) -> tuple[Section, ...]:
    """What the rulebook asks, in sections; rules that are off everywhere or look for nothing are left out."""
    said = _Said(rulebook, language, called)
    sections = (Section(area, title, tuple(said.area(area))) for area, title in areas(language).items())
    return tuple(section for section in sections if section.sentences)


def rule_in_plain_language(
    rulebook: Rulebook, code: str, language: str, called: Called = _AS_WRITTEN
) -> tuple[str, ...]:
    """What one rule asks, and what differs where; nothing where it is off or looks for nothing."""
    return tuple(_Said(rulebook, language, called).rule(rulebook.rules[code]))


def frame_in_plain_language(rulebook: Rulebook, language: str) -> tuple[str, ...]:
    """How one signs, and how long an approver has: what belongs to no rule."""
    said = _Said(rulebook, language, {})
    return said.signing(), said.approving()


def areas(language: str) -> dict[str, str]:
    """The areas of the rules with their titles, in the order in which they are read."""
    return {area: worded(titles, language) for area, titles in _SECTIONS.items()}


def title_of(rule: Rule, language: str) -> str:
    """What a rule asks wherever it holds: a title, in which its lists are left open."""
    return worded(PLAIN[rule.code], language, **{option.name: "…" for option in rule.options}).rstrip(".")


def scope_in_plain_language(when: When, language: str, called: Called = _AS_WRITTEN) -> str:
    """Where something holds: “On X or Bluesky, in public”."""
    form = when.as_form()
    parts = [
        worded(_WHERE[name], language, value=_either(values, language, called.get(name, {})))
        for name in (*NAMED, "crisis_level")
        if (values := form.get(name))
    ]
    said = ", ".join(parts)
    return said[:1].upper() + said[1:]


def _either(values: Any, language: str, called: Mapping[str, str]) -> str:
    listed = values if isinstance(values, list) else [values]
    words = (
        worded(_VALUES[value], language) if value in _VALUES else called.get(value, str(value)) for value in listed
    )
    return worded(_SAYS["or"], language).join(words)


class _Said:
    def __init__(self, rulebook: Rulebook, language: str, called: Called) -> None:
        self.rulebook, self.language, self.called = rulebook, language, called

    def area(self, area: str) -> Iterator[str]:
        if area == "signature":
            yield self.signing()
        for settings in self.rulebook.rules.values():
            if settings.rule.area == area:
                yield from self.rule(settings)
        if area == "approval":
            yield self.approving()

    def signing(self) -> str:
        return self.word("sign", mark=self.rulebook.signature.of("AB"))

    def approving(self) -> str:
        approval = self.rulebook.approval
        return self.word("due", due=approval.due_minutes, deputy=approval.deputy_after_minutes)

    def rule(self, settings: RuleSettings) -> Iterator[str]:
        rule = settings.rule
        if settings.enabled and rule.looks_for_something(settings.options):
            yield self.sentence(rule, settings.severity, settings.options)
        for override in settings.overrides:
            if said := self.override(settings, override):
                yield said

    def sentence(self, rule: Rule, severity: Severity, options: Mapping[str, Any]) -> str:
        gravity = _APPROVAL_GRAVITY if rule.area == "approval" else _GRAVITY
        return f"{self.asks(rule, options)} {worded(gravity[severity], self.language)}".strip()

    def asks(self, rule: Rule, options: Mapping[str, Any]) -> str:
        shown = {option.name: self.shown(option.plain(options[option.name])) for option in rule.options}
        return worded(PLAIN[rule.code], self.language, **shown)

    def override(self, settings: RuleSettings, override: Override) -> str:
        where = scope_in_plain_language(override.when, self.language, self.called)
        if override.enabled is False:
            return f"{where}: {self.word('off')}" if settings.enabled else ""
        options = {**settings.options, **override.options}
        if not (settings.enabled or override.enabled) or not settings.rule.looks_for_something(options):
            return ""
        return f"{where}: {self.sentence(settings.rule, override.severity or settings.severity, options)}"

    def shown(self, value: Any) -> str:
        if not isinstance(value, list):
            return str(value)
        listed = list(map(str, value[:_MOST_LISTED]))
        if len(value) > _MOST_LISTED:
            listed.append(self.word("more", count=len(value) - _MOST_LISTED))
        return ", ".join(listed)

    def word(self, name: str, **params: Any) -> str:
        return worded(_SAYS[name], self.language, **params)
