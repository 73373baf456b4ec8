"""Steps of a change that its verbs and the sweep share."""

from datetime import datetime

from django.utils.translation import gettext as _

from desk.actions.changes.kinds import Kind
from desk.changes.models import Change
from desk.common.errors import Conflict
from desk.people.models import User, audit
from policies.change_states import Event, TransitionRefused, next_state


def move(one: Change, event: Event) -> None:
    """Raises Conflict."""
    try:
        one.state = next_state(one.state, event)
    except TransitionRefused:
        said = {"state": Change.States(one.state).label}
        raise Conflict(_("This is not possible now: it is “%(state)s”.") % said, code="transition_refused") from None


def put_in_force(one: Change, kind: Kind, by: User, now: datetime) -> None:
    """By the verb of its kind, in the caller's transaction. Raises what that raises."""
    move(one, Event.ADOPT)
    if one.values is not None or kind.words_make_draft:
        one.became = kind.switch_on(by, kind.meant(one.thing), one, now)
    one.decided_at, one.decided_by, one.problem = now, by, ""
    one.save()
    audit(by, "change_adopted", one, kind=one.kind, thing=one.thing, by=one.author_id, became=one.became)
