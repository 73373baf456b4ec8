"""Every clock cycle of a ticket, worked out from its whole history.

The history is told in the order in which the desk learnt of it; each entry carries its own time, because networks
deliver late. Words count by their own time: an answer meets what was asked before it, whenever either reached us. What
a colleague did (resolve, spam, reopen) concerns the messages that were known then, and no others.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from policies.clocks import ClockStatus
from policies.ticket_states import State

_LONG_AGO, _NEVER = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


class Happened(StrEnum):
    WROTE = "wrote"  # the customer
    REPLIED = "replied"  # a person of ours: in public, in private, or in the network's own app
    HEARD = "heard"  # a word that asks and answers nothing here, such as what came with a merged ticket
    JOINED = "joined"  # a message that waited on a ticket which was merged into this one
    RESOLVED = "resolved"
    REOPENED = "reopened"  # by a colleague
    SPAM = "spam"
    NOT_SPAM = "not_spam"
    MERGED_AWAY = "merged_away"  # another ticket goes on with it
    ELSEWHERE = "elsewhere"  # the customer wrote what belongs to another ticket since a split
    LEFT = "left"  # messages went to a new ticket; `at` is the last word of those that stayed
    SPLIT_OFF = "split_off"  # the ticket begins here, with messages of another; `at` is the last word of them


_SAID = (Happened.WROTE, Happened.REPLIED, Happened.HEARD, Happened.JOINED, Happened.ELSEWHERE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `gone_at`: when the customer took a message back."""

    what: Happened
    at: datetime
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cycle:
    """From the first thing that was asked to its end; `answered_before`: an earlier cycle of the ticket was met.

    `dropped_as` is the decision by which a cycle was cancelled; None where the customer took everything back.
    """

    status: ClockStatus
    started_at: datetime
    ended_at: datetime | None = None
    answered_before: bool = False
    dropped_as: Happened | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """All cycles, in the order in which they ended; one that runs comes last."""

    responses: tuple[Cycle, ...] = ()
    resolutions: tuple[Cycle, ...] = ()


def decided(before: str | None, after: str | None) -> Happened | None:
    """What a colleague's step from one ticket state to another means for the cycles; most steps mean nothing."""
    if before == after:
        return None
    if after == State.RESOLVED:
        return Happened.RESOLVED
    if after == State.SPAM:
        return Happened.SPAM
    if before == State.SPAM:
        return Happened.NOT_SPAM
    return Happened.REOPENED if before == State.RESOLVED else None


def story(entries: Iterable[Entry]) -> Story:
    """The cycles that a history makes."""
    told = _Told()
    for number, entry in enumerate(entries):
        told.take(number, entry)
    return Story(_responses(told.asked, told.answers), tuple(told.resolutions()))


@dataclass(slots=True)
class _Asked:
    """A message that wants an answer. `dropped`: each time a colleague decided that it gets none, and by what."""

    number: int
    at: datetime
    gone_at: datetime | None
    dropped: list["_End | None"] = field(default_factory=lambda: [None])


@dataclass(slots=True)
class _Period:
    """A time in which the ticket was there to be resolved. `fixed`: where it began without a message."""

    messages: list[_Asked] = field(default_factory=list)
    fixed: datetime | None = None
    status: ClockStatus = ClockStatus.RUNNING
    ended_at: datetime | None = None
    dropped_as: Happened | None = None


@dataclass(slots=True)
class _Told:
    """What is known so far."""

    asked: list[_Asked] = field(default_factory=list)
    answers: list[tuple[datetime, int]] = field(default_factory=list)
    periods: list[_Period] = field(default_factory=list)
    in_spam: list[_Asked] = field(default_factory=list)  # said while the ticket was spam
    last_word: datetime = _LONG_AGO
    closed: Happened | None = None
    dropped_as_spam: list[_Asked] = field(default_factory=list)

    def take(self, number: int, entry: Entry) -> None:
        match entry.what:
            case Happened.WROTE:
                self._wrote(_asked(number, entry))
            case Happened.JOINED if self.closed is None:
                self._asks(_asked(number, entry))
            case Happened.REPLIED:
                self.answers.append((entry.at, number))
            case Happened.RESOLVED | Happened.SPAM | Happened.MERGED_AWAY:
                self._close(entry)
            case Happened.REOPENED if self.closed is not None:
                self.closed = None
                self.periods.append(_Period(fixed=entry.at))
            case Happened.NOT_SPAM if self.closed is Happened.SPAM:
                self._not_spam(entry.at)
            case Happened.ELSEWHERE if self.closed is not Happened.SPAM and entry.at > self.last_word:
                self.closed = None  # it opened again what was one ticket then
            case Happened.LEFT | Happened.SPLIT_OFF:
                self._split(entry)
        if entry.what in _SAID:
            self.last_word = max(self.last_word, entry.at)

    def _wrote(self, message: _Asked) -> None:
        if self.closed is Happened.SPAM:
            self.in_spam.append(message)
        elif self.closed is None or message.at > self.last_word:  # else it only arrived late, and opens nothing again
            self.closed = None
            self._asks(message)

    def _asks(self, message: _Asked) -> None:
        self.asked.append(message)
        if not self.periods or self.periods[-1].status is not ClockStatus.RUNNING:
            self.periods.append(_Period())
        self.periods[-1].messages.append(message)

    def _close(self, entry: Entry) -> None:
        was_closed, self.closed = self.closed is not None, entry.what
        waiting = [message for message in self.asked if message.dropped[-1] is None]
        for message in waiting:
            message.dropped[-1] = _End(max(entry.at, message.at), ClockStatus.CANCELLED, entry.what)
        if entry.what is Happened.SPAM:
            self.dropped_as_spam = waiting
        if not was_closed and self.periods and self.periods[-1].status is ClockStatus.RUNNING:
            resolved = entry.what is Happened.RESOLVED
            self.periods[-1].status = ClockStatus.MET if resolved else ClockStatus.CANCELLED
            self.periods[-1].ended_at = entry.at
            self.periods[-1].dropped_as = None if resolved else entry.what

    def _not_spam(self, at: datetime) -> None:
        """Whoever was taken for spam has been waiting all the while."""
        self.closed = None
        for message in self.dropped_as_spam:
            message.dropped.append(None)
        self.dropped_as_spam = []
        fresh, self.in_spam = self.in_spam, []
        self.asked += fresh
        before = self.periods[-1] if self.periods else None
        taken_up = before if before is not None and before.status is ClockStatus.CANCELLED else None
        fixed = taken_up.fixed if taken_up else None if fresh else at
        self.periods.append(_Period([*(taken_up.messages if taken_up else ()), *fresh], fixed))

    def _split(self, entry: Entry) -> None:
        """What was reopened without a word of the customer was the old ticket, and not what was split off from it."""
        self.last_word = entry.at
        if entry.what is Happened.SPLIT_OFF:
            self.periods = [period for period in self.periods if period.messages]
            for period in self.periods:
                period.fixed = None

    def resolutions(self) -> Iterable[Cycle]:
        met = False
        for period in self.periods:
            for cycle in _cycles_of(period, answered_before=met):
                met = met or cycle.status is ClockStatus.MET
                yield cycle


def _asked(number: int, entry: Entry) -> _Asked:
    return _Asked(number, entry.at, max(entry.gone_at, entry.at) if entry.gone_at is not None else None)


# ── responses ────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, order=True)
class _End:
    """What a wait ended with; equal ends are one cycle."""

    at: datetime
    status: ClockStatus
    dropped_as: Happened | None = field(default=None, compare=False)


_OPEN = _End(_NEVER, ClockStatus.RUNNING)


def _responses(asked: Sequence[_Asked], answers: Sequence[tuple[datetime, int]]) -> tuple[Cycle, ...]:
    """What one answer or one decision settled is one cycle, and starts at the earliest message in it."""
    starts: dict[_End, datetime] = {}
    taken_back: list[tuple[datetime, datetime]] = []
    answers = sorted(answers)
    for message in asked:
        for end in _ends(message, answers):
            if end is None:
                taken_back.append((message.at, message.gone_at or message.at))
            else:
                starts[end] = min(starts.get(end, message.at), message.at)
    found = list(starts.items())
    alone = _alone([(start, end.at) for end, start in found], taken_back)
    found += [(_End(end, ClockStatus.CANCELLED), start) for start, end in alone]
    cycles: list[Cycle] = []
    met = False
    for end, start in sorted(found):
        cycles.append(Cycle(end.status, start, end.at if end is not _OPEN else None, met, end.dropped_as))
        met = met or end.status is ClockStatus.MET
    return tuple(cycles)


def _ends(message: _Asked, answers: Sequence[tuple[datetime, int]]) -> Iterable[_End | None]:
    """How each wait for an answer to a message ended, None where it was taken back.

    It waits once, and once more for each time it turned out not to be spam.
    """
    answer = next((at for at, number in answers if (at, number) > (message.at, message.number)), None)
    for dropped in message.dropped:
        first = min(answer or _NEVER, dropped.at if dropped else _NEVER, message.gone_at or _NEVER)
        if answer is not None and answer == first:
            yield _End(answer, ClockStatus.MET)
            return
        if message.gone_at is not None and message.gone_at == first:
            yield None
            return
        yield dropped or _OPEN


def _alone(
    cycles: Sequence[tuple[datetime, datetime]], taken_back: Sequence[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    """Start and end of the cycles in which everything was taken back: whose messages waited beside no other cycle.

    Messages that waited side by side are one cycle. It starts at the one that was left to the last.
    """
    runs: list[tuple[datetime, datetime, datetime]] = []  # begin of the run, start of what was left last, end
    for start, end in sorted(taken_back):
        if runs and start < runs[-1][2]:
            begin, left, last = runs[-1]
            runs[-1] = (begin, start, end) if end > last else (begin, left, last)
        else:
            runs.append((start, start, end))
    return [
        (left, last) for begin, left, last in runs if not any(begin < end and start < last for start, end in cycles)
    ]


# ── resolutions ──────────────────────────────────────────────────────────────
def _cycles_of(period: _Period, *, answered_before: bool) -> Iterable[Cycle]:
    """One cycle, or more where everything was taken back and the customer came again later."""
    ended_at = period.ended_at or _NEVER
    asked = [(message.at, message.gone_at or _NEVER) for message in period.messages]
    if period.fixed is not None:
        asked.append((period.fixed, _NEVER))
    lasting = [start for start, gone_at in asked if gone_at >= ended_at]
    first = min(lasting) if lasting else None
    stays = [(first, ended_at)] if first is not None else []
    for start, end in _alone(stays, [(start, gone_at) for start, gone_at in asked if gone_at < ended_at]):
        yield Cycle(ClockStatus.CANCELLED, start, end, answered_before)
    if first is not None:
        end_of_last = max(ended_at, first) if period.ended_at is not None else None
        yield Cycle(period.status, first, end_of_last, answered_before, period.dropped_as)
