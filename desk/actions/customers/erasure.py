"""Erasing a customer: everything that this person wrote, and everything that was written to or about them, for good.

What stays is a tombstone: a ticket with its states, owners, tags, clocks and hours; messages without words; and who
erased the person, when and on which ground. So no figure of a report changes. Ids of the networks become keyed digests:
what a network tells again is dropped before it is stored, and somebody who writes again is recognised.

**Who writes again is a new customer.** Their message opens a new ticket and is answered as anybody's is: they asked.
Panel and API say that they had their data erased (`erased_before`). The old tickets stay closed to replies for ever:
there the rules find the fact `customer_erased`, also in the send step for whatever waited.

Colleagues' own records keep what they are for: the log of a crisis, which the database refuses to change, and what
other people wrote. `erasure_run` does the work in the background.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from json import dumps
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.customers.erasing import quiet_audit
from desk.actions.customers.tiers import tell_screens_of
from desk.actions.intake import reactions
from desk.actions.intake.ingest import keep_ingest_away
from desk.common.background import enqueue
from desk.common.encryption import seal
from desk.common.errors import Conflict, Invalid, Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.privacy.digests import account_digest
from desk.privacy.models import ErasedAccount, Erasure
from desk.replies import files
from desk.replies.models import Draft, Reply
from desk.tickets.models import ERASED, OPEN_STATES, Attachment, Customer, Message, Note, Profile, Reaction, Ticket


@dataclass(frozen=True, slots=True)
class Held:
    """How much the desk holds of somebody, and what has to be typed to erase it."""

    customer: Customer
    to_type: str
    profiles: int
    tickets: int
    open_tickets: int
    messages: int
    private_messages: int
    answers: int  # of ours, sent or not
    notes: int
    drafts: int
    files: int
    erased_before: Erasure | None


def preview(actor: User, customer_id: int) -> Held:
    """What an erasure would take away. Raises Missing."""
    require(actor, Permission.ERASE_CUSTOMERS)
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is None:
        raise Missing(_("There is no such customer."))
    return held(customer)


def held(customer: Customer) -> Held:
    tickets, messages = Ticket.objects.filter(customer=customer), Message.objects.filter(profile__customer=customer)
    return Held(
        customer,
        to_type=_to_type(customer),
        profiles=customer.profiles.count(),
        tickets=tickets.count(),
        open_tickets=tickets.filter(state__in=OPEN_STATES).count(),
        messages=messages.filter(erased_at=None).count(),
        private_messages=messages.filter(erased_at=None, private=True).count(),
        answers=Reply.objects.filter(ticket__customer=customer).exclude(text="").count(),
        notes=Note.objects.filter(ticket__customer=customer).exclude(text="").count(),
        drafts=Draft.objects.filter(ticket__customer=customer).count(),
        files=Attachment.objects.filter(message__profile__customer=customer).count()
        + files.of_tickets(list(tickets.values_list("pk", flat=True))).count(),
        erased_before=erased_before(customer.profiles.all()),
    )


def erase(actor: User, customer_id: int, *, handle: str, ground: str, now: datetime | None = None) -> Erasure:
    """Erase this person, over all networks. There is no way back. Raises Missing, Invalid, Conflict.

    `handle` is typed by whoever asks, so that nobody is erased by a slip: one of the person's handles, or the name or
    id where the network tells no handle. Names, handles and pictures are gone at once; the rest follows in portions.
    """
    require(actor, Permission.ERASE_CUSTOMERS)
    now = now or timezone.now()
    if ground not in Erasure.Ground.values:
        raise Invalid(_("Choose why."), errors={"ground": [_("Choose one of the list.")]})
    with transaction.atomic():
        keep_ingest_away([customer_id])
        customer = Customer.objects.select_for_update().filter(pk=customer_id).first()
        if customer is None:
            raise Missing(_("There is no such customer."))
        if customer.erased_at is not None:
            raise Conflict(_("This customer is erased already."), code="already_erased")
        if _plain(handle) not in map(_plain, _names(customer)):
            raise Invalid(_("Type the handle exactly as it is shown."), errors={"handle": [_("This is another one.")]})
        erasure = _begin(actor, customer, ground, now)
        _forget_name(customer, now)
        audit(actor, "customer_erased", customer, erasure=erasure.pk, ground=ground)
        tell_screens_of(customer)
        enqueue("desk.tasks.erase_customer", erasure.pk)
    return erasure


def erasures() -> QuerySet[Erasure]:
    """Every tombstone, with who asked."""
    return Erasure.objects.select_related("asked_by")


def one(actor: User, erasure_id: int) -> Erasure:
    """How far it is. Raises Missing."""
    require(actor, Permission.ERASE_CUSTOMERS)
    erasure = erasures().filter(pk=erasure_id).first()
    if erasure is None:
        raise Missing(_("There is no such erasure."))
    return erasure


def erased_before(profiles: Iterable[Profile]) -> Erasure | None:
    """The newest erasure of the person who now writes from these accounts. One query."""
    known = [one for one in profiles if not one.external_id.startswith(ERASED)]
    digests = [account_digest(one.network, one.external_id) for one in known]
    found = ErasedAccount.objects.filter(digest__any_of=digests).select_related("erasure").order_by("-erasure")
    newest = found.first()
    return newest.erasure if newest else None


def _begin(actor: User, customer: Customer, ground: str, now: datetime) -> Erasure:
    accounts = list(customer.profiles.values_list("network", "external_id"))
    handles = list(customer.profiles.exclude(handle="").values_list("handle", flat=True))
    about = Q(profile__customer=customer) | Q(outgoing=True, ticket__customer=customer)
    erasure = Erasure.objects.create(
        customer=customer,
        ground=ground,
        asked_by=actor,
        asked_at=now,
        moved_at=now,
        total=Message.objects.filter(about, erased_at=None).count(),
        sealed=seal({"accounts": dumps(accounts), "handles": dumps(handles)}),
    )
    ErasedAccount.objects.bulk_create(
        ErasedAccount(erasure=erasure, digest=account_digest(*account)) for account in accounts
    )
    return erasure


def _forget_name(customer: Customer, now: datetime) -> None:
    customer.name, customer.about, customer.erased_at = "", "", now
    customer.save(update_fields=["name", "about", "erased_at"])
    for network, external_id in customer.profiles.values_list("network", "external_id"):
        reactions.forget(Reaction.objects.filter(external_id=external_id, message__inbox__network=network))
    customer.profiles.update(
        external_id=Concat(Value(ERASED), Cast("pk", Profile._meta.get_field("external_id"))),
        handle="",
        name="",
        avatar_url="",
        followers=None,
        verified=False,
        links="",
    )
    quiet_audit("customer", [customer.pk])


def _names(customer: Customer) -> list[str]:
    """By what this person may be called to be erased, the likeliest first."""
    rows: list[tuple[Any, ...]] = list(customer.profiles.order_by("pk").values_list("handle", "name", "external_id"))
    handles = [handle for handle, _name, _id in rows if handle]
    others = [name for _handle, name, _id in rows if name] + [external_id for _handle, _name, external_id in rows]
    return handles or others


def _to_type(customer: Customer) -> str:
    return f"#{customer.pk}" if customer.erased_at else next(iter(_names(customer)), "")


def _plain(typed: str) -> str:
    return " ".join(typed.split()).removeprefix("@").casefold()
