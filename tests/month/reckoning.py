"""Every ticket and every clock of the month once more, from what people said and did, by nobody's code but its own.

It takes the facts in the order in which the desk learnt of them, and knows the rules from the table in `desk/README.md`
alone. `tests.month.figures` makes figures of what comes out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.month.play import Fact
from tests.month.script import INBOXES, Said

WINDOW = timedelta(hours=72)
OPEN, CLOSED = ("new", "open"), ("resolved", "spam")
WAITING = "waiting_for_customer"  # the one state in which a resolution stands still
URGENT, NORMAL = 3, 1


@dataclass(slots=True)
class Wait:
    """One time that a message waited for an answer. `since`: when the desk took it up, and with what priority."""

    since: int
    priority: int
    dropped_at: datetime | None = None
    dropped_as: str = ""  # resolved, spam, merged


@dataclass(slots=True)
class Asked:
    at: datetime
    waits: list[Wait]
    gone_at: datetime | None = None


@dataclass(slots=True)
class Period:
    """A time in which the ticket was there to be resolved."""

    since: int
    priority: int
    asked: list[Asked] = field(default_factory=list)
    fixed: datetime | None = None  # where it began with no message
    ended_at: datetime | None = None
    met: bool = False
    dropped_as: str = ""
    pauses: list[list[datetime | None]] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return self.ended_at is None

    def begin(self) -> datetime:
        return min([one.at for one in self.asked] + ([self.fixed] if self.fixed else []))


@dataclass(frozen=True, slots=True)
class Cycle:
    """One clock. `priority` is what it was promised with."""

    metric: str
    status: str  # met, cancelled, running, paused
    start: datetime
    end: datetime | None
    priority: int
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    dropped_as: str = ""  # the decision that cancelled it; empty where the customer took everything back


@dataclass(slots=True)
class Case:
    """A ticket."""

    number: int
    inbox: int
    private: bool
    language: str
    team: int
    refs: list[str] = field(default_factory=list)
    state: str = "new"
    owner: int | None = None
    priority: int = 0
    snoozed_until: datetime | None = None
    last_word: datetime | None = None
    asked: list[Asked] = field(default_factory=list)
    answers: list[datetime] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    taken_for_spam: list[Asked] = field(default_factory=list)
    said_in_spam: list[Asked] = field(default_factory=list)

    # ── what happens ─────────────────────────────────────────────────────────
    def heard(self, said: Said, now: int) -> None:
        message = Asked(said.at, [])
        late = self.last_word is not None and said.at <= self.last_word
        if self.state == "spam":
            self.said_in_spam.append(message)
        elif not (self.state == "resolved" and late):
            self.priority = max(self.priority, URGENT if said.urgent else NORMAL)
            self.asks(message, now)
            if self.waiting() and self.state in (WAITING, "snoozed", "resolved"):
                self.become("open", said.at)
        self.word(said.at)

    def asks(self, message: Asked, now: int) -> None:
        message.waits.append(Wait(now, self.priority))
        self.asked.append(message)
        self.period(now).asked.append(message)

    def answered(self, at: datetime) -> None:
        self.answers.append(at)
        if not self.waiting() and self.state in OPEN:
            self.become(WAITING, at)
        self.word(at)

    def close(self, state: str, at: datetime) -> None:
        """Resolved, spam, or gone into another ticket."""
        dropped = [one for one in self.asked if one.waits[-1].dropped_at is None]
        for one in dropped:
            one.waits[-1].dropped_at, one.waits[-1].dropped_as = max(at, one.at), state
        if state == "spam":
            self.taken_for_spam = dropped
        if self.periods and self.periods[-1].open:
            self.go_on(at)
            self.periods[-1].ended_at, self.periods[-1].met = at, state == "resolved"
            self.periods[-1].dropped_as = "" if state == "resolved" else state
        self.state = "resolved" if state == "merged" else state

    def not_spam(self, at: datetime, now: int) -> None:
        before = self.periods[-1]
        for one in self.taken_for_spam:
            one.waits.append(Wait(now, self.priority))
        for one in self.said_in_spam:
            one.waits.append(Wait(now, self.priority))
        self.asked += self.said_in_spam
        self.periods.append(Period(now, self.priority, before.asked + self.said_in_spam, before.fixed))
        self.said_in_spam, self.taken_for_spam, self.state = [], [], "open"

    def reopened(self, at: datetime, now: int) -> None:
        self.periods.append(Period(now, self.priority, fixed=at))
        self.state = "open"

    def become(self, state: str, at: datetime) -> None:
        """Another state of a ticket that is alive, or comes back to life."""
        if self.state != WAITING and state == WAITING and self.periods and self.periods[-1].open:
            period = self.periods[-1]
            after = [pause[1] for pause in period.pauses[-1:] if pause[1] is not None]
            period.pauses.append([max([at, period.begin(), *after]), None])
        if self.state == WAITING and state != WAITING:
            self.go_on(at)
        self.state = state

    def go_on(self, at: datetime) -> None:
        pauses = self.periods[-1].pauses if self.periods else []
        if pauses and pauses[-1][1] is None and pauses[-1][0] is not None:
            pauses[-1][1] = max(at, pauses[-1][0])

    def period(self, now: int) -> Period:
        if not self.periods or not self.periods[-1].open:
            self.periods.append(Period(now, self.priority))
        return self.periods[-1]

    def word(self, at: datetime) -> None:
        self.last_word = at if self.last_word is None else max(self.last_word, at)

    def waiting(self) -> list[Asked]:
        """Messages that nobody has answered, dropped or taken back."""
        return [
            one for one in self.asked
            if one.waits[-1].dropped_at is None and one.gone_at is None and not self._answer_to(one)
        ]  # fmt: skip

    def _answer_to(self, one: Asked) -> datetime | None:
        return min((at for at in self.answers if at > one.at), default=None)

    # ── what became of it ────────────────────────────────────────────────────
    def cycles(self) -> list[Cycle]:
        return [*self._responses(), *self._resolutions()]

    def _responses(self) -> Iterator[Cycle]:
        found: dict[tuple[datetime | None, str], list[tuple[datetime, Wait]]] = {}
        taken_back: list[tuple[datetime, datetime, Wait]] = []
        for one in self.asked:
            answer = self._answer_to(one)
            for wait in one.waits:
                ends = [at for at in (answer, wait.dropped_at, one.gone_at) if at is not None]
                end = min(ends, default=None)
                if end is not None and end == one.gone_at and end != answer:
                    taken_back.append((one.at, end, wait))
                    break
                status = "running" if end is None else "met" if end == answer else "cancelled"
                found.setdefault((end, status), []).append((one.at, wait))
                if status == "met":
                    break
        cycles = [
            (
                end,
                status,
                min(at for at, _wait in waits),
                _promised([wait for _at, wait in waits]),
                _dropped(end, waits),
            )
            for (end, status), waits in found.items()
        ]
        kept = [(start, end) for end, _status, start, *_more in cycles]
        cycles += [(end, "cancelled", start, priority, "") for start, end, priority in _alone(kept, taken_back)]
        answered_before = False
        for end, status, start, priority, dropped in sorted(cycles, key=lambda row: (row[0] is None, row[0], row[2])):
            metric = "next_response" if answered_before else "first_response"
            yield Cycle(metric, status, start, end, priority, dropped_as=dropped if status == "cancelled" else "")
            answered_before |= status == "met"

    def _resolutions(self) -> Iterator[Cycle]:
        for period in self.periods:
            stays = [one.at for one in period.asked if not _gone_before(one, period.ended_at)]
            stays += [period.fixed] if period.fixed else []
            gone = [
                (one.at, one.gone_at, Wait(period.since, period.priority))
                for one in period.asked if one.gone_at is not None and _gone_before(one, period.ended_at)
            ]  # fmt: skip
            whole = [(min(stays), period.ended_at)] if stays else []
            for start, end, priority in _alone(whole, gone):
                yield Cycle("resolution", "cancelled", start, end, priority)
            if stays:
                pauses = tuple((since, until) for since, until in period.pauses if since is not None)
                paused = bool(pauses) and pauses[-1][1] is None
                status = "paused" if paused else "running"
                if period.ended_at is not None:
                    status = "met" if period.met else "cancelled"
                yield Cycle(
                    "resolution", status, min(stays), period.ended_at, period.priority, pauses, period.dropped_as
                )


def _gone_before(one: Asked, end: datetime | None) -> bool:
    return one.gone_at is not None and (end is None or one.gone_at < end)


def _dropped(end: datetime | None, waits: Iterable[tuple[datetime, Wait]]) -> str:
    return next((wait.dropped_as for _at, wait in waits if wait.dropped_at == end), "")


def _promised(waits: Iterable[Wait]) -> int:
    """A cycle keeps what was promised when it was first taken up."""
    return min(waits, key=lambda wait: wait.since).priority


def _alone(
    kept: list[tuple[datetime, datetime | None]], gone: list[tuple[datetime, datetime, Wait]]
) -> Iterator[tuple[datetime, datetime, int]]:
    """Messages that were all taken back and waited beside no other: one cycle for those that waited side by side."""
    groups: list[list[tuple[datetime, datetime, Wait]]] = []
    for one in sorted(gone, key=lambda row: row[:2]):
        if groups and one[0] < max(end for _start, end, _wait in groups[-1]):
            groups[-1].append(one)
        else:
            groups.append([one])
    for group in groups:
        begin, last = group[0][0], max(group, key=lambda row: row[1])
        if not any(begin < (end or last[1]) and start < last[1] for start, end in kept):
            yield last[0], last[1], _promised([wait for _start, _end, wait in group])


class Company:
    """All cases, made from facts."""

    def __init__(self, said: Iterable[Said]) -> None:
        self.said: Mapping[str, Said] = {one.ref: one for one in said}
        self.cases: list[Case] = []
        self._newest: dict[tuple[object, ...], Case] = {}
        self._of: dict[str, Case] = {}
        self._into: dict[int, Case] = {}
        self._messages: dict[str, Asked] = {}

    def take(self, facts: Iterable[Fact]) -> None:
        for now, fact in enumerate(facts):
            self._take(fact, now)

    def of(self, ref: str) -> Case:
        """The case on which a message is now."""
        case = self._of[ref]
        while case.number in self._into:
            case = self._into[case.number]
        return case

    def _take(self, fact: Fact, now: int) -> None:
        at, more = fact.at, fact.more
        match fact.what:
            case "heard":
                self._heard(self.said[fact.ref], now)
            case "answered by hand":
                self._answered_by_hand(self.said[fact.ref])
            case "woken":
                for one in self.cases:
                    if one.state == "snoozed" and one.snoozed_until is not None and one.snoozed_until <= at:
                        one.become("open", at)
            case "merge":
                self._merge(self.of(fact.ref), self.of(more["into"]), at, now)
            case _:
                self._do(self.of(fact.ref), fact, now)

    def _do(self, one: Case, fact: Fact, now: int) -> None:
        at, more = fact.at, fact.more
        match fact.what:
            case "submitted":
                one.owner = more["who"] if one.owner is None else one.owner
            case "sent":
                one.answered(at)
            case "deleted":
                message = self._messages[fact.ref]
                message.gone_at = max(at, message.at)
            case "assign":
                one.owner = more["who"]
                one.state = "open" if one.state == "new" else one.state
            case "team":
                one.team = more["value"]
                one.state = "open" if one.state == "new" and one.owner is not None else one.state
            case "priority":
                one.priority = more["value"]
            case "snooze":
                one.snoozed_until = more["until"]
                one.become("snoozed", at)
            case "ask_colleague":
                one.become("waiting_for_colleague", at)
            case "wait_for_customer":
                one.become(WAITING, at)
            case "open":
                one.become("open", at)
            case "resolve":
                one.close("resolved", at)
            case "spam":
                one.close("spam", at)
            case "not_spam":
                one.not_spam(at, now)
            case "reopen":
                one.reopened(at, now)
            case what:
                raise LookupError(what)

    def _heard(self, said: Said, now: int) -> None:
        key = (said.inbox, said.private, said.thread, said.author)
        one = self._newest.get(key)
        one = self._last(one) if one else None
        if one is None or (one.state in CLOSED and one.last_word is not None and said.at > one.last_word + WINDOW):
            one = Case(len(self.cases), said.inbox, said.private, said.language, said.inbox)
            self.cases.append(one)
            self._newest[key] = one
        one.refs.append(said.ref)
        self._of[said.ref] = one
        known = len(one.asked) + len(one.said_in_spam)
        one.heard(said, now)
        if len(one.asked) + len(one.said_in_spam) > known:
            self._messages[said.ref] = (one.said_in_spam if one.state == "spam" else one.asked)[-1]

    def _answered_by_hand(self, said: Said) -> None:
        """In public it answers what stands above it, in private the conversation."""
        if said.private:
            one = next(case for key, case in self._newest.items() if key[:3] == (said.inbox, True, said.thread))
        else:
            one = self.of(said.answers)
        self._of[said.ref] = self._last(one)
        self._last(one).answered(said.at)

    def _merge(self, gone: Case, into: Case, at: datetime, now: int) -> None:
        waiting = gone.waiting()
        if waiting and into.state == "resolved":
            into.reopened(at, now)
        elif waiting and into.state == WAITING:
            into.become("open", at)
        into.priority = max(into.priority, gone.priority)
        for message in waiting:
            joined = Asked(message.at, [])
            into.asks(joined, now)
            self._messages.update({ref: joined for ref, known in self._messages.items() if known is message})
        gone.close("merged", at)
        if gone.last_word is not None:
            into.word(gone.last_word)
        self._into[gone.number] = into

    def _last(self, one: Case) -> Case:
        while one.number in self._into:
            one = self._into[one.number]
        return one


NETWORKS = tuple(place.network for place in INBOXES)
