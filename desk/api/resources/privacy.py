"""Erasing a customer, all that the desk holds about one, and how long it keeps what is written."""

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from desk.actions.customers import customer_export, erasure, retention
from desk.api.forms.privacy import (
    DueSerializer,
    EraseSerializer,
    ErasureSerializer,
    HeldSerializer,
    RetentionSerializer,
    RulesSerializer,
    erasure_form,
    held_form,
    retention_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.views import Resource
from desk.common.paging import slice_after
from desk.people.permissions import Permission


class PersonalData(Resource):
    reads = Permission.ERASE_CUSTOMERS

    @operation("customers_personal_data_read", "Count what is held about a customer", gives=HeldSerializer)
    def get(self, request: Request, customer_id: int) -> Any:
        return held_form(erasure.preview(self.person, customer_id))


class Erase(Resource):
    reads = Permission.ERASE_CUSTOMERS

    @operation(
        "customers_erase", "Erase a customer for good", takes=EraseSerializer, gives=ErasureSerializer, status=202
    )
    def post(self, request: Request, customer_id: int, wish: dict[str, Any]) -> Any:
        """Names and handles go at once, the rest in the background: read the erasure until its `state` is `done`.

        Tickets, clocks and figures stay, without words. What the network tells again does not come back. The old
        tickets take no reply any more; whoever writes again is a new customer.
        """
        return erasure_form(erasure.erase(self.person, customer_id, handle=wish["handle"], ground=wish["ground"]))


class Export(Resource):
    reads = Permission.EXPORT_CUSTOMERS

    @operation("customers_export_read", "Download all that is held about a customer", file="application/json")
    def get(self, request: Request, customer_id: int) -> HttpResponse:
        """For the person who asks to see it. Who took it stands in the audit log."""
        found = customer_export.export(self.person, customer_id)
        return HttpResponse(
            customer_export.as_file(found),
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="customer-{customer_id}.json"'},
        )


class Erasures(Resource):
    reads = Permission.ERASE_CUSTOMERS

    @operation("erasures_list", "List erasures", asks=PageQuery, gives=ErasureSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """The newest first."""
        rows = erasure.erasures().order_by()
        found = slice_after(rows, ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(found, each(erasure_form))


class OneErasure(Resource):
    reads = Permission.ERASE_CUSTOMERS

    @operation("erasures_read", "Read an erasure", gives=ErasureSerializer)
    def get(self, request: Request, erasure_id: int) -> Any:
        return erasure_form(erasure.one(self.person, erasure_id))


class RetentionRules(Resource):
    reads = Permission.ERASE_CUSTOMERS

    @operation("retention_read", "Read how long things are kept", gives=RetentionSerializer)
    def get(self, request: Request) -> Any:
        return retention_form(retention.current())

    @operation("retention_change", "Set how long things are kept", takes=RulesSerializer, gives=RetentionSerializer)
    def put(self, request: Request, wish: dict[str, Any]) -> Any:
        """The next round begins at once."""
        return retention_form(retention.change(self.person, retention.Rules(**wish)))


class PreviewRetention(Resource):
    reads = Permission.ERASE_CUSTOMERS

    @operation("retention_preview", "See what rules would take away", takes=RulesSerializer, gives=DueSerializer)
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        return asdict(retention.preview(self.person, retention.Rules(**wish)))
