"""What time alone makes happen to tickets."""

import json
from datetime import datetime

from django.db import transaction

from desk.actions.announce import announce
from desk.common.bulk import insert_rows
from desk.sla.clocks import mark_breaches
from desk.tickets.models import Ticket, TicketEvent

BATCH = 5_000


def breaches(now: datetime) -> int:
    """Write down every clock that ran out, with its timeline line, in batches; how many.

    Mark, line and live event belong to one transaction: a killed sweep loses none, and two sweeps never tell one twice.
    """
    total = 0
    while True:
        with transaction.atomic():
            marked = mark_breaches(now, BATCH)
            insert_rows(
                TicketEvent,
                ("ticket_id", "kind", "at", "data"),
                (
                    (clock.ticket_id, "breached", clock.due_at, json.dumps({"clock": clock.pk, "metric": clock.metric}))
                    for clock in marked
                ),
            )
            tickets = Ticket.objects.filter(pk__in=[clock.ticket_id for clock in marked[:250]])
            announce([(ticket, "change") for ticket in tickets])
        total += len(marked)
        if len(marked) < BATCH:
            return total
