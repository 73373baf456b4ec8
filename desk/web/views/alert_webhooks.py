"""Administration of webhooks: addresses outside that alert chains may tell."""

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from desk.actions.alerts import alert_chains as verbs
from desk.alerts.models import Webhook, WebhookCall
from desk.common.errors import DeskError
from desk.common.paging import slice_after
from desk.people.permissions import Permission
from desk.web.forms import Field, filled, show_form
from desk.web.guards import person, signed_in

MANAGE = Permission.MANAGE_SLA
PAGE = 50


@signed_in(MANAGE)
def overview(request: HttpRequest) -> HttpResponse:
    """Each webhook, and how the last alert for it fared."""
    page = slice_after(Webhook.objects.filter(deleted_at=None), ("name", "id"), request.GET.get("cursor", ""), PAGE)
    last = WebhookCall.objects.filter(webhook=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    those = Webhook.objects.filter(pk__in=[row.pk for row in page.rows])
    calls = {call.webhook_id: call for call in WebhookCall.objects.filter(pk__in=those.values(last=Subquery(last)))}
    lines = [(row, calls.get(row.pk)) for row in page.rows]
    return render(request, "desk/administration/alert_webhooks.html", {"lines": lines, "page": page})


@signed_in(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """A new one. The secret that signs what it is told is on this one answer and nowhere else."""
    refused, name, url = None, request.POST.get("name", ""), request.POST.get("url", "")
    if request.method == "POST":
        try:
            webhook, secret = verbs.create_webhook(person(request), name=name, url=url)
        except DeskError as problem:
            refused = problem
        else:
            made = {"webhook": webhook, "secret": secret}
            answer = render(request, "desk/administration/alert_webhook_made.html", made)
            answer["Cache-Control"] = "no-store"
            return answer
    fields = filled(_fields(), {"name": name, "url": url}, refused)
    return show_form(request, "desk/administration/alert_webhook_new.html", fields, {}, refused)


@require_POST
@signed_in(MANAGE)
def delete(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Chains that name it go on without it."""
    try:
        verbs.delete_webhook(person(request), webhook_id)
    except DeskError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("Nothing more is told there. Chains that name it go on without it."))
    return redirect("administration-webhooks")


def _fields() -> list[Field]:
    return [
        Field("name", gettext_lazy("Name")),
        Field(
            "url",
            gettext_lazy("Address"),
            help=gettext_lazy("Each alert is sent there as JSON by POST, signed with a secret that you get next."),
        ),
    ]
