"""When somebody is reminded of the update that a statement promised: before it is due, then, and until it is out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST_BEFORE = timedelta(minutes=10)  # the first reminder; of a short promise when half of it is over
EVERY = timedelta(minutes=5)  # while it is late


class Nag(StrEnum):
    SOON = "soon"
    DUE = "due"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Look:
    """What to say now, and when to look again."""

    nag: Nag | None
    again_at: datetime


def first_look(made_at: datetime, due_at: datetime) -> datetime:
    """When the first reminder comes."""
    return due_at - min(LONGEST_BEFORE, (due_at - made_at) / 2)


def look(made_at: datetime, due_at: datetime, now: datetime) -> Look:
    """Steps that were missed, because nobody looked, are said once and as the last of them."""
    first = first_look(made_at, due_at)
    if now < first:
        return Look(None, first)
    if now < due_at:
        return Look(Nag.SOON, due_at)
    passed = (now - due_at) // EVERY
    return Look(Nag.LATE if passed else Nag.DUE, due_at + EVERY * (passed + 1))
