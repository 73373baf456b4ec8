"""Automation: which rule fires on what happened to a ticket, in which order, and what keeps it from going in circles.

A condition is said as the policies of response times say theirs (`policies.sla.Conditions`), and a topic as the scope
of a crisis does (`policies.crisis_scope`); what only automation asks stands beside them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from policies.automation_steps import Step
from policies.crisis_scope import is_about
from policies.sla import Conditions
from policies.sla import Facts as TicketFacts

MOST_DEEP = 3  # rules one after the other, each set off by what the one before it did
MOST_OFTEN = 10  # firings of one rule on one ticket
OFTEN = timedelta(hours=1)  # within this time: whatever sets it off, also what neither rule nor person did


class On(StrEnum):
    """What sets a rule off."""

    OPENED = "opened"  # a ticket began
    MESSAGE = "message"  # the customer wrote, the first message included
    STATE = "state"
    ASSIGNED = "assigned"  # another owner or team
    TAG = "tag"  # one was added
    CAUSE = "cause"
    PRIORITY = "priority"
    SENTIMENT = "sentiment"  # somebody corrected it
    ANSWERED = "answered"  # we did, here or in the network's app
    COLLEAGUE = "colleague"  # a colleague who was asked has answered
    BREACHED = "breached"
    WOKEN = "woken"  # back from snooze
    CRISIS_BEGAN = "crisis_began"  # the ticket became part of one
    CRISIS_ENDED = "crisis_ended"  # one that the ticket is part of
    WAITING = "waiting"  # the customer has waited for us for so many minutes
    UNTOUCHED = "untouched"  # nothing has happened on it for so many minutes


BY_TIME = (On.WAITING, On.UNTOUCHED)  # these have minutes
_ON_THE_TIMELINE: Mapping[str, tuple[On, ...]] = {
    "ticket_opened": (On.OPENED, On.MESSAGE),
    "message_received": (On.MESSAGE,),
    "tagged": (On.TAG,),
    "cause_chosen": (On.CAUSE,),
    "priority": (On.PRIORITY,),
    "sentiment": (On.SENTIMENT,),
    "reply_sent": (On.ANSWERED,),
    "replied_on_network": (On.ANSWERED,),
    "question_answered": (On.COLLEAGUE,),
    "breached": (On.BREACHED,),
    "woken": (On.WOKEN,),
    "crisis_joined": (On.CRISIS_BEGAN,),
    **dict.fromkeys(("assigned", "claimed", "given", "handed_over", "released", "routed"), (On.ASSIGNED,)),
}
CHANGES_WAITING = (  # after which somebody may wait since longer than the time rules have looked
    "ticket_opened", "message_received", "transition", "merged", "split_from", "message_deleted",
)  # fmt: skip
NO_TOUCH = ("breached", "alerted", "clock_renewed", "found_nobody", "crisis_joined", "routed")  # nobody did these


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions may ask of a ticket as it is now. `words`: of its customer, by `crisis_scope.words_of`."""

    ticket: TicketFacts
    state: str = ""
    sentiment: str = ""
    team: int = 0
    assigned: bool = False
    cause: int = 0
    rating: int = 0  # stars of the review; 0 where it is none
    followers: int = 0
    crisis_level: int = 0
    open: bool = True  # the desk is
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One condition held against a ticket: what was asked, what is, and whether that fits."""

    name: str
    wanted: Any
    found: Any
    holds: bool

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "wanted": self.wanted, "found": self.found, "holds": self.holds}


LISTS = ("networks", "inboxes", "priorities", "languages", "tags", "tiers")  # of `policies.sla.Conditions`
_FACT_OF = {
    "networks": "network",
    "inboxes": "inbox",
    "priorities": "priority",
    "languages": "language",
    "tiers": "tier",
}
OWN_LISTS = ("states", "sentiments", "teams", "causes", "ratings", "topics")
_OWN_FACT_OF = {"states": "state", "sentiments": "sentiment", "teams": "team", "causes": "cause", "ratings": "rating"}


@dataclass(frozen=True, slots=True)
class When:
    """What is empty asks nothing; of several values one is enough; everything asked must hold."""

    ticket: Conditions = field(default_factory=Conditions)
    states: frozenset[str] = frozenset()
    sentiments: frozenset[str] = frozenset()
    teams: frozenset[int] = frozenset()
    causes: frozenset[int] = frozenset()
    ratings: frozenset[int] = frozenset()
    topics: frozenset[str] = frozenset()
    assigned: bool | None = None
    open: bool | None = None
    followers: int = 0  # at least
    crisis_level: int = 0  # from this level on

    def verdicts(self, facts: Facts) -> Iterator[Verdict]:
        """Each condition that asks something."""
        for name in LISTS:
            if wanted := getattr(self.ticket, name):
                only = replace(Conditions(), **{name: wanted})
                found = sorted(facts.ticket.tags) if name == "tags" else getattr(facts.ticket, _FACT_OF[name])
                yield Verdict(name, sorted(wanted), found, only.hold(facts.ticket))
        if (private := self.ticket.private) is not None:
            yield Verdict("private", private, facts.ticket.private, private is facts.ticket.private)
        for name, fact in _OWN_FACT_OF.items():
            if wanted := getattr(self, name):
                found = getattr(facts, fact)
                yield Verdict(name, sorted(wanted), found, found in wanted)
        if self.topics:
            about = sorted(topic for topic in self.topics if is_about(topic, facts.words))
            yield Verdict("topics", sorted(self.topics), about, bool(about))
        for name in ("assigned", "open"):
            if (wish := getattr(self, name)) is not None:
                yield Verdict(name, wish, getattr(facts, name), wish is getattr(facts, name))
        for name in ("followers", "crisis_level"):
            if least := getattr(self, name):
                yield Verdict(name, least, getattr(facts, name), getattr(facts, name) >= least)

    def holds(self, facts: Facts) -> bool:
        return all(verdict.holds for verdict in self.verdicts(facts))

    def as_json(self) -> dict[str, Any]:
        """As it is kept; what asks nothing is left out."""
        own = {name: sorted(getattr(self, name)) for name in OWN_LISTS if getattr(self, name)}
        wishes = {name: getattr(self, name) for name in ("assigned", "open") if getattr(self, name) is not None}
        least = {name: getattr(self, name) for name in ("followers", "crisis_level") if getattr(self, name)}
        return {**self.ticket.as_json(), **own, **wishes, **least}


@dataclass(frozen=True, slots=True)
class Rule:
    """`key` stays the same from version to version; `minutes` only where time sets it off."""

    key: str
    name: str
    on: On
    steps: tuple[Step, ...]
    when: When = field(default_factory=When)
    minutes: int = 0
    stop: bool = False  # where it fires, no later rule hears of what set it off
    enabled: bool = True

    def as_json(self) -> dict[str, Any]:
        minutes = {"minutes": self.minutes} if self.on in BY_TIME else {}
        return {
            "key": self.key, "name": self.name, "event": str(self.on), **minutes, "when": self.when.as_json(),
            "steps": [step.as_json() for step in self.steps], "stop": self.stop, "enabled": self.enabled,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Book:
    """All rules, in their order."""

    rules: tuple[Rule, ...] = ()

    @property
    def active(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.enabled)

    def on(self, happened: Collection[On]) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.active if rule.on in happened)

    @property
    def document(self) -> dict[str, Any]:
        return {"rules": [rule.as_json() for rule in self.rules]}


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that may set rules off. `chain`: the keys of the rules that led to it, the last one last."""

    ons: frozenset[On]
    chain: tuple[str, ...] = ()
    rules: frozenset[str] = frozenset()  # only these, where time found them; empty: all that hear it

    def heard_by(self, rule: Rule) -> bool:
        return rule.on in self.ons and (not self.rules or rule.key in self.rules)


@dataclass(slots=True)
class Fired:
    """A rule whose conditions hold, with what they were held against."""

    rule: Rule
    verdicts: list[Verdict] = field(default_factory=list)


def ons_of(kind: str, data: Mapping[str, Any]) -> frozenset[On]:
    """What a line of the timeline is to automation; empty where no rule can hear it."""
    found = set(_ON_THE_TIMELINE.get(kind, ()))
    if data.get("from") is not None and data.get("to") is not None and data["from"] != data["to"]:
        found.add(On.STATE)
    if kind == "tagged" and not data.get("added"):
        found.discard(On.TAG)
    if kind == "cause_chosen" and data.get("cause") is None:
        found.discard(On.CAUSE)
    return frozenset(found)


def kinds_for(ons: Iterable[On]) -> frozenset[str] | None:
    """The kinds of lines that any of these can be; None: every kind may be one, because a state may change with it."""
    wanted = set(ons)
    if On.STATE in wanted:
        return None
    heard = {kind for kind, several in _ON_THE_TIMELINE.items() if wanted.intersection(several)}
    return frozenset(heard | (set(CHANGES_WAITING) if On.WAITING in wanted else set()))


def may_fire(rule: Rule, happened: Happened, lately: int = 0) -> bool:
    """Whether it may without going in circles. `lately`: how often it fired on the ticket within `OFTEN`."""
    return rule.key not in happened.chain and len(happened.chain) < MOST_DEEP and lately < MOST_OFTEN


def fires(
    rules: Sequence[Rule], happened: Happened, facts: Facts, lately: Mapping[str, int] | None = None
) -> list[Fired]:
    """The rules that fire, in their order, all held against the same facts; one that stops is the last."""
    found: list[Fired] = []
    for rule in rules:
        if not happened.heard_by(rule) or not may_fire(rule, happened, (lately or {}).get(rule.key, 0)):
            continue
        verdicts = list(rule.when.verdicts(facts))
        if all(verdict.holds for verdict in verdicts):
            found.append(Fired(rule, verdicts))
            if rule.stop:
                break
    return found
