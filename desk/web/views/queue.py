"""The queue: the list, its rows by themselves, its badges, and the next page of it."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from desk.actions.tickets import assignment, tickets
from desk.causes.asking import anybody_is_asked
from desk.causes.tree import Tree
from desk.common.errors import Conflict
from desk.crises.models import Crisis
from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.people.permissions import Permission
from desk.replies.models import Reply
from desk.tickets import queries
from desk.tickets.models import Priority, Tag, Tier
from desk.tickets.queries import QueueFilter
from desk.web import asked
from desk.web.guards import person, signed_in
from desk.web.reading import present
from desk.web.show import causes, rail, rows, stars
from desk.web.show.rail import Link, Rail
from desk.web.show.words import words
from policies.reply_states import State as ReplyState
from policies.scopes import RATINGS
from policies.ticket_states import State

TRIES_TO_TAKE = 5
MOST_CRISES = 20  # the newest, to choose from
MOST_REFRESHED = 200  # rows that a screen may ask for by number at once


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of the queue, ready to print."""

    question: asked.Question
    rail: Rail
    title: str
    rows: list[rows.Row]
    next: str
    first_page: bool
    leaving: list[Reply]
    people: str  # who is at these tickets, for scripts
    may_connect: bool
    asks_for_cause: bool  # before many are resolved
    now: datetime

    @property
    def signed_out(self) -> list[Link]:
        """Inboxes that wait for an administrator."""
        return [link for link in self.rail.inboxes if link.late]

    @property
    def orderings(self) -> dict[str, object]:
        return dict(asked.ORDERINGS)

    @property
    def ordering(self) -> str:
        return str(asked.ORDERINGS[self.question.ordering])

    @property
    def badge(self) -> Link | None:
        """The badge that counts exactly this list, where there is one."""
        current = [link for link in (*self.rail.inboxes, *self.rail.teams, *self.rail.views) if link.current]
        return current[0] if len(current) == 1 and self.question.plain and not current[0].hint else None


def listed(request: HttpRequest, now: datetime) -> Listed:
    """The list that the address asks for, with the rail beside it."""
    reader, question = person(request), asked.question(request.GET)
    cursor = request.GET.get("cursor", "")
    page = queries.queue(reader, question.filter, now=now, ordering=question.ordering, cursor=cursor)
    beside = rail.rail(
        queries.counts(reader), Inbox.objects.defer("sealed_credentials"), Team.objects.all(), question.filter
    )
    return Listed(
        question=question,
        rail=beside,
        title=causes.title(question.filter.cause) or rail.title(question.filter, beside),
        rows=rows.rows(page.rows, reader, now),
        next=page.next,
        first_page=not cursor,
        leaving=leaving(reader, now),
        people=present([ticket.pk for ticket in page.rows]),
        may_connect=reader.may(Permission.MANAGE_INBOXES),
        asks_for_cause=anybody_is_asked(),
        now=now,
    )


def leaving(reader: User, now: datetime) -> list[Reply]:
    """The reader's own replies that can still be called back."""
    own = Reply.objects.filter(
        author=reader, state=ReplyState.QUEUED, attempts=0, next_attempt_at__gt=now, scheduled_for=None
    )
    return list(own.select_related("ticket__profile").order_by("id"))


@signed_in(Permission.READ_TICKETS)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """All three panes, the list alone for another view, or only the rows of the next page."""
    now = timezone.now()
    if wants_fragment(request) and request.GET.get("cursor"):
        reader, question = person(request), asked.question(request.GET)
        page = queries.queue(reader, question.filter, now=now, ordering=question.ordering, cursor=request.GET["cursor"])
        return render(
            request,
            "desk/queue/_page.html",
            {"rows": rows.rows(page.rows, reader, now), "next": page.next, "query": question.query},
        )
    template = "desk/queue/_list.html" if wants_fragment(request) else "desk/queue/page.html"
    if not wants_fragment(request):
        _welcome_back(request, now)
    return render(
        request, template, {"list": listed(request, now), "words": words(), "fragment": wants_fragment(request)}
    )


def _welcome_back(request: HttpRequest, now: datetime) -> None:
    """Whoever is back is told once what went to colleagues meanwhile."""
    reader = person(request)
    if not reader.away and (count := assignment.moved_meanwhile(reader, now)):
        said = ngettext(
            "%(count)d ticket of yours went to a colleague while you were away.",
            "%(count)d tickets of yours went to colleagues while you were away.",
            count,
        )
        messages.info(request, said % {"count": count})


@signed_in(Permission.READ_TICKETS)
@require_GET
def refresh(request: HttpRequest) -> HttpResponse:
    """The rows with these numbers as they are now, whether or not they still belong in the list."""
    reader, now = person(request), timezone.now()
    question, ids = asked.question(request.GET), asked.numbers(request.GET.getlist("ids"))[:MOST_REFRESHED]
    wanted = queries.visible_tickets(reader).filter(pk__in=ids)
    found = rows.rows(queries.rows_ready_to_show(wanted), reader, now)
    belonging: set[str] = set()
    if not question.plain:  # otherwise the browser can tell
        belonging = set(
            map(str, queries.filtered(reader, question.filter, now).filter(pk__in=ids).values_list("pk", flat=True))
        )
    return render(request, "desk/queue/_rows.html", {"rows": found, "query": question.query, "belonging": belonging})


@signed_in(Permission.READ_TICKETS)
@require_GET
def counts(request: HttpRequest) -> HttpResponse:
    """The words of all badges."""
    return JsonResponse(rail.badges(queries.counts(person(request)), Inbox.objects.defer("sealed_credentials")))


@signed_in(Permission.READ_TICKETS)
@require_GET
def narrow(request: HttpRequest) -> HttpResponse:
    """The form of all filters."""
    question = asked.question(request.GET)
    context = {
        "question": question,
        "views": rail.VIEWS,
        "orderings": asked.ORDERINGS,
        "states": list(State),
        "inboxes": Inbox.objects.defer("sealed_credentials"),
        "teams": Team.objects.all(),
        "people": User.objects.filter(is_active=True),
        "priorities": Priority.choices,
        "tiers": Tier.choices,
        "ratings": [(number, stars.words(number)) for number in RATINGS],
        "languages": queries.languages(),
        "crises": Crisis.objects.filter(started_at__isnull=False)[:MOST_CRISES],
        "causes": Tree().places(),
        "cause": next(iter(question.filter.cause), None),
        "tags": Tag.objects.all()[:200],
    }
    return render(request, "desk/queue/_narrow.html", context)


@signed_in(Permission.WORK_TICKETS)
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the most urgent ticket that nobody has, and open it."""
    reader = person(request)
    for ticket in queries.queue(reader, QueueFilter(view="unassigned"), now=timezone.now(), size=TRIES_TO_TAKE).rows:
        try:
            tickets.claim(reader, ticket.pk)
        except Conflict:  # a colleague was quicker: the next one then
            continue
        place = {
            "path": f"{reverse('ticket', args=[ticket.pk])}?{asked.question(request.GET).query}",
            "target": "#conversation",
        }
        return HttpResponse(status=204, headers={"HX-Location": json.dumps({**place, "swap": "outerHTML"})})
    return render(request, "desk/queue/_all_taken.html")  # told out of band, because nothing is swapped


def wants_fragment(request: HttpRequest) -> bool:
    """Whether only a part of the page was asked for; going back in the browser asks for all of it."""
    asked_by_htmx = request.headers.get("HX-Request") == "true"
    return asked_by_htmx and request.headers.get("HX-History-Restore-Request") != "true"
