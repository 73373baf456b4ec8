"""The clock of a ticket as words and a bar; `static/desk/clocks.js` says the same words each minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from desk.sla.models import Clock
from desk.tickets.models import NO_DUE, Ticket
from desk.web.show import times
from policies.clocks import Phase, phase
from policies.ticket_states import State


@dataclass(frozen=True, slots=True)
class Face:
    """`phase` is "" (on time), warn, late, paused or none; `share` what is used of the target in per cent."""

    words: str
    phase: str
    share: int
    start: str = ""  # milliseconds since 1970, both, where the clock runs
    due: str = ""
    due_at: datetime | None = None


def face(ticket: Ticket, now: datetime) -> Face:
    """What the clock of a ticket shows."""
    if ticket.due_at >= NO_DUE or ticket.waiting_since is None:
        return Face(_stopped(ticket), "none", 0)
    return running(ticket.waiting_since, ticket.due_at, now)


def running(start: datetime, due: datetime, now: datetime) -> Face:
    """A clock that runs from `start` to `due`."""
    current = phase(now, start, due)
    target = (due - start).total_seconds()
    share = 100 if target <= 0 else min(max(round((now - start).total_seconds() / target * 100), 0), 100)
    return Face(
        words(due, now),
        "" if current is Phase.OK else str(current),
        share,
        str(times.epoch(start)),
        str(times.epoch(due)),
        due,
    )


def words(due: datetime, now: datetime) -> str:
    """“due in 6 min”, “14 min late”."""
    if due >= now:
        return _("due in %(time)s") % {"time": times.countdown(due - now)}
    return _("%(time)s late") % {"time": times.countdown(now - due)}


def promise(metric: str) -> str:
    """Which clock it is, for the head of a ticket."""
    return _("Next response") if metric == Clock.Metric.NEXT_RESPONSE else _("First response")


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


def reckoning(clock: Clock, network: str, now: datetime) -> Reckoning:
    """The arithmetic of one running clock, round the clock and without pauses."""
    end = clock.due_at
    target, gone = end - clock.started_at, max(now - clock.started_at, timedelta(0))
    lag_words = _("+%(time)s to us") % {"time": times.countdown(clock.received_at - clock.started_at)}
    started, due, until = times.exact(clock.started_at, now), times.exact(end, now), times.exact(now, now)
    used_words = _("%(used)s of %(target)s") % {"used": times.length(gone), "target": times.length(target)}
    share = min(gone / target, 1.0) if target.total_seconds() > 0 else 1.0
    current = phase(now, clock.started_at, end)
    return Reckoning(
        title=_("Why %(due)s?") % {"due": due},
        lines=[
            Line(started, _("Posted on %(network)s") % {"network": network}, lag_words),
            Line(f"{started}–{until}", _("Counted"), times.length(gone)),
            Line(_("Used"), "24/7", used_words, is_sum=True),
        ],
        started=started,
        due=due,
        used=round(share * _BAR),
        left=_BAR - round(share * _BAR),
        now_at=min(max(round(share * _BAR), 14), _BAR - 14),
        summary=_("Counted from %(started)s to now; due at %(due)s. Used: %(used)s.")
        % {"started": started, "due": due, "used": used_words},
        phase="" if current is Phase.OK else str(current),
    )
