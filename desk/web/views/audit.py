"""The audit log: who changed what, newest first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from desk.common.paging import slice_after
from desk.people.models import AuditEntry, User
from desk.people.permissions import Permission
from desk.web.guards import signed_in
from desk.web.show import audited

PAGE = 100


@signed_in(Permission.SEE_AUDIT)
def overview(request: HttpRequest) -> HttpResponse:
    """A page of the log; filters by who, by what kind of thing, and by one thing's number."""
    rows = AuditEntry.objects.select_related("actor")
    actor, subject, number = (request.GET.get(name, "").strip() for name in ("actor", "subject", "number"))
    if actor == "desk":
        rows = rows.filter(actor=None)
    elif actor.isdecimal():
        rows = rows.filter(actor=int(actor))
    if subject:
        rows = rows.filter(subject=subject[:40])
    if number:
        rows = rows.filter(subject_id=number[:40])
    page = slice_after(rows.order_by(), ("id",), request.GET.get("cursor", ""), PAGE, descending=True)
    query = request.GET.copy()
    query.pop("cursor", None)
    context = {
        "lines": [audited.line(entry) for entry in page.rows],
        "page": page,
        "query": query.urlencode(),
        "people": User.objects.only("id", "first_name", "last_name", "username"),
        "subjects": audited.SUBJECTS.items(),
        "actor": actor,
        "subject": subject,
        "number": number,
    }
    return render(request, "desk/administration/audit.html", context)
