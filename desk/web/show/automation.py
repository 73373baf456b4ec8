"""Rules of automation, macros and what became of them, in the reader's words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from desk.actions.automation.automations import Known
from desk.actions.automation.by_rule import Became
from desk.actions.automation.step_words import step_words
from desk.automation.models import Firing, Trial
from desk.tickets.models import Priority, Ticket, Tier
from desk.web.show import times
from desk.web.show.crises import LEVEL_WORDS
from desk.web.show.rows import STATE_WORDS
from policies.automation import BY_TIME, On, Rule, When
from policies.automation_steps import Do, Step

ON_WORDS: Mapping[On, Promise] = {
    On.OPENED: gettext_lazy("A ticket begins"),
    On.MESSAGE: gettext_lazy("The customer writes"),
    On.STATE: gettext_lazy("The state changes"),
    On.ASSIGNED: gettext_lazy("Somebody else or another team gets it"),
    On.TAG: gettext_lazy("A tag is added"),
    On.CAUSE: gettext_lazy("A cause is chosen"),
    On.PRIORITY: gettext_lazy("The priority changes"),
    On.SENTIMENT: gettext_lazy("Somebody corrects what it sounds like"),
    On.ANSWERED: gettext_lazy("We have answered"),
    On.COLLEAGUE: gettext_lazy("A colleague who was asked has answered"),
    On.BREACHED: gettext_lazy("A due time passes"),
    On.WOKEN: gettext_lazy("It comes back from snooze"),
    On.CRISIS_BEGAN: gettext_lazy("It becomes part of a crisis"),
    On.CRISIS_ENDED: gettext_lazy("Its crisis ends"),
    On.WAITING: gettext_lazy("The customer has waited for us"),
    On.UNTOUCHED: gettext_lazy("Nothing has happened on it"),
}
CONDITION_WORDS: Mapping[str, Promise] = {
    "networks": gettext_lazy("Network"),
    "inboxes": gettext_lazy("Inbox"),
    "private": gettext_lazy("Private"),
    "priorities": gettext_lazy("Priority"),
    "languages": gettext_lazy("Language"),
    "tags": gettext_lazy("Tag"),
    "tiers": gettext_lazy("Customer"),
    "states": gettext_lazy("State"),
    "sentiments": gettext_lazy("Sounds"),
    "teams": gettext_lazy("Team"),
    "causes": gettext_lazy("Cause"),
    "ratings": gettext_lazy("Stars"),
    "topics": gettext_lazy("Words"),
    "assigned": gettext_lazy("Somebody has it"),
    "open": gettext_lazy("The desk is open"),
    "followers": gettext_lazy("Followers, at least"),
    "crisis_level": gettext_lazy("Crisis, from level"),
}
SENTIMENTS: Mapping[str, Promise] = {
    "negative": gettext_lazy("negative"),
    "neutral": gettext_lazy("neutral"),
    "positive": gettext_lazy("positive"),
}
BECAME: Mapping[str, Promise] = {
    Became.DONE: gettext_lazy("done"),
    Became.UNCHANGED: gettext_lazy("it was so already"),
    Became.REFUSED: gettext_lazy("not done"),
    Became.FAILED: gettext_lazy("the desk broke; its log says why"),
}
_YES, _NO = pgettext_lazy("a condition", "yes"), pgettext_lazy("a condition", "no")


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule on its version's page."""

    rule: Rule
    place: int  # from 0
    begins: str
    asks: list[str]
    does: list[str]


def rule_lines(rules: Iterable[Rule], known: Known) -> list[RuleLine]:
    """In their order."""
    return [
        RuleLine(rule, place, begins(rule), asks(rule.when, known), [step_words(one, known) for one in rule.steps])
        for place, rule in enumerate(rules)
    ]


@dataclass(frozen=True, slots=True)
class TriedLine:
    """A rule that was tried: what it says, what was counted, and the tickets on which it would have fired last."""

    line: RuleLine
    counted: Mapping[str, Any]
    sample: list[tuple[Ticket, str]]
    today: list[str]


def tried_lines(trial: Trial, known: Known, now: datetime) -> list[TriedLine]:
    """No lines while a worker still looks. A ticket that is gone by now is left out."""
    counted = {} if trial.result is None else {one["key"]: one for one in trial.result["rules"]}
    tickets = Ticket.objects.select_related("profile").in_bulk(
        {one["ticket"] for rule in counted.values() for one in rule["sample"]}
    )
    return [
        TriedLine(
            line,
            counted[line.rule.key],
            [
                (tickets[one["ticket"]], times.exact(datetime.fromisoformat(one["at"]), now))
                for one in counted[line.rule.key]["sample"]
                if one["ticket"] in tickets
            ],
            [str(CONDITION_WORDS[name]) for name in counted[line.rule.key]["today"]],
        )
        for line in rule_lines([rule for rule in trial.book().rules if rule.key in counted], known)
    ]


def begins(rule: Rule) -> str:
    """What sets it off, with its time."""
    if rule.on in BY_TIME:
        length = times.length(timedelta(minutes=rule.minutes))
        return _("%(what)s for %(time)s") % {"what": ON_WORDS[rule.on], "time": length}
    return str(ON_WORDS[rule.on])


def asks(when: When, known: Known) -> list[str]:
    """One line for each condition."""
    return [f"{CONDITION_WORDS[name]}: {found_words(name, value, known)}" for name, value in when.as_json().items()]


def found_words(name: str, value: Any, known: Known) -> str:
    """A value of a condition, or what was found for it."""
    if isinstance(value, bool):
        return str(_YES if value else _NO)
    several = value if isinstance(value, list) else [value]
    return ", ".join(_named(name, one, known) for one in several) or "–"


def _named(name: str, value: Any, known: Known) -> str:
    lists: Mapping[str, Mapping[Any, Any]] = {
        "networks": known.networks,
        "inboxes": known.inboxes,
        "teams": known.teams,
        "causes": known.causes,
        "priorities": dict(Priority.choices),
        "tiers": dict(Tier.choices),
        "sentiments": SENTIMENTS,
        "states": STATE_WORDS,
        "crisis_level": LEVEL_WORDS,
    }
    if name in ("teams", "causes", "ratings") and value == 0:
        return "–"
    return str(lists.get(name, {}).get(value, value))


@dataclass(frozen=True, slots=True)
class FiringLine:
    """A firing in the log."""

    firing: Firing
    when: str
    because: str
    conditions: list[str]
    outcomes: list[tuple[str, str, str]]  # the step, what became of it, and why


def firing_lines(firings: Iterable[Firing], known: Known, now: datetime) -> list[FiringLine]:
    """One line for each; firings come with their version."""
    return [
        FiringLine(
            one,
            times.exact(one.at, now),
            str(ON_WORDS.get(On(one.on), one.on)),
            [_condition(said, known) for said in one.conditions],
            [_outcome(form, known) for form in one.outcomes],
        )
        for one in firings
    ]  # fmt: skip


def _condition(said: Mapping[str, Any], known: Known) -> str:
    return f"{CONDITION_WORDS[said['name']]}: {found_words(said['name'], said['found'], known)}"


def _outcome(form: Mapping[str, str], known: Known) -> tuple[str, str, str]:
    step = Step(Do(form["do"]), form.get("value", ""), form.get("text", ""))
    return step_words(step, known), str(BECAME.get(form["became"], form["became"])), form.get("why", "")
