"""Comparing an inbox with its network."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.inboxes import reconcile as verbs
from desk.api.forms.reconciliations import (
    AskReconciliationSerializer,
    DaysQuery,
    EstimateSerializer,
    ReconciliationSerializer,
    reconciliation_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.inboxes.models import Inbox, Reconciliation
from desk.people.permissions import Permission


def _inbox(inbox_id: int) -> Inbox:
    inbox = Inbox.objects.filter(pk=inbox_id).first()
    if inbox is None:
        raise Missing(_("There is no such inbox."))
    return inbox


class Reconciliations(Resource):
    reads = Permission.MANAGE_INBOXES

    @operation(
        "inboxes_reconciliations_list",
        "List comparisons with the network",
        asks=PageQuery,
        gives=ReconciliationSerializer,
        paged=True,
    )
    def get(self, request: Request, inbox_id: int, query: dict[str, Any]) -> Page:
        """Newest first; a comparison is kept for seven days."""
        rows = Reconciliation.objects.filter(inbox=_inbox(inbox_id))
        found = slice_after(rows, ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(found, each(reconciliation_form))

    @operation(
        "inboxes_reconcile",
        "Compare an account with its network",
        takes=AskReconciliationSerializer,
        gives=ReconciliationSerializer,
        status=202,
    )
    def post(self, request: Request, inbox_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """A worker reads the network's recent messages with cursors of its own; ask `reconciliations/{id}/` for the
        result. 409 `over_budget` where it may cost more than is left of the month's budget, `running` where one runs.
        """
        return reconciliation_form(verbs.ask(self.person, inbox_id, **wish))


class OneReconciliation(Resource):
    reads = Permission.MANAGE_INBOXES

    @operation("inboxes_reconciliations_read", "Read a comparison with the network", gives=ReconciliationSerializer)
    def get(self, request: Request, inbox_id: int, run_id: int) -> dict[str, Any]:
        run = Reconciliation.objects.filter(pk=run_id, inbox=inbox_id).first()
        if run is None:
            raise Missing(_("There is no such comparison."))
        return reconciliation_form(run)


class Estimate(Resource):
    reads = Permission.MANAGE_INBOXES

    @operation(
        "inboxes_reconcile_estimate_read",
        "What a comparison may cost",
        asks=DaysQuery,
        gives=EstimateSerializer,
    )
    def get(self, request: Request, inbox_id: int, query: dict[str, Any]) -> Any:
        now = timezone.now()
        found = verbs.estimate(_inbox(inbox_id), now - timedelta(days=query["days"]), now)
        return EstimateSerializer(found).data
