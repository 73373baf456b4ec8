"""Tickets of a crisis go to the team that its level names: those that nobody has, once, set-based and in portions.

Somebody's own ticket stays with them, and what a person moved elsewhere afterwards stays there. Of several crises the
strictest decides. Nothing moves back at the end: whoever has the ticket by then goes on with it.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from desk.actions.tickets import assignment
from desk.actions.tickets.announce import announce
from desk.common.bulk import insert_rows
from desk.crises.active import active_crises
from desk.crises.models import Crisis, CrisisTicket
from desk.crises.plans import plan_of
from desk.people.models import Team
from desk.tickets.models import OPEN_STATES, Ticket, TicketEvent

PORTION = 500


def route(now: datetime) -> int:
    """Everything that waits to be routed; how many tickets moved. One query where no crisis is active."""
    total = 0
    stricter: list[int] = []
    for crisis in active_crises():
        team_id = team_of(crisis, now)
        if team_id is None:
            continue
        while (found := _portion(crisis, team_id, stricter, now)) is not None:
            total += found
        stricter.append(crisis.pk)
    return total


def team_of(crisis: Crisis, now: datetime) -> int | None:
    """The team that gets its tickets at its level, if it is there still."""
    level = crisis.level_at(now)
    team_id = plan_of(crisis.plan_id).levels[level].team if crisis.plan_id is not None and level else None
    return team_id if team_id is not None and Team.objects.filter(pk=team_id).exists() else None


@transaction.atomic
def _portion(crisis: Crisis, team_id: int, stricter: Sequence[int], now: datetime) -> int | None:
    """None where nothing waits; what somebody else holds at this moment waits for the next time."""
    rows = CrisisTicket.objects.filter(
        Q(routed_to=None) | ~Q(routed_to=team_id), crisis=crisis, left_at=None, ticket__assignee=None,
        ticket__state__in=OPEN_STATES, ticket__merged_into=None,
    )  # fmt: skip
    if stricter:
        theirs = CrisisTicket.objects.filter(crisis__in=stricter, left_at=None)
        rows = rows.exclude(ticket__in=theirs.values("ticket"))
    held = rows.select_related("ticket").order_by("id").select_for_update(skip_locked=True, of=("self", "ticket"))
    found = list(held[:PORTION])
    if not found:
        return None
    CrisisTicket.objects.filter(pk__any_of=[row.pk for row in found]).update(routed_to=team_id)
    moved = [row.ticket for row in found if row.ticket.team_id != team_id]
    Ticket.objects.filter(pk__any_of=[ticket.pk for ticket in moved]).update(team=team_id)
    told = {"crisis": crisis.pk, "team": team_id}
    lines = ((ticket.pk, "routed", now, json.dumps({**told, "from": ticket.team_id})) for ticket in moved)
    insert_rows(TicketEvent, ("ticket_id", "kind", "at", "data"), lines)
    for ticket in moved:
        ticket.team_id = team_id
    announce((ticket, "change") for ticket in moved)
    if moved:
        assignment.wake(team_id)
    return len(moved)
