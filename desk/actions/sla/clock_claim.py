"""Clocks whose time to be looked at has come, claimed by one sweep: with what a sweep needs of each and no more.

Ten thousand can be due at once, and a row of three models costs ten times what it costs this way.
"""

from dataclasses import dataclass
from datetime import datetime

from desk.common.bulk import read_rows


@dataclass(slots=True)
class Waiting:
    """One clock, with what its alerts ask of its ticket. The names are those of `desk.sla.models.Clock`."""

    id: int
    ticket_id: int
    metric: str
    state: str
    started_at: datetime
    target_seconds: int | None
    due_at: datetime | None
    breached_at: datetime | None
    policy_version_id: int
    calendar_version_id: int
    alert_chain_version_id: int | None
    assignee_id: int | None
    team_id: int | None
    customer: str
    drill: bool


def claim(now: datetime, limit: int) -> list[Waiting]:
    """At most `limit`, the longest due first, locked until the transaction ends; what others hold is passed by.

    The ticket is locked with its clock, so that nobody who writes to both waits in a circle.
    """
    return [Waiting(*row) for row in read_rows(_CLAIM, {"now": now, "limit": limit})]


_CLAIM = """
    SELECT clock.id, ticket_id, metric, clock.state, started_at, target_seconds, clock.due_at, breached_at,
        policy_version_id, calendar_version_id, alert_chain_version_id, assignee_id, ticket.team_id,
        COALESCE(NULLIF(profile.name, ''), NULLIF(profile.handle, ''),
            CASE WHEN external_id ^@ 'erased:' THEN '…' ELSE external_id END),
        inbox.drill
    FROM sla_clock AS clock
    JOIN tickets_ticket AS ticket ON ticket.id = ticket_id
    JOIN tickets_profile AS profile ON profile.id = profile_id
    JOIN inboxes_inbox AS inbox ON inbox.id = inbox_id
    WHERE look_at <= %(now)s ORDER BY look_at LIMIT %(limit)s
    FOR NO KEY UPDATE OF clock, ticket SKIP LOCKED
"""
