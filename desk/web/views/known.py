"""What the company knows, beside the ticket that asks for it: found while reading and while typing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from desk.actions.knowledge import article_links as links
from desk.actions.knowledge import article_use as verbs
from desk.actions.knowledge import similar
from desk.knowledge.markup import as_html
from desk.knowledge.models import Article, ArticleUse
from desk.people.permissions import Permission
from desk.tickets.models import Ticket
from desk.web import reading
from desk.web.guards import person, signed_in
from desk.web.show.rows import STATE_WORDS
from policies.ticket_states import State

LONGEST = 2_000  # characters of a text that is being typed
LONGEST_SAID = 80  # of what another customer asked


@signed_in(Permission.READ_TICKETS)
def fitting(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Articles that may answer: a line of buttons. What is typed comes as POST, so that it stands in no log."""
    reader = person(request)
    ticket = reading.ticket_for(reader, ticket_id)
    linked = list(links.of_ticket(ticket.pk))
    known = {one.article_id for one in linked}
    found = verbs.fitting(reader, ticket, request.POST.get("text", "")[:LONGEST])
    context = {
        "linked": [verbs.text_for(ticket, one.article_id) for one in linked],
        "found": [one.text for one in found if one.article.pk not in known],
        "similar": [(one.ticket.pk, one.said[:LONGEST_SAID], one.language) for one in similar.beside(reader, ticket)],
        "ticket": ticket,
    }
    return render(request, "desk/ticket/_known.html", context)


@signed_in(Permission.READ_TICKETS)
def like(request: HttpRequest, ticket_id: int, other_id: int) -> HttpResponse:
    """What another customer asked, and what we said."""
    reader = person(request)
    found, answer = similar.answered_by(reader, other_id)
    context = {"found": found, "answer": answer, "state": STATE_WORDS[State(found.ticket.state)]}
    return render(request, "desk/ticket/_similar.html", context)


@signed_in(Permission.READ_TICKETS)
def one(request: HttpRequest, ticket_id: int, article_id: int) -> HttpResponse:
    """One of them, with what can be done with it."""
    return _dialog(request, reading.ticket_for(person(request), ticket_id), article_id)


@require_POST
@signed_in(Permission.REPLY)
def use(request: HttpRequest, ticket_id: int, article_id: int) -> HttpResponse:
    """The words or the address, for the composer to put in; that it was used is counted."""
    reader = person(request)
    how = ArticleUse.How.LINK if request.POST.get("how") == ArticleUse.How.LINK else ArticleUse.How.TEXT
    words = verbs.use_article(reader, reading.ticket_for(reader, ticket_id), article_id, how=how)
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


@require_POST
@signed_in(Permission.WRITE_NOTES)
def rate(request: HttpRequest, ticket_id: int, article_id: int) -> HttpResponse:
    """Whether it helped."""
    reader = person(request)
    ticket = reading.ticket_for(reader, ticket_id)
    verbs.rate_article(reader, ticket, article_id, helpful=request.POST.get("helpful") == "yes")
    return _dialog(request, ticket, article_id)


@require_POST
@signed_in(Permission.WRITE_NOTES)
def link(request: HttpRequest, ticket_id: int, article_id: int) -> HttpResponse:
    """Say that it is about this ticket, or that it is not."""
    reader = person(request)
    ticket = reading.ticket_for(reader, ticket_id)
    verb = links.unlink_ticket if request.POST.get("do") == "off" else links.link_ticket
    verb(reader, ticket.pk, article_id)
    return _dialog(request, ticket, article_id)


def _dialog(request: HttpRequest, ticket: Ticket, article_id: int) -> HttpResponse:
    reader = person(request)
    text = verbs.text_for(ticket, article_id)
    use = ArticleUse.objects.filter(article_id=article_id, ticket=ticket, user=reader).first()
    context = {
        "ticket": ticket,
        "text": text,
        "body": as_html(text.body),
        "may_use": reader.may(Permission.REPLY) and text.article.audience != Article.Audience.INTERNAL,
        "may_link": reader.may(Permission.REPLY) and text.article.audience == Article.Audience.PUBLIC,
        "may_rate": reader.may(Permission.WRITE_NOTES),
        "said": use.helpful if use else None,
        "linked": links.of_ticket(ticket.pk).filter(article=article_id).first(),
    }
    return render(request, "desk/ticket/_known_one.html", context)
