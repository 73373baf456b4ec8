"""The supervisor's first page; an agent's is the queue."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from desk.actions.customers.masking import Eyes
from desk.actions.reports import figures
from desk.drills.running import proof_of_active_plan
from desk.people.models import User
from desk.people.permissions import Permission
from desk.web import plots
from desk.web.guards import person, signed_in
from desk.web.show import clocks
from desk.web.show.drills import proven
from desk.web.show.tiles import tile


@signed_in()
def home(request: HttpRequest) -> HttpResponse:
    """Today in figures, with what waits longest."""
    if not person(request).may(Permission.SEE_REPORTS):
        return redirect("queue")
    today, eyes = figures.today(person(request)), Eyes(person(request))
    context = {
        "today": today,
        "unproven": _unproven(person(request)),
        "may_manage_inboxes": person(request).may(Permission.MANAGE_INBOXES),
        "arrivals": plots.arrivals(today),
        "speed": plots.speed(today),
        "channels": [(one, tile(one.inbox.network, private=one.private)) for one in today.channels],
        "waiting": [
            (
                ticket,
                tile(ticket.inbox.network, private=ticket.private),
                clocks.face(ticket, today.now),
                eyes.start(ticket.preview),
            )
            for ticket in today.waiting_longest
        ],
        "troubled": [
            (inbox, tile(inbox.network))
            for inbox in today.inboxes
            if inbox.state != inbox.State.ACTIVE or inbox.last_error
        ],
    }
    return render(request, "desk/home.html", context)


def _unproven(reader: User) -> str:
    """What whoever leads crises should know of the plan: that it is not proven, or not any more."""
    if not reader.may(Permission.MANAGE_CRISES):
        return ""
    now = timezone.now()
    words, look = proven(proof_of_active_plan()[1], now)
    return words if look else ""
