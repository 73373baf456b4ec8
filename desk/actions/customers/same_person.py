"""One person on several networks: their accounts become one customer where somebody decides so, and part again.

Tickets and history go with the account that they came from. Clocks are not touched: what was promised stays promised,
and the next cycle asks for the customer's tier as it is then. `same_person_hints` has the suggestions.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import product

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.customers.tiers import tell_screens_of
from desk.actions.intake.ingest import keep_ingest_away
from desk.common.errors import Conflict, Invalid, Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.tickets.models import Customer, NotSamePerson, Profile, Ticket

NO_CUSTOMER = gettext_lazy("There is no such customer.")
NO_ACCOUNT = gettext_lazy("There is no such account.")


def merge(actor: User, customer_id: int, other_id: int) -> Customer:
    """All accounts, tickets and history of the other become this customer's. Raises Missing, Invalid, Conflict.

    The merged customer has the higher tier, and is blocked where either was: who blocked a person meant the person. It
    is muted where both were: nobody's question gets lost by this.
    """
    require(actor, Permission.WORK_TICKETS)
    with transaction.atomic():
        customer, other = _both(customer_id, other_id)
        if len(_in_drills(customer) | _in_drills(other)) > 1:
            raise Conflict(_("One of them belongs to a drill, the other is real."), code="drill")
        ours, theirs = _accounts(customer), _accounts(other)
        NotSamePerson.objects.filter(_between(ours, theirs)).delete()
        moved = _hand_over(other, theirs, customer)
        customer.tier = max(customer.tier, other.tier)
        customer.blocked_at = min(filter(None, (customer.blocked_at, other.blocked_at)), default=None)
        customer.muted_at = customer.muted_at if other.muted_at else None
        customer.name, customer.language = customer.name or other.name, customer.language or other.language
        customer.about = "\n".join(filter(None, (customer.about, other.about)))
        customer.created_at = min(customer.created_at, other.created_at)
        customer.save(update_fields=["tier", "blocked_at", "muted_at", "name", "language", "about", "created_at"])
        other.delete()
        audit(actor, "customers_merged", customer, other=other_id, profiles=theirs, tickets=moved)
        tell_screens_of(customer)
    return customer


def take_out(actor: User, profile_id: int, *, now: datetime | None = None) -> Customer:
    """An account becomes a customer of its own again, with the tickets that came from it. Raises Missing, Conflict.

    Tier, block and mute stay on both: nothing that was decided gets lost by this.
    """
    require(actor, Permission.WORK_TICKETS)
    now = now or timezone.now()
    with transaction.atomic():
        profile = Profile.objects.filter(pk=profile_id).first()
        if profile is None:
            raise Missing(NO_ACCOUNT)
        (customer,) = _locked([profile.customer_id])
        left = [pk for pk in _accounts(customer) if pk != profile_id]
        if len(left) == len(_accounts(customer)) or not left:
            raise Conflict(_("This is the customer's only account."), code="only_account")
        new = Customer.objects.create(
            name=profile.name or profile.handle,
            language=customer.language,
            tier=customer.tier,
            blocked_at=customer.blocked_at,
            muted_at=customer.muted_at,
        )
        moved = _hand_over(customer, [profile_id], new)
        _say_different(actor, [profile_id], left, now)
        audit(actor, "customer_taken_out", customer, profile=profile_id, into=new.pk, tickets=moved)
        for one in (customer, new):
            tell_screens_of(one)
    return new


def dismiss(actor: User, customer_id: int, other_id: int, *, now: datetime | None = None) -> Customer:
    """These two are two people: nobody is asked about these accounts again. Raises Missing, Invalid, Conflict."""
    require(actor, Permission.WORK_TICKETS)
    now = now or timezone.now()
    with transaction.atomic():
        customer, other = _both(customer_id, other_id)
        _say_different(actor, _accounts(customer), _accounts(other), now)
        audit(actor, "not_same_person", customer, other=other_id)
    return customer


def _both(customer_id: int, other_id: int) -> tuple[Customer, Customer]:
    if customer_id == other_id:
        raise Invalid(_("Choose another customer."), errors={"other": [_("This is the same one.")]})
    found = {one.pk: one for one in _locked([customer_id, other_id])}
    return found[customer_id], found[other_id]


def _locked(customer_ids: Sequence[int]) -> list[Customer]:
    """Nothing new arrives for them until the transaction ends. Raises Missing, Conflict where one is erased."""
    keep_ingest_away(customer_ids)
    rows = list(Customer.objects.select_for_update().filter(pk__in=customer_ids).order_by("pk"))
    if len(rows) < len(set(customer_ids)):
        raise Missing(NO_CUSTOMER)
    if any(one.erased_at is not None for one in rows):
        raise Conflict(_("The data of one of them was erased, so nobody knows any more who it was."), code="erased")
    return rows


def _accounts(customer: Customer) -> list[int]:
    return sorted(customer.profiles.values_list("pk", flat=True))


def _in_drills(customer: Customer) -> frozenset[bool]:
    return frozenset(Ticket.objects.filter(customer=customer).values_list("inbox__drill", flat=True).distinct())


def _hand_over(customer: Customer, profiles: Collection[int], to: Customer) -> int:
    """These accounts with their tickets; how many those are."""
    Profile.objects.filter(pk__in=profiles).update(customer=to)
    tickets = Ticket.objects.filter(customer=customer, profile__in=profiles)
    list(tickets.select_for_update().order_by("pk").values_list("pk", flat=True))  # whoever works on one ends first
    return tickets.update(customer=to)


def _between(some: Collection[int], others: Collection[int]) -> Q:
    return Q(first__in=some, second__in=others) | Q(first__in=others, second__in=some)


def _say_different(actor: User, some: Collection[int], others: Collection[int], now: datetime) -> None:
    rows = [
        NotSamePerson(first_id=min(pair), second_id=max(pair), said_by=actor, at=now) for pair in product(some, others)
    ]
    NotSamePerson.objects.bulk_create(rows, ignore_conflicts=True)
