"""Whom a crisis covers. Several crises can cover one ticket: then the strictest level holds."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import regex

from policies.crisis_states import Standing

LONGEST_TOPIC = 100  # characters
MOST_WORDS_IN_TOPIC = 10
_WORD = regex.compile(r"[\p{L}\p{N}_]++")


@dataclass(frozen=True, slots=True)
class CrisisFacts:
    """What a scope may ask of a ticket. `words`: of everything that its customer wrote on it, by `words_of`.

    `put_in` and `taken_out` are crises of which a person said that it is part of them, or is not.
    """

    network: str
    inbox: int
    language: str = ""
    words: frozenset[str] = frozenset()
    put_in: frozenset[int] = frozenset()
    taken_out: frozenset[int] = frozenset()
    drill: bool = False  # of an inbox for drills
    brand: str = ""  # of its inbox
    tier: int = 0  # of its customer: how much they matter to the company


@dataclass(frozen=True, slots=True)
class Scope:
    """What is empty asks nothing, so that an empty scope is everything; of several values one is enough; all that is
    asked must hold.

    A topic is some words that all stand in the text, in any order: “trein Haarbrug”. With a star before or behind it a
    word may be part of a longer one: “*storing” is found in “treinstoring”. Case and accents make no difference.
    """

    networks: frozenset[str] = frozenset()
    inboxes: frozenset[int] = frozenset()
    languages: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    tiers: frozenset[int] = frozenset()

    def covers(self, facts: CrisisFacts) -> bool:
        return (
            (not self.networks or facts.network in self.networks)
            and (not self.inboxes or facts.inbox in self.inboxes)
            and (not self.languages or facts.language in self.languages)
            and (not self.brands or facts.brand in self.brands)
            and (not self.tiers or facts.tier in self.tiers)
            and (not self.topics or any(is_about(topic, facts.words) for topic in self.topics))
        )

    @property
    def is_everything(self) -> bool:
        return self == Scope()

    def as_json(self) -> dict[str, Any]:
        """As it is kept; what asks nothing is left out."""
        return {name: sorted(getattr(self, name)) for name in LISTS if getattr(self, name)}

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> "Scope":
        return cls(**{name: frozenset(form.get(name, ())) for name in LISTS})


LISTS = ("networks", "inboxes", "languages", "topics", "brands", "tiers")


@dataclass(frozen=True, slots=True)
class Covering:
    """A crisis, as far as it matters to what it covers. One of a drill covers nothing real, whatever its scope and
    whatever anybody said, and a real one nothing of a drill.
    """

    id: int
    scope: Scope
    standing: Standing
    drill: bool = False

    def may_cover(self, facts: CrisisFacts) -> bool:
        """Whether there is any way in which it could."""
        return self.drill == facts.drill and self.id not in facts.taken_out

    def covers(self, facts: CrisisFacts) -> bool:
        """What a person said of a ticket goes before the scope."""
        return self.may_cover(facts) and (self.id in facts.put_in or self.scope.covers(facts))


def covering(crises: Iterable[Covering], facts: CrisisFacts, now: datetime) -> list[Covering]:
    """The active crises that cover a ticket, the strictest first and of equals the older one."""
    found = [crisis for crisis in crises if crisis.standing.level_at(now) and crisis.covers(facts)]
    return sorted(found, key=lambda crisis: (-crisis.standing.level_at(now), crisis.id))


def strictest(crises: Iterable[Covering], facts: CrisisFacts, now: datetime) -> int:
    """The level that holds for a ticket; 0 where no active crisis covers it."""
    return max((crisis.standing.level_at(now) for crisis in covering(crises, facts, now)), default=0)


def words_of(text: str) -> frozenset[str]:
    """The words of a text as topics are compared with them: small letters, no accents."""
    return frozenset(_WORD.findall(_plain(text)))


def is_about(topic: str, words: frozenset[str]) -> bool:
    """Whether every word of a topic is found; a topic without a word is about nothing."""
    wanted = topic_words(topic)
    return bool(wanted) and all(_found(word, words) for word in wanted)


def topic_words(topic: str) -> list[str]:
    """The words of a topic, with their stars; what holds no letter or digit is no word."""
    return [word for word in _plain(topic).split() if _WORD.search(word)]


def _found(word: str, words: frozenset[str]) -> bool:
    core, begins, ends = "".join(_WORD.findall(word)), word.endswith("*"), word.startswith("*")
    if begins and ends:
        return any(core in one for one in words)
    if begins or ends:
        return any(one.startswith(core) if begins else one.endswith(core) for one in words)
    return core in words


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter))
