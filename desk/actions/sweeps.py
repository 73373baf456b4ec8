"""What time alone makes happen to tickets."""

from datetime import datetime

from django.db import transaction

from desk.actions.announce import MOST, announce
from desk.sla.clocks import mark_breaches
from desk.tickets.models import Ticket

BATCH = 5_000


def breaches(now: datetime) -> int:
    """Write down every clock that ran out, with its timeline line, in batches; how many.

    Mark, line and live event belong to one transaction: a killed sweep loses none, and two sweeps never tell one twice.
    """
    total = 0
    while True:
        with transaction.atomic():
            marked = mark_breaches(now, BATCH)
            tickets = Ticket.objects.filter(
                pk__in=marked[: MOST + 1]
            )  # one more than is told, so that screens hear of the rest
            announce([(ticket, "change") for ticket in tickets])
        total += len(marked)
        if len(marked) < BATCH:
            return total
