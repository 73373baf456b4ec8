"""Asking a colleague from a ticket, what is done with a question there, and the list of one's own questions."""

from typing import TypedDict

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from desk.actions.questions import questions as verbs
from desk.actions.questions.knowers import who_knows
from desk.common.errors import Invalid
from desk.common.paging import slice_after
from desk.people.duty import away_ids
from desk.people.models import Team, User
from desk.people.permissions import Permission
from desk.web import asked, reading
from desk.web.guards import person, signed_in
from desk.web.handed import delivered, handed
from desk.web.show import questions as show
from desk.web.views.ticket import opened_again

PAGE = 50


@signed_in(Permission.WORK_TICKETS)
@require_GET
def dialog(request: HttpRequest) -> HttpResponse:
    """Whom to ask what, with who may know by the ticket's tags."""
    ids = asked.numbers(request.GET.getlist("ids"))
    reader = person(request)
    ticket = reading.ticket_for(reader, ids[0] if ids else 0)
    now = timezone.now()
    context = {
        "ticket": ticket,
        "knowers": who_knows(reader, ticket, "", now),
        "people": _people(reader),
        "teams": Team.objects.all(),
        "targets": show.targets(),
        "longest": verbs.LONGEST,
        "about": ", ".join(ticket.tags.values_list("name", flat=True)),
    }
    return render(request, "desk/dialogs/ask.html", context)


@signed_in(Permission.WORK_TICKETS)
@require_GET
def knowers(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Who may know about what was typed."""
    reader = person(request)
    ticket = reading.ticket_for(reader, ticket_id)
    found = who_knows(reader, ticket, request.GET.get("about", "")[:200], timezone.now())
    return render(request, "desk/questions/_knowers.html", {"knowers": found, "about": request.GET.get("about", "")})


@signed_in(Permission.WORK_TICKETS)
@require_POST
def ask(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Ask; the answer is the ticket."""
    verbs.ask(
        person(request),
        reading.ticket_for(person(request), ticket_id).pk,
        text=request.POST.get("text", ""),
        about=request.POST.get("about", ""),
        minutes=asked.number(request.POST.get("minutes", "")) or verbs.DEFAULT_TARGET,
        **addressee(request),
    )
    return opened_again(request, ticket_id)


@signed_in(Permission.WRITE_NOTES)
@require_POST
def do(request: HttpRequest, question_id: int, deed: str) -> HttpResponse:
    """Withdraw it, answer it, or say something about it; the answer is the ticket."""
    given = handed(request)
    actor, text = person(request), request.POST.get("text", "")
    match deed:
        case "withdraw":
            ticket_id = verbs.withdraw(actor, question_id).ticket_id
        case "answer":
            ticket_id = verbs.answer(actor, question_id, text, handed=given).question.ticket_id
        case _:
            ticket_id = verbs.say(actor, question_id, text, handed=given).question.ticket_id
    return opened_again(request, ticket_id)


@signed_in(Permission.REPLY)
@require_POST
def use(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Its words went into the reply that this person writes. The script has put them there."""
    verbs.use(person(request), entry_id)
    return HttpResponse(status=204)


@signed_in(Permission.READ_TICKETS)
@require_GET
def file(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """What went along with a word on a question."""
    return delivered(request, verbs.open_file(person(request), file_id))


@signed_in(Permission.READ_TICKETS)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """What one asked and was asked, newest first."""
    reader = person(request)
    page = slice_after(verbs.mine(reader), ("id",), request.GET.get("cursor", ""), PAGE, descending=True)
    context = {"lines": show.lines(page.rows, reader, timezone.now()), "page": page}
    context["may_take"] = reader.may(Permission.SEE_REPORTS)
    return render(request, "desk/questions/list.html", context)


class Addressee(TypedDict, total=False):
    """One of both."""

    user_id: int
    team_id: int


def addressee(request: HttpRequest) -> Addressee:
    """`to` is “user:3” or “team:1”, from a suggestion or from the list below it. Raises Invalid."""
    chosen = next(filter(None, reversed(request.POST.getlist("to"))), "")
    kind, _colon, number = chosen.partition(":")
    found = asked.numbers([number])
    if kind not in {"user", "team"} or not found:
        raise Invalid(_("Say whom to ask: a colleague or a team."), errors={"to": [_("Choose one.")]})
    return {"user_id": found[0]} if kind == "user" else {"team_id": found[0]}


def _people(reader: User) -> list[User]:
    """Everybody else who works here, those who are here first."""
    gone = away_ids(timezone.now())
    people = list(User.objects.filter(is_active=True).exclude(pk=reader.pk))
    for one in people:
        one.away = one.pk in gone
    return sorted(people, key=lambda one: one.away)
