"""A ticket's private conversation beside its words: read marks, and which app of the company's has it."""

from typing import Any

from rest_framework.request import Request

from desk.actions.tickets import private_threads
from desk.api.forms.private_threads import HandoverSerializer, PrivateThreadSerializer, private_thread_form
from desk.api.operation import operation
from desk.api.resources.tickets import ticket_of
from desk.api.views import Resource


class PrivateThreadOfTicket(Resource):
    @operation(
        "tickets_private_thread_read", "See what is read of a private conversation, and who has it",
        gives=PrivateThreadSerializer,
    )  # fmt: skip
    def get(self, request: Request, ticket_id: int) -> dict[str, Any]:
        return private_thread_form(private_threads.of_ticket(ticket_of(self.person, ticket_id)))

    @operation(
        "tickets_private_thread_hand_over", "Take a private conversation over from another app, or give it back",
        takes=HandoverSerializer, gives=PrivateThreadSerializer, status=202,
    )  # fmt: skip
    def post(self, request: Request, ticket_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """A worker asks the network; the ticket's events say how it went. 409 where it can't be done now."""
        return private_thread_form(private_threads.hand_over(self.person, ticket_id, wish["do"]))
