"""What an absence would do to the tickets of whoever is not there, looked at before it is kept.

The absence is written, tickets are handed over as the sweep does it, the outcome is counted, and all of it is taken
back: so it says what will really happen, with the tickets, the loads and the hours that are known now.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from desk.actions.tickets.assignment import hand_over
from desk.people.models import Absence, User
from desk.tickets.models import OPEN_STATES, Ticket, TicketEvent

FARTHEST = timedelta(days=3_653)  # ahead; what begins later is looked at as if it began then


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the open tickets go of whoever is absent; `over` where the absence has ended already."""

    name: str
    taken: tuple[tuple[str, int], ...] = ()  # by whom and how many, the most first
    nobody: int = 0  # that nobody can take, so they wait in the queue of their team
    answers: int = 0  # that wait for an answer and stay, because their team does not assign
    stay: int = 0  # that wait for somebody else
    over: bool = False


def preview(change: Callable[[], Absence], now: datetime) -> Outcome:
    """What `change` (a verb with its arguments) would do once the absence begins. Raises what the verb raises."""
    with transaction.atomic():
        outcome = _outcome(change(), now)
        transaction.set_rollback(True)
    return outcome


def _outcome(absence: Absence, now: datetime) -> Outcome:
    name = absence.user.name
    if absence.ends_at is not None and absence.ends_at <= now:
        return Outcome(name, over=True)
    newest = TicketEvent.objects.order_by("-id").values_list("pk", flat=True).first() or 0
    begins = min(max(now, absence.starts_at), now + FARTHEST)
    Absence.objects.filter(pk=absence.pk, starts_at__gt=begins).update(starts_at=begins)
    hand_over(begins)
    moved = TicketEvent.objects.filter(pk__gt=newest, kind="handed_over", data__last_owner=absence.user_id)
    to = Counter(data.get("assignee") for data in moved.values_list("data", flat=True))
    nobody = to.pop(None, 0)
    names = {user.pk: user.name for user in User.objects.filter(pk__in=to)}
    left = Ticket.objects.filter(assignee=absence.user_id, state__in=OPEN_STATES)
    answers = left.filter(waiting_since__isnull=False).count()
    return Outcome(
        name,
        taken=tuple((names[user_id], count) for user_id, count in to.most_common()),
        nobody=nobody,
        answers=answers,
        stay=left.count() - answers,
    )
