"""Improvements in words: where they stand, and what they did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.causes.cause_tables import moved
from desk.actions.causes.improvement_effect import Effect
from desk.causes.models import Improvement
from policies.improvement_states import OPEN, Event, State

STATES: Mapping[str, Promise] = {
    State.PROPOSED: gettext_lazy("Proposed"),
    State.AGREED: gettext_lazy("Agreed"),
    State.RUNNING: gettext_lazy("Under way"),
    State.DONE: gettext_lazy("Done"),
    State.DROPPED: gettext_lazy("Dropped"),
}
EVENTS: Mapping[str, Promise] = {
    Event.AGREE: gettext_lazy("Agree"),
    Event.START: gettext_lazy("Start"),
    Event.FINISH: gettext_lazy("It is done"),
    Event.DROP: gettext_lazy("Drop it"),
    Event.REOPEN: gettext_lazy("Take it up again"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    one: Improvement
    path: str
    state: str
    late: bool  # its day is over, and it is not done
    effect: list[str]  # sentences; empty where there is nothing to measure


def shown(one: Improvement, path: str, effect: Effect | None, today: date) -> Shown:
    late = one.state in OPEN and one.due_on is not None and one.due_on < today
    return Shown(one, path, str(STATES[one.state]), late, sentences(effect) if effect else [])


def sentences(effect: Effect) -> list[str]:
    """Each with its interval; what is uncertain is called so."""
    found = effect.change
    if found is None:
        return [_("Too early to measure: it takes a week on both sides, and enough tickets.")]
    numbers = {
        "change": moved(found.ratio),
        "low": moved(found.low),
        "high": moved(found.high),
        "week": number_format(abs(effect.per_week), 1),
        "before": found.days_before,
        "after": found.days_after,
    }
    if not effect.shown:
        first = _("No effect that could not be chance: between %(low)s and %(high)s.") % numbers
    elif effect.per_week > 0:
        first = _("%(change)s (%(low)s to %(high)s): about %(week)s tickets a week fewer.") % numbers
    else:
        first = _("%(change)s (%(low)s to %(high)s): about %(week)s tickets a week more.") % numbers
    how = _("%(after)d days compared with the same weekdays of %(before)d days before.") % numbers
    lines = [first, how]
    if effect.left_out:
        lines.append(
            _("%(days)d days are left out: crises, and days that were seen in part.") % {"days": effect.left_out}
        )
    if effect.others is not None:
        others = {"change": moved(effect.others.ratio)}
        lines.append(_("All other causes together meanwhile: %(change)s.") % others)
    return lines
