"""Mail that a machine wrote and nobody is to answer: listed, and made a case of where a person wrote it after all."""

from typing import Any

from django.db.models import prefetch_related_objects
from rest_framework.request import Request

from desk.actions.intake import set_aside as verbs
from desk.api.forms.messages import SetAsideSerializer, set_aside_form
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery
from desk.api.views import Resource
from desk.people.permissions import Permission
from desk.tickets.models import Message

_SHOWN_WITH = ("versions", "attachments", "reply")


class SetAside(Resource):
    reads = Permission.MANAGE_INBOXES

    @operation(
        "inboxes_set_aside_list",
        "List mail that was set aside",
        asks=PageQuery,
        gives=SetAsideSerializer,
        paged=True,
    )
    def get(self, request: Request, inbox_id: int, query: dict[str, Any]) -> Page:
        """Newest first: automatic replies, lists, and what mail servers sent back. No clock runs for them."""
        found = verbs.page(self.person, inbox_id, query["cursor"], query["page_size"])
        return Page(found, self._forms)

    def _forms(self, rows: list[Message]) -> list[dict[str, Any]]:
        prefetch_related_objects(rows, *_SHOWN_WITH)
        return [set_aside_form(row, self.eyes) for row in rows]


class TakeUp(Resource):
    @operation(
        "inboxes_set_aside_take_up",
        "Make a ticket of mail that was set aside",
        status=202,
    )
    def post(self, request: Request, inbox_id: int, message_id: int) -> None:
        """A worker brings it into the queue like any other mail: as a new message of the same `external_id`. 409 where
        what the network told is no longer kept.
        """
        verbs.take_up(self.person, inbox_id, message_id)
