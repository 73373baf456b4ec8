"""On-call rotas: members in turn, who is on call when, and who stands in."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request

from desk.actions.people import rotas as verbs
from desk.actions.people.rota_history import history, was_on_call
from desk.api.forms.escalation import (
    CreateRotaSerializer,
    HistoryQuery,
    OnCallSerializer,
    RotaSerializer,
    RotaSwapSerializer,
    SwapSerializer,
    TurnSerializer,
    TurnsQuery,
    WriteRotaSerializer,
    on_call_form,
    rota_forms,
    swap_form,
    turn_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.views import Resource
from desk.common.paging import slice_after
from desk.people.models import Rota, RotaSwap


class Rotas(Resource):
    @operation("rotas_list", "List on-call rotas", asks=PageQuery, gives=RotaSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """By name, each with who is on call now."""
        rows = Rota.objects.filter(deleted_at=None)
        return Page(slice_after(rows, ("name", "id"), query["cursor"], query["page_size"]), rota_forms)

    @operation("rotas_create", "Add a rota", takes=CreateRotaSerializer, gives=RotaSerializer, status=201)
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """A handover at an hour that is missing means the first instant after it; at one that is twice, the first."""
        return _form(verbs.create_rota(self.person, **_wish(wish)))


class OneRota(Resource):
    @operation("rotas_read", "Read a rota", gives=RotaSerializer)
    def get(self, request: Request, rota_id: int) -> Any:
        return _form(verbs.rota_of(rota_id))

    @operation("rotas_change", "Change a rota", takes=WriteRotaSerializer, gives=RotaSerializer)
    def patch(self, request: Request, rota_id: int, wish: dict[str, Any]) -> Any:
        return _form(verbs.change_rota(self.person, rota_id, **_wish(wish)))

    @operation("rotas_delete", "Delete a rota", status=204)
    def delete(self, request: Request, rota_id: int) -> None:
        """Chains that name it go on without it."""
        verbs.delete_rota(self.person, rota_id)


class Turns(Resource):
    @operation("rotas_turns_list", "Read whose turns come", asks=TurnsQuery, gives=TurnSerializer, many=True)
    def get(self, request: Request, rota_id: int, query: dict[str, Any]) -> Any:
        """Six weeks from now unless said otherwise, at most 100 turns; each begins where the one before it ends. What
        has been is as it was.
        """
        since = query.get("since", timezone.now())
        until = query.get("until") or verbs.shown_until(since)
        return [turn_form(turn) for turn in verbs.turns_of(verbs.rota_of(rota_id), since, until)]


class History(Resource):
    @operation("rotas_history_list", "Read who was on call", asks=HistoryQuery, gives=OnCallSerializer, paged=True)
    def get(self, request: Request, rota_id: int, query: dict[str, Any]) -> Page:
        """The newest first, as the desk knew it then; with `at` the one who was on call at that moment."""
        rota, now = verbs.rota_of(rota_id), timezone.now()
        rows = history(rota, now)
        if "at" in query:
            rows = rows.filter(pk=was_on_call(rota, query["at"], now).pk)
        page = slice_after(rows, ("starts_at",), query["cursor"], query["page_size"], descending=True)
        return Page(page, each(on_call_form))


class Swaps(Resource):
    @operation("rotas_swaps_list", "List who stands in", asks=PageQuery, gives=RotaSwapSerializer, paged=True)
    def get(self, request: Request, rota_id: int, query: dict[str, Any]) -> Page:
        """What is not over."""
        rows = RotaSwap.objects.filter(rota=verbs.rota_of(rota_id), ends_at__gt=timezone.now()).select_related("user")
        return Page(slice_after(rows, ("id",), query["cursor"], query["page_size"]), each(swap_form))

    @operation("rotas_swap", "Let somebody stand in", takes=SwapSerializer, gives=RotaSwapSerializer, status=201)
    def post(self, request: Request, rota_id: int, wish: dict[str, Any]) -> Any:
        """409 `overlap` where somebody else does already."""
        return swap_form(verbs.swap(self.person, rota_id, **wish))


class OneSwap(Resource):
    @operation("rotas_swap_end", "Let nobody stand in after all", status=204)
    def delete(self, request: Request, rota_id: int, swap_id: int) -> None:
        verbs.end_swap(self.person, rota_id, swap_id)


def _wish(wish: dict[str, Any]) -> dict[str, Any]:
    if "handover" in wish:
        hours, minutes = wish.pop("handover").split(":")
        wish["handover"] = int(hours) * 60 + int(minutes)
    return wish


def _form(rota: Rota) -> Any:
    return rota_forms([rota])[0]
