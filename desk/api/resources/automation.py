"""Automation: its versions, what they would have done, what fired, and macros."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.automation import automations as verbs
from desk.actions.automation import log, macros, trials
from desk.api.forms.automation import (
    AskTrialSerializer,
    AutomationVersionSerializer,
    ChangeAutomationSerializer,
    ChangeMacroSerializer,
    FiringQuery,
    FiringSerializer,
    MacroSerializer,
    TrialSerializer,
    WholeAutomationSerializer,
    WriteAutomationSerializer,
    WriteMacroSerializer,
    firing_form,
    macro_form,
    trial_form,
    whole_form,
)
from desk.api.forms.rulebooks import GiveBackSerializer, version_form
from desk.api.forms.tickets import TicketSerializer
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.resources.tickets import ticket_of, written
from desk.api.views import Resource
from desk.automation.models import AutomationVersion
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.people.models import User
from desk.people.permissions import Permission, require
from policies.rulebook_states import State


class Automations(Resource):
    @operation(
        "automation_list",
        "List the versions of automation",
        asks=PageQuery,
        gives=AutomationVersionSerializer,
        paged=True,
    )
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """The newest first."""
        require(self.person, Permission.WRITE_AUTOMATION)
        key, cursor, size = ("number",), query["cursor"], query["page_size"]
        return Page(slice_after(_versions().defer("document"), key, cursor, size, descending=True), each(version_form))

    @operation(
        "automation_create",
        "Begin a draft of automation",
        takes=WriteAutomationSerializer,
        gives=WholeAutomationSerializer,
        status=201,
    )
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """`errors` names every problem of a document by its path, such as `rules[0].steps[1].value`."""
        return whole_form(_version(self.person, verbs.write_draft(self.person, **wish).number))


class ActiveAutomation(Resource):
    @operation("automation_active_read", "Read the rules that hold now", gives=WholeAutomationSerializer)
    def get(self, request: Request) -> Any:
        require(self.person, Permission.WRITE_AUTOMATION)
        return whole_form(_versions().get(state=State.ACTIVE))


class OneAutomation(Resource):
    @operation("automation_read", "Read a version of automation", gives=WholeAutomationSerializer)
    def get(self, request: Request, number: int) -> Any:
        return whole_form(_version(self.person, number))

    @operation("automation_change", "Change a draft", takes=ChangeAutomationSerializer, gives=WholeAutomationSerializer)
    def patch(self, request: Request, number: int, wish: dict[str, Any]) -> Any:
        return whole_form(_version(self.person, verbs.change_draft(self.person, number, **wish).number))


class TryAutomation(Resource):
    @operation(
        "automation_try",
        "Try a version on the last days",
        takes=AskTrialSerializer,
        gives=TrialSerializer,
        status=202,
    )
    def post(self, request: Request, number: int, wish: dict[str, Any]) -> Any:
        """A worker looks: read the trial by its `id` until its `state` is no longer `running`. Nothing is done."""
        return trial_form(trials.ask(self.person, number, wish["days"]))


class OneTrial(Resource):
    @operation("automation_trials_read", "Read what a version would have done", gives=TrialSerializer)
    def get(self, request: Request, trial_id: int) -> Any:
        """What one rule would have set off through another is not followed. It is kept for 30 days."""
        return trial_form(trials.trial_of(self.person, trial_id))


class Step(Resource):
    """A verb on a version; the answer is the version as it is afterwards."""

    verb: Callable[[User, int], AutomationVersion]

    def step(self, number: int) -> dict[str, Any]:
        return version_form(_version(self.person, type(self).verb(self.person, number).number))


class HandIn(Step):
    verb = staticmethod(verbs.hand_in)

    @operation("automation_hand_in", "Hand a draft in for review", gives=AutomationVersionSerializer)
    def post(self, request: Request, number: int) -> Any:
        return self.step(number)


class SwitchOn(Step):
    verb = staticmethod(verbs.switch_on)

    @operation("automation_switch_on", "Switch a version on", gives=AutomationVersionSerializer)
    def post(self, request: Request, number: int) -> Any:
        """By somebody else than its author. It holds for whatever happens from then on."""
        return self.step(number)


class RollBack(Step):
    verb = staticmethod(verbs.roll_back)

    @operation("automation_roll_back", "Go back to an earlier version", gives=AutomationVersionSerializer)
    def post(self, request: Request, number: int) -> Any:
        """Makes a new version with the rules of this one and switches it on; the answer is the new one."""
        return self.step(number)


class Discard(Step):
    verb = staticmethod(verbs.discard)

    @operation("automation_discard", "Discard a draft", gives=AutomationVersionSerializer)
    def post(self, request: Request, number: int) -> Any:
        return self.step(number)


class GiveBack(Resource):
    @operation(
        "automation_give_back",
        "Give a version back to its author",
        takes=GiveBackSerializer,
        gives=AutomationVersionSerializer,
    )
    def post(self, request: Request, number: int, wish: dict[str, Any]) -> Any:
        returned = verbs.give_back(self.person, number, reason=wish["reason"])
        return version_form(_version(self.person, returned.number))


class Firings(Resource):
    @operation(
        "automation_firings_list", "List what automation did", asks=FiringQuery, gives=FiringSerializer, paged=True
    )
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """The newest first; what is older than 90 days is gone."""
        rows = log.firings(self.person, rule=query.get("rule", ""), ticket_id=query.get("ticket"))
        page = slice_after(rows.order_by(), ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(page, each(firing_form))


class Macros(Resource):
    @operation("macros_list", "List macros", asks=PageQuery, gives=MacroSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """The caller's own and those of everybody, by name."""
        require(self.person, Permission.WORK_TICKETS)
        rows = macros.macros_of(self.person).order_by()
        return Page(slice_after(rows, ("name", "id"), query["cursor"], query["page_size"]), each(macro_form))

    @operation("macros_create", "Add a macro", takes=WriteMacroSerializer, gives=MacroSerializer, status=201)
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """Shared ones are for those who may write automation."""
        return macro_form(macros.create_macro(self.person, **wish))


class OneMacro(Resource):
    @operation("macros_read", "Read a macro", gives=MacroSerializer)
    def get(self, request: Request, macro_id: int) -> Any:
        require(self.person, Permission.WORK_TICKETS)
        return macro_form(macros.macro_of(self.person, macro_id))

    @operation("macros_change", "Change a macro", takes=ChangeMacroSerializer, gives=MacroSerializer)
    def patch(self, request: Request, macro_id: int, wish: dict[str, Any]) -> Any:
        return macro_form(macros.change_macro(self.person, macro_id, **wish))

    @operation("macros_delete", "Remove a macro", status=204)
    def delete(self, request: Request, macro_id: int) -> None:
        macros.delete_macro(self.person, macro_id)


class MacroOnTicket(Resource):
    @operation("tickets_macro", "Use a macro on a ticket", gives=TicketSerializer)
    def post(self, request: Request, ticket_id: int, macro_id: int) -> Any:
        """All of its steps or none: the first that is refused is the reason. Nothing of it is sent."""
        ticket_of(self.person, ticket_id)
        macros.apply_macro(self.person, ticket_id, macro_id)
        return written(self.person, ticket_id)


def _versions() -> "QuerySet[AutomationVersion]":
    return AutomationVersion.objects.select_related("author", "reviewer", "based_on")


def _version(reader: User, number: int) -> AutomationVersion:
    require(reader, Permission.WRITE_AUTOMATION)
    version = _versions().filter(number=number).first()
    if version is None:
        raise Missing(_("There is no version %(number)d of automation.") % {"number": number})
    return version
