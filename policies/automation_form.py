"""The document in which people and programs write down automation, and its way into a `Book`.

README.md describes it. `parse` refuses one with everything that is wrong with it, each with its path, as the rulebook's
form does; `parse_steps` reads the steps of a macro.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import regex

from policies.automation import BY_TIME, LISTS, OWN_LISTS, Book, On, Rule, When
from policies.automation_messages import MESSAGES
from policies.automation_steps import BY_PEOPLE, ME, MOST_STEPS, Do, Step, StepFault, clashes, read_step
from policies.form_problems import shown
from policies.rulebook_messages import MESSAGES as COMMON
from policies.rulebook_reading import Problem, Reading, RulebookProblem
from policies.sla import Conditions
from policies.ticket_states import State
from policies.triage import Sentiment

KEYS = ("rules",)
RULE_KEYS = ("key", "name", "event", "minutes", "when", "steps", "stop", "enabled")
WHEN_KEYS = (*LISTS, "private", *OWN_LISTS, "assigned", "open", "followers", "crisis_level")
LARGEST = 200_000  # characters of the document
MOST_RULES, MOST_VALUES = 200, 50
LONGEST_NAME, LONGEST_TOPIC = 80, 100  # characters
SHORTEST, LONGEST_TIME = 5, 60 * 24 * 60  # minutes
LARGEST_ID = 2**63 - 1
MOST_FOLLOWERS = 1_000_000_000
_KEY = regex.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_RANGES = {"inboxes": (1, LARGEST_ID), "teams": (1, LARGEST_ID), "causes": (1, LARGEST_ID), "priorities": (0, 3),
           "tiers": (0, 2), "ratings": (1, 5)}  # fmt: skip
_CHOICES = {"states": tuple(map(str, State)), "sentiments": tuple(map(str, Sentiment))}


class AutomationFault(Problem):
    """One thing of automation to correct; the path is as in `rules[2].steps[0].value`."""

    messages = {**COMMON, **MESSAGES}


def parse(document: object) -> Book:
    """The rules that a document describes. Raises `RulebookProblem`."""
    try:
        size = len(json.dumps(document, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        raise RulebookProblem([AutomationFault("", "rulebook.form", {"known": ", ".join(KEYS)})]) from None
    if size > LARGEST:
        raise RulebookProblem([AutomationFault("", "automation.too_large", {"size": size, "most": LARGEST})])
    reading = _Automation()
    book = reading.book(document)
    if reading.problems:
        raise RulebookProblem(reading.problems)
    return book


def parse_steps(form: object) -> tuple[Step, ...]:
    """What a macro does. Raises `RulebookProblem`, with paths such as `steps[1].value`."""
    reading = _Automation()
    steps = reading.steps("steps", form, BY_PEOPLE)
    if reading.problems:
        raise RulebookProblem(reading.problems)
    return steps


class _Automation(Reading):
    def wrong(self, path: str, code: str, **params: Any) -> None:
        self.problems.append(AutomationFault(path, code if code in MESSAGES else f"rulebook.{code}", params))

    def book(self, document: Any) -> Book:
        if not isinstance(document, Mapping):
            self.wrong("", "form", known=", ".join(KEYS))
            return Book()
        form = self.object("", document, KEYS)
        example = '[{"key": "late", "name": "…", "event": "opened", "steps": [{"do": "tag", "value": "new"}]}]'
        given = self.list("rules", form.get("rules", []), MOST_RULES, example)
        rules = tuple(self.rule(f"rules[{place}]", one) for place, one in enumerate(given))
        keys = [rule.key for rule in rules]
        for place, key in enumerate(keys):
            if key and key in keys[:place]:
                self.wrong(f"rules[{place}].key", "automation.twice", value=key)
        return Book(rules)

    def rule(self, path: str, given: Any) -> Rule:
        form = self.object(path, given, RULE_KEYS)
        for needed in ("key", "name", "event", "steps"):
            if needed not in form:
                self.wrong(path, "missing", key=needed)
        on = On(self.choice(f"{path}.event", form["event"], tuple(map(str, On)))) if "event" in form else On.MESSAGE
        steps = self.steps(f"{path}.steps", form.get("steps", []), tuple(Do)) if "steps" in form else ()
        for place, step in enumerate(steps):
            if step.do is Do.ASSIGNEE and step.value == ME:
                self.wrong(f"{path}.steps[{place}].value", "automation.me")
        return Rule(
            key=self.spelt(f"{path}.key", form["key"], _KEY, "automation.key") if "key" in form else "",
            name=self.text(f"{path}.name", form["name"], LONGEST_NAME) if "name" in form else "",
            on=on,
            minutes=self.minutes(path, on, form.get("minutes")),
            when=self.conditions(f"{path}.when", form.get("when", {})),
            steps=steps,
            stop=self.switch(f"{path}.stop", form.get("stop", False)),
            enabled=self.switch(f"{path}.enabled", form.get("enabled", True)),
        )

    def minutes(self, path: str, on: On, given: Any) -> int:
        if on not in BY_TIME:
            if given is not None:
                self.wrong(f"{path}.minutes", "automation.no_minutes")
            return 0
        if given is None:
            self.wrong(f"{path}.minutes", "automation.minutes")
            return SHORTEST
        return self.number(f"{path}.minutes", given, SHORTEST, LONGEST_TIME)

    def conditions(self, path: str, given: Any) -> When:
        form = self.object(path, given, WHEN_KEYS)
        lists = {name: self.values(f"{path}.{name}", name, form[name]) for name in (*LISTS, *OWN_LISTS) if name in form}
        wishes = {
            name: self.switch(f"{path}.{name}", form[name]) if form.get(name) is not None else None
            for name in ("private", "assigned", "open")
        }
        return When(
            ticket=Conditions(private=wishes["private"], **{name: lists[name] for name in LISTS if name in lists}),
            **{name: lists[name] for name in OWN_LISTS if name in lists},
            assigned=wishes["assigned"],
            open=wishes["open"],
            followers=self.number(f"{path}.followers", form.get("followers", 0), 0, MOST_FOLLOWERS),
            crisis_level=self.number(f"{path}.crisis_level", form.get("crisis_level", 0), 0, 3),
        )

    def values(self, path: str, name: str, given: Any) -> frozenset[Any]:
        several = self.list(path, given, MOST_VALUES, '["nl"]')
        return frozenset(self.value(f"{path}[{place}]", name, one) for place, one in enumerate(several))

    def value(self, path: str, name: str, given: Any) -> Any:
        if name in _RANGES:
            return self.number(path, given, *_RANGES[name])
        if name in _CHOICES:
            return self.choice(path, given, _CHOICES[name])
        if name in ("networks", "languages"):
            return self.network(path, given) if name == "networks" else self.language(path, given)
        return self.text(path, given, LONGEST_TOPIC if name == "topics" else 50)

    def steps(self, path: str, given: Any, kinds: Sequence[Do]) -> tuple[Step, ...]:
        several = self.list(path, given, MOST_STEPS, '[{"do": "tag", "value": "vip"}]')
        if given == []:
            self.wrong(path, "automation.no_steps")
        found: list[Step] = []
        for place, one in enumerate(several):
            at = f"{path}[{place}]"
            if not isinstance(one, Mapping):
                self.wrong(at, "object", value=shown(one))
                continue
            step = read_step(one, kinds)
            if isinstance(step, StepFault):
                self.wrong(f"{at}.{step.field}", step.code, **step.params)
            else:
                found.append(step)
        if clash := clashes(found):
            self.wrong(path, "automation.clash", value=clash)
        return tuple(found)
