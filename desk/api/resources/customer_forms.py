"""Forms for customers without an account: made, listed and closed. What customers do with them has pages of its own."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request

from desk.actions.forms import form_links as verbs
from desk.api.forms.customer_forms import CustomerFormSerializer, customer_form
from desk.api.operation import operation
from desk.api.resources.tickets import ticket_of
from desk.api.views import Resource


class FormsOfTicket(Resource):
    @operation("tickets_forms_list", "List a ticket's forms for its customer", gives=CustomerFormSerializer, many=True)
    def get(self, request: Request, ticket_id: int) -> list[dict[str, Any]]:
        """Those that can be used now, the newest first."""
        ticket, now = ticket_of(self.person, ticket_id), timezone.now()
        return [customer_form(link, now) for link in verbs.forms_of(ticket, now)]

    @operation("tickets_forms_make", "Make a form for a ticket's customer", gives=CustomerFormSerializer, status=201)
    def post(self, request: Request, ticket_id: int) -> dict[str, Any]:
        """For a case that stands in public. The one that is open where there is one; 409 for a private case."""
        return customer_form(verbs.make(self.person, ticket_id), timezone.now())


class OneForm(Resource):
    @operation("forms_close", "Close a customer's form", status=204)
    def delete(self, request: Request, form_id: int) -> None:
        """Neither the form nor the customer's page behind it opens any more."""
        verbs.revoke(self.person, form_id)
