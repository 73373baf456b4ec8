"""Customers and what they asked before."""

from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions import blocking
from desk.actions.tiers import set_tier
from desk.api.forms.customers import (
    BlockSerializer,
    ChangeCustomerSerializer,
    CustomerQuery,
    CustomerSerializer,
    customer_form,
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


class CustomerTickets(Resource):
    @operation(
        "customers_tickets_list", "List a customer's tickets", asks=PageQuery, gives=TicketSerializer, paged=True
    )
    def get(self, request: Request, customer_id: int, query: dict[str, Any]) -> Page:
        """The newest first, over all networks."""
        rows = queries.visible_tickets(self.person).filter(customer=customer_of(customer_id))
        found = slice_after(ticket_rows(rows), ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(found, partial(ticket_forms, eyes=self.eyes))
