"""What time alone makes happen to tickets."""

from datetime import datetime
from functools import partial

from django.db import transaction

from desk.actions.announce import MOST, announce
from desk.common.batches import until_done
from desk.sla.clocks import mark_breaches
from desk.tickets.models import Ticket

BATCH = 5_000


def breaches(now: datetime) -> int:
    """Write down every clock that ran out, with its timeline line, in batches; how many.

    Mark, line and live event belong to one transaction: a killed sweep loses none, and two sweeps never tell one twice.
    """
    return until_done(partial(_mark_batch, now), "desk.tasks.sweep_clocks")


@transaction.atomic
def _mark_batch(now: datetime) -> tuple[int, bool]:
    marked = mark_breaches(now, BATCH)
    # One more than is told, so that screens hear of the rest.
    announce([(ticket, "change") for ticket in Ticket.objects.filter(pk__in=marked[: MOST + 1])])
    return len(marked), len(marked) == BATCH
