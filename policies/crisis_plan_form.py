"""The document in which people and programs write down a crisis plan, and its way into a `CrisisPlan`.

README.md describes it. `parse` refuses one with everything that is wrong with it, each with its path, as the rulebook's
form does. What a document leaves out is as in `default_plan`.
"""

import json
from collections.abc import Iterator, Mapping, Set
from dataclasses import asdict, fields
from functools import cache
from typing import Any

import regex

from policies.crisis_plan import LANGUAGES, VISIBILITIES, CrisisPlan, Gate, GateLine, LevelPlan, Task, Text
from policies.crisis_plan_default import LEVEL_DEFAULTS, ROLES
from policies.crisis_plan_messages import MESSAGES
from policies.drill_score import Targets
from policies.escalation import as_json
from policies.escalation_form import LARGEST_ID, EscalationReading
from policies.form_problems import shown
from policies.rulebook_messages import MESSAGES as COMMON
from policies.rulebook_reading import Problem, RulebookProblem, within
from policies.scopes import LEVELS

KEYS = ("roles", "levels", "targets")
ROLE_KEYS = ("name", "publishes")
LEVEL_KEYS = (
    "gates", "pause_scheduled", "instructions", "statements", "checklist", "escalation", "call_up", "team",
    "pause_templates", "pause_assignment", "sla_profile", "swarm",
)  # fmt: skip
GATE_KEYS = ("gate", "network", "inbox", "visibility")
TASK_KEYS = ("key", "text", "due_minutes", "role")
TARGET_KEYS = tuple(one.name for one in fields(Targets))
LARGEST = 200_000  # characters of the document
MOST_LINES, MOST_TASKS, MOST_ROLES, MOST_STATEMENTS = 50, 50, 20, 50
LONGEST_NAME, LONGEST_INSTRUCTIONS, LONGEST_TASK = 80, 600, 300  # characters
LONGEST_WAIT = 7 * 24 * 60  # minutes
MOST_DAYS = 3 * 366
_KEY = regex.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_GATES = tuple(map(str, Gate))
_USUALLY: Mapping[str, Any] = {  # at every level
    "escalation": {}, "call_up": [], "team": None, "pause_templates": False, "pause_assignment": False,
    "sla_profile": "", "swarm": False,
}  # fmt: skip


class PlanFault(Problem):
    """One thing of a plan to correct; the path is as in `levels.3.gates[0].network`."""

    messages = {**COMMON, **MESSAGES}


def is_key(value: object) -> bool:
    """Whether it may be the key of a role or a task, or the name of a profile."""
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


@cache
def default_plan() -> CrisisPlan:
    """The plan of a company that has written none: free, approve public replies, hold public replies."""
    return parse({})


def parse(document: object) -> CrisisPlan:
    """The plan that a document describes. Raises `RulebookProblem`."""
    try:
        size = len(json.dumps(document, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        raise RulebookProblem([PlanFault("", "rulebook.form", {"known": ", ".join(KEYS)})]) from None
    if size > LARGEST:
        raise RulebookProblem([PlanFault("", "plan.too_large", {"size": size, "most": LARGEST})])
    reading = _Plan()
    plan = reading.plan(document)
    if reading.problems:
        raise RulebookProblem(reading.problems)
    return plan


class _Plan(EscalationReading):
    def wrong(self, path: str, code: str, **params: Any) -> None:
        self.problems.append(PlanFault(path, code if code in MESSAGES else f"rulebook.{code}", params))

    def plan(self, document: Any) -> CrisisPlan:
        if not isinstance(document, Mapping):
            self.wrong("", "form", known=", ".join(KEYS))
        form = self.object("", document, KEYS) if isinstance(document, Mapping) else {}
        self.publishers: set[str] = set()
        roles = dict(self.roles(form.get("roles", ROLES)))
        given = self.object("levels", self.level_names(form.get("levels", {})), tuple(map(str, LEVELS)))
        levels = {level: self.level(level, given.get(str(level), {}), roles) for level in LEVELS}
        self.refuse_twice(levels)
        publishers, targets = frozenset(self.publishers), self.targets(form.get("targets", {}))
        whole = _whole(levels, roles, publishers, targets)
        return CrisisPlan(levels, roles, whole, publishers, targets)

    def targets(self, given: Any) -> Targets:
        """What drills are measured by; what is left out is as in `Targets`."""
        form = {**asdict(Targets()), **self.object("targets", given, TARGET_KEYS)}
        return Targets(**{name: self.target(name, form[name]) for name in TARGET_KEYS})

    def target(self, name: str, given: Any) -> int:
        most = 100 if name.endswith("percent") else MOST_DAYS if name.endswith("days") else LONGEST_WAIT
        return self.number(f"targets.{name}", given, 0 if name.endswith("percent") else 1, most)

    def level_names(self, given: Any) -> Any:
        """YAML reads 2 as a number, JSON knows names only."""
        return {str(name): value for name, value in given.items()} if isinstance(given, Mapping) else given

    def roles(self, given: Any) -> Iterator[tuple[str, Text]]:
        if not isinstance(given, Mapping):
            self.wrong("roles", "object", value=shown(given))
            return
        if len(given) > MOST_ROLES:
            self.wrong("roles", "too_many", number=len(given), most=MOST_ROLES)
            return
        for key, role in given.items():
            path = within("roles", key)
            form = self.object(path, role, ROLE_KEYS)
            if self.switch(f"{path}.publishes", form.get("publishes", False)):
                self.publishers.add(key)
            yield self.key(path, key), self.texts(f"{path}.name", form.get("name"), LONGEST_NAME)

    def level(self, level: int, given: Any, roles: Mapping[str, Text]) -> LevelPlan:
        path = f"levels.{level}"
        form = {**_defaults(level, roles), **self.object(path, given, LEVEL_KEYS)}
        entries = self.list(f"{path}.gates", form["gates"], MOST_LINES, '[{"gate": "hold", "visibility": "public"}]')
        shortcuts = self.list(f"{path}.statements", form["statements"], MOST_STATEMENTS, '["storing"]')
        return LevelPlan(
            gates=tuple(self.gate(f"{path}.gates[{place}]", entry) for place, entry in enumerate(entries)),
            pause_scheduled=self.switch(f"{path}.pause_scheduled", form["pause_scheduled"]),
            instructions=self.texts(f"{path}.instructions", form["instructions"], LONGEST_INSTRUCTIONS, least=0),
            statements=tuple(
                dict.fromkeys(self.name(f"{path}.statements[{place}]", one) for place, one in enumerate(shortcuts))
            ),
            checklist=tuple(self.checklist(f"{path}.checklist", form["checklist"], roles)),
            escalation=self.chain(f"{path}.escalation", form["escalation"], roles),
            pause_templates=self.switch(f"{path}.pause_templates", form["pause_templates"]),
            pause_assignment=self.switch(f"{path}.pause_assignment", form["pause_assignment"]),
            call_up=self.ids(f"{path}.call_up", form["call_up"]),
            sla_profile=self.key(f"{path}.sla_profile", form["sla_profile"]) if form["sla_profile"] != "" else "",
            swarm=self.switch(f"{path}.swarm", form["swarm"]),
            team=None if form["team"] is None else self.number(f"{path}.team", form["team"], 1, LARGEST_ID),
        )

    def gate(self, path: str, given: Any) -> GateLine:
        form = self.object(path, given, GATE_KEYS)
        if "gate" not in form:
            self.wrong(path, "missing", key="gate")
        networks = self.several(f"{path}.network", form.get("network", ()), self.network)
        inboxes = self.several(f"{path}.inbox", form.get("inbox", ()), self.inbox)
        visibility = self.choice(f"{path}.visibility", form["visibility"], VISIBILITIES) if "visibility" in form else ""
        gate = self.choice(f"{path}.gate", form.get("gate", Gate.FREE), _GATES)
        return GateLine(Gate(gate), networks, inboxes, visibility)

    def several(self, path: str, given: Any, read: Any) -> tuple[Any, ...]:
        return self._values(path, given, read) if given != () else ()

    def inbox(self, path: str, given: Any) -> int:
        return self.number(path, given, 1, LARGEST_ID)

    def checklist(self, path: str, given: Any, roles: Mapping[str, Text]) -> Iterator[Task]:
        example = '[{"key": "press", "text": {"nl": "…", "en": "…"}, "due_minutes": 15}]'
        for place, entry in enumerate(self.list(path, given, MOST_TASKS, example)):
            at = f"{path}[{place}]"
            form = self.object(at, entry, TASK_KEYS)
            for needed in ("key", "text", "due_minutes"):
                if needed not in form:
                    self.wrong(at, "missing", key=needed)
            role = form.get("role", "")
            if role != "" and role not in roles:
                self.wrong(f"{at}.role", "plan.role_unknown", value=shown(role), known=", ".join(roles) or "–")
                role = ""
            yield Task(
                self.key(f"{at}.key", form["key"]) if "key" in form else "",
                self.texts(f"{at}.text", form["text"], LONGEST_TASK) if "text" in form else {},
                self.number(f"{at}.due_minutes", form.get("due_minutes", 1), 1, LONGEST_WAIT),
                role,
            )

    def refuse_twice(self, levels: Mapping[int, LevelPlan]) -> None:
        """A key is what a tick in the log says, so it stands once in the whole plan."""
        seen: set[str] = set()
        for level, plan in levels.items():
            for place, task in enumerate(plan.checklist):
                if task.key and task.key in seen:
                    self.wrong(f"levels.{level}.checklist[{place}].key", "twice", value=task.key)
                seen.add(task.key)

    def key(self, path: str, given: Any) -> str:
        return self.spelt(path, given, _KEY, "plan.key")

    def texts(self, path: str, given: Any, most: int, least: int = 1) -> Text:
        """One text in each language of the desk."""
        form = self.object(path, given if given is not None else {}, LANGUAGES)
        if missing := [language for language in LANGUAGES if language not in form]:
            self.wrong(path, "plan.both_languages", missing=", ".join(missing))
        return {language: self.text(within(path, language), form[language], most, least) for language in form}


def _defaults(level: int, roles: Mapping[str, Text]) -> dict[str, Any]:
    """What a level says where nobody wrote it; a plan with roles of its own may lack those of the default one."""
    defaults = {**_USUALLY, **LEVEL_DEFAULTS[level]}
    tasks = [{**task, "role": task["role"] if task["role"] in roles else ""} for task in defaults["checklist"]]
    return {**defaults, "checklist": tasks}


def _whole(
    levels: Mapping[int, LevelPlan], roles: Mapping[str, Text], publishers: Set[str], targets: Targets
) -> dict[str, Any]:
    """The document with all defaults written out, in one order, so that equal plans have equal documents."""
    return {
        "roles": {key: _role_form(name, publishes=key in publishers) for key, name in roles.items()},
        "levels": {str(level): _level_form(plan) for level, plan in levels.items()},
        "targets": asdict(targets),
    }


def _role_form(name: Text, *, publishes: bool) -> dict[str, Any]:
    return {"name": dict(name), **({"publishes": True} if publishes else {})}


def _level_form(plan: LevelPlan) -> dict[str, Any]:
    return {
        "gates": [_gate_form(line) for line in plan.gates],
        "pause_scheduled": plan.pause_scheduled,
        "instructions": dict(plan.instructions),
        "statements": list(plan.statements),
        "checklist": [_task_form(task) for task in plan.checklist],
        "escalation": as_json(plan.escalation),
        "call_up": list(plan.call_up),
        "team": plan.team,
        "pause_templates": plan.pause_templates,
        "pause_assignment": plan.pause_assignment,
        "sla_profile": plan.sla_profile,
        "swarm": plan.swarm,
    }


def _gate_form(line: GateLine) -> dict[str, Any]:
    form: dict[str, Any] = {"gate": str(line.gate)}
    for key, values in (("network", line.networks), ("inbox", line.inboxes)):
        if values:
            form[key] = values[0] if len(values) == 1 else list(values)
    return form | ({"visibility": line.visibility} if line.visibility else {})


def _task_form(task: Task) -> dict[str, Any]:
    role = {"role": task.role} if task.role else {}
    return {"key": task.key, "text": dict(task.text), "due_minutes": task.due_minutes, **role}
