"""Why customers had to ask: the tree of causes, departments, and what a ticket was about."""

from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.causes import causes as verbs
from desk.actions.causes.causes import CauseWish
from desk.actions.tickets.ticket_causes import cause_of, choose, suggestions
from desk.api.forms.causes import (
    CauseAskingSerializer,
    CauseOfTicketSerializer,
    CauseSerializer,
    ChangeCauseSerializer,
    ChooseCauseSerializer,
    DepartmentSerializer,
    MergeCauseSerializer,
    WriteCauseSerializer,
    WriteDepartmentSerializer,
    cause_form,
    cause_of_ticket_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each, serialized
from desk.api.resources.tickets import ticket_of
from desk.api.views import Resource
from desk.causes.asking import asked_now
from desk.causes.models import Cause, Department
from desk.causes.tree import Tree
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.tickets.models import Ticket


def _cause(cause_id: int) -> tuple[Cause, Tree]:
    tree = Tree()
    if cause_id not in tree:
        raise Missing(_("There is no such cause."))
    return tree[cause_id], tree


def _wish(wish: dict[str, Any]) -> CauseWish:
    return CauseWish(wish["name_nl"], wish["name_en"], wish.get("below"), wish.get("department"), wish.get("owner"))


def _written(cause_id: int) -> dict[str, Any]:
    return cause_form(*_cause(cause_id))


class Causes(Resource):
    """The tree of causes."""

    @operation("causes_list", "List causes", asks=PageQuery, gives=CauseSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """Archived and merged ones too, oldest first; `below` makes the tree."""
        found = slice_after(Cause.objects.all(), ("id",), query["cursor"], query["page_size"])
        return Page(found, each(partial(cause_form, tree=Tree())))

    @operation("causes_create", "Add a cause", takes=WriteCauseSerializer, gives=CauseSerializer, status=201)
    def post(self, request: Request, wish: dict[str, Any]) -> dict[str, Any]:
        return _written(verbs.create(self.person, _wish(wish)).pk)


class OneCause(Resource):
    @operation("causes_read", "Read a cause", gives=CauseSerializer)
    def get(self, request: Request, cause_id: int) -> dict[str, Any]:
        return _written(cause_id)

    @operation("causes_change", "Change or move a cause", takes=ChangeCauseSerializer, gives=CauseSerializer)
    def patch(self, request: Request, cause_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """What is left out stays. Its tickets, and what lies below it, go along."""
        cause, tree = _cause(cause_id)
        parent = tree.now(cause.parent_id).pk if cause.parent_id is not None else None
        known = {
            "name_nl": cause.name_nl,
            "name_en": cause.name_en,
            "below": parent,
            "department": cause.department_id,
            "owner": cause.owner_id,
        }
        verbs.change(self.person, cause_id, _wish({**known, **wish}))
        return _written(cause_id)


class ArchiveCause(Resource):
    @operation("causes_archive", "Archive a cause", gives=CauseSerializer)
    def post(self, request: Request, cause_id: int) -> dict[str, Any]:
        """It is not offered any more, nor is what lies below it; its tickets keep it."""
        verbs.archive(self.person, cause_id)
        return _written(cause_id)


class RestoreCause(Resource):
    @operation("causes_restore", "Offer an archived cause again", gives=CauseSerializer)
    def post(self, request: Request, cause_id: int) -> dict[str, Any]:
        verbs.restore(self.person, cause_id)
        return _written(cause_id)


class MergeCause(Resource):
    @operation("causes_merge", "Merge a cause into another", takes=MergeCauseSerializer, gives=CauseSerializer)
    def post(self, request: Request, cause_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """Its tickets are counted for the other, in the past too. `part/` takes it back."""
        verbs.merge(self.person, cause_id, wish["into"])
        return _written(cause_id)


class PartCause(Resource):
    @operation("causes_part", "Take a merge of causes back", gives=CauseSerializer)
    def post(self, request: Request, cause_id: int) -> dict[str, Any]:
        verbs.part(self.person, cause_id)
        return _written(cause_id)


class AskingForCauses(Resource):
    """Whether a cause is asked for."""

    @operation("causes_asking_read", "See whether a cause is asked for", gives=CauseAskingSerializer)
    def get(self, request: Request) -> dict[str, Any]:
        return {"asked": asked_now()}

    @operation(
        "causes_asking_change",
        "Set whether a cause is asked for",
        takes=CauseAskingSerializer,
        gives=CauseAskingSerializer,
    )
    def patch(self, request: Request, wish: dict[str, Any]) -> dict[str, Any]:
        return {"asked": verbs.set_asking(self.person, wish["asked"]).asked}


class Departments(Resource):
    @operation("departments_list", "List departments", asks=PageQuery, gives=DepartmentSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        found = slice_after(Department.objects.all(), ("id",), query["cursor"], query["page_size"])
        return Page(found, serialized(DepartmentSerializer))

    @operation(
        "departments_create",
        "Add a department",
        takes=WriteDepartmentSerializer,
        gives=DepartmentSerializer,
        status=201,
    )
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        return DepartmentSerializer(verbs.create_department(self.person, wish["name"])).data


class OneDepartment(Resource):
    @operation("departments_change", "Rename a department", takes=WriteDepartmentSerializer, gives=DepartmentSerializer)
    def patch(self, request: Request, department_id: int, wish: dict[str, Any]) -> Any:
        return DepartmentSerializer(verbs.rename_department(self.person, department_id, wish["name"])).data

    @operation("departments_delete", "Remove a department", status=204)
    def delete(self, request: Request, department_id: int) -> None:
        """One to which no cause belongs."""
        verbs.delete_department(self.person, department_id)


class CauseOfTicket(Resource):
    """What a ticket was about."""

    @operation("tickets_cause_read", "See what a ticket was about", gives=CauseOfTicketSerializer)
    def get(self, request: Request, ticket_id: int) -> dict[str, Any]:
        """With the causes that its words speak for, the likeliest first, and why."""
        return self._told(ticket_of(self.person, ticket_id))

    @operation(
        "tickets_cause_choose",
        "Say what a ticket was about",
        takes=ChooseCauseSerializer,
        gives=CauseOfTicketSerializer,
    )
    def post(self, request: Request, ticket_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """And resolve it in the same step, where `resolve` says so."""
        choose(self.person, ticket_id, wish["cause"], resolve=wish["resolve"])
        return self._told(ticket_of(self.person, ticket_id))

    def _told(self, ticket: Ticket) -> dict[str, Any]:
        tree = Tree()
        return cause_of_ticket_form(cause_of(ticket.pk), suggestions(ticket, tree), tree)
