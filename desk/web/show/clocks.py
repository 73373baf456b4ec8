"""The clock of a ticket as words and a bar; `static/desk/clocks.js` says the same words each minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from desk.sla.models import CalendarVersion, Clock, ClockPause
from desk.sla.promises import calendar_by
from desk.sla.renewal import Renewal
from desk.tickets.models import NO_DUE, Ticket
from desk.web.show import times
from policies.clocks import ZERO, Calendar, Phase, phase, share, used
from policies.sla import Pause, pause_length
from policies.ticket_states import State


@dataclass(frozen=True, slots=True)
class Face:
    """`phase` is "" (on time), warn, late or none; `share` how full its bar is in per cent."""

    words: str
    phase: str
    share: int
    start: str = ""  # milliseconds since 1970, all three, where the clock runs
    warn: str = ""
    due: str = ""
    due_at: datetime | None = None


def face(ticket: Ticket, now: datetime) -> Face:
    """What the clock of a ticket shows: the one that ends first."""
    if ticket.due_at >= NO_DUE or ticket.clock_started_at is None or ticket.warn_at is None:
        return Face(_stopped(ticket), "none", 0)
    return running(ticket.clock_started_at, ticket.warn_at, ticket.due_at, now)


def running(start: datetime, warn: datetime, due: datetime, now: datetime) -> Face:
    """A clock that runs from `start` to `due` and turns amber at `warn`."""
    current = phase(now, warn, due)
    return Face(
        words(due, now),
        "" if current is Phase.OK else str(current),
        round(share(now, start, warn, due) * 100),
        str(times.epoch(start)),
        str(times.epoch(warn)),
        str(times.epoch(due)),
        due,
    )


def standing() -> Face:
    """A clock that is paused."""
    return Face(_("paused"), "none", 0)


def words(due: datetime, now: datetime) -> str:
    """“due in 6 min”, “14 min late”."""
    if due >= now:
        return _("due in %(time)s") % {"time": times.countdown(due - now)}
    return _("%(time)s late") % {"time": times.countdown(now - due)}


PROMISES = {
    Clock.Metric.FIRST_RESPONSE: gettext_lazy("First response"),
    Clock.Metric.NEXT_RESPONSE: gettext_lazy("Next response"),
    Clock.Metric.RESOLUTION: gettext_lazy("Resolution"),
}


def promise(metric: str) -> str:
    """Which clock it is, for the head of a ticket."""
    return str(PROMISES[Clock.Metric(metric)])


@dataclass(frozen=True, slots=True)
class Move:
    """What a renewal does to one clock."""

    what: str
    before: str
    after: str
    late: bool


def move(renewal: Renewal, now: datetime) -> Move:
    """“First response”, “10:30”, “11:00”."""
    before, after = (times.exact(due, now) if due else _("none") for due in (renewal.due_before, renewal.clock.due_at))
    return Move(promise(renewal.clock.metric), before, after, renewal.late(now))


SHORT = {
    Clock.Metric.FIRST_RESPONSE: pgettext_lazy("what is due", "first reply"),
    Clock.Metric.NEXT_RESPONSE: pgettext_lazy("what is due", "next reply"),
    Clock.Metric.RESOLUTION: pgettext_lazy("what is due", "resolution"),
}


def short(metric: str) -> str:
    """Which clock it is, for a row of the list; empty where none runs."""
    return str(SHORT[Clock.Metric(metric)]) if metric else ""


def _stopped(ticket: Ticket) -> str:
    if ticket.original_gone:
        return _("stopped, post deleted")
    match ticket.state:
        case State.RESOLVED:
            return _("resolved")
        case State.SPAM:
            return _("spam")
    return _("no clock")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a clock's own arithmetic."""

    when: str
    what: str
    amount: str
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Why a clock is due when it is: lines to read, and how far along the bar (of 268) now is."""

    title: str
    lines: list[Line]
    started: str
    due: str
    used: int
    left: int
    now_at: int
    summary: str
    phase: str


_BAR = 268
_MOST_INTERVALS = 6  # that are told one by one


def reckoning(clock: Clock, pauses: Sequence[ClockPause], network: str, now: datetime) -> Reckoning | None:
    """The arithmetic of one running clock: what counted by its calendar, and each pause. None where none is due."""
    if clock.due_at is None or clock.warn_at is None or clock.target_seconds is None:
        return None
    version = clock.calendar_version
    calendar = calendar_by(version.pk)
    stretches = [Pause(pause.since, pause.until) for pause in pauses]
    paused = [pause_length(clock.started_at, pause, calendar, now) for pause in stretches]
    gone = used(now, clock.started_at, sum(paused, ZERO), calendar)
    started, due = times.exact(clock.started_at, now), times.exact(clock.due_at, now)
    used_words = _("%(used)s of %(target)s") % {
        "used": times.length(gone),
        "target": times.length(timedelta(seconds=clock.target_seconds)),
    }
    filled = round(share(now, clock.started_at, clock.warn_at, clock.due_at) * _BAR)
    current = phase(now, clock.warn_at, clock.due_at)
    return Reckoning(
        title=_("Why %(due)s?") % {"due": due},
        lines=[
            _beginning(clock, network, now),
            *_counted(calendar, clock.started_at, now),
            *(_pause(pause, length, now) for pause, length in zip(pauses, paused, strict=True)),
            Line(_("Used"), _hours(version), used_words, is_sum=True),
        ],
        started=started,
        due=due,
        used=filled,
        left=_BAR - filled,
        now_at=min(max(filled, 14), _BAR - 14),
        summary=_("Counted from %(started)s to now; due at %(due)s. Used: %(used)s.")
        % {"started": started, "due": due, "used": used_words},
        phase="" if current is Phase.OK else str(current),
    )


def _beginning(clock: Clock, network: str, now: datetime) -> Line:
    lag = _("+%(time)s to us") % {"time": times.countdown(clock.received_at - clock.started_at)}
    return Line(times.exact(clock.started_at, now), _("Posted on %(network)s") % {"network": network}, lag)


def _counted(calendar: Calendar, start: datetime, now: datetime) -> list[Line]:
    """The intervals that counted; of many the first ones, and the rest in one line."""
    stretches = calendar.explain(start, now, _MOST_INTERVALS + 1)
    lines = [
        Line(f"{times.exact(begin, now)}–{times.exact(end, now)}", _("Counted"), times.length(end - begin))
        for begin, end in stretches[:_MOST_INTERVALS]
    ]
    if len(stretches) > _MOST_INTERVALS:
        rest = stretches[_MOST_INTERVALS][0]
        when = _("from %(time)s") % {"time": times.exact(rest, now)}
        lines.append(Line(when, _("Counted, in more intervals"), times.length(calendar.between(rest, now))))
    if not stretches and start < now:
        lines.append(Line(f"{times.exact(start, now)}–{times.exact(now, now)}", _("Closed"), times.length(ZERO)))
    return lines


def _pause(pause: ClockPause, length: timedelta, now: datetime) -> Line:
    until = times.exact(pause.until, now) if pause.until else _("now")
    return Line(f"{times.exact(pause.since, now)}–{until}", _("Paused"), f"−{times.length(length)}")


def _hours(version: CalendarVersion) -> str:
    """“Office hours, version 3”."""
    return _("%(calendar)s, version %(number)d") % {"calendar": version.calendar.name, "number": version.number}
