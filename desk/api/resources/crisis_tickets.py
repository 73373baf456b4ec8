"""Tickets of a crisis: `tickets/?crisis=` lists them; here they are put in and taken out by hand."""

from typing import Any

from rest_framework.request import Request

from desk.actions.crises import crisis_tickets as verbs
from desk.api.forms.crisis_tickets import CrisisOfTicketSerializer, PutInSerializer, crisis_of_ticket_form
from desk.api.operation import operation
from desk.api.resources.tickets import ticket_of
from desk.api.views import Resource


class CrisesOfTicket(Resource):
    @operation("tickets_crises_list", "See which crises a ticket is part of", gives=CrisisOfTicketSerializer, many=True)
    def get(self, request: Request, ticket_id: int) -> list[dict[str, Any]]:
        """The newest first."""
        ticket = ticket_of(self.person, ticket_id)
        return [crisis_of_ticket_form(row) for row in verbs.crises_of(ticket.pk)]

    @operation(
        "tickets_crises_put_in",
        "Make a ticket part of a crisis",
        takes=PutInSerializer,
        gives=CrisisOfTicketSerializer,
        many=True,
    )
    def post(self, request: Request, ticket_id: int, wish: dict[str, Any]) -> list[dict[str, Any]]:
        """What almost repeats its first words joins too. The answer is all crises that it is part of."""
        verbs.put_in(self.person, ticket_id, wish["crisis"])
        return [crisis_of_ticket_form(row) for row in verbs.crises_of(ticket_id)]


class OneCrisisOfTicket(Resource):
    @operation("tickets_crises_take_out", "Take a ticket out of a crisis", status=204)
    def delete(self, request: Request, ticket_id: int, crisis_id: int) -> None:
        """It stays out, whatever its customer writes."""
        verbs.take_out(self.person, ticket_id, crisis_id)
