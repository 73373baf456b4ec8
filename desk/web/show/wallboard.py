"""A wallboard's figures as words and lengths: what is legible from the other side of a room, and no more."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.reports.wallboard_figures import Blind, BoardFigures, Colleague, Connection, Health, Waiting
from desk.inboxes.models import CoverageGap
from desk.tickets.models import Priority
from desk.web.show import clocks, times
from desk.web.show.tiles import Tile, tile
from policies.duty import Duty

BLIND_SHOWN = 2
SHOWN = 6  # lines of people and of connections that fit; the last of them tells of the others
SHOWN_BESIDE_BLIND = 3  # connections, where times of blindness need the room
Some = TypeVar("Some")

PHASES: dict[Health, str] = {
    Health.SIGNED_OUT: "late",
    Health.BLIND: "late",
    Health.FAULTS: "warn",
    Health.SILENT: "warn",
    Health.PAUSED: "warn",
    Health.WELL: "",
}
_TROUBLE: dict[Health, Promise] = {
    Health.SIGNED_OUT: gettext_lazy("signed out"),
    Health.BLIND: gettext_lazy("blind"),
    Health.FAULTS: gettext_lazy("faults"),
    Health.SILENT: gettext_lazy("not read"),
    Health.PAUSED: gettext_lazy("paused"),
}
_GONE: dict[Duty, Promise] = {
    Duty.AWAY: gettext_lazy("away"),
    Duty.ABSENT: gettext_lazy("absent"),
    Duty.OFF_SHIFT: gettext_lazy("off shift"),
}
_TIMED = (Health.BLIND, Health.SILENT)  # of the others the name matters more than since when, and a line is short


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket of those first in turn."""

    number: int
    tile: Tile
    inbox: str
    priority: str  # in words where it is more than usual
    holder: str
    due: datetime
    face: clocks.Face


@dataclass(frozen=True, slots=True)
class Line:
    """One connection: who, how it is in words, and the class that colours it."""

    tile: Tile
    name: str
    words: str
    phase: str


@dataclass(frozen=True, slots=True)
class Load:
    """One colleague. `share` is the length of the bar in per cent: of the cap, or of the longest one without a cap."""

    name: str
    gone: str  # why they are not at work, in words; "" where they are
    count: int
    share: int
    full: bool


@dataclass(frozen=True, slots=True)
class Face:
    """Everything that a board says."""

    rows: list[Row]
    people: list[Load]
    more_people: int  # who did not fit …
    more_load: int  # … and what they hold
    lines: list[Line]
    more_lines: int
    blind: list[Line]  # today, from when to when and why
    more_blind: int


def face(figures: BoardFigures, now: datetime) -> Face:
    """The figures in the language that is active."""
    people = _those_that_fit(figures.people, SHOWN)
    lines = _those_that_fit(figures.connections, SHOWN_BESIDE_BLIND if figures.gaps else SHOWN)
    longest = max((one.load for one in figures.people), default=0)
    return Face(
        rows=[_row(one, now) for one in figures.rows],
        people=[_load(one, longest) for one in people],
        more_people=len(figures.people) - len(people),
        more_load=sum(one.load for one in figures.people[len(people) :]),
        lines=[_line(one, now) for one in lines],
        more_lines=len(figures.connections) - len(lines),
        blind=[_blind(one) for one in figures.gaps[:BLIND_SHOWN]],
        more_blind=max(len(figures.gaps) - BLIND_SHOWN, 0),
    )


def _blind(one: Blind) -> Line:
    """“Vlotlijn: 08:10–08:50, the network did not answer”."""
    until = times.hour(one.until) if one.until else _("now")
    reason = CoverageGap.Reason(one.reason).label
    words = _("%(since)s–%(until)s: %(reason)s") % {"since": times.hour(one.since), "until": until, "reason": reason}
    return Line(tile(one.network), one.name, words, "" if one.until else PHASES[Health.BLIND])


def figure(words: str) -> SafeString:
    """“3 h 10” with its numbers large and its units small; `static/desk/wallboard.js` does the same each second."""
    parts = [part for part in re.split(r"(\d+)", words) if part]
    return format_html_join(
        "", "{}", ((part if part.isdecimal() else format_html("<small>{}</small>", part),) for part in parts)
    )


def _those_that_fit(found: list[Some], most: int) -> list[Some]:
    return found if len(found) <= most else found[: most - 1]


def _row(one: Waiting, now: datetime) -> Row:
    return Row(
        number=one.number,
        tile=tile(one.network, private=one.private),
        inbox=one.inbox,
        priority=str(Priority(one.priority).label) if one.priority > Priority.NORMAL else "",
        holder=one.holder,
        due=one.due_at,
        face=clocks.running(one.started_at, one.warn_at, one.due_at, now),
    )


def _load(one: Colleague, longest: int) -> Load:
    whole = longest if one.cap is None else one.cap
    share = min(round(one.load * 100 / whole), 100) if whole else 0
    gone = "" if one.on_duty else str(_GONE[one.duty])
    return Load(one.name, gone, one.load, share, one.cap is not None and one.load >= one.cap)


def _line(one: Connection, now: datetime) -> Line:
    ago = times.countdown(now - one.since) if one.since else ""
    if one.health is Health.WELL:
        words = _("%(time)s ago") % {"time": ago} if ago else _("no message yet")
    else:
        trouble = _TROUBLE[one.health]
        told = ago and one.health in _TIMED
        words = _("%(trouble)s, %(time)s") % {"trouble": trouble, "time": ago} if told else str(trouble)
    return Line(tile(one.network), one.name, words, PHASES[one.health])
