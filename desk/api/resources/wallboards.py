"""Wallboards: set up, given a code, shown out. The code itself is typed on the screen, never sent through here."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.reports import wallboards as verbs
from desk.api.forms.wallboards import (
    ChangeWallboardSerializer,
    CreateWallboardSerializer,
    NewWallboardSerializer,
    WallboardSerializer,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, serialized
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.people.permissions import Permission
from desk.wallboards.models import Wallboard

SCOPE = {"teams": "team_ids", "inboxes": "inbox_ids"}


class Wallboards(Resource):
    reads = Permission.MANAGE_WALLBOARDS

    @operation("wallboards_list", "List wallboards", asks=PageQuery, gives=WallboardSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        found = slice_after(verbs.boards(self.person), ("id",), query["cursor"], query["page_size"])
        return Page(found, serialized(WallboardSerializer))

    @operation(
        "wallboards_create",
        "Add a wallboard",
        takes=CreateWallboardSerializer,
        gives=NewWallboardSerializer,
        status=201,
    )
    def post(self, request: Request, wish: dict[str, Any]) -> dict[str, Any]:
        """`code` is shown this once: type it at /wallboard/ on the screen within ten minutes. It works once."""
        return _with_code(*verbs.create(self.person, **_wish(wish)))


class OneWallboard(Resource):
    reads = Permission.MANAGE_WALLBOARDS

    @operation("wallboards_read", "Read a wallboard", gives=WallboardSerializer)
    def get(self, request: Request, board_id: int) -> Any:
        board = verbs.boards(self.person).filter(pk=board_id).first()
        if board is None:
            raise Missing(_("There is no such wallboard."))
        return WallboardSerializer(board).data

    @operation("wallboards_change", "Change a wallboard", takes=ChangeWallboardSerializer, gives=WallboardSerializer)
    def patch(self, request: Request, board_id: int, wish: dict[str, Any]) -> Any:
        """Its screen follows within seconds."""
        return WallboardSerializer(verbs.change(self.person, board_id, **_wish(wish))).data

    @operation("wallboards_revoke", "Revoke a wallboard", status=204)
    def delete(self, request: Request, board_id: int) -> None:
        """Its screen shows nothing more."""
        verbs.revoke(self.person, board_id)


class Code(Resource):
    reads = Permission.MANAGE_WALLBOARDS

    @operation("wallboards_code", "Give out a new code", gives=NewWallboardSerializer)
    def post(self, request: Request, board_id: int) -> dict[str, Any]:
        """For another screen, or one that lost its cookie. The paired screen goes on until the code is used."""
        return _with_code(*verbs.new_code(self.person, board_id))


def _wish(wish: dict[str, Any]) -> dict[str, Any]:
    return {SCOPE.get(name, name): value for name, value in wish.items()}


def _with_code(board: Wallboard, code: str) -> dict[str, Any]:
    return {**WallboardSerializer(board).data, "code": code}
