"""What happens in a month of a company: who writes where and when, and what colleagues do about it.

The rhythm of the conversations is that of real ones where the data set lies beside the checkout, and an invented one
otherwise; everything else comes from a seed. Nothing in here knows the desk.

Customers write on whole seconds and colleagues act on half ones, so that no two things happen at the same instant.
"""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

DATA = Path(__file__).parents[3] / "shared/data/care_conversations/twcs_reply_pairs.csv.gz"
ZONE = ZoneInfo("Europe/Amsterdam")
DAYS = 31
MONTH_BEGINS = datetime(2024, 3, 8, tzinfo=ZONE).astimezone(UTC)  # Easter and the change of the clocks: 31 March
MONTH_ENDS = datetime(2024, 4, 8, 12, 34, 56, 250_000, tzinfo=ZONE).astimezone(UTC)
BLIND = (datetime(2024, 3, 20, 7, tzinfo=UTC), datetime(2024, 3, 20, 15, tzinfo=UTC))  # the first inbox sees nothing
STORMS = (  # when nothing runs and everybody writes: once while the first inbox sees nothing, once below one post
    (0, BLIND[0], timedelta(hours=7)),
    (2, datetime(2024, 4, 2, 16, tzinfo=UTC), timedelta(hours=4)),
)
POLL = timedelta(minutes=5)  # how often the desk looks in a storm
HALF = timedelta(seconds=0.5)
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3_600, 86_400))
AGENTS = 6
URGENT = "Help, er ligt iemand bewusteloos op het perron, noodgeval!"


@dataclass(frozen=True, slots=True)
class Place:
    """An account of the company. `sandbox` is what the sandbox calls its network."""

    network: str
    sandbox: str
    handle: str
    language: str
    languages: tuple[str, ...]  # of its customers


INBOXES = (
    Place("x", "x", "vlotlijn", "nl", ("nl", "nl", "nl", "nl", "en", "de")),
    Place("x", "x", "vlotlijnhelps", "en", ("en", "en", "en", "nl")),
    Place("facebook_page", "facebook", "vlotlijnpagina", "nl", ("nl", "nl", "nl", "en")),
)
QUESTIONS = {
    "nl": ("waar blijft de trein van vandaag naar huis?",
           "Kunnen jullie mij zeggen wanneer het loket open is en hoe ik daar kom?"),
    "en": ("where is the train to the airport and when does it leave the station?",
           "Could you tell me how I can change the date of my ticket please?"),
    "de": ("Können Sie mir bitte sagen, wann der nächste Zug nach Hause fährt und von welchem Gleis?",),
}  # fmt: skip
ANSWERS = {
    "nl": "We zoeken het voor je uit, nummer {number}.",
    "en": "We are looking into it for you, number {number}.",
    "de": "Wir sehen das gerne für Sie nach, Nummer {number}.",
}
DAY_SHAPE = (1, 1, 1, 1, 1, 2, 4, 8, 10, 10, 9, 9, 8, 8, 8, 9, 10, 10, 9, 8, 7, 5, 3, 2)  # how busy each hour is


@dataclass(frozen=True, slots=True)
class Said:
    """Words on a network: of a customer, or (no author) of the company in the network's own app.

    `thread` tells conversations of one place apart: the root post in public, the person in private. `background`: a
    post of the company under which people comment; the desk makes no ticket of it.
    """

    ref: str
    inbox: int
    author: str
    private: bool
    kind: str
    text: str
    at: datetime
    heard_at: datetime
    thread: str
    language: str = ""
    answers: str = ""  # the ref of what stands above it
    urgent: bool = False
    background: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does with the ticket on which the message `ref` is; `who` numbers the agents, from 0."""

    at: datetime
    what: str
    ref: str
    who: int = 0
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Script:
    said: list[Said] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    messages: int = 0  # of both sides, as far as they are planned


def written(messages: int, in_storms: int, seed: int = 1) -> Script:
    """A month with about so many messages; `in_storms` of them are written while everybody writes."""
    writer = _Writer(Random(seed), _delays(seed))
    writer.company_posts()
    for inbox, begin, length in STORMS:
        writer.storm(inbox, begin, length, in_storms // len(STORMS))
    while writer.script.messages < messages:
        writer.conversation()
    return writer.script


def _delays(seed: int) -> list[int]:
    """Seconds until a company answered: real ones where they lie at hand."""
    if DATA.exists():
        with gzip.open(DATA, "rt", newline="") as rows:
            return [int(row["delay_s"]) for row in csv.DictReader(rows) if int(row["delay_s"]) < 5 * 86_400]
    dice = Random(seed)
    return [int(dice.lognormvariate(8.0, 1.6)) + 30 for _ in range(3_000)]


class _Writer:
    """Makes one conversation after the other."""

    def __init__(self, dice: Random, delays: list[int]) -> None:
        self.dice, self.delays, self.script = dice, delays, Script()
        self.number = 0
        self.private_authors: dict[int, list[str]] = {}
        self.heard: dict[str, datetime] = {}  # by `_whose`: when the last of it reaches the desk

    def company_posts(self) -> None:
        for number in range(0, DAYS, 3):
            at = MONTH_BEGINS + number * DAY
            ref = f"post{number}"
            self.script.said.append(
                Said(ref, 2, "", False, "post", f"Nieuws van de lijn {number}", at, at, ref, background=True)
            )

    def conversation(self) -> None:
        """Somebody asks; what follows is one of a few kinds of story."""
        kinds = ("plain", "spam", "deleted", "twice", "snoozed", "asked", "native", "unanswered", "urgent")
        kind = self.dice.choices(kinds, (60, 5, 6, 5, 6, 6, 10, 6, 2))[0]
        inbox = 2 if kind == "deleted" else self.dice.choices((0, 1, 2), (5, 3, 3))[0]
        private = self.dice.random() < 0.3 and kind != "spam"  # by nobody who writes again: that would be spam too
        begin = self._begin()
        root = self._root(inbox, private, begin, urgent=kind == "urgent")
        last, at = root, begin
        turns = 0 if kind in ("spam", "unanswered") else self.dice.choices((1, 2, 3, 4), (70, 18, 8, 4))[0]
        if kind == "deleted":
            at = self._deleted(root)
        elif kind == "twice":
            self._twice(root)
        elif kind == "spam":
            self._spam(root)
            return
        self._before_an_answer(kind, root)
        for turn in range(turns):
            at += self.dice.choice(self.delays) * SECOND + SECOND
            if at > MONTH_ENDS - 2 * HOUR:
                return
            if kind == "native" and turn == 0:
                self._native(last, at)
            else:
                self._deed(at, "reply", last.ref)
            if turn + 1 < turns:
                at += self.dice.randint(20, 7_200) * SECOND
                last = self._follow(root, at)
            if self.dice.random() < 0.1:  # a second thought, before anybody has answered
                at += self.dice.randint(5, 300) * SECOND
                last = self._follow(root, at)
        self._around(root, begin, at)
        if turns:
            self._afterwards(root, at)

    def storm(self, inbox: int, begin: datetime, length: timedelta, messages: int) -> None:
        """Many write within a few hours. Some write twice, and some are answered in the network's own app."""
        until = self.script.messages + messages
        while self.script.messages < until:
            at = begin + self.dice.randrange(length // SECOND) * SECOND
            root = self._root(inbox, False, at, poll=POLL)
            last = root
            if self.dice.random() < 0.2:
                last = self._follow(root, at + self.dice.randint(60, 3_600) * SECOND, poll=POLL)
            if self.dice.random() < 0.5:
                self._native(last, last.at + self.dice.choice(self.delays) * SECOND, poll=POLL)

    # ── customers ────────────────────────────────────────────────────────────
    def _begin(self) -> datetime:
        day = MONTH_BEGINS.astimezone(ZONE).replace(tzinfo=None) + self.dice.randrange(DAYS) * DAY
        hour = self.dice.choices(range(24), DAY_SHAPE)[0]
        shown = day + hour * HOUR + self.dice.randrange(3_600) * SECOND
        return shown.replace(tzinfo=ZONE).astimezone(UTC)

    def _root(
        self,
        inbox: int,
        private: bool,
        at: datetime,
        *,
        urgent: bool = False,
        author: str = "",
        poll: timedelta | None = None,
    ) -> Said:
        self.number += 1
        author = author or f"klant{self.number}"
        if private and self.private_authors.get(inbox) and self.dice.random() < 0.15:
            author = self.dice.choice(self.private_authors[inbox])  # somebody who has written here before
        language = "nl" if urgent else self.dice.choice(INBOXES[inbox].languages)
        ref = f"r{self.number}"
        if private:
            kind, thread, above = "dm", author, ""
            self.private_authors.setdefault(inbox, []).append(author)
        elif inbox == 2:
            above = thread = f"post{(at - MONTH_BEGINS) // DAY // 3 * 3}"
            kind = "comment"
        else:
            kind, thread, above = "mention", ref, ""
        text = URGENT if urgent else self.dice.choice(QUESTIONS[language])
        return self._say(Said(ref, inbox, author, private, kind, text, at, at, thread, language, above, urgent), poll)

    def _follow(self, root: Said, at: datetime, poll: timedelta | None = None) -> Said:
        """The same customer again, in the same thread."""
        self.number += 1
        place = INBOXES[root.inbox]
        words = self.dice.choice(QUESTIONS[root.language])
        text = words if root.private or root.inbox == 2 else f"@{place.handle} {words}"
        kind = {"mention": "reply"}.get(root.kind, root.kind)
        above = "" if root.private else root.ref
        ref = f"f{self.number}"
        return self._say(
            Said(ref, root.inbox, root.author, root.private, kind, text, at, at, root.thread, root.language, above),
            poll,
        )

    def _native(self, asked: Said, at: datetime, poll: timedelta | None = None) -> None:
        """An answer that somebody typed in the network's own app."""
        self.number += 1
        text = f"Dat is om tien over half, groet {self.number}"
        kind = {"mention": "reply"}.get(asked.kind, asked.kind)
        above = "" if asked.private else asked.ref
        ref = f"n{self.number}"
        self._say(
            Said(ref, asked.inbox, "", asked.private, kind, text, at + SECOND, at, asked.thread, answers=above), poll
        )

    def _say(self, one: Said, poll: timedelta | None) -> Said:
        """Give it the moment at which it reaches the desk: after a while, or with the next poll.

        An answer is never heard before what it answers.
        """
        lag = self.dice.randint(1, 45) if self.dice.random() < 0.95 else self.dice.randint(600, 20_000)
        heard_at = one.at + lag * SECOND
        if poll is not None:
            heard_at += -(heard_at - MONTH_BEGINS) % poll
        if one.inbox == 0 and BLIND[0] <= heard_at < BLIND[1]:
            heard_at = BLIND[1]
        if not one.author:
            heard_at = max(heard_at, self.heard[_whose(one)])
        self.heard[_whose(one)] = max(heard_at, self.heard.get(_whose(one), heard_at))
        said = Said(
            one.ref, one.inbox, one.author, one.private, one.kind, one.text, one.at, heard_at, one.thread,
            one.language, one.answers, one.urgent,
        )  # fmt: skip
        self.script.said.append(said)
        self.script.messages += 1
        return said

    # ── stories ──────────────────────────────────────────────────────────────
    def _deleted(self, root: Said) -> datetime:
        """The first question is taken back; sometimes another one comes."""
        gone_at = root.at + self.dice.randint(120, 7_200) * SECOND
        self._deed(gone_at, "deleted", root.ref)
        if self.dice.random() < 0.5:
            at = gone_at + self.dice.randint(-100, 3_000) * SECOND
            return self._follow(root, at).at
        return gone_at

    def _twice(self, root: Said) -> None:
        """The same person begins another thread, and a colleague makes one ticket of both."""
        at = root.at + self.dice.randint(60, 3_000) * SECOND
        other = self._root(root.inbox, False, at, author=root.author if root.inbox != 2 else "")
        if not root.private:
            first, second = (root, other) if self.dice.random() < 0.5 else (other, root)
            when = at + self.dice.randint(30, 10_000) * SECOND
            self._deed(when, "merge", first.ref, into=second.ref)

    def _spam(self, root: Said) -> None:
        at = root.at + self.dice.randint(60, 20_000) * SECOND
        self._deed(at, "spam", root.ref)
        if self.dice.random() < 0.4:
            self._follow(root, at + 500 * SECOND)
        if self.dice.random() < 0.4:
            at += self.dice.randint(600, 90_000) * SECOND
            self._deed(at, "not_spam", root.ref)
            self._deed(at + self.dice.randint(60, 9_000) * SECOND, "reply", root.ref)

    def _before_an_answer(self, kind: str, root: Said) -> None:
        at = root.at + self.dice.randint(50, 900) * SECOND
        if kind == "snoozed":
            self._deed(at, "snooze", root.ref, until=at + self.dice.randint(1_800, 90_000) * SECOND)
        elif kind == "asked":
            self._deed(at, self.dice.choice(("ask_colleague", "wait_for_customer")), root.ref)
            if self.dice.random() < 0.5:
                self._deed(at + self.dice.randint(300, 9_000) * SECOND, "open", root.ref)

    def _around(self, root: Said, begin: datetime, end: datetime) -> None:
        """Owners, teams and priorities, at any time in between."""
        for what, chance in (("assign", 0.3), ("assign", 0.15), ("team", 0.1), ("priority", 0.1)):
            if self.dice.random() < chance:
                at = begin + (end - begin) * self.dice.random() + MINUTE
                self._deed(at.replace(microsecond=0), what, root.ref, value=self.dice.randrange(4))

    def _afterwards(self, root: Said, at: datetime) -> None:
        at += self.dice.randint(60, 86_400) * SECOND
        if self.dice.random() < 0.75:
            self._deed(at, "resolve", root.ref)
            after = at + self.dice.randint(60, 200_000) * SECOND
            match self.dice.choices(("", "thanks", "new matter", "reopened"), (60, 16, 12, 12))[0]:
                case "thanks":
                    self._answered_again(self._follow(root, after))
                case "new matter":
                    self._answered_again(self._follow(root, after + 5 * DAY))
                case "reopened":
                    self._deed(after, "reopen", root.ref)
                    self._deed(after + self.dice.randint(60, 90_000) * SECOND, "resolve", root.ref)

    def _answered_again(self, asked: Said) -> None:
        at = asked.at + self.dice.choice(self.delays) * SECOND + SECOND
        self._deed(at, "reply", asked.ref)
        if self.dice.random() < 0.6:
            self._deed(at + self.dice.randint(60, 50_000) * SECOND, "resolve", asked.ref)

    def _deed(self, at: datetime, what: str, ref: str, **more: Any) -> None:
        self.script.deeds.append(Deed(at + HALF, what, ref, self.dice.randrange(AGENTS), more))
        self.script.messages += what == "reply"


def _whose(one: Said) -> str:
    """What an answer and the words that it answers have in common."""
    return f"{one.inbox} {one.thread if one.private else one.ref if one.author else one.answers}"


def in_time(script: Script) -> Iterator[Said | Deed]:
    """Everything in the order in which the desk meets it, up to the end of the month."""
    told: list[tuple[datetime, datetime, Said | Deed]] = [
        (one.heard_at, one.at, one) for one in script.said if not one.background
    ]
    told += [(deed.at, deed.at, deed) for deed in script.deeds]
    for at, _written, one in sorted(told, key=lambda row: row[:2]):
        if at < MONTH_ENDS:
            yield one
