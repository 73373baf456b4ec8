"""A scenario: what customers say in a drill, minute by minute, and what breaks meanwhile. Played by `beats`.

`drill_scenario_form.parse` reads the document that people write; README.md describes it. Nothing here is random: the
same seed gives the same drill, another seed varies who says which of the variants when.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

BOTH = "both"  # languages: posts alternate
USUAL_NORMAL = 6  # posts an hour
NEGATIVE = 25  # per cent of them
USUAL_FOLLOWERS = 300  # of each who wrote them
FIRST_NAMES = (
    "anouk", "bram", "chantal", "daan", "emine", "fleur", "gijs", "hanna", "ilse", "joris", "karima", "lars", "maud",
    "niels", "olga", "pieter", "quinten", "ruben", "sanne", "tom", "usha", "vera", "wouter", "xander", "yara", "zoe",
)  # fmt: skip


class FaultKind(StrEnum):
    """What breaks, and only for the drill's own account."""

    DOWN = "down"  # the network answers nothing and tells nothing
    RATE_LIMIT = "rate_limit"  # it may not be read for a while
    NO_SENDING = "no_sending"  # it takes no answers


class Kind(StrEnum):
    POST = "post"
    FAULT_BEGINS = "fault_begins"
    FAULT_ENDS = "fault_ends"


Words = Mapping[str, tuple[str, ...]]  # variants by language, of one language at least


@dataclass(frozen=True, slots=True)
class Post:
    """What one person says at one moment. `at`: seconds into its phase; `reply_to`: the key of an earlier post."""

    at: int
    text: Words
    author: str = ""  # a handle; "" is the company itself
    followers: int = 0
    key: str = ""
    reply_to: str = ""
    private: bool = False

    @property
    def own(self) -> bool:
        return not self.author


@dataclass(frozen=True, slots=True)
class Crowd:
    """Many people, spread over a part of a phase: seconds after it began; `followers` is the least and the most."""

    count: int
    since: int
    until: int
    text: Words
    followers: tuple[int, int] = (0, 0)
    reply_to: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """What breaks, seconds after its phase began, and for how many seconds."""

    kind: FaultKind
    at: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the scenario with a name of its own; `seconds` long."""

    name: Mapping[str, str]
    seconds: int
    posts: tuple[Post, ...] = ()
    crowds: tuple[Crowd, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, eq=False)
class Scenario:
    """All of it. `level` is the one that the plan should have reached; after the last phase people have `wrap_up` more
    seconds before the drill ends by itself. `normal` posts an hour came before it, as the detector is to know it.
    `document` is the form with everything written out.
    """

    key: str
    title: Mapping[str, str]
    about: Mapping[str, str]
    level: int
    wrap_up: int
    phases: tuple[Phase, ...]
    document: Mapping[str, Any] = field(default_factory=dict)
    normal: int = USUAL_NORMAL

    @property
    def length(self) -> timedelta:
        """How long it plays at normal speed, without the time to wrap up."""
        return timedelta(seconds=sum(phase.seconds for phase in self.phases))

    @property
    def posts(self) -> int:
        return sum(len(phase.posts) + sum(crowd.count for crowd in phase.crowds) for phase in self.phases)


@dataclass(frozen=True, slots=True)
class Beat:
    """One thing that happens, so long after the start; `data` is what the player needs for it."""

    after: timedelta
    kind: Kind
    phase: int  # from 0
    data: Mapping[str, Any]


def beats(scenario: Scenario, *, language: str, speed: int, seed: str) -> tuple[Beat, ...]:
    """Everything that happens, in order. `language`: nl, en or BOTH; `speed`: times as fast as it is written.

    A post that lacks the wanted language is said in the one that it has.
    """
    found: list[Beat] = []
    began = 0
    for number, phase in enumerate(scenario.phases):
        for at, kind, data in _of_phase(phase, _Dice(f"{seed}:{number}"), language):
            found.append(Beat(timedelta(seconds=(began + at) / speed), kind, number, data))
        began += phase.seconds
    return tuple(sorted(found, key=lambda beat: beat.after))


def usual_counts(normal: int, buckets: int, minutes: int, seed: str) -> Iterator[tuple[int, int]]:
    """What came in so many stretches of so many minutes before a drill, and how much of it was negative: `normal` posts
    an hour on average, now more and now fewer, by the clock on the wall however fast the drill is played.
    """
    dice, (sure, rest) = _Dice(f"{seed}:normal"), divmod(normal, 60)
    for _bucket in range(buckets):
        said = sum(sure + (dice.below(60) < rest) for _minute in range(minutes))
        yield said, sum(dice.below(100) < NEGATIVE for _post in range(said))


def playing_time(scenario: Scenario, speed: int) -> timedelta:
    """From the start until it ends by itself."""
    return (scenario.length + timedelta(seconds=scenario.wrap_up)) / speed


class _Dice:
    """Throws that are the same each time for the same seed."""

    def __init__(self, seed: str) -> None:
        self._seed, self._thrown = seed, 0

    def below(self, sides: int) -> int:
        self._thrown += 1
        thrown = hashlib.sha256(f"{self._seed}:{self._thrown}".encode()).digest()
        return int.from_bytes(thrown[:8], "big") % max(sides, 1)

    def one_of(self, values: Sequence[str]) -> str:
        return values[self.below(len(values))]


def _of_phase(phase: Phase, dice: _Dice, language: str) -> Iterator[tuple[int, Kind, Mapping[str, Any]]]:
    for post in phase.posts:
        yield post.at, Kind.POST, _said(post, dice, language, post.author, post.followers, post.key)
    for crowd in phase.crowds:
        for _number in range(crowd.count):
            at = crowd.since + dice.below(crowd.until - crowd.since + 1)
            author = f"{dice.one_of(FIRST_NAMES)}_{dice.below(9000) + 1000}"
            least, most = crowd.followers
            yield at, Kind.POST, _said(crowd, dice, language, author, least + dice.below(most - least + 1))
    for number, fault in enumerate(phase.faults):
        told = {"fault": str(fault.kind), "name": f"{fault.kind}-{fault.at}-{number}", "seconds": fault.seconds}
        yield fault.at, Kind.FAULT_BEGINS, told
        yield fault.at + fault.seconds, Kind.FAULT_ENDS, told


def _said(
    what: Post | Crowd, dice: _Dice, language: str, author: str, followers: int, key: str = ""
) -> Mapping[str, Any]:
    spoken = sorted(what.text)
    wanted = dice.one_of(spoken) if language == BOTH else language if language in what.text else spoken[0]
    return {
        "author": author,
        "followers": followers,
        "text": dice.one_of(what.text[wanted]),
        "language": wanted,
        "key": key,
        "reply_to": what.reply_to,
        "private": what.private,
    }
