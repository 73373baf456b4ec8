"""The door of administration leads to the first part of it that a person may open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from desk.common.errors import NotPermitted
from desk.web.guards import person, signed_in
from desk.web.templatetags.desk import AREAS


@signed_in()
def first(request: HttpRequest) -> HttpResponse:
    for permission, _label, name in AREAS:
        if person(request).may(permission):
            return redirect(name)
    raise NotPermitted(_("Your role does not allow this. Ask a supervisor or an administrator."))
