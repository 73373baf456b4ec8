"""Customers whom nobody answers any more, and why. What they write still comes in: somebody's safety may hang on it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.customers.tiers import tell_screens_of
from desk.common.errors import Invalid, Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.tickets.models import Customer

LONGEST_REASON = 200  # characters


def block(actor: User, customer_id: int, *, reason: str, now: datetime | None = None) -> Customer:
    """From now on the rulebook lets no reply to this person leave, nor what waits. Raises Missing, Invalid."""
    require(actor, Permission.BLOCK_CUSTOMERS)
    reason = " ".join(reason.replace("\x00", "").split())
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(_("Say why, in 1 to 200 characters."), errors={"reason": [_("1 to 200 characters.")]})
    with transaction.atomic():
        customer = locked(customer_id)
        if customer.blocked_at is None:
            customer.blocked_at = now or timezone.now()
            _keep(actor, customer, "customer_blocked", reason=reason)
    return customer


def unblock(actor: User, customer_id: int) -> Customer:
    """This person may be answered again. Raises Missing."""
    require(actor, Permission.BLOCK_CUSTOMERS)
    with transaction.atomic():
        customer = locked(customer_id)
        if customer.blocked_at is not None:
            customer.blocked_at = None
            _keep(actor, customer, "customer_unblocked")
    return customer


def _keep(actor: User, customer: Customer, verb: str, **detail: str) -> None:
    customer.save(update_fields=["blocked_at"])
    audit(actor, verb, customer, **detail)
    tell_screens_of(customer)


def locked(customer_id: int) -> Customer:
    """The row, until the end of the transaction. Raises Missing."""
    customer = Customer.objects.select_for_update().filter(pk=customer_id).first()
    if customer is None:
        raise Missing(_("There is no such customer."))
    return customer
