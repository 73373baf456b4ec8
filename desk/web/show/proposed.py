"""A proposal as its author without a seat sees it by a link: masked, because a link may be opened anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from desk.actions.customers.masking import Eyes
from desk.changes.models import Change, Link
from desk.web.show import times
from policies.change_states import State

MOST_REMARKS = 50  # the newest


@dataclass(frozen=True, slots=True)
class Remark:
    """What a colleague said about it."""

    name: str
    mine: bool
    at: datetime
    when: str
    words: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The whole page."""

    title: str
    what: str
    why: str
    state: str
    outcome: str  # a sentence
    reason: str  # of who declined it
    written: str
    remarks: Sequence[Remark]
    may_withdraw: bool


def shown(link: Link, now: datetime) -> Shown:
    """What the holder of a link sees."""
    one, eyes = link.change, Eyes(link.user, masked=True)
    return Shown(
        title=one.title,
        what=eyes.read(one.what),
        why=eyes.read(one.why),
        state=one.get_state_display(),
        outcome=outcome(one, now),
        reason=eyes.read(one.reason) if one.state == State.DECLINED else "",
        written=times.exact(one.created_at, now),
        remarks=_remarks(one, link, eyes, now),
        may_withdraw=one.author_id == link.user_id and one.state in (State.DRAFT, State.PROPOSED),
    )


def outcome(one: Change, now: datetime) -> str:
    """What became of it, in a sentence."""
    who = one.decided_by.name if one.decided_by else _("A colleague")
    at = times.exact(one.decided_at, now) if one.decided_at else ""
    match one.state:
        case State.ADOPTED:
            return _("%(name)s adopted it: %(time)s.") % {"name": who, "time": at}
        case State.DECLINED:
            return _("%(name)s declined it: %(time)s.") % {"name": who, "time": at}
        case State.WITHDRAWN:
            return _("You took it back: %(time)s.") % {"time": at}
        case State.PLANNED if one.planned_for is not None:
            return _("It is switched on at this time: %(time)s.") % {"time": times.exact(one.planned_for, now)}
    return _("It waits for whoever decides about it. You hear what becomes of it by e-mail.")


def _remarks(one: Change, link: Link, eyes: Eyes, now: datetime) -> list[Remark]:
    rows = one.remarks.select_related("author").order_by("-id")[:MOST_REMARKS]
    return [
        Remark(
            said.author.name if said.author else _("a colleague who left"),
            said.author_id == link.user_id,
            said.at,
            times.exact(said.at, now),
            eyes.read(said.text, by=said.author_id),
        )
        for said in reversed(rows)
    ]
