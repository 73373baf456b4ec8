"""Telling open screens which tickets changed, with just enough to know whether a view is concerned."""

from collections.abc import Iterable

from desk.common.live import publish
from desk.tickets.models import Ticket

MOST = 200  # tickets in one event; beyond that screens are told that there were more and count again


def announce(changes: Iterable[tuple[Ticket, str]]) -> None:
    """Publish after the commit. `why` is new, message, reply or change."""
    changed = list(changes)
    if not changed:
        return
    tickets = [
        {
            "id": ticket.pk,
            "state": ticket.state,
            "assignee": ticket.assignee_id,
            "team": ticket.team_id,
            "inbox": ticket.inbox_id,
            "private": ticket.private,
            "priority": ticket.priority,
            "problem": ticket.problem,
            "due_at": ticket.due_at.isoformat(),
            "why": why,
        }
        for ticket, why in changed[:MOST]
    ]
    publish("tickets", {"tickets": tickets, "more": len(changed) > MOST})
