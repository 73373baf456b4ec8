"""A crisis's chain: what was told to whom, saying that one sees to it, and who was called up."""

from typing import Any

from django.db.models import Prefetch
from rest_framework.request import Request

from desk.actions.crises import escalation as verbs
from desk.alerts.models import CrisisMessage
from desk.api.forms.escalation import (
    AnswerCallUpSerializer,
    CallUpSerializer,
    EscalationSerializer,
    call_up_form,
    escalation_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.resources.crises import known_crisis
from desk.api.views import Resource
from desk.common.paging import slice_after
from desk.crises.models import CallUp, Escalation
from desk.people.permissions import Permission, require


class Escalations(Resource):
    @operation(
        "crises_escalations_list", "List a crisis’s chains", asks=PageQuery, gives=EscalationSerializer, paged=True
    )
    def get(self, request: Request, crisis_id: int, query: dict[str, Any]) -> Page:
        """The newest first, each with its steps and what became of every message."""
        require(self.person, Permission.SEE_CRISES)
        rows = _rows().filter(crisis=known_crisis(crisis_id))
        found = slice_after(rows, ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(found, each(escalation_form))


class Acknowledge(Resource):
    @operation("crises_acknowledge", "Say that you see to it", gives=EscalationSerializer)
    def post(self, request: Request, crisis_id: int) -> Any:
        """By whoever was told or manages crises. The chain stops until it comes back; 409 `over` where none waits."""
        return escalation_form(_rows().get(pk=verbs.acknowledge(self.person, crisis_id).pk))


class CallUps(Resource):
    @operation("crises_call_up_list", "Read who was called up", gives=CallUpSerializer, many=True)
    def get(self, request: Request, crisis_id: int) -> Any:
        """And who comes."""
        require(self.person, Permission.SEE_CRISES)
        rows = CallUp.objects.filter(crisis=known_crisis(crisis_id)).select_related("user")
        return [call_up_form(row) for row in rows]

    @operation("crises_call_up", "Answer a call-up", takes=AnswerCallUpSerializer, gives=CallUpSerializer)
    def post(self, request: Request, crisis_id: int, wish: dict[str, Any]) -> Any:
        """Of the caller’s own."""
        return call_up_form(verbs.answer_call_up(self.person, crisis_id, comes=wish["comes"]))


def _rows() -> Any:
    messages = CrisisMessage.objects.select_related("user").order_by("id")
    rows = Escalation.objects.select_related("plan", "acknowledged_by").defer("plan__document")
    return rows.prefetch_related("steps", Prefetch("steps__messages", messages))
