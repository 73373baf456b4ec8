"""Writing: drafts and findings while typing, sending, calling back, and deciding about what is stuck."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from desk.actions.crises.crisis_gate import Gates
from desk.actions.forms import form_links
from desk.actions.inboxes.channels import channels
from desk.actions.replies import drafts, offers
from desk.actions.replies import reply as replies
from desk.actions.replies.approval_requests import reasons
from desk.actions.replies.reply import Blocked
from desk.actions.replies.stale import StaleReply
from desk.actions.threads.thread_tells import handle_of
from desk.people.models import Team, User
from desk.people.permissions import Permission
from desk.replies.models import Reply
from desk.tickets.models import Ticket
from desk.web import asked, reading
from desk.web.guards import person, signed_in
from desk.web.show import composer
from policies.length import measure

WHEN_OPEN = "open"  # instead of a time
_DECISIONS = {
    "undo": replies.undo,
    "cancel": replies.cancel,
    "release": replies.release,
    "again": replies.send_again,
    "there": replies.confirm_sent,
    "look": replies.look_up,
}


@signed_in(Permission.WRITE_NOTES)
@require_POST
def draft(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Keep what is being written, and say what the rules think of it."""
    writer, text, visibility = person(request), request.POST.get("text", ""), request.POST.get("visibility", "")
    attached = asked.numbers([request.POST.get("attached", "")])
    if text.strip():
        seen = asked.number(request.POST.get("seen", ""))
        drafts.save(writer, ticket_id, text=text, visibility=visibility, seen_event_id=seen)
    else:
        drafts.leave_empty(writer, ticket_id, visibility=visibility)
    if visibility == composer.NOTE:
        return HttpResponse(status=204)
    return _verdict(request, reading.ticket_to_answer(writer, ticket_id), text, visibility, attached)


@signed_in(Permission.WRITE_NOTES)
@require_POST
def read_on(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """The writer has read what came in since the draft was begun."""
    writer = person(request)
    ticket = reading.ticket_for(writer, ticket_id)
    drafts.read_on(writer, ticket.pk)
    return HttpResponse(status=204)


@signed_in(Permission.REPLY)
@require_POST
def reply(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Into the outbox. What stands in the way is said where the writer looks, and the text stays."""
    writer, values = person(request), request.POST
    attached = asked.numbers([values.get("attached", "")])
    text, visibility, later = values.get("text", ""), values.get("visibility", ""), values.get("later", "")
    try:
        sent = replies.submit(
            writer,
            ticket_id,
            text=text,
            visibility=visibility,
            idempotency_key=values.get("key", ""),
            seen_event_id=asked.number(values.get("seen", "")),
            send_anyway=values.get("anyway") == "1",
            canned_response_id=asked.number(values.get("canned", "")),
            ask_approval=values.get("ask") == "1",
            send_at=None if later == WHEN_OPEN else asked.moment(later),
            when_open=later == WHEN_OPEN,
            canned_text=values.get("canned_text") or None,
            staged=[_staged(one) for one in values.get("staged", "").splitlines()],
            attachment_ids=attached,
        )
    except Blocked:
        answer = _verdict(request, reading.ticket_for(writer, ticket_id), text, visibility, attached, oob=True)
        answer.status_code = Blocked.status
        answer["HX-Retarget"], answer["HX-Reswap"] = "#verdict", "outerHTML"
        return answer
    except StaleReply as stale:
        return _stale(request, reading.ticket_for(writer, ticket_id), stale)
    opened = reading.glance(writer, ticket_id)
    at_once = sent.scheduled_for is None and composer.can_be_called_back(sent, timezone.now())
    leaving = sent if at_once else None
    return render(request, "desk/ticket/_opened.html", {"opened": opened, "anew": True, "leaving": leaving})


@signed_in(Permission.REPLY)
@require_POST
def offer_form(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """A form for this case; the words that offer it stand in the draft, behind what was begun."""
    writer, begun = person(request), request.POST.get("text", "").strip()
    link = form_links.make(writer, ticket_id)
    if form_links.address_of(link) not in begun:
        begun = "\n\n".join(filter(None, (begun, form_links.invitation(link))))
    seen = asked.number(request.POST.get("seen", ""))
    drafts.save(writer, ticket_id, text=begun, visibility=Reply.Visibility.PUBLIC, seen_event_id=seen)
    opened = reading.glance(writer, ticket_id)
    return render(request, "desk/ticket/_opened.html", {"opened": opened, "anew": True})


@signed_in(Permission.REPLY)
@require_POST
def revoke_form(request: HttpRequest, link_id: int) -> HttpResponse:
    """Neither the form nor the page behind it opens any more."""
    link = form_links.revoke(person(request), link_id)
    return render(request, "desk/ticket/_opened.html", {"opened": reading.glance(person(request), link.ticket_id)})


@signed_in(Permission.REPLY)
@require_POST
def decide(request: HttpRequest, reply_id: int, decision: str) -> HttpResponse:
    """Undo, drop, release, send again, “it is there”, or look on the network now."""
    decided = _DECISIONS[decision](person(request), reply_id)
    opened = reading.glance(person(request), decided.ticket_id)
    undone = decision == "undo"
    answer = render(request, "desk/ticket/_opened.html", {"opened": opened, "anew": undone})
    if undone:  # perhaps from another ticket: the text is where it was written
        answer["HX-Push-Url"] = reverse("ticket", args=[decided.ticket_id])
    return answer


@signed_in(Permission.REPLY)
@require_GET
def canned_responses(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Canned responses that fit, their variables filled in, as options of the composer's list."""
    writer = person(request)
    ticket = reading.ticket_for(writer, ticket_id)
    found = offers.offered(writer, ticket, request.GET.get("visibility", ""), request.GET.get("q", ""))
    return render(request, "desk/ticket/_canned.html", {"responses": found, "ticket": ticket})


@signed_in(Permission.WRITE_NOTES)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Colleagues whose name begins with what was typed behind an @; with `teams=1` teams too, whose name has it."""
    typed = request.GET.get("q", "").casefold()
    everybody = [one for one in User.objects.filter(is_active=True) if one.may(Permission.READ_TICKETS)]
    fits = [
        one for one in everybody if one.username.casefold().startswith(typed) or one.name.casefold().startswith(typed)
    ]
    teams = [
        (one, handle_of(one))
        for one in (Team.objects.all() if request.GET.get("teams") else ())
        if typed in handle_of(one)
    ]
    return render(request, "desk/ticket/_people.html", {"people": fits[:8], "teams": teams[:4]})


def _staged(key: str) -> dict[str, str]:
    """“tag:storing”, as the composer's boxes say it."""
    do, _colon, value = key.partition(":")
    return {"do": do, "value": value}


def _verdict(
    request: HttpRequest, ticket: Ticket, text: str, visibility: str, attached: list[int], *, oob: bool = False
) -> HttpResponse:
    writer, now = person(request), timezone.now()
    offered = channels(ticket, now)
    chosen = next((one for one in offered if one.visibility == visibility), None)
    if chosen is None or not writer.may(Permission.REPLY):
        return HttpResponse(status=204)
    checked = replies.check_on(writer, ticket, text, chosen, attachment_ids=attached, now=now)
    alone = measure(text, chosen.length, free_mentions=(ticket.profile.handle,) if ticket.profile.handle else ())
    mark = composer.mark_of(writer)
    closed = Gates(ticket, now, calm=not getattr(ticket, "some_crisis", True)).closed(visibility)
    needed = bool(reasons(writer, checked.findings_as_json(), asked=False, closed=closed))
    verdict = composer.verdict(checked, offered, chosen, alone.used, mark, needs_approval=needed)
    return render(request, "desk/ticket/_verdict.html", {"verdict": verdict, "visibility": visibility, "oob": oob})


def _stale(request: HttpRequest, ticket: Ticket, stale: StaleReply) -> HttpResponse:
    newer = reading.newer(ticket, person(request), stale.newer)
    answer = render(request, "desk/ticket/_stale.html", {"newer": newer}, status=stale.status)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#stale", "outerHTML"
    return answer
