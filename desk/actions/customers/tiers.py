"""How much a customer matters: what response times may ask for."""

from django.db import transaction
from django.utils.translation import gettext as _

from desk.actions.tickets.announce import announce
from desk.common.errors import Invalid, Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.tickets.models import OPEN_STATES, WAITING_STATES, Customer, Ticket, Tier

MOST_TOLD = 50  # open tickets of one customer whose screens are told


def set_tier(actor: User, customer_id: int, tier: int) -> Customer:
    """Standard 0, important 1, VIP 2. Clocks that run keep their promise; the next cycle gets what fits then."""
    require(actor, Permission.WORK_TICKETS)
    if tier not in Tier.values:
        words = _("Choose standard, important or VIP.")
        raise Invalid(words, errors={"tier": [words]})
    with transaction.atomic():
        customer = Customer.objects.select_for_update().filter(pk=customer_id).first()
        if customer is None:
            raise Missing(_("There is no such customer."))
        before, customer.tier = customer.tier, Tier(tier)
        if before != tier:
            customer.save(update_fields=["tier"])
            audit(actor, "customer_tier", customer, before=before, after=tier)
            tell_screens_of(customer)
    return customer


def tell_screens_of(customer: Customer) -> None:
    """Something about this person changed: the screens of their tickets that are not done."""
    alive = Ticket.objects.filter(customer=customer, state__in=(*OPEN_STATES, *WAITING_STATES))
    announce((ticket, "change") for ticket in alive.order_by("-id")[:MOST_TOLD])
