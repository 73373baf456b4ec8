"""Files of what the company asked, knows, changes and talks about."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from desk.actions.exports.exports import export
from desk.api.fields import IdField
from desk.api.operation import operation
from desk.api.views import Resource
from desk.people.models import User


class ExportQuery(serializers.Serializer[Any]):
    before = IdField(required=False, help_text="Go on with what is older than this number: a file has at most 10,000.")


class ExportAsCsv(Resource):
    @operation("exports_csv_read", "Take a file as CSV", asks=ExportQuery, file="text/csv")
    def get(self, request: Request, kind: str, query: dict[str, Any]) -> HttpResponse:
        """`kind`: `questions` (needs `see_reports`), `causes`, `improvements` with their effect, `articles`, `threads`
        that you may read, `thread-words`, what is said in them, `proposals` of changes, or `firings` of automation
        (needs `write_automation`).

        Columns are named as in the other answers; the newest come first.
        """
        return _file(self.person, kind, "csv", query)


class ExportAsXlsx(Resource):
    @operation(
        "exports_xlsx_read",
        "Take a file as XLSX",
        asks=ExportQuery,
        file="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    def get(self, request: Request, kind: str, query: dict[str, Any]) -> HttpResponse:
        """The same cells."""
        return _file(self.person, kind, "xlsx", query)


class ExportAsJson(Resource):
    @operation("exports_json_read", "Take a file as JSON", asks=ExportQuery, file="application/json")
    def get(self, request: Request, kind: str, query: dict[str, Any]) -> HttpResponse:
        """The same lines as a list of objects."""
        return _file(self.person, kind, "json", query)


def _file(person: User, kind: str, form: str, query: dict[str, Any]) -> HttpResponse:
    found = export(person, kind, form, before=query.get("before"))
    return HttpResponse(found.content, found.type, headers={"Content-Disposition": found.disposition})
