"""Drills: planned, started, ended and scored, and what the crisis plan has proven."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.drills import drill_inboxes
from desk.actions.drills import drills as verbs
from desk.api.forms.crises import CrisisSerializer
from desk.api.forms.drills import (
    CancelDrillSerializer,
    DrillInboxSerializer,
    DrillSerializer,
    PlanDrillSerializer,
    ProofSerializer,
    ScenarioSerializer,
    TurnRealSerializer,
    all_scenarios,
    drill_form,
    wish_of,
)
from desk.api.forms.inboxes import InboxSerializer, inbox_form
from desk.api.forms.people import colleague
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.resources.crises import crisis_now
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.drills.models import Drill
from desk.drills.running import proof_of_active_plan
from desk.people.permissions import Permission


class Scenarios(Resource):
    reads = Permission.SEE_CRISES

    @operation(
        "drill_scenarios_list", "List the scenarios that come with the desk", gives=ScenarioSerializer, many=True
    )
    def get(self, request: Request) -> Any:
        return all_scenarios()


class Drills(Resource):
    reads = Permission.SEE_CRISES

    @operation("drills_list", "List drills", asks=PageQuery, gives=DrillSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """Newest first."""
        return Page(slice_after(_rows(), ("id",), query["cursor"], query["page_size"], descending=True), each(_form))

    @operation("drills_plan", "Plan a drill", takes=PlanDrillSerializer, gives=DrillSerializer, status=201)
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """`errors` names every problem of a scenario by its path, such as `document.phases[0].posts[2].at`."""
        return _drill(verbs.plan_drill(self.person, wish_of(wish)).pk)


class OneDrill(Resource):
    reads = Permission.SEE_CRISES

    @operation("drills_read", "Read a drill", gives=DrillSerializer)
    def get(self, request: Request, drill_id: int) -> Any:
        return _drill(drill_id)

    @operation("drills_change", "Plan it otherwise", takes=PlanDrillSerializer, gives=DrillSerializer)
    def put(self, request: Request, drill_id: int, wish: dict[str, Any]) -> Any:
        """Before it has begun."""
        return _drill(verbs.change_drill(self.person, drill_id, wish_of(wish)).pk)


class Start(Resource):
    @operation("drills_start", "Start a drill", gives=DrillSerializer)
    def post(self, request: Request, drill_id: int) -> Any:
        """409 `no_sandbox` where there is nothing to play on, `drill_running` where another one runs."""
        return _drill(verbs.start_drill(self.person, drill_id).pk)


class End(Resource):
    @operation("drills_end", "End a drill and score it", gives=DrillSerializer)
    def post(self, request: Request, drill_id: int) -> Any:
        """Its crisis is stood down, and what it left in the queue is put away."""
        return _drill(verbs.end_drill(self.person, drill_id).pk)


class Cancel(Resource):
    @operation("drills_cancel", "Cancel a drill", takes=CancelDrillSerializer, gives=DrillSerializer)
    def post(self, request: Request, drill_id: int, wish: dict[str, Any]) -> Any:
        """Before it has begun."""
        return _drill(verbs.cancel_drill(self.person, drill_id, **wish).pk)


class TurnReal(Resource):
    @operation(
        "drills_turn_real", "Turn it into the real thing", takes=TurnRealSerializer, gives=CrisisSerializer, status=201
    )
    def post(self, request: Request, drill_id: int, wish: dict[str, Any]) -> Any:
        """A new, real crisis by the same plan. There is no way back, and none from a crisis to a drill."""
        return crisis_now(verbs.turn_real(self.person, drill_id, **wish).pk)


class DrillInboxes(Resource):
    @operation(
        "drill_inboxes_create",
        "Make an inbox for drills",
        takes=DrillInboxSerializer,
        gives=InboxSerializer,
        status=201,
    )
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """It leads to the sandbox and nowhere else, for ever."""
        made = drill_inboxes.make_drill_inbox(
            self.person, network_slug=wish["network"], name=wish["name"], team_id=wish.get("team")
        )
        return inbox_form(made)


class Proof(Resource):
    reads = Permission.SEE_CRISES

    @operation("drills_proof_read", "Whether the crisis plan is proven", gives=ProofSerializer)
    def get(self, request: Request) -> Any:
        version, proof = proof_of_active_plan()
        return {
            "plan": version.number,
            "proven": proof is not None and not proof.has_lapsed(timezone.now()),
            "drill": proof.drill.pk if proof else None,
            "proven_at": proof.proven_at if proof else None,
            "lapses_at": proof.lapses_at if proof else None,
            "people": [colleague(one) for one in proof.people] if proof else [],
        }


def _rows() -> "QuerySet[Drill]":
    return Drill.objects.select_related("plan", "planned_by").defer("plan__document")


def _form(drill: Drill) -> dict[str, Any]:
    return drill_form(drill, [str(event) for event in verbs.possible(drill)])


def _drill(drill_id: int) -> dict[str, Any]:
    drill = _rows().filter(pk=drill_id).first()
    if drill is None:
        raise Missing(_("There is no such drill."))
    return _form(drill)
