"""Calendars, zones and windows that nobody would think of, the same ones for the same seed."""

from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tests.policies.minute_oracle import NAMES, utc

ZONES = (
    *("Europe/Amsterdam", "Europe/London", "Europe/Dublin", "America/New_York", "America/St_Johns", "America/Havana"),
    *("Australia/Lord_Howe", "Australia/Adelaide", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Beirut", "Asia/Tehran"),
    *("Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati", "Africa/Casablanca", "America/Santiago", "UTC"),
    *("Antarctica/Troll", "America/Asuncion", "Asia/Gaza", "Pacific/Pago_Pago"),
)
COUNTRIES = ("NL", None), ("DE", "BY"), ("US", None), ("JP", None), ("GB", "SCT"), ("AU", "NSW"), ("BE", None)
WEEK = 7 * 1440
YEARS = range(2008, 2040)


@cache
def changes(zone: str) -> tuple[datetime, ...]:
    """The days in whose course a zone changes its offset."""
    place, day, found = ZoneInfo(zone), utc(YEARS[0], 1, 1), []
    while day.year < YEARS[-1]:
        after = day + timedelta(days=1)
        if day.astimezone(place).utcoffset() != after.astimezone(place).utcoffset():
            found.append(day)
        day = after
    return tuple(found)


def a_window(dice: Random) -> tuple[str, datetime]:
    """A zone and a day, mostly a few days before a change of the clocks, now and then before a new year."""
    zone = dice.choice(ZONES)
    if dice.random() < 0.1:
        return zone, utc(dice.choice(YEARS[:-1]), 12, dice.randint(20, 28))
    if changes(zone) and dice.random() < 0.8:
        return zone, dice.choice(changes(zone)) - timedelta(days=dice.randint(4, 9))
    return zone, utc(dice.choice(YEARS[:-1]), dice.randint(1, 12), dice.randint(1, 28))


def a_form(dice: Random, zone: str, first: datetime) -> dict[str, Any]:
    """A calendar with holidays and exceptions near `first`. Some of its intervals may overlap."""
    soon = [first + timedelta(days=dice.randint(3, 14)) for _ in range(dice.choice((0, 0, 1, 3)))]
    country, subdivision = dice.choice(COUNTRIES)
    return {
        "timezone": zone,
        "week": a_week(dice),
        "holidays": {"country": country, "subdivision": subdivision} if dice.random() < 0.5 else None,
        "exceptions": {str(day.date()): a_day(dice) for day in soon} | a_night_of_change(dice, zone, first),
    }


def a_night_of_change(dice: Random, zone: str, first: datetime) -> dict[str, Any]:
    """Now and then many short intervals around the hour that comes twice or not at all."""
    near = [day for day in changes(zone) if 3 <= (day - first).days < 14]
    if not near or dice.random() < 0.4:
        return {}
    day = dice.choice(near) + timedelta(days=dice.randint(0, 1))
    cuts = sorted(dice.sample(range(0, 300, 15), 2 * dice.randint(1, 4)))
    around = [piece for pair in zip(cuts[::2], cuts[1::2], strict=True) for piece in pieces(dice, *pair)]
    return {str(day.date()): [written(dice, *piece) for piece in around]}


def a_week(dice: Random) -> dict[str, Any]:
    if dice.random() < 0.1:
        return {name: [["00:00", dice.choice(("24:00", "00:00"))]] for name in NAMES}
    grid = dice.choice((1, 5, 15, 30, 60))
    cuts = sorted(dice.sample(range(0, WEEK, grid), dice.choice((2, 4, 8, 14, 20, 28))))
    if dice.random() < 0.5:
        cuts = [*cuts[1:], cuts[0] + WEEK]  # one of them over the week's end
    week: dict[str, Any] = {}
    for start, end in zip(cuts[::2], cuts[1::2], strict=True):
        for piece in pieces(dice, start, min(end, start + 1440)):
            week.setdefault(NAMES[piece[0] // 1440 % 7], []).append(written(dice, *piece))
    if dice.random() < 0.05:
        stray = dice.randrange(1440)
        week.setdefault(dice.choice(NAMES), []).append(written(dice, stray, stray + dice.randint(1, 600)))
    for intervals in week.values():
        dice.shuffle(intervals)
    return week


def pieces(dice: Random, start: int, end: int) -> list[tuple[int, int]]:
    """An interval, whole or as two that touch."""
    if end - start > 1 and dice.random() < 0.2:
        middle = dice.randint(start + 1, end - 1)
        return [(start, middle), (middle, end)]
    return [(start, end)]


def a_day(dice: Random) -> list[list[str]]:
    cuts = sorted(dice.sample(range(0, 1800, 10), dice.choice((0, 0, 2, 2, 4))))
    return [written(dice, *pair) for pair in zip(cuts[::2], cuts[1::2], strict=True) if pair[0] < 1440]


def written(dice: Random, start: int, end: int) -> list[str]:
    late = "24:00" if end % 1440 == 0 and dice.random() < 0.5 else text(end)
    return [text(start), late]


def text(minute: int) -> str:
    return "{:02}:{:02}".format(*divmod(minute % 1440, 60))
