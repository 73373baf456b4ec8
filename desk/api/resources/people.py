"""Colleagues, teams, tags, the caller, and the audit trail."""

from typing import Any

from rest_framework.request import Request

from desk.actions import people as verbs
from desk.api.forms.people import (
    AuditEntrySerializer,
    AuditQuery,
    ChangeMeSerializer,
    MeSerializer,
    TeamSerializer,
    UserSerializer,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery
from desk.api.views import Resource
from desk.common.paging import slice_after
from desk.people.models import AuditEntry, Team, User
from desk.people.permissions import Permission


class Users(Resource):
    @operation("users_list", "List colleagues", asks=PageQuery, gives=UserSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        found = slice_after(User.objects.prefetch_related("teams"), ("id",), query["cursor"], query["page_size"])
        return Page(found, lambda row: UserSerializer(row).data)


class Teams(Resource):
    @operation("teams_list", "List teams", asks=PageQuery, gives=TeamSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        found = slice_after(Team.objects.all(), ("id",), query["cursor"], query["page_size"])
        return Page(found, lambda row: TeamSerializer(row).data)


class Me(Resource):
    @operation("me_read", "Read your own profile", gives=MeSerializer)
    def get(self, request: Request) -> Any:
        return MeSerializer(self.person).data

    @operation("me_change", "Change your own preferences", takes=ChangeMeSerializer, gives=MeSerializer)
    def patch(self, request: Request, wish: dict[str, Any]) -> Any:
        """What is left out stays. `away` keeps new tickets from being assigned to you."""
        if "away" in wish:
            verbs.set_away(self.person, wish.pop("away"))
        if wish:
            verbs.change_own(self.person, **wish)
        self.person.refresh_from_db()
        return MeSerializer(self.person).data


class Audit(Resource):
    reads = Permission.SEE_AUDIT

    @operation("audit_list", "List what was changed by whom", asks=AuditQuery, gives=AuditEntrySerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """The newest first."""
        wanted = {name: query[name] for name in ("subject", "subject_id", "actor") if name in query}
        rows = AuditEntry.objects.filter(**wanted).select_related("actor")
        found = slice_after(rows, ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(found, lambda row: AuditEntrySerializer(row).data)
