"""The report of a crisis, its summary, and what is to be done because of it."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request

from desk.actions import crisis_report as verbs
from desk.api.forms.crises import CrisisEntrySerializer, entry_form
from desk.api.forms.crisis_report import CrisisReportSerializer, NewActionSerializer, SummarySerializer, report_form
from desk.api.operation import operation
from desk.api.resources.crises import known_crisis
from desk.api.views import Resource
from desk.people.permissions import Permission


class Report(Resource):
    reads = Permission.SEE_CRISES

    @operation("crises_report_read", "Read the report of a crisis", gives=CrisisReportSerializer)
    def get(self, request: Request, crisis_id: int) -> dict[str, Any]:
        """As things stand; the chain of the log is checked with it."""
        crisis = known_crisis(crisis_id)
        return report_form(verbs.report_of(crisis, timezone.now()), crisis.log_length, self.eyes)


class Summary(Resource):
    @operation("crises_summary", "Write the summary", takes=SummarySerializer, gives=CrisisEntrySerializer, status=201)
    def post(self, request: Request, crisis_id: int, wish: dict[str, Any]) -> Any:
        """A line of the log; the newest holds."""
        return entry_form(verbs.write_summary(self.person, crisis_id, wish["text"], seen=wish.get("seen")))


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
