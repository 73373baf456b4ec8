"""How long the desk keeps what was written: rules in days, what they would take away, and setting them.

A rule holds for tickets that are resolved or spam, never for one that is open or waits, however old; but what customers
took back on their network goes when it is due, whatever becomes of its ticket. What is due loses its words as under an
erasure, row by row; states, clocks and figures stay, and so do names: a person is forgotten by `erasure` alone.
`retention_run` does it once a day.
"""

from dataclasses import asdict, astuple, dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.common.background import enqueue
from desk.common.errors import Invalid
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.privacy.models import LONGEST_KEPT, Retention
from desk.tickets.models import Message, Ticket
from policies.ticket_states import Category, State, info

CLOSED = [state for state in State if info(state).category is Category.RESOLVED]


@dataclass(frozen=True, slots=True)
class Rules:
    """Days after which something goes; None: never. Days of messages count from their own hour, those of tickets from
    when they were resolved, or for spam from the last message, and those of deleted messages from when they were.
    """

    private_days: int | None = None
    public_days: int | None = None
    ticket_days: int | None = None
    deleted_days: int | None = None

    @classmethod
    def of(cls, kept: Retention) -> "Rules":
        return cls(kept.private_days, kept.public_days, kept.ticket_days, kept.deleted_days)

    @property
    def any(self) -> bool:
        return any(asdict(self).values())

    @property
    def shortest(self) -> int:
        return min(days for days in (self.private_days, self.public_days, self.ticket_days, self.deleted_days) if days)

    def taken_back_before(self, now: datetime) -> datetime | None:
        """What customers deleted before this moment is due; None: nothing is."""
        return now - timedelta(days=self.deleted_days) if self.deleted_days else None


@dataclass(frozen=True, slots=True)
class Due:
    """What would lose its words now."""

    private_messages: int
    public_messages: int
    tickets: int
    deleted_messages: int


def current() -> Retention:
    """The one row: it is there from the first look on."""
    return Retention.objects.get_or_create(pk=1, defaults={"moved_at": timezone.now()})[0]


def preview(actor: User, rules: Rules, *, now: datetime | None = None) -> Due:
    """What these rules would take away if they held now. Raises Invalid."""
    require(actor, Permission.ERASE_CUSTOMERS)
    _refuse_nonsense(rules)
    now = now or timezone.now()
    return Due(
        due_messages(Rules(private_days=rules.private_days), now).count(),
        due_messages(Rules(public_days=rules.public_days), now).count(),
        due_tickets(rules, now).count(),
        due_messages(Rules(deleted_days=rules.deleted_days), now).count(),
    )


def change(actor: User, rules: Rules) -> Retention:
    """From now on these hold; the next round begins at once. Raises Invalid."""
    require(actor, Permission.ERASE_CUSTOMERS)
    _refuse_nonsense(rules)
    current()
    with transaction.atomic():
        kept = Retention.objects.select_for_update().get(pk=1)
        before = Rules.of(kept)
        if rules != before:
            kept.private_days, kept.public_days, kept.ticket_days, kept.deleted_days = astuple(rules)
            kept.began_at = kept.ended_at = None
            kept.save()
            audit(actor, "retention_changed", kept, before=asdict(before), after=asdict(rules))
            enqueue("desk.tasks.apply_retention")
    return kept


def due_messages(rules: Rules, now: datetime) -> QuerySet[Message]:
    """Messages that are older than their rule allows. Context of no ticket stays while its thread has an open one.

    What customers deleted is due by its own rule, also on a ticket that is open.
    """
    old = Q(pk__in=[])
    if rules.private_days:
        old |= Q(private=True, created_at__lt=now - timedelta(days=rules.private_days))
    if rules.public_days:
        old |= Q(private=False, created_at__lt=now - timedelta(days=rules.public_days))
    alive = Ticket.objects.filter(conversation=OuterRef("conversation")).exclude(state__in=CLOSED)
    done = Q(ticket__state__in=CLOSED) | Q(~Exists(alive), ticket=None)
    before = rules.taken_back_before(now)
    taken_back = Q(deleted_at__lt=before, outgoing=False) if before else Q(pk__in=[])
    return Message.objects.filter((old & done) | taken_back, erased_at=None)


def due_tickets(rules: Rules, now: datetime) -> QuerySet[Ticket]:
    """Tickets that were done so long ago; one that went on after it was emptied is emptied again."""
    if not rules.ticket_days:
        return Ticket.objects.none()
    closed = Ticket.objects.filter(state__in=CLOSED).annotate(done_at=Coalesce("resolved_at", "last_message_at"))
    old = closed.filter(done_at__lt=now - timedelta(days=rules.ticket_days))
    return old.filter(Q(erased_at=None) | Q(erased_at__lt=F("last_message_at")))


def _refuse_nonsense(rules: Rules) -> None:
    wrong = {name: days for name, days in asdict(rules).items() if days is not None and not 1 <= days <= LONGEST_KEPT}
    if wrong:
        sentence = _("Give 1 to %(most)d days, or nothing to keep it.") % {"most": LONGEST_KEPT}
        raise Invalid(sentence, errors={name: [sentence] for name in wrong})
