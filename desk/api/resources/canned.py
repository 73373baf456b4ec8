"""Canned responses: the texts that a team starts from."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions import canned as verbs
from desk.api.forms.replies import (
    CannedResponseSerializer,
    ChangeCannedResponseSerializer,
    WriteCannedResponseSerializer,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.replies.models import CannedResponse


class CannedResponses(Resource):
    @operation(
        "canned_responses_list", "List canned responses", asks=PageQuery, gives=CannedResponseSerializer, paged=True
    )
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """By name."""
        rows = CannedResponse.objects.select_related("team")
        return Page(slice_after(rows, ("name",), query["cursor"], query["page_size"]), each(_form))

    @operation(
        "canned_responses_create",
        "Add a canned response",
        takes=WriteCannedResponseSerializer,
        gives=CannedResponseSerializer,
        status=201,
    )
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        return _form(verbs.create_canned(self.person, **_columns(wish)))


class OneCannedResponse(Resource):
    @operation("canned_responses_read", "Read a canned response", gives=CannedResponseSerializer)
    def get(self, request: Request, canned_id: int) -> Any:
        canned = CannedResponse.objects.select_related("team").filter(pk=canned_id).first()
        if canned is None:
            raise Missing(_("There is no such canned response."))
        return _form(canned)

    @operation(
        "canned_responses_change",
        "Change a canned response",
        takes=ChangeCannedResponseSerializer,
        gives=CannedResponseSerializer,
    )
    def patch(self, request: Request, canned_id: int, wish: dict[str, Any]) -> Any:
        """What is left out stays."""
        return _form(verbs.change_canned(self.person, canned_id, **_columns(wish)))

    @operation("canned_responses_delete", "Remove a canned response", status=204)
    def delete(self, request: Request, canned_id: int) -> None:
        verbs.delete_canned(self.person, canned_id)


def _form(canned: CannedResponse) -> Any:
    return CannedResponseSerializer(canned).data


def _columns(wish: dict[str, Any]) -> dict[str, Any]:
    return {"team_id" if name == "team" else name: value for name, value in wish.items()}
