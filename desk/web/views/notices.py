"""The bell: a person's notices, what is new for scripts, and the word that stops an alert."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from desk.actions.alerts import notices
from desk.alerts.notices import newest_unseen, unseen
from desk.common.paging import slice_after
from desk.people.permissions import Permission
from desk.web import asked
from desk.web.guards import person, signed_in
from desk.web.show import notices as show

PAGE = 50


@signed_in(Permission.READ_TICKETS)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """A page of the list, newest first."""
    reader = person(request)
    page = slice_after(notices.mine(reader), ("id",), request.GET.get("cursor", ""), PAGE, descending=True)
    now = timezone.now()
    lines = [show.line(notice, now) for notice in page.rows]
    context = {"lines": lines, "page": page, "unseen": any(line.unseen for line in lines)}
    return render(request, "desk/notices/page.html", context)


@signed_in(Permission.READ_TICKETS)
@require_GET
def bell(request: HttpRequest) -> HttpResponse:
    """How many are unseen, and the newest of them, as scripts read it."""
    reader = person(request)
    newest = unseen(reader).select_related("alert__acknowledged_by").first()
    told = show.as_told(show.line(newest, timezone.now())) if newest is not None else None
    return JsonResponse({"count": show.Bell.of(newest_unseen(reader)).count, "newest": told})


@signed_in(Permission.READ_TICKETS)
@require_GET
def follow(request: HttpRequest, notice_id: int) -> HttpResponse:
    """To what a notice is about; from now on it counts as seen."""
    reader = person(request)
    notice = notices.mine(reader).filter(pk=notice_id).first()
    if notice is None:
        return redirect("notices")
    notices.see(reader, [notice.pk])
    return redirect(show.address(notice))


@signed_in(Permission.READ_TICKETS)
@require_POST
def see(request: HttpRequest) -> HttpResponse:
    """Everything, or the one in `notice`, counts as seen."""
    one = asked.number(request.POST.get("notice", ""))
    notices.see(person(request), None if one is None else [one])
    return _back(request)


@signed_in(Permission.READ_TICKETS)
@require_POST
def acknowledge(request: HttpRequest, notice_id: int) -> HttpResponse:
    notices.acknowledge(person(request), notice_id)
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """Scripts want no page."""
    if request.headers.get("X-Requested-With"):
        return HttpResponse(status=204)
    return redirect(reverse("notices"))
