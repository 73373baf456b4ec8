"""Files of what the company asked, knows and changes."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from desk.actions.exports.exports import export
from desk.people.permissions import Permission
from desk.web import asked
from desk.web.guards import person, signed_in


@require_safe
@signed_in(Permission.READ_TICKETS)
def file(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """One of them, where this person may take it."""
    found = export(person(request), kind, form, before=asked.number(request.GET.get("before", "")))
    return HttpResponse(found.content, found.type, headers={"Content-Disposition": found.disposition})
