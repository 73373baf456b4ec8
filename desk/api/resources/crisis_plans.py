"""The crisis plan: its versions, what they say, and switching them on."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.crises import crisis_plans as verbs
from desk.api.forms.crisis_plans import (
    ChangeCrisisPlanSerializer,
    CrisisPlanVersionSerializer,
    WholeCrisisPlanSerializer,
    WriteCrisisPlanSerializer,
    whole_plan_form,
)
from desk.api.forms.rulebooks import GiveBackSerializer, version_form
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.crises.models import CrisisPlanVersion
from desk.people.models import User
from policies.rulebook_states import State


class CrisisPlans(Resource):
    @operation(
        "crisis_plans_list",
        "List the versions of the crisis plan",
        asks=PageQuery,
        gives=CrisisPlanVersionSerializer,
        paged=True,
    )
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """The newest first."""
        key, cursor, size = ("number",), query["cursor"], query["page_size"]
        return Page(slice_after(_versions().defer("document"), key, cursor, size, descending=True), each(version_form))

    @operation(
        "crisis_plans_create",
        "Begin a draft of the crisis plan",
        takes=WriteCrisisPlanSerializer,
        gives=WholeCrisisPlanSerializer,
        status=201,
    )
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """`errors` names every problem of a document by its path, such as `levels.3.gates[0].network`."""
        return _whole(verbs.write_draft(self.person, **wish).number)


class ActiveCrisisPlan(Resource):
    @operation("crisis_plans_active_read", "Read the crisis plan that holds now", gives=WholeCrisisPlanSerializer)
    def get(self, request: Request) -> Any:
        """What the next crisis goes by; each crisis says in `plan` by which version it goes."""
        return whole_plan_form(_versions().get(state=State.ACTIVE))


class OneCrisisPlan(Resource):
    @operation("crisis_plans_read", "Read a version of the crisis plan", gives=WholeCrisisPlanSerializer)
    def get(self, request: Request, number: int) -> Any:
        return _whole(number)

    @operation(
        "crisis_plans_change", "Change a draft", takes=ChangeCrisisPlanSerializer, gives=WholeCrisisPlanSerializer
    )
    def patch(self, request: Request, number: int, wish: dict[str, Any]) -> Any:
        return _whole(verbs.change_draft(self.person, number, **wish).number)


class Step(Resource):
    """A verb on a version; the answer is the version as it is afterwards."""

    verb: Callable[[User, int], CrisisPlanVersion]

    def step(self, number: int) -> dict[str, Any]:
        return version_form(_version(type(self).verb(self.person, number).number))


class HandIn(Step):
    verb = staticmethod(verbs.hand_in)

    @operation("crisis_plans_hand_in", "Hand a draft in for review", gives=CrisisPlanVersionSerializer)
    def post(self, request: Request, number: int) -> Any:
        return self.step(number)


class SwitchOn(Step):
    verb = staticmethod(verbs.switch_on)

    @operation("crisis_plans_switch_on", "Switch a version on", gives=CrisisPlanVersionSerializer)
    def post(self, request: Request, number: int) -> Any:
        """By somebody else than its author. Crises that are active keep the version that they started with."""
        return self.step(number)


class RollBack(Step):
    verb = staticmethod(verbs.roll_back)

    @operation("crisis_plans_roll_back", "Go back to an earlier version", gives=CrisisPlanVersionSerializer)
    def post(self, request: Request, number: int) -> Any:
        """Makes a new version with the words of this one and switches it on; the answer is the new one."""
        return self.step(number)


class Discard(Step):
    verb = staticmethod(verbs.discard)

    @operation("crisis_plans_discard", "Discard a draft", gives=CrisisPlanVersionSerializer)
    def post(self, request: Request, number: int) -> Any:
        return self.step(number)


class GiveBack(Resource):
    @operation(
        "crisis_plans_give_back",
        "Give a version back to its author",
        takes=GiveBackSerializer,
        gives=CrisisPlanVersionSerializer,
    )
    def post(self, request: Request, number: int, wish: dict[str, Any]) -> Any:
        return version_form(_version(verbs.give_back(self.person, number, reason=wish["reason"]).number))


def _versions() -> "QuerySet[CrisisPlanVersion]":
    return CrisisPlanVersion.objects.select_related("author", "reviewer", "based_on")


def _version(number: int) -> CrisisPlanVersion:
    version = _versions().filter(number=number).first()
    if version is None:
        raise Missing(_("There is no version %(number)d of the crisis plan.") % {"number": number})
    return version


def _whole(number: int) -> dict[str, Any]:
    return whole_plan_form(_version(number))
