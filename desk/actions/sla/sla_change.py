"""A change of what is promised: looked at before it is made, and carried out on open clocks where a supervisor says so.

A preview makes the change, counts, and takes it back: so it says what the change itself will do.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from desk.actions.crises.crisis_levels import LevelsAt, change_by, promises_at
from desk.actions.tickets.announce import announce
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.sla.clocks import SHOWN
from desk.sla.models import OPEN, Clock, SlaRenewal
from desk.sla.promises import promises_of
from desk.sla.renewal import Change, Effect, Renewal, change_of, effect, look, renew
from desk.tickets.models import Ticket

PORTION = 1_000  # tickets in one transaction


def preview(change: Callable[[], object], *, now: datetime | None = None) -> Effect:
    """What `change` (a verb with its arguments) would do to the open clocks. Raises what the verb raises."""
    now = now or timezone.now()
    with transaction.atomic():
        before = promises_at(now)
        change()
        found = effect(change_of(before, promises_at(now)), now)
        transaction.set_rollback(True)
    return found


@contextmanager
def change_of_promises(author: User | None, *, apply_to_open: bool, now: datetime | None) -> Iterator[None]:
    """Around a change, inside its transaction: with `apply_to_open` the open clocks will get what it promises."""
    now = now or timezone.now()
    before = promises_at(now).versions if apply_to_open else []
    yield
    if apply_to_open:
        after = promises_at(now).versions
        SlaRenewal.objects.create(before=list(before), after=list(after), author=author, at=now)


def renew_open_clocks(now: datetime) -> int:
    """Carry out what supervisors wished, portion by portion; how many clocks got another promise.

    Killed at any line it goes on where it was; of two that run at once, one does the work.
    """
    total = 0
    while (renewed := _next_portion(now)) is not None:
        total += renewed
    return total


@transaction.atomic
def _next_portion(now: datetime) -> int | None:
    """None where there is nothing to do, or somebody else does it."""
    wish = SlaRenewal.objects.filter(done_at=None).order_by("id").select_for_update(skip_locked=True).first()
    if wish is None:
        return None
    open_clocks = Clock.objects.filter(state__in=OPEN, ticket_id__gt=wish.reached)
    ids = list(open_clocks.order_by("ticket_id").values_list("ticket_id", flat=True).distinct()[:PORTION])
    renewed = 0
    if ids:
        renewed = renew(ids, _change(wish, now), now, wish.author_id)
        wish.reached, wish.renewed = ids[-1], wish.renewed + renewed
    if len(ids) < PORTION:
        wish.done_at = now
        audit(wish.author, "sla_applied", wish, clocks=wish.renewed)
    wish.save(update_fields=["reached", "renewed", "done_at"])
    return renewed


def _change(wish: SlaRenewal, now: datetime) -> Change:
    if wish.crisis is not None:
        return change_by(wish.crisis, now)
    profiles = LevelsAt(now).profiles
    return change_of(promises_of(wish.before, profiles), promises_of(wish.after, profiles))


def renew_ticket(actor: User, ticket: Ticket, *, now: datetime | None = None) -> int:
    """Give the open clocks of one ticket what the policies promise it now: after a new priority, a tag, a crisis."""
    require(actor, Permission.RENEW_PROMISES)
    now = now or timezone.now()
    promises = promises_at(now)
    with transaction.atomic():
        renewed = renew([ticket.pk], promises.to, now, actor.pk)
        if renewed:
            ticket.refresh_from_db(fields=SHOWN)
            audit(actor, "sla_applied", ticket, clocks=renewed)
            announce([(ticket, "change")])
    return renewed


def preview_ticket(actor: User, ticket: Ticket, *, now: datetime | None = None) -> list[Renewal]:
    """What `renew_ticket` would do: each open clock that would get another promise, as it would be then."""
    require(actor, Permission.RENEW_PROMISES)
    return look([ticket.pk], promises_at(now or timezone.now()).to)
