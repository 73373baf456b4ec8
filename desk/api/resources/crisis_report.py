"""The report of a crisis, its summary, and what is to be done because of it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from desk.actions.crises import crisis_report as verbs
from desk.api.forms.crises import CrisisEntrySerializer, entry_form
from desk.api.forms.crisis_report import CrisisReportSerializer, NewActionSerializer, SummarySerializer, report_form
from desk.api.operation import operation
from desk.api.resources.crises import known_crisis
from desk.api.views import Resource
from desk.crises.models import Crisis
from desk.people.models import User
from desk.people.permissions import Permission


class Report(Resource):
    reads = Permission.SEE_CRISES

    @operation("crises_report_read", "Read the report of a crisis", gives=CrisisReportSerializer)
    def get(self, request: Request, crisis_id: int) -> dict[str, Any]:
        """As things stand; the chain of the log is checked with it."""
        crisis = known_crisis(crisis_id)
        return report_form(verbs.report_of(crisis, timezone.now()), crisis.log_length, self.eyes)


class ReportOnPaper(Resource):
    """`on_paper` comes from whoever wires addresses: paper is drawn by the screens, which this side does not know."""

    reads = Permission.SEE_CRISES
    on_paper: Callable[[Crisis, User], HttpResponse] | None = None

    @operation("crises_report_pdf_read", "Read the report of a crisis as PDF", file="application/pdf")
    def get(self, request: Request, crisis_id: int) -> HttpResponse:
        """As things stand, in the caller's language, with what the caller may see."""
        if self.on_paper is None:
            raise TypeError("nobody draws paper")
        return self.on_paper(known_crisis(crisis_id), self.person)


class Summary(Resource):
    @operation("crises_summary", "Write the summary", takes=SummarySerializer, gives=CrisisEntrySerializer, status=201)
    def post(self, request: Request, crisis_id: int, wish: dict[str, Any]) -> Any:
        """A line of the log; the newest holds."""
        return entry_form(verbs.write_summary(self.person, crisis_id, wish["text"], seen=wish.get("seen")))


class Worked(Resource):
    @operation("crises_worked", "Write what worked", takes=SummarySerializer, gives=CrisisEntrySerializer, status=201)
    def post(self, request: Request, crisis_id: int, wish: dict[str, Any]) -> Any:
        """A line of the log; the newest holds."""
        return entry_form(verbs.write_worked(self.person, crisis_id, wish["text"], seen=wish.get("seen")))


class Actions(Resource):
    @operation(
        "crises_actions_add", "Add an action", takes=NewActionSerializer, gives=CrisisEntrySerializer, status=201
    )
    def post(self, request: Request, crisis_id: int, wish: dict[str, Any]) -> Any:
        """What is to be done, by whom, until when. Its number is that of its line in the log."""
        added = verbs.add_action(self.person, crisis_id, wish["text"], owner_id=wish.get("owner"), due=wish.get("due"))
        return entry_form(added)


class FinishAction(Resource):
    @operation("crises_actions_finish", "Say that an action is done", gives=CrisisEntrySerializer, status=201)
    def post(self, request: Request, crisis_id: int, number: int) -> Any:
        return entry_form(verbs.finish_action(self.person, crisis_id, number))
