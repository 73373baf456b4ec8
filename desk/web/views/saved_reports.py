"""Reports under a name: the list, each at an address that stays, its settings, and getting it by e-mail."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from desk.actions.reports import report_mails
from desk.actions.reports import saved_reports as verbs
from desk.actions.reports.report_tables import weekday_name
from desk.actions.reports.report_wishes import Names, Wish
from desk.common.errors import DeskError
from desk.common.paging import slice_after
from desk.people.models import Team, User
from desk.people.permissions import Permission
from desk.reports.models import ReportSubscription, SavedReport
from desk.web.forms import Field, choice, filled, number, show_form
from desk.web.guards import person, signed_in
from desk.web.report_asked import wished
from desk.web.show.subscriptions import rhythm_in_words
from desk.web.views.reports import shown_page

PAGE = 50
SEE = Permission.SEE_REPORTS


@require_safe
@signed_in(SEE)
def overview(request: HttpRequest) -> HttpResponse:
    """Those that this person may open, by name."""
    reader = person(request)
    page = slice_after(verbs.saved(reader), ("name", "id"), request.GET.get("cursor", ""), PAGE)
    mine = {one.report_id: one for one in report_mails.subscriptions(reader).filter(report__in=page.rows)}
    names = Names.now()
    rows = [
        {
            "report": one,
            "summary": names.summary(Wish.of_json(one.wish)),
            "mailed": rhythm_in_words(mine[one.pk]) if one.pk in mine else "",
        }
        for one in page.rows
    ]
    return render(request, "desk/reports/saved.html", {"rows": rows, "page": page})


@signed_in(SEE)
def save(request: HttpRequest) -> HttpResponse:
    """Keep what a screen shows: its filters stand in the address."""
    wish = wished(request.GET.dict())[1]
    refused = None
    if request.method == "POST":
        try:
            report = verbs.save_report(person(request), wish=wish, **_named(request))
            messages.success(request, _("“%(name)s” is saved.") % {"name": report.name})
            return _to(request, "saved-report", report.pk)
        except DeskError as problem:
            refused = problem
    fields = filled(_fields(person(request)), request.POST or {"sharing": SavedReport.Sharing.PRIVATE}, refused)
    context = {"summary": Names.now().summary(wish), "query": urlencode(wish.address()), "fixed": wish.period == "own"}
    return show_form(request, "desk/reports/save.html", fields, context, refused)


@require_safe
@signed_in(SEE)
def show(request: HttpRequest, report_id: int) -> HttpResponse:
    """The report as it was saved, or with other filters where the address has some."""
    reader = person(request)
    report = verbs.open_report(reader, report_id)
    kept = Wish.of_json(report.wish)
    lost = Names.now().lost(kept)
    if lost and "period" not in request.GET:
        return redirect("saved-report-settings", report_id)
    form, wish = wished(request.GET.dict() if "period" in request.GET else kept.address())
    may_change = verbs.may_change(reader, report)
    return shown_page(request, form, wish, saved=report, changed=wish != kept, may_change=may_change)


@require_POST
@signed_in(SEE)
def replace(request: HttpRequest, report_id: int) -> HttpResponse:
    """From now on the report shows what the address asks for."""
    report = verbs.change_report(person(request), report_id, wish=wished(request.GET.dict())[1])
    messages.success(request, _("“%(name)s” shows this from now on.") % {"name": report.name})
    return redirect("saved-report", report_id)


@signed_in(SEE)
def settings_page(request: HttpRequest, report_id: int) -> HttpResponse:
    """Its name, with whom it is shared, and when it comes by e-mail."""
    report = verbs.open_report(person(request), report_id)
    refused = None
    if request.method == "POST":
        try:
            verbs.change_report(person(request), report_id, **_named(request))
            messages.success(request, _("The changes are kept."))
            return _to(request, "saved-report-settings", report_id)
        except DeskError as problem:
            refused = problem
    return _settings(request, report, refused)


@require_POST
@signed_in(SEE)
def delete(request: HttpRequest, report_id: int) -> HttpResponse:
    """Nobody gets it by e-mail any more."""
    verbs.delete_report(person(request), report_id)
    messages.success(request, _("The report is deleted."))
    return redirect("saved-reports")


@require_POST
@signed_in(SEE)
def subscribe(request: HttpRequest, report_id: int) -> HttpResponse:
    """By e-mail from now on, or at another time."""
    report = verbs.open_report(person(request), report_id)
    try:
        wanted = report_mails.subscribe(person(request), report_id, **_times(request))
    except DeskError as problem:
        return _settings(request, report, problem, of_mail=True)
    messages.success(request, _("%(when)s you get this report by e-mail.") % {"when": rhythm_in_words(wanted)})
    return _to(request, "saved-report-settings", report_id)


@require_POST
@signed_in(SEE)
def unsubscribe(request: HttpRequest, report_id: int) -> HttpResponse:
    """No longer by e-mail."""
    report_mails.unsubscribe(person(request), report_id)
    messages.success(request, _("You no longer get this report by e-mail."))
    return redirect("saved-reports")


def _settings(
    request: HttpRequest, report: SavedReport, refused: DeskError | None, *, of_mail: bool = False
) -> HttpResponse:
    reader, wish, names = person(request), Wish.of_json(report.wish), Names.now()
    mine = report_mails.subscriptions(reader).filter(report=report).first()
    kept = {"name": report.name, "sharing": report.sharing, "team": report.team_id}
    times = mine or ReportSubscription(timezone=settings.TIME_ZONE)
    known = {name: getattr(times, name) for name in report_mails.CHOSEN}
    of_name, of_time = (None, refused) if of_mail else (refused, None)
    fields = filled(_fields(reader), request.POST if of_name else kept, of_name)
    times_fields = filled(_time_fields(), request.POST if of_time else known, of_time)
    context = {
        "report": report,
        "summary": names.summary(wish),
        "lost": names.lost(wish),
        "may_change": verbs.may_change(reader, report),
        "subscribers": report.subscriptions.count(),
        "subscription": mine,
        "mailed": rhythm_in_words(mine) if mine else "",
        "mail_is_sent": settings.MAIL_IS_SENT,
        "name_fields": fields,
        "time_fields": times_fields,
        "of_mail": of_mail,
    }
    return show_form(request, "desk/reports/settings.html", times_fields if of_mail else fields, context, refused)


def _fields(reader: User) -> list[Field]:
    teams = Team.objects.all() if reader.may(Permission.MANAGE_REPORTS) else reader.teams.all()
    return [
        Field("name", gettext_lazy("Name")),
        Field("sharing", gettext_lazy("Who may open it"), "choice", choices=tuple(SavedReport.Sharing.choices)),
        Field(
            "team", gettext_lazy("Team"), "choice", required=False,
            help=gettext_lazy("Where a team shares it: those of its members who may see reports."),
            choices=(("", "–"), *((str(team.pk), team.name) for team in teams)),
        ),
    ]  # fmt: skip


def _time_fields() -> list[Field]:
    return [
        Field("rhythm", gettext_lazy("How often"), "choice", choices=tuple(ReportSubscription.Rhythm.choices)),
        Field(
            "weekday", gettext_lazy("Weekday, of every week"), "choice",
            choices=tuple((str(day), weekday_name(day)) for day in range(1, 8)),
        ),
        Field("day", gettext_lazy("Day of the month, of every month"), "number"),
        Field(
            "hour", gettext_lazy("At"), "choice", choices=tuple((str(hour), f"{hour:02d}:00") for hour in range(24)),
        ),
        Field("timezone", gettext_lazy("Time zone"), help=gettext_lazy("Such as Europe/Amsterdam.")),
    ]  # fmt: skip


def _named(request: HttpRequest) -> dict[str, Any]:
    texts = {name: request.POST.get(name, "") for name in ("name", "sharing")}
    return {**texts, "team_id": choice(request.POST, "team")}


def _times(request: HttpRequest) -> dict[str, Any]:
    texts = {name: request.POST.get(name, "").strip() for name in ("rhythm", "timezone")}
    return {**texts, **{name: number(request.POST, name) for name in ("weekday", "day", "hour")}}


def _to(request: HttpRequest, name: str, report_id: int) -> HttpResponse:
    page = redirect(name, report_id)
    return HttpResponse(headers={"HX-Redirect": page.url}) if request.headers.get("HX-Request") else page
