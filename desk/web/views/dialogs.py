"""The small forms in a dialog: for one ticket, or for all that are picked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from desk.actions.customers import blocking
from desk.actions.customers.masking import LONGEST_REASON, Eyes
from desk.actions.sla import sla_change
from desk.actions.tickets.ticket_causes import cause_of, suggestions
from desk.causes.asking import Asked, asked_now
from desk.causes.tree import Tree
from desk.crises.active import active_crises
from desk.people.models import Team
from desk.people.permissions import Permission
from desk.tickets import queries
from desk.tickets.models import Priority, Tag, Tier
from desk.web import asked, reading
from desk.web.guards import person, signed_in
from desk.web.show import causes, clocks, entries, times
from desk.web.views.ticket import colleagues
from policies.ticket_states import Event, possible_events

MOST_TAGS = 500
MOST_MESSAGES = 100  # that are offered, the newest


@dataclass(frozen=True, slots=True)
class Preset:
    words: str
    until: str  # as a datetime-local field takes it
    when: str


@signed_in(Permission.WORK_TICKETS)
@require_GET
def assign(request: HttpRequest) -> HttpResponse:
    return _dialog(request, "assign", {"people": colleagues(), "teams": Team.objects.all()})


@signed_in(Permission.WORK_TICKETS)
@require_GET
def snooze(request: HttpRequest) -> HttpResponse:
    now = timezone.localtime(timezone.now())
    return _dialog(request, "snooze", {"presets": _presets(now), "earliest": _field(now)})


@signed_in(Permission.WORK_TICKETS)
@require_GET
def priority(request: HttpRequest) -> HttpResponse:
    return _dialog(request, "priority", {"priorities": Priority.choices})


@signed_in(Permission.WORK_TICKETS)
@require_GET
def tier(request: HttpRequest) -> HttpResponse:
    """Of the customer of one ticket."""
    return _dialog(request, "tier", {"tiers": Tier.choices})


@signed_in(Permission.BLOCK_CUSTOMERS)
@require_GET
def block(request: HttpRequest) -> HttpResponse:
    """Of the customer of one ticket."""
    return _dialog(request, "block", {"longest": blocking.LONGEST_REASON})


@signed_in(Permission.BLOCK_CUSTOMERS)
@require_GET
def mute(request: HttpRequest) -> HttpResponse:
    """Of the customer of one ticket."""
    return _dialog(request, "mute", {"longest": blocking.LONGEST_REASON})


@signed_in(Permission.RENEW_PROMISES)
@require_GET
def renew(request: HttpRequest) -> HttpResponse:
    """What the policies promise a ticket now, beside what they promised it."""
    ids = asked.numbers(request.GET.getlist("ids"))
    ticket = reading.ticket_for(person(request), ids[0] if ids else 0)
    found = sla_change.preview_ticket(person(request), ticket)
    return _dialog(request, "renew", {"moves": [clocks.move(one, timezone.now()) for one in found]})


@signed_in(Permission.WORK_TICKETS)
@require_GET
def tags(request: HttpRequest) -> HttpResponse:
    return _dialog(request, "tags", {"tags": Tag.objects.all()[:MOST_TAGS]})


@signed_in(Permission.WORK_TICKETS)
@require_GET
def merge(request: HttpRequest) -> HttpResponse:
    ids = asked.numbers(request.GET.getlist("ids"))
    ticket = reading.ticket_for(person(request), ids[0] if ids else 0)
    eyes = Eyes(person(request))
    candidates = [
        (other, eyes.start(other.preview))
        for other in queries.customer_history(ticket)
        if other.inbox_id == ticket.inbox_id and not other.merged_into_id
    ]
    return _dialog(request, "merge", {"candidates": candidates})


@signed_in(Permission.WORK_TICKETS)
@require_GET
def cause(request: HttpRequest) -> HttpResponse:
    """What it was about: what the words of one ticket speak for, then the whole tree. With `resolve` it asks before."""
    ids = asked.numbers(request.GET.getlist("ids"))
    single = len(ids) == 1 and request.GET.get("bulk") != "1"
    tree = Tree()
    ticket = reading.ticket_for(person(request), ids[0]) if single else None
    said = cause_of(ticket.pk) if ticket else None
    resolves = ticket is None or Event.RESOLVE in possible_events(ticket.state)
    context = {
        "suggested": [causes.suggested(one) for one in suggestions(ticket, tree)] if ticket else [],
        "places": tree.places(),
        "said": tree.words(tree.now(said.cause_id)) if said else "",
        "resolves": resolves,
        "asked": request.GET.get("resolve") == "1",
        "required": asked_now() == Asked.REQUIRED,
    }
    return _dialog(request, "cause", context)


@signed_in(Permission.WORK_TICKETS)
@require_GET
def crisis(request: HttpRequest) -> HttpResponse:
    """Those that are active."""
    return _dialog(request, "crisis", {"crises": active_crises()})


@signed_in(Permission.WORK_TICKETS)
@require_GET
def split(request: HttpRequest) -> HttpResponse:
    """The newest messages to choose from; with `from` those from one on are chosen already."""
    ids = asked.numbers(request.GET.getlist("ids"))
    ticket = reading.ticket_for(person(request), ids[0] if ids else 0)
    page = queries.newest_messages(ticket, MOST_MESSAGES)
    since = asked.number(request.GET.get("from", ""))
    lines = entries.choices(page, ticket, Eyes(person(request)), timezone.now(), since)
    begins = next((line.pk for line in lines if line.chosen), lines[0].pk if lines else 0)
    return _dialog(request, "split", {"lines": lines, "begins": begins})


@signed_in(Permission.UNMASK)
@require_GET
def unmask(request: HttpRequest, message_id: int) -> HttpResponse:
    """Asks why somebody wants to see what is masked in a message."""
    return render(request, "desk/dialogs/unmask.html", {"message_id": message_id, "longest": LONGEST_REASON})


def _dialog(request: HttpRequest, verb: str, context: dict[str, object]) -> HttpResponse:
    """For one ticket the form goes to that ticket; for several to all of them at once."""
    ids = asked.numbers(request.GET.getlist("ids"))
    single = len(ids) == 1 and request.GET.get("bulk") != "1"
    ticket = reading.ticket_for(person(request), ids[0]) if single else None
    action = reverse(f"ticket-{verb}", args=ids) if single else reverse("bulk")
    context |= {"ids": ids, "ticket": ticket, "action": action, "verb": verb}
    return render(request, f"desk/dialogs/{verb}.html", context)


def _presets(now: datetime) -> list[Preset]:
    morning = now.replace(hour=8, minute=0, second=0, microsecond=0)
    monday = morning + timedelta(days=(7 - now.weekday()) or 7)
    offered = [
        (_("An hour"), now + timedelta(hours=1)),
        (_("Three hours"), now + timedelta(hours=3)),
        (_("Tomorrow morning"), morning + timedelta(days=1)),
        (_("Monday morning"), monday),
    ]
    return [Preset(words, _field(until), times.exact(until, now)) for words, until in offered]


def _field(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"
