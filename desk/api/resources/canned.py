"""Canned responses: the texts that a team starts from."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.replies import canned as verbs
from desk.actions.replies import offers
from desk.actions.replies.canned_preview import Preview as Previewed
from desk.actions.replies.canned_preview import preview
from desk.actions.replies.canned_use import statistics
from desk.actions.statements.statement_texts import approve_statement
from desk.api.forms.canned import (
    CannedBlockedSerializer,
    CannedPreviewSerializer,
    CannedQuery,
    CannedResponseSerializer,
    ChangeCannedResponseSerializer,
    FillSerializer,
    ObjectionSerializer,
    OfferQuery,
    OfferSerializer,
    SampleSerializer,
    SayingSerializer,
    StatisticsQuery,
    StatisticsSerializer,
    WriteCannedResponseSerializer,
    canned_form,
    offer_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, each
from desk.api.resources.tickets import ticket_of
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.replies.canned_list import CannedFilter
from desk.replies.models import CannedResponse


class CannedResponses(Resource):
    @operation(
        "canned_responses_list", "List canned responses", asks=CannedQuery, gives=CannedResponseSerializer, paged=True
    )
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """By name, drafts too."""
        cursor, size = query.pop("cursor"), query.pop("page_size")
        wanted = CannedFilter(**_columns(query))
        return Page(slice_after(wanted.rows(timezone.localdate()), ("name",), cursor, size), each(canned_form))

    @operation(
        "canned_responses_create",
        "Add a canned response",
        takes=WriteCannedResponseSerializer,
        gives=CannedResponseSerializer,
        status=201,
    )
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """A draft. A text for one network that never fits there is refused; `check/` says what else is wrong."""
        return canned_form(verbs.create_canned(self.person, **_columns(wish)))


class OneCannedResponse(Resource):
    @operation("canned_responses_read", "Read a canned response", gives=CannedResponseSerializer)
    def get(self, request: Request, canned_id: int) -> Any:
        return canned_form(_canned(canned_id))

    @operation(
        "canned_responses_change",
        "Change a canned response",
        takes=ChangeCannedResponseSerializer,
        gives=CannedResponseSerializer,
        refuses={422: CannedBlockedSerializer},
    )
    def patch(self, request: Request, canned_id: int, wish: dict[str, Any]) -> Any:
        """What is left out stays. 422: it is on offer, and a rule has something against what it would say."""
        return canned_form(verbs.change_canned(self.person, canned_id, **_columns(wish)))

    @operation("canned_responses_delete", "Remove a canned response", status=204)
    def delete(self, request: Request, canned_id: int) -> None:
        verbs.delete_canned(self.person, canned_id)


class ActivateCanned(Resource):
    @operation(
        "canned_responses_activate",
        "Put a canned response on offer",
        gives=CannedResponseSerializer,
        refuses={422: CannedBlockedSerializer},
    )
    def post(self, request: Request, canned_id: int) -> Any:
        """422: rules of the active rulebook stand in the way, `objections` say which."""
        return canned_form(verbs.activate_canned(self.person, canned_id))


class ApproveStatement(Resource):
    @operation("canned_responses_approve", "Approve the words of a holding statement", gives=CannedResponseSerializer)
    def post(self, request: Request, canned_id: int) -> Any:
        """By a colleague who did not write them. In a crisis they may then leave at once."""
        return canned_form(approve_statement(self.person, canned_id))


class WithdrawCanned(Resource):
    @operation("canned_responses_withdraw", "Take a canned response off offer", gives=CannedResponseSerializer)
    def post(self, request: Request, canned_id: int) -> Any:
        """It is a draft again."""
        return canned_form(verbs.withdraw_canned(self.person, canned_id))


class Preview(Resource):
    @operation(
        "canned_responses_preview",
        "Look at a canned response before it is kept",
        takes=SayingSerializer,
        gives=CannedPreviewSerializer,
    )
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """How it reads, how long it can become, and what the rules say; 400 with what is wrong where."""
        values = _columns(wish)
        inbox_ids = values.pop("inbox_ids")
        return _preview_form(preview(self.person, verbs.unsaved(**values), inbox_ids))


class CheckCanned(Resource):
    @operation("canned_responses_check_read", "Check a canned response", gives=CannedPreviewSerializer)
    def get(self, request: Request, canned_id: int) -> Any:
        """How it reads, how long it can become, and what the rules of the active rulebook say."""
        canned = _canned(canned_id)
        return _preview_form(preview(self.person, canned, verbs.inbox_ids_of(canned)))


class CannedStatistics(Resource):
    @operation(
        "canned_responses_statistics_read",
        "Read what came of a canned response",
        asks=StatisticsQuery,
        gives=StatisticsSerializer,
    )
    def get(self, request: Request, canned_id: int, query: dict[str, Any]) -> Any:
        """Counted from the replies that began with it."""
        return StatisticsSerializer(statistics(self.person, _canned(canned_id).pk, days=query["days"])).data


class Offers(Resource):
    """Canned responses as the composer offers them."""

    @operation(
        "tickets_canned_responses_list",
        "List the canned responses that fit a ticket",
        asks=OfferQuery,
        gives=OfferSerializer,
        many=True,
    )
    def get(self, request: Request, ticket_id: int, query: dict[str, Any]) -> Any:
        """With their variables filled in, in the customer's language where there is a text in it; at most eight."""
        ticket = ticket_of(self.person, ticket_id)
        return [offer_form(one) for one in offers.offered(self.person, ticket, query["visibility"], query["q"])]


class Fill(Resource):
    """One of them, with what only the agent knows."""

    @operation(
        "tickets_canned_responses_fill", "Fill in a canned response", takes=FillSerializer, gives=OfferSerializer
    )
    def post(self, request: Request, ticket_id: int, canned_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """Nothing is kept or sent. 400 with what is wrong by variable."""
        ticket = ticket_of(self.person, ticket_id)
        return offer_form(offers.fill(self.person, ticket, canned_id, wish["visibility"], wish["values"]))


def _canned(canned_id: int) -> CannedResponse:
    canned = CannedResponse.objects.select_related("team", "owner", "approved_by").filter(pk=canned_id).first()
    if canned is None:
        raise Missing(_("There is no such canned response."))
    return canned


def _preview_form(previewed: Previewed) -> dict[str, Any]:
    return {
        "samples": SampleSerializer(previewed.samples, many=True).data,
        "lengths": [fit.as_json() for fit in previewed.lengths],
        "objections": ObjectionSerializer(previewed.objections, many=True).data,
        "blocked": previewed.blocked,
    }


def _columns(wish: dict[str, Any]) -> dict[str, Any]:
    """By the names that the verbs know."""
    ids = {"team": "team_id", "owner": "owner_id", "inboxes": "inbox_ids"}
    return {ids.get(name, name): value for name, value in wish.items()}
