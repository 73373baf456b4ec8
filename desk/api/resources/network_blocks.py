"""The account that wrote a ticket, shut out on its network or let in again."""

from typing import Any

from rest_framework.request import Request

from desk.actions.customers import network_blocking
from desk.api.forms.customers import BlockSerializer
from desk.api.forms.network_blocks import HeldBlockSerializer, network_block_form
from desk.api.operation import operation
from desk.api.resources.tickets import ticket_of
from desk.api.views import Resource


class NetworkBlockOfTicket(Resource):
    @operation("tickets_network_block_read", "See whether an account is blocked", gives=HeldBlockSerializer)
    def get(self, request: Request, ticket_id: int) -> dict[str, Any]:
        return network_block_form(network_blocking.of_ticket(ticket_of(self.person, ticket_id)))

    @operation(
        "tickets_network_block", "Have a ticket's account blocked on its network",
        takes=BlockSerializer, gives=HeldBlockSerializer, status=202,
    )  # fmt: skip
    def post(self, request: Request, ticket_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """A worker asks the network; `state` and the ticket's events say how it went. 409 where it can't do that."""
        return network_block_form(network_blocking.block(self.person, ticket_id, reason=wish["reason"]))

    @operation("tickets_network_unblock", "Have a ticket's account unblocked", gives=HeldBlockSerializer, status=202)
    def delete(self, request: Request, ticket_id: int) -> dict[str, Any]:
        return network_block_form(network_blocking.unblock(self.person, ticket_id))
