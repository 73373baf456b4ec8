"""Saved reports: kept under a name, read at any time, and by e-mail for whoever subscribes."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from desk.actions.reports import report_compared, report_files, report_mails
from desk.actions.reports import saved_reports as verbs
from desk.actions.reports.report_wishes import Wish
from desk.api.fields import IdField, MomentField
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.resources.reports import ReportQuerySerializer, ReportSerializer, file_of, told
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.people.permissions import Permission
from desk.reports.models import ReportSubscription, SavedReport
from policies.report_periods import LAST_DAY


class OwnerSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class SavedReportSerializer(serializers.Serializer[Any]):
    """`team` is whose report it is where `sharing` is team; null when that team is gone."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    owner = OwnerSerializer()
    sharing = serializers.ChoiceField(choices=SavedReport.Sharing.values)
    team = serializers.IntegerField(allow_null=True, source="team_id")
    shows = ReportQuerySerializer()
    created_at = MomentField()
    changed_at = MomentField()


class SaveReportSerializer(serializers.Serializer[Any]):
    """`shows` is what the report is asked for; a period other than own moves along with the days."""

    name = serializers.CharField(max_length=80)
    shows = ReportQuerySerializer()
    sharing = serializers.ChoiceField(choices=SavedReport.Sharing.values, default=SavedReport.Sharing.PRIVATE)
    team = IdField(allow_null=True, default=None)


class ChangeSavedReportSerializer(serializers.Serializer[Any]):
    """What is left out stays."""

    name = serializers.CharField(max_length=80, required=False)
    shows = ReportQuerySerializer(required=False)
    sharing = serializers.ChoiceField(choices=SavedReport.Sharing.values, required=False)
    team = IdField(allow_null=True, required=False)


class SubscriptionSerializer(serializers.Serializer[Any]):
    """At `hour` o'clock of the zone: daily, weekly on `weekday` (1 is Monday), or monthly on `day`."""

    rhythm = serializers.ChoiceField(choices=ReportSubscription.Rhythm.values)
    weekday = serializers.IntegerField()
    day = serializers.IntegerField()
    hour = serializers.IntegerField()
    timezone = serializers.CharField()
    next_at = MomentField()


class SubscribeSerializer(serializers.Serializer[Any]):
    """What is left out stays; at first it is Mondays at 8 in the desk's own zone."""

    rhythm = serializers.ChoiceField(choices=ReportSubscription.Rhythm.values, required=False)
    weekday = serializers.IntegerField(min_value=1, max_value=7, required=False)
    day = serializers.IntegerField(min_value=1, max_value=LAST_DAY, required=False)
    hour = serializers.IntegerField(min_value=0, max_value=23, required=False)
    timezone = serializers.CharField(max_length=50, required=False)


class SavedReports(Resource):
    reads = Permission.SEE_REPORTS

    @operation("saved_reports_list", "List saved reports", asks=PageQuery, gives=SavedReportSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """Your own and those that are shared with you, by name."""
        rows = verbs.saved(self.person)
        return Page(slice_after(rows, ("name", "id"), query["cursor"], query["page_size"]), each(_form))

    @operation(
        "saved_reports_create", "Save a report", takes=SaveReportSerializer, gives=SavedReportSerializer, status=201
    )
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        return _form(verbs.save_report(self.person, **_columns(wish)))


class OneSavedReport(Resource):
    reads = Permission.SEE_REPORTS

    @operation("saved_reports_read", "Read a saved report", gives=SavedReportSerializer)
    def get(self, request: Request, report_id: int) -> Any:
        """What it is called and shows; its figures are below it."""
        return _form(verbs.open_report(self.person, report_id))

    @operation(
        "saved_reports_change", "Change a saved report", takes=ChangeSavedReportSerializer, gives=SavedReportSerializer
    )
    def patch(self, request: Request, report_id: int, wish: dict[str, Any]) -> Any:
        """What is left out stays. For the owner, and for shared ones the permission `manage_reports`."""
        return _form(verbs.change_report(self.person, report_id, **_columns(wish)))

    @operation("saved_reports_delete", "Delete a saved report", status=204)
    def delete(self, request: Request, report_id: int) -> None:
        """Nobody gets it by e-mail any more."""
        verbs.delete_report(self.person, report_id)


class SavedFigures(Resource):
    reads = Permission.SEE_REPORTS

    @operation("saved_reports_figures_read", "Read the figures of a saved report", gives=ReportSerializer)
    def get(self, request: Request, report_id: int) -> Any:
        """As `reports/` gives them for what it shows."""
        return told(report_compared.read(self.person, _wish(self, report_id)))


class SavedCsv(Resource):
    reads = Permission.SEE_REPORTS

    @operation("saved_reports_csv_read", "Read a saved report as CSV", file="text/csv")
    def get(self, request: Request, report_id: int) -> Any:
        """The tables of its screen, in your own language."""
        return file_of(self.person, _wish(self, report_id), "csv")


class SavedXlsx(Resource):
    reads = Permission.SEE_REPORTS

    @operation("saved_reports_xlsx_read", "Read a saved report as XLSX", file=report_files.XLSX)
    def get(self, request: Request, report_id: int) -> Any:
        """The tables of its screen, one on each sheet, in your own language."""
        return file_of(self.person, _wish(self, report_id), "xlsx")


class Subscription(Resource):
    reads = Permission.SEE_REPORTS

    @operation("report_subscription_read", "When you get a saved report by e-mail", gives=SubscriptionSerializer)
    def get(self, request: Request, report_id: int) -> Any:
        found = report_mails.subscriptions(self.person).filter(report=report_id).first()
        if found is None:
            raise Missing(_("You do not get this report by e-mail."))
        return SubscriptionSerializer(found).data

    @operation(
        "report_subscription_write", "Get a saved report by e-mail", takes=SubscribeSerializer,
        gives=SubscriptionSerializer,
    )  # fmt: skip
    def put(self, request: Request, report_id: int, wish: dict[str, Any]) -> Any:
        """The main figures beside those of the period before, with the XLSX attached. Again: at another time."""
        return SubscriptionSerializer(report_mails.subscribe(self.person, report_id, **wish)).data

    @operation("report_subscription_delete", "No longer get a saved report by e-mail", status=204)
    def delete(self, request: Request, report_id: int) -> None:
        report_mails.unsubscribe(self.person, report_id)


def _form(report: SavedReport) -> Any:
    owner = {"id": report.owner_id, "name": report.owner.name}
    columns = ("id", "name", "sharing", "team_id", "created_at", "changed_at")
    plain = {name: getattr(report, name) for name in columns}
    return SavedReportSerializer({**plain, "owner": owner, "shows": Wish.of_json(report.wish)}).data


def _wish(view: Resource, report_id: int) -> Wish:
    return Wish.of_json(verbs.open_report(view.person, report_id).wish)


def _columns(wish: dict[str, Any]) -> dict[str, Any]:
    names = {"team": "team_id", "shows": "wish"}
    return {names.get(name, name): Wish(**value) if name == "shows" else value for name, value in wish.items()}
