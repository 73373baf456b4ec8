"""The account that wrote a ticket, shut out on its network or let in again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from desk.actions.customers import network_blocking
from desk.actions.customers.blocking import LONGEST_REASON
from desk.inboxes.gateway import connector_of
from desk.people.permissions import Permission
from desk.web import reading
from desk.web.guards import person, signed_in


@signed_in(Permission.BLOCK_CUSTOMERS)
@require_GET
def dialog(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """What will happen, and why it shall."""
    ticket = reading.ticket_for(person(request), ticket_id)
    context = {
        "ticket": ticket,
        "action": reverse("ticket-network-block", args=[ticket_id]),
        "longest": LONGEST_REASON,
        "held": network_blocking.of_ticket(ticket),
        "network": connector_of(ticket.inbox).label,
    }
    return render(request, "desk/dialogs/network_block.html", context)


@signed_in(Permission.BLOCK_CUSTOMERS)
@require_POST
def change(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Ask for it; the pane beside the conversation says how it went."""
    reading.ticket_for(person(request), ticket_id)
    if request.POST.get("do") == "unblock":
        network_blocking.unblock(person(request), ticket_id)
    else:
        network_blocking.block(person(request), ticket_id, reason=request.POST.get("reason", ""))
    opened = reading.glance(person(request), ticket_id)
    return render(request, "desk/ticket/_opened.html", {"opened": opened, "customer_changed": True})
