"""The document in which people and programs write down a policy, and its way into a `Rulebook`.

README.md describes it. `parse` refuses one with everything that is wrong with it, each with its path, so that an editor
can mark all of it at once. `default_rulebook` is what holds where nobody wrote one.
"""

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

import policies.rules  # noqa: F401  registers the rules
from policies.findings import Severity
from policies.form_problems import shown
from policies.registry import RULES, Rule
from policies.rulebook import Approval, Example, Override, Rulebook, RuleSettings
from policies.rulebook_reading import Problem, Reading, RulebookProblem, within
from policies.rulebook_templates import Template, read_templates
from policies.scopes import DIMENSIONS
from policies.signature import LONGEST_FORMAT, SignatureFormat, format_problem

KEYS = ("rules", "signature", "approval", "templates", "examples")
LARGEST = 1_000_000  # characters of the document
MOST_OVERRIDES, MOST_EXAMPLES, MOST_ROLES = 50, 1_000, 20
LONGEST_TEXT = 20_000  # characters of an example
LONGEST_WAIT = 7 * 24 * 60  # minutes
_APPROVAL = {"due_minutes": 30, "deputy_after_minutes": 15}
_RULE_KEYS = ("enabled", "severity", "overrides")
_SEVERITIES = tuple(map(str, Severity))
_MILDER = {severity: place for place, severity in enumerate(Severity)}


@cache
def default_rulebook() -> Rulebook:
    """The rulebook of a company that has written none: every rule as it was made, and nothing that needs their data."""
    return parse({})


def parse(document: object) -> Rulebook:
    """The rulebook that a document describes. Raises `RulebookProblem`."""
    try:
        size = len(json.dumps(document, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        raise RulebookProblem([Problem("", "rulebook.form", {"known": ", ".join(KEYS)})]) from None
    if size > LARGEST:
        raise RulebookProblem([Problem("", "rulebook.too_large", {"size": size, "most": LARGEST})])
    reading = _Rulebook()
    rulebook = reading.rulebook(document)
    if reading.problems:
        raise RulebookProblem(reading.problems)
    return rulebook


class _Rulebook(Reading):
    def rulebook(self, document: Any) -> Rulebook:
        if not isinstance(document, Mapping):
            self.wrong("", "form", known=", ".join(KEYS))
        form = self.object("", document, KEYS) if isinstance(document, Mapping) else {}
        rules = self.rules(form.get("rules", {}))
        signature = self.signature(form.get("signature", {}))
        approval = self.approval(form.get("approval", {}))
        templates = tuple(read_templates(self, form.get("templates", {})))
        examples = tuple(self.examples(form.get("examples", [])))
        whole = _whole(rules, signature, approval, templates, examples)
        return Rulebook(rules, signature, approval, templates, examples, whole)

    def rules(self, given: Any) -> dict[str, RuleSettings]:
        known = {rule.code: rule for rule in RULES}
        if not isinstance(given, Mapping):
            self.wrong("rules", "object", value=shown(given))
            given = {}
        for code in given:
            if code not in known:
                alike = get_close_matches(str(code)[:100], known, n=1, cutoff=0) or [next(iter(known))]
                self.wrong(within("rules", code), "rule_unknown", key=shown(code), alike=alike[0])
        return {code: self.rule(rule, given.get(code, {})) for code, rule in known.items()}

    def rule(self, rule: Rule, given: Any) -> RuleSettings:
        path = f"rules.{rule.code}"
        options = tuple(option.name for option in rule.options)
        form = self.object(path, given, (*_RULE_KEYS, *options))
        enabled = self.switch(f"{path}.enabled", form.get("enabled", True))
        severity = Severity(self.choice(f"{path}.severity", form.get("severity", str(rule.severity)), _SEVERITIES))
        self.keep_fixed(rule, path, enabled, severity)
        read = {
            option.name: option.read(form.get(option.name, option.default), f"{path}.{option.name}", self)
            for option in rule.options
        }
        return RuleSettings(rule, enabled, severity, read, self.overrides(rule, path, form.get("overrides", [])))

    def overrides(self, rule: Rule, path: str, given: Any) -> tuple[Override, ...]:
        path = f"{path}.overrides"
        entries = self.list(path, given, MOST_OVERRIDES, '[{"when": {"network": "x"}, "enabled": false}]')
        read = [self.override(rule, f"{path}[{place}]", entry) for place, entry in enumerate(entries)]
        for place, override in enumerate(read):
            for earlier in range(place):
                if override.when.as_strong_as(read[earlier].when):
                    self.wrong(f"{path}[{place}].when", "override_twice", other=earlier)
                    break
        return tuple(sorted(read, key=lambda override: override.when.rank))

    def override(self, rule: Rule, path: str, given: Any) -> Override:
        options = {option.name: option for option in rule.options}
        form = self.object(path, given, ("when", "enabled", "severity", *options))
        if "when" not in form:
            self.wrong(path, "missing", key="when")
        elif form["when"] == {}:
            self.wrong(f"{path}.when", "when_empty", known=", ".join(DIMENSIONS))
        if not set(form) - {"when"}:
            self.wrong(path, "override_empty")
        enabled = self.switch(f"{path}.enabled", form["enabled"]) if "enabled" in form else None
        severity = None
        if "severity" in form:
            severity = Severity(self.choice(f"{path}.severity", form["severity"], _SEVERITIES))
        self.keep_fixed(rule, path, enabled is not False, severity or rule.severity)
        read = {
            name: option.read(form[name], f"{path}.{name}", self) for name, option in options.items() if name in form
        }
        return Override(self.when(f"{path}.when", form.get("when", {})), enabled, severity, read)

    def keep_fixed(self, rule: Rule, path: str, enabled: bool, severity: Severity) -> None:
        """What follows from the network or the law is neither switched off nor made milder."""
        if rule.fixed and not enabled:
            self.wrong(f"{path}.enabled", "rule_fixed")
        if rule.fixed and _MILDER[severity] > _MILDER[rule.severity]:
            self.wrong(f"{path}.severity", "rule_fixed")

    def signature(self, given: Any) -> SignatureFormat:
        form = self.object("signature", given, ("format",))
        written = form.get("format", SignatureFormat().format)
        if isinstance(written, str) and not format_problem(written):
            return SignatureFormat(written)
        self.wrong("signature.format", "signature_format", value=shown(written), most=LONGEST_FORMAT)
        return SignatureFormat()

    def approval(self, given: Any) -> Approval:
        form = self.object("approval", given, tuple(_APPROVAL))
        return Approval(
            **{
                name: self.number(f"approval.{name}", form.get(name, default), 1, LONGEST_WAIT)
                for name, default in _APPROVAL.items()
            }
        )

    def examples(self, given: Any) -> Iterator[Example]:
        codes = tuple(rule.code for rule in RULES)
        for place, entry in enumerate(self.list("examples", given, MOST_EXAMPLES, '[{"text": "…", "findings": []}]')):
            path = f"examples[{place}]"
            facts: dict[str, Any] = {
                "network": self.network,
                "visibility": self.visibility,
                "language": self.language,
                "brand": self.name,
                "team": self.name,
                "rating": self.rating,
                "crisis_level": lambda at, value: self.number(at, value, 0, 3),
                "signature": lambda at, value: self.text(at, value, LONGEST_FORMAT, least=0),
                "roles": self.roles,
                "complaint": self.switch,
            }
            form = self.object(path, entry, ("text", *facts, "findings"))
            for key in ("text", "findings"):
                if key not in form:
                    self.wrong(path, "missing", key=key)
            found = self.list(f"{path}.findings", form.get("findings", []), len(codes), '["links.cost"]')
            yield Example(
                self.text(f"{path}.text", form.get("text", ""), LONGEST_TEXT, least=0),
                {name: read(f"{path}.{name}", form[name]) for name, read in facts.items() if name in form},
                frozenset(self.choice(f"{path}.findings[{number}]", code, codes) for number, code in enumerate(found)),
            )

    def roles(self, path: str, given: Any) -> tuple[str, ...]:
        entries = self.list(path, given, MOST_ROLES, '["trainee"]')
        return tuple(self.name(f"{path}[{place}]", entry) for place, entry in enumerate(entries))


def _whole(
    rules: Mapping[str, RuleSettings],
    signature: SignatureFormat,
    approval: Approval,
    templates: tuple[Template, ...],
    examples: tuple[Example, ...],
) -> dict[str, Any]:
    """The document with all defaults written out, in one order, so that equal rulebooks have equal documents."""
    return {
        "rules": {code: _rule_form(settings) for code, settings in rules.items()},
        "signature": {"format": signature.format},
        "approval": {name: getattr(approval, name) for name in _APPROVAL},
        "templates": {template.key: template.as_form() for template in templates},
        "examples": [_example_form(example) for example in examples],
    }


def _rule_form(settings: RuleSettings) -> dict[str, Any]:
    form: dict[str, Any] = {"enabled": settings.enabled, "severity": str(settings.severity)}
    form |= _options_form(settings.rule, settings.options)
    if settings.overrides:
        form["overrides"] = [_override_form(settings.rule, override) for override in settings.overrides]
    return form


def _override_form(rule: Rule, override: Override) -> dict[str, Any]:
    form: dict[str, Any] = {"when": override.when.as_form()}
    if override.enabled is not None:
        form["enabled"] = override.enabled
    if override.severity is not None:
        form["severity"] = str(override.severity)
    return form | _options_form(rule, override.options)


def _options_form(rule: Rule, options: Mapping[str, Any]) -> dict[str, Any]:
    return {option.name: option.plain(options[option.name]) for option in rule.options if option.name in options}


def _example_form(example: Example) -> dict[str, Any]:
    facts = {name: list(value) if isinstance(value, tuple) else value for name, value in example.facts.items()}
    return {"text": example.text, **facts, "findings": sorted(example.findings)}
