"""What happened at Vlotlijn: the seed texts as scenes, each turn with its time and speaker.

The last hours are told word for word in today.toml. The weeks before are told from the stories of dutch.toml and
english.toml: who, where, when and how quickly is drawn with a fixed seed, so the same "now" gives the same history.
"""

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from desk.operations.demo.people import COLLEAGUES

TEXTS = Path(__file__).with_name("texts")
ZONE = ZoneInfo("Europe/Amsterdam")
CUSTOMER, CUSTOMER_PRIVATE, PUBLIC, PRIVATE, IN_APP, NOTE, EDIT, DELETE = "<", "<<", ">", ">>", "=", "#", "~", "x"
FROM_NETWORK = (CUSTOMER, CUSTOMER_PRIVATE, IN_APP, EDIT, DELETE)  # what the desk hears; the rest it does
APPROVAL, RETURNED, LATER = "approval", "returned", "later"
WEEKS, TOLD = 3, 136  # history: how long, how many scenes
QUIET = timedelta(hours=3)  # before now, history ends and today.toml goes on
MOST_PAGE_POSTS = 34  # the connector reads the comments of the 50 newest posts of a page
HOURS = (1, 0, 0, 0, 0, 2, 6, 12, 14, 9, 6, 6, 6, 6, 6, 7, 10, 13, 11, 7, 5, 5, 4, 2)  # weight of each hour of the day
WORKS = {"agent": 8, "agent2": 8, "supervisor": 3, "comms": 1}
ANSWER_MEDIAN, ANSWER_SPREAD = 10.0, 0.85  # minutes; the logarithm's deviation
TODAY = "demo:today:"  # how the refs of today.toml begin
X_PRIVATE = "https://x.com/messages/compose?recipient_id=731845002619"  # where the company is written to in private
OPENING_HOUR, CLOSING_HOUR = 6.5, 23.0
REGULARS = 8  # customers at the head of the cast who write again and again
STATIONS = ("Haarbrug", "Zandhaven", "Oudmeer", "Kromwijk", "Veenpoort", "Sluiszicht", "Ravenhoek", "Elzenbroek")
LINES = ("14", "27", "103", "205", "8", "61")


@dataclass(frozen=True, slots=True)
class Customer:
    handle: str
    name: str
    followers: int
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said or done. `ref` is its name on the sandbox; `by` a colleague's username, "": who has the ticket."""

    at: datetime
    sign: str
    text: str
    ref: str
    by: str = ""

    @property
    def private(self) -> bool:
        return self.sign in (CUSTOMER_PRIVATE, PRIVATE)

    @property
    def ours(self) -> bool:
        return self.sign in (PUBLIC, PRIVATE, IN_APP)


@dataclass(frozen=True, slots=True)
class Scene:
    """One customer's matter from beginning to end. `wish` is what a colleague did last ("" leaves it as it is).

    `waits`: why the last reply has not left, one of APPROVAL, RETURNED and LATER; `because`: why a reviewer said no.
    `below`, `quotes`: a post of the company; `under`: the customer whose first words are answered.
    """

    key: str
    network: str
    author: Customer
    turns: tuple[Turn, ...]
    by: str = ""
    below: str = ""
    under: str = ""
    quotes: str = ""
    tags: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    priority: int | None = None
    wish: str = ""
    snooze: timedelta = timedelta()
    trouble: str = ""
    waits: str = ""
    because: str = ""
    draft: str = ""

    @property
    def unsent(self) -> bool:
        """Whether the last reply is not on the network."""
        return bool(self.trouble or self.waits)

    @property
    def begins(self) -> datetime:
        return self.turns[0].at


@dataclass(frozen=True, slots=True)
class CompanyPost:
    key: str
    at: datetime
    text: str
    media: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        return f"demo:post:{self.key}"


def company_posts(now: datetime) -> list[CompanyPost]:
    """What the company itself posted, on each of its accounts, oldest first."""
    found = [
        CompanyPost(
            post["key"],
            now - timedelta(days=post["days"], hours=post["hours"]),
            post["text"],
            tuple(post.get("media", ())),
        )
        for post in _read("companyposts")["post"]
    ]
    return sorted(found, key=lambda post: post.at)


def all_scenes(now: datetime) -> list[Scene]:
    """The history and the present, in the order in which they began."""
    return sorted([*History(now).scenes(), *today(now)], key=lambda scene: scene.begins)


def today(now: datetime) -> Iterator[Scene]:
    """What lies on the desk now."""
    for entry in _read("today")["scene"]:
        author = Customer(*entry["author"])
        key = f"{TODAY}{author.handle}"
        turns = []
        for number, line in enumerate(entry["turns"]):
            ago, _, said = line.partition(" ")
            sign, by, text = _parts(said.replace("{private}", X_PRIVATE))
            turns.append(Turn(now - timedelta(minutes=float(ago)), sign, text, f"{key}:{number}", by))
        yield Scene(
            key=key,
            network=_network(entry["where"]),
            author=author,
            turns=tuple(turns),
            by=entry.get("by", ""),
            below=entry.get("below", ""),
            under=entry.get("under", ""),
            quotes=entry.get("quotes", ""),
            tags=tuple(entry.get("tags", ())),
            media=tuple(entry.get("media", ())),
            priority=entry.get("priority"),
            wish=entry.get("wish", ""),
            snooze=timedelta(hours=entry.get("snooze_hours", 0)),
            trouble=entry.get("trouble", ""),
            waits=entry.get("waits", ""),
            because=entry.get("because", ""),
            draft=entry.get("draft", ""),
        )


@dataclass(slots=True)
class History:
    """The weeks before today, drawn from the stories."""

    now: datetime
    chance: Random = field(default_factory=lambda: Random("Vlotlijn"))  # noqa: S311 - a story, no secret
    page_posts: int = 0
    written_in_private: set[tuple[str, str]] = field(default_factory=set)

    def scenes(self) -> Iterator[Scene]:
        """All of them, in no order."""
        stories = [("dutch", story) for story in _read("dutch")["story"]]
        stories += [("english", story) for story in _read("english")["story"]]
        cast = {name: [Customer(*row) for row in rows] for name, rows in _read("cast").items()}
        posts = {post.key: post for post in company_posts(self.now)}
        deck: list[tuple[str, Mapping[str, Any]]] = []
        for number in range(TOLD):
            if not deck:
                deck = self.chance.sample(stories, len(stories))
            language, story = deck.pop()
            yield self._scene(f"demo:{number}", story, cast[language], posts)

    def _scene(
        self, key: str, story: Mapping[str, Any], cast: Sequence[Customer], posts: Mapping[str, CompanyPost]
    ) -> Scene:
        below = story.get("below", "")
        network = self._place(story)
        signs = [_parts(line) for line in story["turns"]]
        author = self._author(network, cast, private=any(sign in (CUSTOMER_PRIVATE, PRIVATE) for sign, _, _ in signs))
        spam = story.get("end") == "spam"
        if spam:  # by an account of its own: what it writes is spam from then on
            author = Customer(f"koopnu_{key}".replace("-", "_")[:40], "Koop Nu", 3)
        begins = posts[below].at + timedelta(hours=self.chance.uniform(0.1, 20)) if below else self._moment()
        scene = Scene(
            key=key,
            network=network,
            author=author,
            turns=(),
            by=self.chance.choices(list(WORKS), list(WORKS.values()))[0],
            below=below,
            tags=tuple(story.get("tags", ())),
            wish="mark_spam" if spam else "resolve",
        )
        turns = tuple(self._turns(key, signs, author, begins))
        late = turns[-1].at > self.now - timedelta(days=2)
        unfinished = late and turns[-1].ours and scene.wish == "resolve"
        return replace(scene, turns=turns, wish="" if unfinished else scene.wish)

    def _turns(
        self, key: str, said: Sequence[tuple[str, str, str]], author: Customer, begins: datetime
    ) -> Iterator[Turn]:
        fills = self._fills(author)
        at = begins
        for number, (sign, by, text) in enumerate(said):
            if number:
                at += self._pause(sign, said[number - 1][0], at)
            if at > self.now - timedelta(minutes=4):
                return
            wording = self.chance.choice([part.strip() for part in text.split("||")])
            yield Turn(at, sign, wording.format(**fills), f"{key}:{number}", by)

    def _place(self, story: Mapping[str, Any]) -> str:
        where = ["x", "page"] if "below" in story else story["where"].split()
        chosen = self.chance.choice(where)
        if chosen == "page" and "below" not in story:
            self.page_posts += 1
            if self.page_posts > MOST_PAGE_POSTS and "x" in where:
                chosen = "x"
        return _network(chosen)

    def _author(self, network: str, cast: Sequence[Customer], *, private: bool) -> Customer:
        """Somebody; in private each person only once, because that thread would be one ticket."""
        free = [one for one in cast if not private or (network, one.handle) not in self.written_in_private]
        regular = self.chance.random() < 0.25
        author = self.chance.choice(free[:REGULARS] if regular and len(free) > REGULARS else free)
        if private:
            self.written_in_private.add((network, author.handle))
        return author

    def _fills(self, author: Customer) -> dict[str, str]:
        station, other = self.chance.sample(STATIONS, 2)
        return {
            "station": station,
            "other": other,
            "line": self.chance.choice(LINES),
            "time": f"{self.chance.randrange(6, 23)}:{self.chance.choice(('04', '12', '19', '34', '41', '52'))}",
            "minutes": str(self.chance.randrange(31, 58)),
            "amount": f"{self.chance.randrange(4, 60)},{self.chance.choice(('20', '60', '85'))}",
            "first": author.name.split()[0],
        }

    def _moment(self) -> datetime:
        """Some moment of the last weeks, when people travel."""
        while True:
            day = (self.now - timedelta(days=self.chance.uniform(0, WEEKS * 7))).astimezone(ZONE)
            hour = self.chance.choices(range(24), HOURS)[0]
            at = day.replace(hour=hour, minute=self.chance.randrange(60), second=self.chance.randrange(60))
            if self.now - timedelta(days=WEEKS * 7) < at < self.now - QUIET:
                return at.astimezone(self.now.tzinfo)

    def _pause(self, sign: str, before: str, at: datetime) -> timedelta:
        if sign in (CUSTOMER, CUSTOMER_PRIVATE):
            return timedelta(minutes=self.chance.uniform(2, 35))
        if before in (NOTE, PUBLIC, PRIVATE):
            return timedelta(minutes=self.chance.uniform(1, 4))
        answer = timedelta(minutes=math.exp(self.chance.gauss(math.log(ANSWER_MEDIAN), ANSWER_SPREAD)))
        return answer + _until_open(at + answer)


def _until_open(at: datetime) -> timedelta:
    """How long the desk is still closed at night."""
    local = at.astimezone(ZONE)
    hour = local.hour + local.minute / 60
    if OPENING_HOUR <= hour < CLOSING_HOUR:
        return timedelta()
    return timedelta(hours=(OPENING_HOUR - hour) % 24)


def _parts(said: str) -> tuple[str, str, str]:
    """Sign, colleague and text of a turn such as "#expert Komt eraan"."""
    sign, _, text = said.partition(" ")
    if sign.startswith(NOTE):
        by = sign.removeprefix(NOTE)
        if by and by not in {colleague.username for colleague in COLLEAGUES}:
            raise ValueError(f"There is no colleague {by!r}: {said}")
        return NOTE, by, text
    if sign not in (*FROM_NETWORK, PUBLIC, PRIVATE):
        raise ValueError(f"No turn begins like this: {said}")
    return sign, "", text


def _network(where: str) -> str:
    return {"x": "x", "dm": "x", "page": "facebook_page", "ms": "facebook_page"}[where]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((TEXTS / f"{name}.toml").read_text(encoding="utf-8"))
