"""Who reacted to a message by an emoji; `desk.actions.intake.batch.reactions` takes them in."""

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from desk.common.errors import Missing
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.tickets.models import ERASED, Message, Reaction
from desk.tickets.queries import visible_tickets


def of_message(reader: User, message_id: int) -> QuerySet[Reaction]:
    """Who reacted to a message of a ticket that this person may see, in the order of time. Raises Missing."""
    require(reader, Permission.READ_TICKETS)
    if not Message.objects.filter(pk=message_id, ticket__in=visible_tickets(reader), erased_at=None).exists():
        raise Missing(_("There is no such message."))
    return Reaction.objects.filter(message=message_id).exclude(emoji="").order_by("at", "id")


def forget(rows: QuerySet[Reaction]) -> None:
    """That somebody reacted stays, and so do the counts; who it was does not."""
    rows.update(name="", external_id=Concat(Value(ERASED), Cast("pk", CharField())))
