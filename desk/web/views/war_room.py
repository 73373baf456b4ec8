"""The war room of a crisis: one page that lives, on a desk, a phone and a wall."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from desk.actions.crises import crises as verbs
from desk.actions.crises import crisis_swarm
from desk.actions.crises.crisis_team import RUNNING
from desk.actions.crises.war_room import FRESH, room_of
from desk.actions.customers.masking import Eyes
from desk.common.errors import DeskError
from desk.crises.models import Crisis, CrisisEntry
from desk.people.models import User
from desk.people.permissions import Permission
from desk.threads.reading import readable, with_own
from desk.tickets import presence
from desk.web.guards import person, signed_in
from desk.web.show import crises as show
from desk.web.show import statements
from desk.web.show import threads as talk
from desk.web.show import war_room as shown
from desk.web.show.crisis_plan import gate_lines
from desk.web.show.escalation import chain_shown
from desk.web.views import threads
from desk.web.views.crises import known_crisis, log_lines, scope_names, team

LINES = 30  # of the log, the newest
LINES_ON_A_WALL = 6


@signed_in(Permission.SEE_CRISES)
@require_GET
def room(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """The page, only its parts for a screen that is open, or as a projector shows it (`?projector=1`)."""
    crisis = known_crisis(crisis_id)
    on_a_wall = request.GET.get("projector") == "1"
    context = _context(request, crisis, LINES_ON_A_WALL if on_a_wall else LINES)
    name = "projector" if on_a_wall else "room"
    part = "_wall" if on_a_wall else "_room"
    template = part if request.headers.get("HX-Request") else name
    if template == "room":
        context |= _swarm(crisis, person(request))
    return render(request, f"desk/war_room/{template}.html", context)


@signed_in(Permission.MANAGE_CRISES)
@require_POST
def note(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """A line in the log, without leaving the room."""
    try:
        verbs.note(person(request), crisis_id, request.POST.get("text", ""))
    except DeskError as refused:
        crisis = known_crisis(crisis_id)
        context = _context(request, crisis, LINES)
        context |= {"refused": refused, "typed": request.POST.get("text", "")} | _swarm(crisis, person(request))
        return render(request, "desk/war_room/room.html", context, status=refused.status)
    return redirect("crisis-room", crisis_id)


def _context(request: HttpRequest, crisis: Crisis, lines: int) -> dict[str, Any]:
    reader, now = person(request), timezone.now()
    figures = room_of(crisis, now)
    networks, inboxes = scope_names()
    rows = CrisisEntry.objects.filter(crisis=crisis).select_related("actor").order_by("-number")[:lines]
    return {
        "crisis": crisis,
        "standing": show.standing(crisis, now),
        "level": crisis.level_at(now),
        "waiting": show.waiting(crisis, reader, now),
        "scope": show.scope_words(crisis.scope, networks, inboxes),
        "figures": figures,
        "old": figures.now < now - FRESH,  # another screen is having new ones worked out: look again
        "negative": shown.share(figures),
        "plot": shown.plot(figures.curve),
        "posts": shown.posts(figures.posts, now, Eyes(reader)),
        "waits": shown.waits(figures.oldest),
        "log": log_lines(crisis, rows, now, (networks, inboxes)),
        "chain": chain_shown(crisis, reader, now),
        "people": presence.people(presence.room(crisis.pk)),
        "may_answer": reader.may(Permission.ANSWER_IN_BATCHES),
        "running": crisis.state in RUNNING,
        "may_write": reader.may(Permission.MANAGE_CRISES),
        "published": statements.published(crisis, reader, now, statements.IN_THE_ROOM),
        "update": statements.update(crisis, now),
        **team(crisis, reader, now),
        "gate": gate_lines(crisis, crisis.level_at(now), networks, inboxes),
        "now": now,
    }


def _swarm(crisis: Crisis, reader: User) -> dict[str, Any]:
    """Where those who work on it talk: its words and the field for one more. It has a live line of its own."""
    running = crisis_swarm.running(crisis)
    if running is None:
        return {}
    thread = with_own(readable(reader), reader).get(pk=running.pk)
    return threads.context_of(talk.page(thread, reader, timezone.now()), reader)
