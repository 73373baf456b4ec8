"""A crisis begins, on whoever's word: a person's, or that of another system that the desk listens to.

Row, log, audit trail, live event, what is on its way, the tickets of the hours before and the chain: together.
"""

from datetime import datetime

from django.db import transaction

from desk.actions.crises.crisis_gate import close_gates
from desk.actions.crises.crisis_moves import as_told
from desk.actions.crises.crisis_search import look_back
from desk.actions.crises.crisis_swarm import swarm_for
from desk.actions.crises.escalation import follow_level
from desk.actions.replies.on_their_way import list_on_their_way
from desk.common.live import publish
from desk.crises import log
from desk.crises.models import Crisis, CrisisPlanVersion
from desk.crises.plans import active_plan
from desk.drills.models import Drill
from desk.drills.running import keep_crisis
from desk.people.models import User, audit
from policies.crisis_scope import Scope
from policies.crisis_states import Level, Standing, State


@transaction.atomic
def begin(
    standing: Standing,
    *,
    by: User | None,
    owner: User | None,
    reason: str,
    name: str,
    scope: Scope,
    now: datetime,
    playing: Drill | None = None,
    plan: CrisisPlanVersion | None = None,
    through: str = "",
) -> Crisis:
    """At the level of `standing`, or only suspected.

    `playing`: the drill that it belongs to; `through`: the name of the system that told of it.
    """
    close_gates()
    active = standing.state is State.ACTIVE
    crisis = Crisis.objects.create(
        name=name,
        reason=reason,
        state=standing.state,
        level=standing.level,
        scope_form=scope.as_json(),
        drill=playing is not None,
        plan=(plan or active_plan()) if active else None,
        owner=owner,
        asked_by_id=standing.asked_by,
        lapses_at=standing.lapses_at,
        created_at=now,
        started_at=now if active else None,
        level_since=now if active else None,
    )
    if playing is not None:
        keep_crisis(playing, crisis)
    told = {"name": crisis.name, "level": crisis.level, "scope": crisis.scope_form}
    told |= {"through": through} if through else {}
    log.write(crisis, "started" if active else "suspected", at=now, actor=by, text=reason, **told)
    audit(by, "crisis_started" if active else "crisis_suspected", crisis, text=reason, **told)
    publish("crisis", as_told(crisis, now))
    list_on_their_way(crisis, now)
    look_back(crisis, now)
    follow_level(crisis, Level.SUSPICION, now)
    swarm_for(crisis, Level.SUSPICION, now)
    return crisis
