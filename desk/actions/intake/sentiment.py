"""What a message sounds like: what the desk makes of it, and what an agent says instead, from which the desk learns.

It learns from the company's own corrections only, in the company's own database.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.tickets.announce import announce
from desk.actions.tickets.timeline import record
from desk.common.errors import Invalid, Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.signals.counting import add_history
from desk.signals.models import Mood, SentimentCorrection
from desk.signals.moods import Moods, Sounds, current_moods, learned_of
from desk.tickets import queries
from desk.tickets.models import Message, Ticket
from policies.time_buckets import FIVE, beginning_of
from policies.triage import Sentiment
from policies.triage import correct as learn


def correct(actor: User, message_id: int, sentiment: str, *, now: datetime | None = None) -> Sounds:
    """Say what it sounds like. Raises Invalid, Missing."""
    require(actor, Permission.WORK_TICKETS)
    if sentiment not in list(Sentiment):
        problem = _("Choose negative, neutral or positive.")
        raise Invalid(problem, errors={"sentiment": [problem]})
    now = now or timezone.now()
    with transaction.atomic():
        message = said_by_customer(actor, message_id)
        before = sounds(message)
        if before.corrected and before.sentiment == sentiment:
            return before
        kept = {"sentiment": sentiment, "by": actor, "at": now}
        SentimentCorrection.objects.update_or_create(
            message=message, defaults=kept, create_defaults={**kept, "was": before.sentiment}
        )
        if sentiment != before.sentiment:  # that it was right teaches nothing of where it goes wrong
            _learn(message, sentiment)
        _count(message, before.sentiment, sentiment)
        _show_on_ticket(message, sentiment, actor, now)
        audit(actor, "sentiment_corrected", message, was=before.sentiment, sentiment=sentiment)
    return Sounds(sentiment, 1.0, corrected=True)


def sounds(message: Message) -> Sounds:
    """What it sounds like now."""
    corrected = SentimentCorrection.objects.filter(message=message).values_list("message", "sentiment")
    return Moods(dict(corrected), current_moods()).of(message)


def said_by_customer(reader: User, message_id: int) -> Message:
    """With its ticket. Raises Missing."""
    rows = Message.objects.select_related("ticket", "ticket__inbox")
    seen = queries.visible_tickets(reader)
    message = rows.filter(pk=message_id, outgoing=False, deleted_at=None, ticket__in=seen).first()
    if message is None:
        raise Missing(_("There is no such message of a customer."))
    return message


def _learn(message: Message, sentiment: str) -> None:
    Mood.objects.get_or_create(language=message.language)
    mood = Mood.objects.select_for_update().get(language=message.language)
    learned = learn(message.text, message.language, sentiment, {message.language: learned_of(mood)})
    mood.texts, mood.words = list(learned.texts), dict(learned.words)
    mood.corrections += 1
    mood.save()


def _count(message: Message, was: str, sentiment: str) -> None:
    """The history says what was really said."""
    key = (None, beginning_of(message.created_at, FIVE), message.inbox_id, message.language)
    changes = ((was, -1), (sentiment, 1))
    add_history((key, what, count) for what, count in changes if what != Sentiment.NEUTRAL)


def _show_on_ticket(message: Message, sentiment: str, actor: User, now: datetime) -> None:
    """A ticket is as its first message sounds."""
    ticket = message.ticket
    said = Message.objects.filter(ticket=ticket, outgoing=False).order_by("created_at", "id")
    if ticket is not None and said.values_list("pk", flat=True).first() == message.pk:
        if Ticket.objects.filter(pk=ticket.pk).exclude(sentiment=sentiment).update(sentiment=sentiment):
            record(ticket, "sentiment", at=now, actor=actor, after=sentiment)
        announce([(ticket, "change")])
