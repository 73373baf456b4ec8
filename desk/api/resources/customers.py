"""Customers and what they asked before."""

from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.customers import blocking, muting, same_person, same_person_hints
from desk.actions.customers.tiers import set_tier
from desk.api.forms.customers import (
    BlockSerializer,
    ChangeCustomerSerializer,
    CustomerQuery,
    CustomerSerializer,
    OtherCustomerSerializer,
    SuggestionSerializer,
    customer_form,
    suggestion_form,
)
from desk.api.forms.tickets import TicketSerializer, ticket_forms, ticket_rows
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.tickets import queries, search
from desk.tickets.models import Customer


def customer_of(customer_id: int) -> Customer:
    """Raises Missing."""
    customer = Customer.objects.prefetch_related("profiles").filter(pk=customer_id).first()
    if customer is None:
        raise Missing(_("There is no such customer."))
    return customer


class Customers(Resource):
    @operation("customers_list", "List customers", asks=CustomerQuery, gives=CustomerSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """The newest first. Each word of `q` begins a word of a name or handle."""
        rows = search.customers(query["q"])
        found = slice_after(rows, ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(found, each(partial(customer_form, eyes=self.eyes)))


class OneCustomer(Resource):
    @operation("customers_read", "Read a customer", gives=CustomerSerializer)
    def get(self, request: Request, customer_id: int) -> dict[str, Any]:
        return customer_form(customer_of(customer_id), self.eyes)

    @operation("customers_change", "Set a customer's tier", takes=ChangeCustomerSerializer, gives=CustomerSerializer)
    def patch(self, request: Request, customer_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """Clocks that run keep what they were promised; the next cycle gets the policy that fits then."""
        set_tier(self.person, customer_id, wish["tier"])
        return customer_form(customer_of(customer_id), self.eyes)


class Block(Resource):
    @operation("customers_block", "Block a customer", takes=BlockSerializer, gives=CustomerSerializer)
    def post(self, request: Request, customer_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """No reply to this person leaves any more, nor what waits. What they write still comes in."""
        blocking.block(self.person, customer_id, reason=wish["reason"])
        return customer_form(customer_of(customer_id), self.eyes)


class Unblock(Resource):
    @operation("customers_unblock", "Unblock a customer", gives=CustomerSerializer)
    def post(self, request: Request, customer_id: int) -> dict[str, Any]:
        blocking.unblock(self.person, customer_id)
        return customer_form(customer_of(customer_id), self.eyes)


class Mute(Resource):
    @operation("customers_mute", "Mute a customer", takes=BlockSerializer, gives=CustomerSerializer)
    def post(self, request: Request, customer_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """What this person writes is put aside as spam is: no clock, no alert, in no count. Open tickets go too."""
        muting.mute(self.person, customer_id, reason=wish["reason"])
        return customer_form(customer_of(customer_id), self.eyes)


class Unmute(Resource):
    @operation("customers_unmute", "Hear a customer again", gives=CustomerSerializer)
    def post(self, request: Request, customer_id: int) -> dict[str, Any]:
        """What lies aside stays there until it is said to be no spam."""
        muting.unmute(self.person, customer_id)
        return customer_form(customer_of(customer_id), self.eyes)


class NoSpamAccount(Resource):
    @operation("customers_no_spam", "Say that an account writes no spam", gives=CustomerSerializer)
    def post(self, request: Request, customer_id: int, profile_id: int) -> dict[str, Any]:
        """What it writes next is work. Marking a ticket as spam marks its account, and taking that back unmarks it."""
        if not customer_of(customer_id).profiles.filter(pk=profile_id).exists():
            raise Missing(_("There is no such account."))
        muting.no_spam_account(self.person, profile_id)
        return customer_form(customer_of(customer_id), self.eyes)


class Suggestions(Resource):
    @operation("customers_suggestions_list", "Who may be the same person", gives=SuggestionSerializer, many=True)
    def get(self, request: Request, customer_id: int) -> list[dict[str, Any]]:
        """At most five, the likeliest first, each with its reasons. Only a person merges."""
        found = same_person_hints.suggestions(customer_of(customer_id))
        return [suggestion_form(one, self.eyes) for one in found]


class Dismiss(Resource):
    @operation(
        "customers_suggestions_dismiss", "Say that two customers are two people",
        takes=OtherCustomerSerializer, gives=CustomerSerializer,
    )  # fmt: skip
    def post(self, request: Request, customer_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """Their accounts are not suggested again, for good."""
        same_person.dismiss(self.person, customer_id, wish["other"])
        return customer_form(customer_of(customer_id), self.eyes)


class MergeCustomers(Resource):
    @operation(
        "customers_merge", "Merge another customer into this one",
        takes=OtherCustomerSerializer, gives=CustomerSerializer,
    )  # fmt: skip
    def post(self, request: Request, customer_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """Accounts, tickets and history of the other become this one's; the other is gone. Clocks stay as they are."""
        same_person.merge(self.person, customer_id, wish["other"])
        return customer_form(customer_of(customer_id), self.eyes)


class TakeOut(Resource):
    @operation("customers_take_out", "Make an account a customer of its own again", gives=CustomerSerializer)
    def post(self, request: Request, customer_id: int, profile_id: int) -> dict[str, Any]:
        """The answer is the new customer, who has the tickets of that account."""
        if not customer_of(customer_id).profiles.filter(pk=profile_id).exists():
            raise Missing(_("There is no such account."))
        return customer_form(customer_of(same_person.take_out(self.person, profile_id).pk), self.eyes)


class CustomerTickets(Resource):
    @operation(
        "customers_tickets_list", "List a customer's tickets", asks=PageQuery, gives=TicketSerializer, paged=True
    )
    def get(self, request: Request, customer_id: int, query: dict[str, Any]) -> Page:
        """The newest first, over all networks."""
        rows = queries.visible_tickets(self.person).filter(customer=customer_of(customer_id))
        found = slice_after(ticket_rows(rows), ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(found, partial(ticket_forms, eyes=self.eyes))
