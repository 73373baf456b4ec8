"""A version of the rulebook as a file, and a file as a draft."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from desk.actions.rulebooks import rulebooks as verbs
from desk.actions.rulebooks.rulebook_templates import exported
from desk.common.errors import DeskError, Invalid
from desk.people.permissions import Permission
from desk.rulebooks import text as as_text
from desk.rulebooks.models import RulebookVersion
from desk.web.guards import person, signed_in

WRITE = Permission.WRITE_RULEBOOK
_TYPES = {"yaml": "application/yaml", "json": "application/json"}


@signed_in(WRITE)
def export(request: HttpRequest, number: int, form: str) -> HttpResponse:
    """The document of a version, to keep in a repository. `form` is yaml or json."""
    version = get_object_or_404(RulebookVersion, number=number)
    named = {"Content-Disposition": f'attachment; filename="rulebook-{number}.{form}"'}
    return HttpResponse(
        as_text.written(exported(version), form) + "\n", f"{_TYPES[form]}; charset=utf-8", headers=named
    )


@signed_in(WRITE)
def bring_in(request: HttpRequest) -> HttpResponse:
    """A file becomes a draft, or everything that is wrong with it is said, each thing by its path."""
    refused, summary = None, request.POST.get("summary", "")
    if request.method == "POST":
        try:
            draft = verbs.write_draft(person(request), document=_sent(request), summary=summary)
            messages.success(
                request, _("Version %(number)d is a draft with the words of the file.") % {"number": draft.number}
            )
            return redirect("administration-rulebook", draft.number)
        except DeskError as problem:
            refused = problem
    context = {"refused": refused, "summary": summary}
    status = refused.status if refused else 200
    return render(request, "desk/administration/rulebook/import.html", context, status=status)


def _sent(request: HttpRequest) -> Any:
    file = request.FILES.get("file")
    if file is None:
        raise Invalid(_("Choose a file first."))
    try:
        return as_text.read_bytes(file.read(as_text.LARGEST + 1))
    except as_text.TextRefused as refused:
        raise Invalid(
            _("“%(name)s” is no rulebook in YAML or JSON.") % {"name": file.name}, errors={"": [str(refused)]}
        ) from None
