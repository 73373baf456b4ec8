"""Customers and accounts of whom nobody wants to hear: muted people, and accounts that write spam.

What they write still comes in and is kept, but aside: their tickets begin as spam does, so no clock runs, nobody is
alerted or given one, and neither signals nor crises count it. Muting is a person's decision about a customer. That an
account writes spam is learned from the ticket that somebody marked, and unlearned with it.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.customers.blocking import LONGEST_REASON, locked
from desk.actions.customers.tiers import tell_screens_of
from desk.actions.tickets import tickets
from desk.common.errors import Invalid, Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.tickets.models import OPEN_STATES, WAITING_STATES, Customer, Profile, Ticket
from policies.ticket_states import State

MOST_SET_ASIDE = 500  # tickets that are open when their customer is muted


def mute(actor: User, customer_id: int, *, reason: str, now: datetime | None = None) -> Customer:
    """From now on this person's words are put aside, and so are their open tickets. Raises Missing, Invalid."""
    require(actor, Permission.BLOCK_CUSTOMERS)
    now = now or timezone.now()
    reason = " ".join(reason.replace("\x00", "").split())
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(_("Say why, in 1 to 200 characters."), errors={"reason": [_("1 to 200 characters.")]})
    with transaction.atomic():
        customer = locked(customer_id)
        if customer.muted_at is None:
            customer.muted_at = now
            customer.save(update_fields=["muted_at"])
            audit(actor, "customer_muted", customer, reason=reason)
            alive = Ticket.objects.filter(customer=customer, state__in=(*OPEN_STATES, *WAITING_STATES, State.SNOOZED))
            for ticket_id in alive.order_by("pk").values_list("pk", flat=True)[:MOST_SET_ASIDE]:
                tickets.set_aside(actor, ticket_id, now)
            tell_screens_of(customer)
    return customer


def unmute(actor: User, customer_id: int) -> Customer:
    """What this person writes is work again. What lies aside stays there until somebody says that it is no spam."""
    require(actor, Permission.BLOCK_CUSTOMERS)
    with transaction.atomic():
        customer = locked(customer_id)
        if customer.muted_at is not None:
            customer.muted_at = None
            customer.save(update_fields=["muted_at"])
            audit(actor, "customer_unmuted", customer)
            tell_screens_of(customer)
    return customer


def no_spam_account(actor: User, profile_id: int) -> Profile:
    """What this account writes is work again; tickets stay as they are. Raises Missing."""
    require(actor, Permission.WORK_TICKETS)
    with transaction.atomic():
        profile = (
            Profile.objects.select_for_update(of=("self",)).select_related("customer").filter(pk=profile_id).first()
        )
        if profile is None:
            raise Missing(_("There is no such account."))
        if profile.spam_at is not None:
            profile.spam_at = None
            profile.save(update_fields=["spam_at"])
            audit(actor, "no_spam_account", profile.customer, profile=profile_id)
            tell_screens_of(profile.customer)
    return profile
