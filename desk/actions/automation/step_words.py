"""What a rule or a macro does, in the reader's words."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.automation.automations import Known
from desk.common.lengths import length
from desk.tickets.models import Priority
from policies.automation_steps import ME, NOBODY, OWNER, Do, Step

DO_WORDS: Mapping[Do, Promise] = {
    Do.TAG: gettext_lazy("add a tag"),
    Do.UNTAG: gettext_lazy("take a tag off"),
    Do.PRIORITY: gettext_lazy("set the priority"),
    Do.TEAM: gettext_lazy("give it to a team"),
    Do.ASSIGNEE: gettext_lazy("give it to somebody"),
    Do.CAUSE: gettext_lazy("say what it was about"),
    Do.NOTE: gettext_lazy("write a note"),
    Do.ASK: gettext_lazy("ask a colleague"),
    Do.DRAFT: gettext_lazy("put a canned response in the draft"),
    Do.ALERT: gettext_lazy("tell somebody"),
    Do.SNOOZE: gettext_lazy("snooze"),
    Do.RESOLVE: gettext_lazy("resolve"),
}


def step_words(step: Step, known: Known) -> str:
    """“add a tag: vip”."""
    what = _value_words(step, known)
    said = f"“{step.text}”" if step.text else ""
    return ": ".join(part for part in (str(DO_WORDS[step.do]), " ".join(filter(None, (what, said)))) if part)


def _value_words(step: Step, known: Known) -> str:
    match step.do:
        case Do.PRIORITY:
            return str(Priority(int(step.value)).label)
        case Do.TEAM:
            return known.teams.get(int(step.value), f"#{step.value}")
        case Do.CAUSE:
            return known.causes.get(int(step.value), f"#{step.value}")
        case Do.SNOOZE:
            return length(timedelta(minutes=int(step.value)))
        case Do.DRAFT:
            return f"/{step.value}"
        case Do.ASSIGNEE | Do.ASK | Do.ALERT:
            return whom(step.value, known)
    return step.value


def whom(value: str, known: Known) -> str:
    """Me, nobody, the owner, a colleague or a team."""
    if value in (ME, NOBODY, OWNER):
        return {ME: _("me"), NOBODY: _("nobody"), OWNER: _("whoever has it")}[value]
    kind, colon, number = value.partition(":")
    number = number if colon else value
    names = known.teams if kind == "team" else known.people
    return names.get(int(number), f"#{number}")
