"""Crises: started, raised, confirmed by a second person, stood down, reviewed, each with its line in the log."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.crises import crises as verbs
from desk.api.forms.crises import (
    ChangeCrisisScopeSerializer,
    CrisisEntrySerializer,
    CrisisLevelSerializer,
    CrisisNoteSerializer,
    CrisisOwnerSerializer,
    CrisisQuery,
    CrisisReasonSerializer,
    CrisisReviewSerializer,
    CrisisSerializer,
    CrisisStepSerializer,
    LogCheckSerializer,
    StartCrisisSerializer,
    crisis_form,
    entry_form,
)
from desk.api.forms.sla import EffectSerializer, effect_form
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.crises.log import broken_link
from desk.crises.models import Crisis, CrisisEntry
from desk.people.permissions import Permission, require


class Crises(Resource):
    @operation("crises_list", "List crises", asks=CrisisQuery, gives=CrisisSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """Newest first."""
        rows, now = _rows(), timezone.now()
        if "state" in query:
            rows = rows.filter(state=query["state"])
        found = slice_after(rows, ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(found, each(lambda crisis: crisis_form(crisis, now)))

    @operation("crises_start", "Start a crisis", takes=StartCrisisSerializer, gives=CrisisSerializer, status=201)
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """Level 3 lapses to level 2 after half an hour unless a second person confirms it."""
        return crisis_now(verbs.start(self.person, **wish).pk)


class OneCrisis(Resource):
    @operation("crises_read", "Read a crisis", gives=CrisisSerializer)
    def get(self, request: Request, crisis_id: int) -> Any:
        return crisis_now(crisis_id)


class Level(Resource):
    @operation("crises_level", "Raise or lower a crisis", takes=CrisisLevelSerializer, gives=CrisisSerializer)
    def post(self, request: Request, crisis_id: int, wish: dict[str, Any]) -> Any:
        """A suspected one starts with this."""
        return crisis_now(verbs.set_level(self.person, crisis_id, **wish).pk)


class Confirm(Resource):
    @operation("crises_confirm", "Confirm level 3", takes=CrisisStepSerializer, gives=CrisisSerializer)
    def post(self, request: Request, crisis_id: int, wish: dict[str, Any]) -> Any:
        """As the second person: whoever asked for level 3 can't."""
        return crisis_now(verbs.confirm(self.person, crisis_id, **wish).pk)


class Scope(Resource):
    @operation("crises_scope", "Change whom a crisis covers", takes=ChangeCrisisScopeSerializer, gives=CrisisSerializer)
    def post(self, request: Request, crisis_id: int, wish: dict[str, Any]) -> Any:
        return crisis_now(verbs.change_scope(self.person, crisis_id, **wish).pk)


class Owner(Resource):
    @operation("crises_owner", "Hand a crisis over", takes=CrisisOwnerSerializer, gives=CrisisSerializer)
    def post(self, request: Request, crisis_id: int, wish: dict[str, Any]) -> Any:
        owner = wish.pop("owner")
        return crisis_now(verbs.hand_over(self.person, crisis_id, owner, **wish).pk)


class StandDown(Resource):
    @operation("crises_stand_down", "Stand down", takes=CrisisReasonSerializer, gives=CrisisSerializer)
    def post(self, request: Request, crisis_id: int, wish: dict[str, Any]) -> Any:
        """It is over, and has no effect from now on."""
        return crisis_now(verbs.stand_down(self.person, crisis_id, **wish).pk)


class Dismiss(Resource):
    @operation("crises_dismiss", "Say that it is no crisis", takes=CrisisReasonSerializer, gives=CrisisSerializer)
    def post(self, request: Request, crisis_id: int, wish: dict[str, Any]) -> Any:
        return crisis_now(verbs.dismiss(self.person, crisis_id, **wish).pk)


class Review(Resource):
    @operation("crises_review", "Close the review", takes=CrisisReviewSerializer, gives=CrisisSerializer)
    def post(self, request: Request, crisis_id: int, wish: dict[str, Any]) -> Any:
        return crisis_now(verbs.review(self.person, crisis_id, **wish).pk)


class Log(Resource):
    @operation("crises_log_list", "Read the log", asks=PageQuery, gives=CrisisEntrySerializer, paged=True)
    def get(self, request: Request, crisis_id: int, query: dict[str, Any]) -> Page:
        """From its beginning."""
        require(self.person, Permission.SEE_CRISES)
        crisis = known_crisis(crisis_id)
        rows = CrisisEntry.objects.filter(crisis=crisis).select_related("actor")
        return Page(slice_after(rows, ("number",), query["cursor"], query["page_size"]), each(entry_form))

    @operation("crises_note", "Write in the log", takes=CrisisNoteSerializer, gives=CrisisEntrySerializer, status=201)
    def post(self, request: Request, crisis_id: int, wish: dict[str, Any]) -> Any:
        """A decision or an observation. It stays as it is written."""
        return entry_form(verbs.note(self.person, crisis_id, wish["text"]))


class LogCheck(Resource):
    reads = Permission.SEE_CRISES

    @operation("crises_log_check_read", "Check the log", gives=LogCheckSerializer)
    def get(self, request: Request, crisis_id: int) -> Any:
        """Whether the chain of digests holds, and where it first does not."""
        crisis = known_crisis(crisis_id)
        broken = broken_link(crisis)
        return {
            "holds": broken is None,
            "entries": crisis.log_length,
            "broken_at": broken.number if broken else None,
            "problem": broken.problem if broken else None,
        }


class RenewPromises(Resource):
    @operation("crises_renew", "Give open clocks what the policies promise now", gives=CrisisSerializer)
    def post(self, request: Request, crisis_id: int) -> Any:
        """Those of the tickets that it covers, or covered once; within seconds. Otherwise they keep what they had."""
        return crisis_now(verbs.renew_clocks(self.person, crisis_id).pk)


class PreviewRenewal(Resource):
    @operation("crises_renew_preview", "What that would do to open clocks", gives=EffectSerializer)
    def post(self, request: Request, crisis_id: int) -> Any:
        return effect_form(verbs.preview_renewal(self.person, crisis_id))


def _rows() -> QuerySet[Crisis]:
    return Crisis.objects.select_related("plan", "owner", "asked_by", "confirmed_by").defer("plan__document")


def known_crisis(crisis_id: int) -> Crisis:
    crisis = _rows().filter(pk=crisis_id).first()
    if crisis is None:
        raise Missing(_("There is no such crisis."))
    return crisis


def crisis_now(crisis_id: int) -> dict[str, Any]:
    """As it stands after a step."""
    return crisis_form(known_crisis(crisis_id), timezone.now())
