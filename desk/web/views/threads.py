"""Threads between colleagues: the list, one of them, and what is done in it. What one may not read is not there."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from desk.actions.crises import decisions
from desk.actions.threads import swarms, thread_words
from desk.actions.threads import threads as verbs
from desk.common.errors import DeskError
from desk.common.paging import slice_after
from desk.people.models import User
from desk.people.permissions import Permission
from desk.threads.reading import count_unread, followed, found, readable, with_own
from desk.tickets import presence
from desk.web import asked
from desk.web.forms import Field, choice, filled, leave, numbers, show_form
from desk.web.guards import person, signed_in
from desk.web.handed import delivered, handed
from desk.web.show import threads as show

PAGE = 50
WHICH = {"all": gettext_lazy("All"), "followed": gettext_lazy("Followed"), "unread": gettext_lazy("Unread")}


@signed_in(Permission.READ_TICKETS)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """What one may read, the newest word first; or of it what one follows, what is unread, what says something."""
    reader = person(request)
    which, words = request.GET.get("show", "all"), request.GET.get("q", "").strip()
    rows = found(reader, words) if words else readable(reader)
    if which in ("followed", "unread"):
        rows = followed(rows, reader, unread=which == "unread")
    cursor = request.GET.get("cursor", "")
    page = slice_after(with_own(rows, reader), ("last_at", "id"), cursor, PAGE, descending=True)
    context = {
        "lines": show.lines(page.rows, reader, timezone.now()),
        "page": page,
        "which": which if which in WHICH else "all",
        "ways": WHICH.items(),
        "q": words,
        "query": urlencode({"show": which, "q": words}),
        "may_write": reader.may(Permission.WRITE_NOTES),
    }
    return render(request, "desk/threads/list.html", context)


@signed_in(Permission.READ_TICKETS)
@require_GET
def count(request: HttpRequest) -> HttpResponse:
    """In how many something is new for this person, as the badge writes it."""
    return JsonResponse({"count": show.counted(count_unread(person(request)))})


@signed_in(Permission.WRITE_NOTES)
def start(request: HttpRequest) -> HttpResponse:
    """A new one, alone or at a ticket (`?ticket=12`) or a crisis (`?crisis=3`)."""
    actor, values = person(request), request.POST if request.method == "POST" else request.GET
    fields, refused = _fields(actor), None
    if request.method == "POST":
        try:
            given = handed(request)
            thread = thread_words.begin(
                actor,
                first=values.get("text", ""),
                handed=given,
                topic=values.get("topic", ""),
                private="private" in values,
                people=numbers(values, "people"),
                ticket_id=choice(values, "ticket"),
                crisis_id=choice(values, "crisis"),
            )
            return leave(request, "thread", thread.pk)
        except DeskError as problem:
            refused = problem
    about = {name: values.get(name, "") for name in ("ticket", "crisis") if values.get(name, "").isdecimal()}
    shown = filled(fields, values if refused else {}, refused)
    return show_form(request, "desk/threads/new.html", shown, {"about": about}, refused)


@signed_in(Permission.READ_TICKETS)
@require_GET
def one(request: HttpRequest, thread_id: int) -> HttpResponse:
    """The page, which counts as read by that; or its parts, for a screen that shows it already."""
    reader, part = person(request), bool(request.headers.get("HX-Request"))
    verbs.one(reader, thread_id)
    page = show.page(
        with_own(readable(reader), reader).get(pk=thread_id),
        reader,
        timezone.now(),
        before=asked.number(request.GET.get("before", "")) or 0,
    )
    if not part:
        verbs.read(reader, thread_id)
    context = {**context_of(page, reader), "whole": True}
    return render(request, "desk/threads/_parts.html" if part else "desk/threads/one.html", context)


@signed_in(Permission.READ_TICKETS)
@require_POST
def do(request: HttpRequest, thread_id: int, deed: str) -> HttpResponse:
    """What is done in a thread; the answer is its page."""
    given = handed(request)
    actor, values = person(request), request.POST
    match deed:
        case "say":
            thread_words.write(actor, thread_id, values.get("text", ""), handed=given)
        case "summary":
            version = asked.number(values.get("version", ""))
            verbs.set_summary(actor, thread_id, values.get("text", ""), version=version)
        case "close":
            swarms.close(actor, thread_id, values.get("finding", ""), suggest="suggest" in values)
        case "let-in":
            verbs.let_in(actor, thread_id, numbers(values, "people"))
        case "leave":
            verbs.leave(actor, thread_id)
            return redirect("threads")
        case "follow":
            verbs.follow(actor, thread_id)
        case "unfollow":
            verbs.unfollow(actor, thread_id)
        case _:
            verbs.read(actor, thread_id)
            return HttpResponse(status=204)
    return redirect("thread", thread_id)


@signed_in(Permission.READ_TICKETS)
@require_POST
def do_word(request: HttpRequest, word_id: int, deed: str) -> HttpResponse:
    """What is done with a word; the answer is the page of its thread."""
    actor, thread_id = person(request), thread_words.one_word(person(request), word_id).thread_id
    match deed:
        case "edit":
            thread_words.edit(actor, word_id, request.POST.get("text", ""))
        case "delete":
            thread_words.delete(actor, word_id)
        case _:
            decisions.into_log(actor, word_id)
    return redirect("thread", thread_id)


@signed_in(Permission.READ_TICKETS)
@require_GET
def file(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """What went along with a word, for whoever reads its thread."""
    return delivered(request, thread_words.open_file(person(request), file_id))


@signed_in(Permission.WORK_TICKETS)
@require_POST
def swarm(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Into the swarm of a ticket, which is opened unless one runs."""
    return leave(request, "thread", swarms.open_swarm(person(request), ticket_id).pk)


def context_of(page: show.Page, reader: User) -> dict[str, object]:
    """What the parts of a thread's page need, wherever they stand."""
    others = User.objects.filter(is_active=True).exclude(pk__in=[one.pk for one in page.people])
    let_in = page.may_write and (page.line.private or page.thread.crisis_id is not None)
    return {
        "talk": page,
        "present": [] if page.line.private else presence.people(presence.thread(page.line.pk)),
        "others": [one for one in others if one.may(Permission.READ_TICKETS)] if let_in else [],
        "sees_crisis": page.thread.crisis_id is not None and reader.may(Permission.SEE_CRISES),
        "longest": verbs.LONGEST,
    }


def _fields(actor: User) -> list[Field]:
    people = [
        one for one in User.objects.filter(is_active=True).exclude(pk=actor.pk) if one.may(Permission.READ_TICKETS)
    ]
    return [
        Field("topic", gettext_lazy("What it is about")),
        Field(
            "text", gettext_lazy("Your first word"), "area", required=False,
            help=gettext_lazy("@name or @team tells them; #12 shows a ticket."),
        ),
        Field(
            "private", gettext_lazy("Private: only those whom you let in read it"), "tick", required=False,
            help=gettext_lazy("Everybody at the desk reads a thread that is not private, and can learn from it."),
        ),
        Field(
            "people", gettext_lazy("Let in and told"), "several", required=False,
            choices=tuple((str(one.pk), one.name) for one in people),
        ),
    ]  # fmt: skip
