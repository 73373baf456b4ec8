"""Administration of personal data: who was erased, how long things are kept, and what is held about one customer."""

from collections.abc import Mapping
from dataclasses import astuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from desk.actions.customers import customer_export, retention
from desk.actions.customers import erasure as verbs
from desk.common.errors import DeskError
from desk.common.paging import slice_after
from desk.people.permissions import Permission
from desk.privacy.models import Erasure
from desk.web.forms import Field, choice, filled, leave, show_form
from desk.web.guards import person, signed_in
from desk.web.show.personal_data import counted, progress

PAGE = 50
ERASE = Permission.ERASE_CUSTOMERS
OVERVIEW = "desk/administration/personal_data/overview.html"
CUSTOMER = "desk/administration/personal_data/customer.html"
RULES = (
    Field(
        "private_days",
        gettext_lazy("Private messages: days"),
        "number",
        gettext_lazy("Counted from the hour of each message."),
        placeholder=gettext_lazy("keep"),
        required=False,
    ),
    Field(
        "public_days",
        gettext_lazy("Public messages: days"),
        "number",
        gettext_lazy("Counted from the hour of each message."),
        placeholder=gettext_lazy("keep"),
        required=False,
    ),
    Field(
        "ticket_days",
        gettext_lazy("Resolved tickets: days"),
        "number",
        gettext_lazy("With messages, notes and replies; counted from when it was resolved."),
        placeholder=gettext_lazy("keep"),
        required=False,
    ),
    Field(
        "deleted_days",
        gettext_lazy("Deleted by customers: days"),
        "number",
        gettext_lazy("Counted from when they deleted it, also on tickets that are open. That it was there stays."),
        placeholder=gettext_lazy("keep"),
        required=False,
    ),
)


@require_GET
@signed_in(ERASE)
def overview(request: HttpRequest) -> HttpResponse:
    """Tombstones, the newest first, and the rules of retention."""
    return show_form(request, OVERVIEW, *_overview(request))


@require_POST
@signed_in(ERASE)
def keep_rules(request: HttpRequest) -> HttpResponse:
    """First what the rules would take away, then they are kept: only those that were looked at."""
    refused, due, seen = None, None, ""
    try:
        rules = _rules(request.POST)
        seen = " ".join(str(days or "-") for days in astuple(rules))
        if request.POST.get("do") == "keep" and request.POST.get("seen") == seen:
            retention.change(person(request), rules)
            messages.success(request, _("The rules are kept. What is due goes now."))
            return leave(request, "administration-personal-data")
        due = retention.preview(person(request), rules)
    except DeskError as problem:
        refused = problem
    _fields, context = _overview(request)
    fields = filled(RULES, request.POST, refused)
    return show_form(request, OVERVIEW, fields, {**context, "due": due, "seen": seen}, refused)


@require_GET
@signed_in(ERASE)
def erasure_page(request: HttpRequest, erasure_id: int) -> HttpResponse:
    """How far one is, and what went."""
    erasure = verbs.one(person(request), erasure_id)
    context = {"erasure": erasure, "counts": counted(erasure.counts), "share": progress(erasure)}
    return render(request, "desk/administration/personal_data/erasure.html", context)


@signed_in(ERASE)
def customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """What is held about one person: to hand it over, or to erase it after the handle is typed."""
    held = verbs.preview(person(request), customer_id)
    refused = None
    if request.method == "POST":
        try:
            begun = verbs.erase(
                person(request),
                customer_id,
                handle=request.POST.get("handle", ""),
                ground=request.POST.get("ground", ""),
            )
            return leave(request, "administration-erasure", begun.pk)
        except DeskError as problem:
            refused = problem
    fields = filled(_erase_fields(held.to_type), request.POST, refused)
    context = {"held": held, "newest": held.customer.erasures.first() if held.customer.erased_at else None}
    return show_form(request, CUSTOMER, fields, context, refused)


@require_POST
@signed_in(Permission.EXPORT_CUSTOMERS)
def export(request: HttpRequest, customer_id: int) -> HttpResponse:
    """All of it as a file. A POST, because it is written down."""
    found = customer_export.export(person(request), customer_id)
    return HttpResponse(
        customer_export.as_file(found),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="customer-{customer_id}.json"'},
    )


def _overview(request: HttpRequest) -> tuple[list[Field], Mapping[str, object]]:
    kept = retention.current()
    page = slice_after(verbs.erasures().order_by(), ("id",), request.GET.get("cursor", ""), PAGE, descending=True)
    known = {field.name: getattr(kept, field.name) for field in RULES}
    return filled(RULES, known), {"page": page, "kept": kept, "counts": counted(kept.counts)}


def _rules(values: QueryDict) -> retention.Rules:
    return retention.Rules(*(choice(values, field.name) for field in RULES))


def _erase_fields(to_type: str) -> list[Field]:
    return [
        Field("ground", gettext_lazy("Why"), "choice", choices=tuple(Erasure.Ground.choices)),
        Field("handle", _("Type “%(handle)s” to confirm") % {"handle": to_type}),
    ]
