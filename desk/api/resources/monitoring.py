"""What saved searches found, without tickets; `networks/` says which account can save one (`options`: `search`)."""

from typing import Any

from rest_framework.request import Request

from desk.actions.customers.masking import Eyes
from desk.actions.intake import found as verbs
from desk.api.forms.monitoring import FoundPostSerializer, found_form
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.views import Resource


class Found(Resource):
    @operation(
        "monitoring_list", "List what saved searches found", asks=PageQuery, gives=FoundPostSerializer, paged=True
    )
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """The newest first. Nobody here called the account: there is no clock, and what X does not allow unasked can't
        be answered. `url` is where a person answers it."""
        eyes = Eyes(self.person)
        rows = verbs.page(self.person, query["cursor"], query["page_size"])
        return Page(rows, each(lambda one: found_form(one, eyes)))


class TakeUp(Resource):
    @operation("monitoring_take_up", "Make a ticket of what was found", status=204)
    def post(self, request: Request, message_id: int) -> None:
        """It opens a ticket as a mention would, and leaves this list."""
        verbs.take_up(self.person, message_id)
