"""One person on several networks: the dialogs beside a ticket, and what is decided in them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from desk.actions.customers import same_person, same_person_hints
from desk.actions.customers.masking import Eyes
from desk.common.errors import Missing
from desk.people.permissions import Permission
from desk.tickets import search
from desk.tickets.models import Customer
from desk.web import asked, reading
from desk.web.guards import person, signed_in
from desk.web.show import same_person as show

MOST_FOUND = 8


@signed_in(Permission.WORK_TICKETS)
@require_GET
def maybe(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Who else the customer may be, for the pane beside the conversation."""
    ticket, eyes = reading.ticket_for(person(request), ticket_id), Eyes(person(request))
    found = same_person_hints.suggestions(ticket.customer)
    return render(request, "desk/ticket/_maybe.html", {"ticket": ticket, "suggestions": show.others(found, eyes)})


@signed_in(Permission.WORK_TICKETS)
@require_GET
def choose(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Asks which customer is the same person; with `other` what merging that one means."""
    ticket = reading.ticket_for(person(request), ticket_id)
    wanted, words = asked.number(request.GET.get("other", "")), request.GET.get("q", "").strip()
    context: dict[str, object] = {
        "ticket": ticket,
        "action": reverse("ticket-same-person", args=[ticket_id]),
        "words": words,
    }
    if wanted is not None:
        context["other"] = show.other(_customer(wanted))
        context["tickets"] = ticket.customer.tickets.count(), _customer(wanted).tickets.count()
    elif words:
        found = search.customers(words).filter(erased_at=None).exclude(pk=ticket.customer_id).order_by("-pk")
        context["found"] = [show.other(one) for one in found[:MOST_FOUND]]
    return render(request, "desk/dialogs/same_person.html", context)


@signed_in(Permission.WORK_TICKETS)
@require_GET
def ask_take_out(request: HttpRequest, ticket_id: int, profile_id: int) -> HttpResponse:
    """Says what goes with an account that is taken out."""
    ticket = reading.ticket_for(person(request), ticket_id)
    profile = ticket.customer.profiles.filter(pk=profile_id).first()
    if profile is None:
        raise Missing(same_person.NO_ACCOUNT)
    context = {
        "ticket": ticket,
        "action": reverse("ticket-same-person", args=[ticket_id]),
        "account": show.account(profile),
        "tickets": profile.tickets.count(),
    }
    return render(request, "desk/dialogs/take_out.html", context)


@signed_in(Permission.WORK_TICKETS)
@require_POST
def decide(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """`merge` or `different` with `other`, `take_out` with `profile`. The answer is the ticket."""
    customer_id = reading.ticket_for(person(request), ticket_id).customer_id
    number = asked.number(request.POST.get("other", "") or request.POST.get("profile", "")) or 0
    match request.POST.get("do"):
        case "merge":
            same_person.merge(person(request), customer_id, number)
        case "different":
            same_person.dismiss(person(request), customer_id, number)
        case "take_out":
            same_person.take_out(person(request), number)
    opened = reading.glance(person(request), ticket_id)
    return render(request, "desk/ticket/_opened.html", {"opened": opened, "customer_changed": True})


def _customer(customer_id: int) -> Customer:
    found = Customer.objects.prefetch_related("profiles").filter(pk=customer_id).first()
    if found is None:
        raise Missing(same_person.NO_CUSTOMER)
    return found
