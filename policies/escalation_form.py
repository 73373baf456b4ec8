"""Escalation chains and call-up as a plan's document writes them: read part by part, each fault with its path."""

from collections.abc import Collection, Mapping
from typing import Any

import regex

from policies import escalation
from policies.duty import known_zone
from policies.escalation import MOST_NAMED, MOST_REPEATS, MOST_STEPS, Chain, Group, Hours, Means, OnlyIf, Step
from policies.form_problems import shown
from policies.rulebook_reading import Reading
from policies.scopes import LEVELS

CHAIN_KEYS = ("steps", "repeat", "return_minutes")
STEP_KEYS = ("to", "roles", "people", "teams", "rotas", "webhooks", "by", "wait_minutes", "repeat", "only_if")
NAMED = ("people", "teams", "rotas", "webhooks")
ONLY_IF_KEYS = ("level", "hours", "unacknowledged")
HOURS_KEYS = ("from", "until", "timezone")
LONGEST_RETURN = 7 * 24 * 60  # minutes
LARGEST_ID = 2**63 - 1
_TIME = regex.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_EXAMPLE = '[{"rotas": [1], "wait_minutes": 5}]'


class EscalationReading(Reading):
    """The part of a plan's reading that knows chains."""

    def chain(self, path: str, given: Any, roles: Collection[str]) -> Chain:
        form = self.object(path, given, CHAIN_KEYS)
        steps = self.list(f"{path}.steps", form.get("steps", []), MOST_STEPS, _EXAMPLE)
        return Chain(
            tuple(self.step(f"{path}.steps[{place}]", entry, roles) for place, entry in enumerate(steps)),
            self.number(f"{path}.repeat", form.get("repeat", 0), 0, MOST_REPEATS),
            self.number(f"{path}.return_minutes", form.get("return_minutes", 60), 0, LONGEST_RETURN),
        )

    def step(self, path: str, given: Any, roles: Collection[str]) -> Step:
        form, usual = self.object(path, given, STEP_KEYS), Step()
        groups = self.choices(f"{path}.to", form.get("to", []), tuple(map(str, Group)))
        named = {name: self.ids(f"{path}.{name}", form.get(name, [])) for name in NAMED}
        keys = tuple(self.list(f"{path}.roles", form.get("roles", []), MOST_NAMED, '["lead"]'))
        for place, key in enumerate(keys):
            if not isinstance(key, str) or key not in roles:
                self.wrong(
                    f"{path}.roles[{place}]", "plan.role_unknown", value=shown(key), known=", ".join(roles) or "–"
                )
        if isinstance(given, Mapping) and not any((groups, keys, *named.values())):
            self.wrong(path, "plan.nobody_told")
        means = self.choices(f"{path}.by", form.get("by", list(usual.by)), tuple(map(str, Means)))
        return Step(
            to=tuple(map(Group, groups)),
            roles=tuple(role for role in roles if role in keys),
            by=tuple(map(Means, means)),
            wait_minutes=self.number(
                f"{path}.wait_minutes", form.get("wait_minutes", usual.wait_minutes), 0, escalation.LONGEST_WAIT
            ),
            repeat=self.number(f"{path}.repeat", form.get("repeat", usual.repeat), 0, MOST_REPEATS),
            only_if=self.only_if(f"{path}.only_if", form.get("only_if", {})),
            **named,
        )

    def only_if(self, path: str, given: Any) -> OnlyIf:
        form = self.object(path, given, ONLY_IF_KEYS)
        hours = form.get("hours")
        return OnlyIf(
            self.number(f"{path}.level", form.get("level", 0), 0, LEVELS[-1]),
            None if hours is None else self.hours(f"{path}.hours", hours),
            self.switch(f"{path}.unacknowledged", form.get("unacknowledged", True)),
        )

    def hours(self, path: str, given: Any) -> Hours | None:
        form = self.object(path, given, HOURS_KEYS)
        if missing := [key for key in HOURS_KEYS if key not in form]:
            self.wrong(path, "missing", key=missing[0])
            return None
        start, end = (self.time(f"{path}.{name}", form[name]) for name in ("from", "until"))
        zone = form["timezone"]
        if not isinstance(zone, str) or not known_zone(zone):
            self.wrong(f"{path}.timezone", "plan.timezone", value=shown(zone))
            return None
        if start == end:
            self.wrong(path, "plan.no_hours")
        return Hours(zone, start, end)

    def time(self, path: str, given: Any) -> int:
        """Minutes after midnight."""
        if isinstance(given, str) and _TIME.fullmatch(given):
            hours, minutes = given.split(":")
            return int(hours) * 60 + int(minutes)
        self.wrong(path, "plan.time", value=shown(given))
        return 0

    def ids(self, path: str, given: Any) -> tuple[int, ...]:
        entries = self.list(path, given, MOST_NAMED, "[3, 4]")
        numbers = (self.number(f"{path}[{place}]", one, 1, LARGEST_ID) for place, one in enumerate(entries))
        return tuple(dict.fromkeys(numbers))

    def choices(self, path: str, given: Any, known: tuple[str, ...]) -> tuple[str, ...]:
        entries = self.list(path, given, len(known), f'["{known[0]}"]')
        return tuple(dict.fromkeys(self.choice(f"{path}[{place}]", one, known) for place, one in enumerate(entries)))
