"""What a message sounds like: what the desk makes of it, and what an agent says instead, from which the desk learns.

It learns from the company's own corrections only, in the company's own database.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.announce import announce
from desk.common.errors import Invalid, Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.signals.counting import add_history
from desk.signals.models import Mood, SentimentCorrection
from desk.signals.moods import Moods, Sounds, current_moods
from desk.tickets import queries
from desk.tickets.models import Message, Ticket
from policies.learned_mood import Learned
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
        _learn(message, sentiment)
        _count(message, before.sentiment, sentiment)
        _show_on_ticket(message, sentiment)
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
    known = Learned({int(key): value for key, value in mood.weights.items()})
    mood.weights = dict(learn(message.text, message.language, sentiment, {message.language: known}).weights)
    mood.corrections += 1
    mood.save()


def _count(message: Message, was: str, sentiment: str) -> None:
    """The history says what was really said."""
    key = (None, beginning_of(message.created_at, FIVE), message.inbox_id, message.language)
    changes = ((was, -1), (sentiment, 1))
    add_history((key, what, count) for what, count in changes if what != Sentiment.NEUTRAL)


def _show_on_ticket(message: Message, sentiment: str) -> None:
    """A ticket is as its first message sounds."""
    ticket = message.ticket
    said = Message.objects.filter(ticket=ticket, outgoing=False).order_by("created_at", "id")
    if ticket is not None and said.values_list("pk", flat=True).first() == message.pk:
        Ticket.objects.filter(pk=ticket.pk).update(sentiment=sentiment)
        announce([(ticket, "change")])
