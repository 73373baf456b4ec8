"""One ticket: the page, its older messages, its timeline, its customer, and what colleagues do with it."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from desk.actions.alerts import notices
from desk.actions.crises import crisis_tickets
from desk.actions.customers import blocking, erasure, masking, muting, network_blocking, tiers
from desk.actions.customers.masking import Eyes
from desk.actions.intake import reactions as reacted
from desk.actions.intake import sentiment
from desk.actions.replies import kept
from desk.actions.sla import sla_change
from desk.actions.tickets import looking, moderate, notes, private_threads, splitting, ticket_causes, tickets
from desk.actions.tickets.tickets import Keep
from desk.common.errors import Invalid
from desk.people.duty import away_ids
from desk.people.models import User
from desk.people.permissions import Permission
from desk.tickets import queries, threads
from desk.web import asked, reading
from desk.web.guards import person, signed_in
from desk.web.show import branches, causes, events, same_person, wordings, words
from desk.web.views.queue import listed, wants_fragment

MOST_REACTIONS = 200  # that a dialog lists


@signed_in(Permission.READ_TICKETS)
@require_GET
def show(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """The ticket beside its list, or the ticket alone for a list that is on the screen already."""
    opened = reading.opened(person(request), ticket_id)
    if wants_fragment(request):
        return render(
            request, "desk/ticket/_opened.html", {"opened": opened, "query": asked.question(request.GET).query}
        )
    now = timezone.now()
    return render(
        request, "desk/queue/page.html", {"list": listed(request, now), "opened": opened, "words": words.words()}
    )


@signed_in(Permission.READ_TICKETS)
@require_GET
def fresh(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """The ticket as it is now, for a screen that shows it; nothing counts as seen by this."""
    opened = reading.glance(person(request), ticket_id, begun=asked.number(request.GET.get("begun", "")))
    return render(request, "desk/ticket/_opened.html", {"opened": opened})


@signed_in(Permission.READ_TICKETS)
@require_POST
def seen(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """The reader has read what came in while the ticket was open."""
    looking.open_ticket(person(request), ticket_id)
    return HttpResponse(status=204)


@signed_in(Permission.READ_TICKETS)
@require_GET
def messages(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """A page of older messages."""
    reader = person(request)
    ticket = reading.ticket_for(reader, ticket_id)
    page, cursor = reading.earlier(reader, ticket, request.GET.get("cursor", ""), timezone.now())
    return render(request, "desk/ticket/_earlier.html", {"ticket": ticket, "entries": page, "earlier": cursor})


@signed_in(Permission.READ_TICKETS)
@require_GET
def thread(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """A page of everybody's words below the same post, with who answers whom; with `here` the ticket's own page."""
    ticket = reading.ticket_for(person(request), ticket_id)
    cursor = threads.place_of(ticket) if "here" in request.GET else request.GET.get("cursor", "")
    page = threads.whole_thread(ticket, cursor=cursor)
    shown = branches.branches(
        page.rows, threads.answered(page.rows), threads.quoted(page.rows), ticket, person(request), timezone.now()
    )
    context = {"ticket": ticket, "branches": shown, "page": page, "words": words.words()}
    return render(request, "desk/ticket/thread.html", context)


@signed_in(Permission.READ_TICKETS)
@require_GET
def customer(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """What is known of the customer, for the pane beside the conversation."""
    ticket, eyes = reading.ticket_for(person(request), ticket_id), Eyes(person(request))
    profiles = list(ticket.customer.profiles.order_by("network", "id"))
    context = {
        "ticket": ticket,
        "about": eyes.read(ticket.customer.about),
        "accounts": [same_person.account(profile) for profile in profiles],
        "tags": ticket.tags.all(),
        "policy": reading.policy_of(ticket),
        "cause": causes.of_ticket(ticket),
        "history": [(other, eyes.start(other.preview)) for other in queries.customer_history(ticket)],
        "may_work": person(request).may(Permission.WORK_TICKETS),
        "may_renew": person(request).may(Permission.RENEW_PROMISES),
        "may_block": person(request).may(Permission.BLOCK_CUSTOMERS),
        "network_block": network_blocking.of_ticket(ticket),
        "can_block_there": network_blocking.can_block(ticket.inbox),
        "may_erase": person(request).may(Permission.ERASE_CUSTOMERS),
        "erased_before": erasure.erased_before(profiles),
    }
    return render(request, "desk/ticket/_customer_more.html", context)


@signed_in(Permission.READ_TICKETS)
@require_GET
def timeline(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Everything that happened, in a dialog."""
    ticket = reading.ticket_for(person(request), ticket_id)
    cursor = request.GET.get("cursor", "")
    page = queries.timeline(ticket, cursor=cursor)
    template = "desk/ticket/_timeline_page.html" if cursor else "desk/ticket/_timeline.html"
    return render(
        request, template, {"ticket": ticket, "lines": events.lines(page.rows, timezone.now()), "next": page.next}
    )


@signed_in(Permission.REPLY)
@require_POST
def hand_over(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Which app of the company has the private conversation; the timeline tells how it went."""
    private_threads.hand_over(person(request), ticket_id, request.POST.get("do", ""))
    return _ticket(request, ticket_id)


@signed_in(Permission.WORK_TICKETS)
@require_POST
def claim(request: HttpRequest, ticket_id: int) -> HttpResponse:
    tickets.claim(person(request), ticket_id)
    return _ticket(request, ticket_id)


@signed_in(Permission.WORK_TICKETS)
@require_POST
def assign(request: HttpRequest, ticket_id: int) -> HttpResponse:
    tickets.assign(person(request), ticket_id, **owner(request))
    return _ticket(request, ticket_id)


@signed_in(Permission.WORK_TICKETS)
@require_POST
def transition(request: HttpRequest, ticket_id: int) -> HttpResponse:
    tickets.transition(person(request), ticket_id, request.POST.get("event", ""))
    return _ticket(request, ticket_id)


@signed_in(Permission.WORK_TICKETS)
@require_POST
def acknowledge(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Stop the chain of alerts: this person sees to it."""
    notices.acknowledge_ticket(person(request), ticket_id)
    return _ticket(request, ticket_id)


@signed_in(Permission.WORK_TICKETS)
@require_POST
def snooze(request: HttpRequest, ticket_id: int) -> HttpResponse:
    tickets.snooze(person(request), ticket_id, snoozed_until(request))
    return _ticket(request, ticket_id)


@signed_in(Permission.WORK_TICKETS)
@require_POST
def priority(request: HttpRequest, ticket_id: int) -> HttpResponse:
    tickets.set_priority(person(request), ticket_id, chosen_priority(request))
    return _ticket(request, ticket_id)


@signed_in(Permission.RENEW_PROMISES)
@require_POST
def renew(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Give the open clocks what the policies promise now."""
    sla_change.renew_ticket(person(request), reading.ticket_for(person(request), ticket_id))
    return _ticket(request, ticket_id)


@signed_in(Permission.WORK_TICKETS)
@require_POST
def tier(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Of the customer, whose tickets all show it."""
    customer_id = reading.ticket_for(person(request), ticket_id).customer_id
    chosen = asked.number(request.POST.get("tier", ""))
    tiers.set_tier(person(request), customer_id, -1 if chosen is None else chosen)
    return _ticket(request, ticket_id)


@signed_in(Permission.BLOCK_CUSTOMERS)
@require_POST
def block(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """The customer is answered no more, or again."""
    customer_id = reading.ticket_for(person(request), ticket_id).customer_id
    if request.POST.get("do") == "unblock":
        blocking.unblock(person(request), customer_id)
    else:
        blocking.block(person(request), customer_id, reason=request.POST.get("reason", ""))
    return _ticket(request, ticket_id)


@signed_in(Permission.BLOCK_CUSTOMERS)
@require_POST
def mute(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """What the customer writes is put aside, or heard again."""
    customer_id = reading.ticket_for(person(request), ticket_id).customer_id
    if request.POST.get("do") == "unmute":
        muting.unmute(person(request), customer_id)
    else:
        muting.mute(person(request), customer_id, reason=request.POST.get("reason", ""))
    return _ticket(request, ticket_id)


@signed_in(Permission.WORK_TICKETS)
@require_POST
def no_spam_account(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """The account of this ticket writes no spam: what it writes next is work."""
    muting.no_spam_account(person(request), reading.ticket_for(person(request), ticket_id).profile_id)
    return _ticket(request, ticket_id)


@signed_in(Permission.WORK_TICKETS)
@require_POST
def tags(request: HttpRequest, ticket_id: int) -> HttpResponse:
    tickets.tag(person(request), ticket_id, add=names(request, "add"), remove=names(request, "remove"))
    return _ticket(request, ticket_id)


@signed_in(Permission.WORK_TICKETS)
@require_POST
def merge(request: HttpRequest, ticket_id: int) -> HttpResponse:
    into = asked.numbers([request.POST.get("into", "").strip().lstrip("#")])
    if not into:
        raise Invalid(_("Say into which ticket: choose one or type its number."))
    kept = tickets.merge(person(request), ticket_id, into[0])
    answer = _ticket(request, kept.pk)
    answer["HX-Push-Url"] = reverse("ticket", args=[kept.pk])
    return answer


@signed_in(Permission.WORK_TICKETS)
@require_POST
def split(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """The answer is the new ticket."""
    new = splitting.split(person(request), ticket_id, asked.numbers(request.POST.getlist("messages")))
    answer = _ticket(request, new.pk)
    answer["HX-Push-Url"] = reverse("ticket", args=[new.pk])
    return answer


@signed_in(Permission.WORK_TICKETS)
@require_POST
def cause(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Say what it was about, and resolve it where that is ticked."""
    ticket_causes.choose(person(request), ticket_id, **chosen_cause(request))
    return _ticket(request, ticket_id)


@signed_in(Permission.WORK_TICKETS)
@require_POST
def crisis(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """`in`: make it part of this crisis; `out`: take it out of that one."""
    for name, verb in (("in", crisis_tickets.put_in), ("out", crisis_tickets.take_out)):
        if (crisis_id := asked.number(request.POST.get(name, ""))) is not None:
            verb(person(request), ticket_id, crisis_id)
    return _ticket(request, ticket_id)


@signed_in(Permission.WRITE_NOTES)
@require_POST
def note(request: HttpRequest, ticket_id: int) -> HttpResponse:
    notes.add_note(person(request), ticket_id, request.POST.get("text", ""))
    return _ticket(request, ticket_id, anew=True)


@signed_in(Permission.MODERATE)
@require_POST
def act(request: HttpRequest, message_id: int) -> HttpResponse:
    """Like, hide or delete a message on its network."""
    message = moderate.act(person(request), message_id, request.POST.get("action", ""))
    return _ticket(request, message.ticket_id or 0)


@signed_in(Permission.WORK_TICKETS)
@require_POST
def sounds_like(request: HttpRequest, message_id: int) -> HttpResponse:
    """Say what a message sounds like, where the desk got it wrong."""
    message = sentiment.said_by_customer(person(request), message_id)
    sentiment.correct(person(request), message_id, request.POST.get("sentiment", ""))
    return _ticket(request, message.ticket_id or 0)


@signed_in(Permission.READ_TICKETS)
@require_GET
def reactions(request: HttpRequest, message_id: int) -> HttpResponse:
    """Who put which emoji below a message, in a dialog."""
    rows = list(reacted.of_message(person(request), message_id)[:MOST_REACTIONS])
    return render(request, "desk/ticket/_reactions.html", {"reactions": rows, "more": len(rows) == MOST_REACTIONS})


@signed_in(Permission.SEE_DELETED)
@require_POST
def deleted(request: HttpRequest, message_id: int) -> HttpResponse:
    """What a deleted message said, on the screen of who asked. That they asked is written down."""
    shown = wordings.kept(kept.show_deleted(person(request), message_id), Eyes(person(request)))
    return _for_this_reader(request, shown)


@signed_in(Permission.UNMASK)
@require_POST
def unmask(request: HttpRequest, message_id: int) -> HttpResponse:
    """A message with its personal data, on the screen of who said why."""
    message = masking.unmask(person(request), message_id, reason=request.POST.get("reason", ""))
    return _for_this_reader(request, wordings.unmasked(message))


def _for_this_reader(request: HttpRequest, shown: wordings.Kept) -> HttpResponse:
    answer = render(request, "desk/ticket/_kept.html", {"kept": shown})
    answer["Cache-Control"] = "no-store"
    return answer


def chosen_cause(request: HttpRequest) -> dict[str, Any]:
    """`cause` is “none” or a number. Raises Invalid."""
    if (chosen := request.POST.get("cause", "")) == "":
        raise Invalid(_("Choose a cause, or that nobody knows."))
    cause_id = None if chosen == "none" else asked.number(chosen)
    return {"cause_id": cause_id, **{name: request.POST.get(name) == "1" for name in ("resolve", "keep")}}


def owner(request: HttpRequest) -> dict[str, Any]:
    """`to` is “me”, “nobody”, “user:3” or “team:1”. Raises Invalid."""
    kind, _colon, number = request.POST.get("to", "").partition(":")
    if kind == "me":
        return {"assignee_id": person(request).pk}
    if kind == "nobody":
        return {"assignee_id": None}
    found = asked.numbers([number])
    if kind not in {"user", "team"} or not found:
        raise Invalid(_("Say to whom: a colleague, a team, or nobody."))
    return {"assignee_id": found[0], "team_id": Keep.AS_IT_IS} if kind == "user" else {"team_id": found[0]}


def snoozed_until(request: HttpRequest) -> datetime:
    """`minutes` from now, or a moment in `until`. Raises Invalid."""
    minutes = request.POST.get("minutes", "")
    if minutes.isascii() and minutes.isdigit() and 0 < int(minutes[:6]) <= reading.LONGEST_SNOOZE_MINUTES:
        return timezone.now() + timedelta(minutes=int(minutes[:6]))
    until = asked.moment(request.POST.get("until", ""))
    if until is None:
        raise Invalid(_("Say until when."))
    return until


def chosen_priority(request: HttpRequest) -> int:
    """Raises Invalid."""
    value = request.POST.get("priority", "")
    if not (value.isascii() and value.isdigit() and len(value) == 1):
        raise Invalid(_("Choose low, normal, high or urgent."))
    return int(value)


def colleagues() -> list[User]:
    """Everybody to whom a ticket can be given, those who are here first."""
    people = [one for one in User.objects.filter(is_active=True) if one.may(Permission.WORK_TICKETS)]
    gone = away_ids(timezone.now())
    for one in people:
        one.away = one.pk in gone  # as the list shows it: also who is absent without having said so
    return sorted(people, key=lambda one: one.away)


def names(request: HttpRequest, field: str) -> list[str]:
    return [name.strip() for value in request.POST.getlist(field) for name in value.split(",") if name.strip()]


def opened_again(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """The ticket after something was done with what hangs on it."""
    return _ticket(request, ticket_id)


def _ticket(request: HttpRequest, ticket_id: int, *, anew: bool = False) -> HttpResponse:
    """The ticket after a change. `anew` empties the composer, because what was in it has gone its way."""
    opened = reading.glance(person(request), ticket_id)
    return render(request, "desk/ticket/_opened.html", {"opened": opened, "anew": anew})
