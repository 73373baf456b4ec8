"""What a rule of automation or a macro does to a ticket, step by step. None of it reaches a customer.

A step is written as canned responses write theirs: what to `do`, and a `value`; some have a `text` as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import regex

ME, NOBODY, OWNER = "me", "nobody", "owner"
LONGEST_TAG = 50
LONGEST_TEXT = 2_000  # characters of a note, a question or a word to colleagues
LONGEST_SNOOZE = 90 * 24 * 60  # minutes
MOST_STEPS = 10
PRIORITIES = ("0", "1", "2", "3")  # low, normal, high, urgent
_NUMBER = regex.compile(r"[1-9][0-9]{0,17}")
_SOMEBODY = regex.compile(r"(?:user|team):[1-9][0-9]{0,17}")
_SHORTCUT = regex.compile(r"[^\s/][^\s]{0,79}")


class Do(StrEnum):
    TAG = "tag"  # value: its name
    UNTAG = "untag"
    PRIORITY = "priority"  # 0 to 3
    TEAM = "team"  # its number
    ASSIGNEE = "assignee"  # a person's number, NOBODY, and in a macro ME
    CAUSE = "cause"  # its number
    NOTE = "note"  # text
    ASK = "ask"  # user:5 or team:3, and the question as text
    DRAFT = "draft"  # the shortcut of a canned response; it goes into a draft and no further
    ALERT = "alert"  # user:5, team:3 or OWNER, and perhaps a text
    SNOOZE = "snooze"  # minutes
    RESOLVE = "resolve"


BY_PEOPLE = tuple(do for do in Do if do is not Do.ALERT)  # what a macro may do: who is there needs no alert
_ONCE = (Do.PRIORITY, Do.TEAM, Do.ASSIGNEE, Do.CAUSE, Do.DRAFT, Do.SNOOZE, Do.RESOLVE)
_LAST = (Do.SNOOZE, Do.RESOLVE)  # of which a ticket takes one
_WITH_TEXT = (Do.NOTE, Do.ASK)  # which they need; an alert may have one


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do."""

    do: Do
    value: str = ""
    text: str = ""

    def as_json(self) -> dict[str, str]:
        """As it is kept; what is empty is left out."""
        form = {"do": str(self.do), "value": self.value, "text": self.text}
        return {name: said for name, said in form.items() if said}


@dataclass(frozen=True, slots=True)
class StepFault:
    """What is wrong with a step: the field, a code of `automation_messages`, and what fills its sentence."""

    field: str
    code: str
    params: Mapping[str, Any]


def read_step(form: Mapping[str, Any], kinds: Sequence[Do]) -> Step | StepFault:
    """The step that a form describes."""
    known = ", ".join(kinds)
    do, value, text = form.get("do"), form.get("value", ""), form.get("text", "")
    if do not in tuple(map(str, kinds)):
        return StepFault("do", "automation.step", {"known": known})
    if unknown := sorted(set(form) - {"do", "value", "text"}):
        return StepFault("do", "automation.step_key", {"key": unknown[0]})
    kind = Do(str(do))
    if not isinstance(value, str | int) or isinstance(value, bool) or not _fits(kind, " ".join(str(value).split())):
        return StepFault("value", f"automation.value_{kind}", {})
    least, most = (1 if kind in _WITH_TEXT else 0), (LONGEST_TEXT if kind in (*_WITH_TEXT, Do.ALERT) else 0)
    if not isinstance(text, str) or not least <= len(text.strip()) <= most or "\x00" in text:
        return StepFault("text", "automation.text", {"least": least, "most": most})
    return Step(kind, " ".join(str(value).split()), text.strip())


def clashes(steps: Sequence[Step]) -> str:
    """What stands there twice and can be done once, such as “team”; "" where nothing does."""
    kinds = [step.do for step in steps]
    twice = next((str(kind) for kind in _ONCE if kinds.count(kind) > 1), "")
    return twice or (" + ".join(_LAST) if all(kind in kinds for kind in _LAST) else "")


def _fits(kind: Do, value: str) -> bool:
    match kind:
        case Do.TAG | Do.UNTAG:
            return 1 <= len(value) <= LONGEST_TAG and value.isprintable()
        case Do.PRIORITY:
            return value in PRIORITIES
        case Do.TEAM | Do.CAUSE:
            return _NUMBER.fullmatch(value) is not None
        case Do.ASSIGNEE:
            return value in (ME, NOBODY) or _NUMBER.fullmatch(value) is not None
        case Do.ASK:
            return _SOMEBODY.fullmatch(value) is not None
        case Do.ALERT:
            return value == OWNER or _SOMEBODY.fullmatch(value) is not None
        case Do.DRAFT:
            return _SHORTCUT.fullmatch(value) is not None
        case Do.SNOOZE:
            return value.isascii() and value.isdigit() and len(value) < 9 and 1 <= int(value) <= LONGEST_SNOOZE
    return value == ""
