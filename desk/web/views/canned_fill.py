"""What a canned response asks the agent for before it is put into a reply."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from desk.actions.replies import offers
from desk.actions.replies.offers import Offer, Question
from desk.common.errors import Invalid
from desk.people.permissions import Permission
from desk.web import reading
from desk.web.forms import Field, Words, filled
from desk.web.guards import person, signed_in
from policies.canned_variables import Type

_KINDS = {Type.CHOICE: "choice", Type.DATE: "date"}
_NOTHING: tuple[str, Words] = ("", gettext_lazy("choose"))


@signed_in(Permission.REPLY)
@require_http_methods(["GET", "POST"])
def fill(request: HttpRequest, ticket_id: int, canned_id: int) -> HttpResponse:
    """The questions in a dialog; once they are answered the text itself, for the composer to put in."""
    writer = person(request)
    ticket = reading.ticket_for(writer, ticket_id)
    visibility = request.POST.get("visibility") or request.GET.get("visibility", "")
    asked = offers.ask(writer, ticket, canned_id, visibility)
    if request.method == "GET":
        return _dialog(request, asked, visibility, None)
    try:
        given = {one.variable.name: request.POST.get(one.variable.name, "") for one in asked.asks}
        text = offers.fill(writer, ticket, canned_id, visibility, given).text
    except Invalid as refused:
        return _dialog(request, asked, visibility, refused)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _dialog(request: HttpRequest, asked: Offer, visibility: str, refused: Invalid | None) -> HttpResponse:
    fields = [_field(one) for one in asked.asks]
    values = request.POST if refused else {one.variable.name: one.value for one in asked.asks}
    context = {
        "offer": asked,
        "fields": filled(fields, values, refused),
        "refused": refused,
        "action": request.path,
        "visibility": visibility,
    }
    return render(request, "desk/ticket/_canned_fill.html", context, status=refused.status if refused else 200)


def _field(question: Question) -> Field:
    variable = question.variable
    choices: tuple[tuple[str, Words], ...] = (_NOTHING, *((one, one) for one in variable.choices))
    return Field(
        variable.name,
        variable.question,
        _KINDS.get(variable.type, "text"),
        required=variable.required,
        choices=choices if variable.type is Type.CHOICE else (),
    )
