"""Liking, hiding and deleting a message on its network: asked here, done by a worker, told on the timeline."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.inboxes.health import refusal_of
from desk.actions.intake.revisions import take_away
from desk.actions.tickets.announce import announce
from desk.actions.tickets.timeline import record
from desk.common.background import enqueue
from desk.common.encryption import Unsealable
from desk.common.errors import Conflict, Invalid, Missing
from desk.inboxes.calls import connect
from desk.inboxes.gateway import Action, NetworkError
from desk.inboxes.words import kept
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.tickets.models import Message
from desk.tickets.moderation import why_not

_COLUMNS: dict[Action, dict[str, bool]] = {
    Action.LIKE: {"liked": True},
    Action.UNLIKE: {"liked": False},
    Action.HIDE: {"hidden": True},
    Action.UNHIDE: {"hidden": False},
}


def act(actor: User, message_id: int, action: str, *, now: datetime | None = None) -> Message:
    """Ask for it. Refused at once where the network can't; the timeline tells how it went."""
    require(actor, Permission.MODERATE)
    now = now or timezone.now()
    if action not in list(Action):
        raise Invalid(
            _("Choose like, unlike, hide, unhide or delete."), errors={"action": [_("There is no such action.")]}
        )
    message = Message.objects.select_related("inbox", "ticket", "conversation").filter(pk=message_id).first()
    if message is None or message.ticket is None:
        raise Missing(_("There is no such message."))
    if refusal := why_not(message, Action(action), message.inbox):
        raise Conflict(refusal, code="not_possible")
    if message.deleted_at is not None:
        raise Conflict(_("This message has been deleted."))
    if message.erased_at is not None:
        raise Conflict(_("This message has been erased, so the network is not told which it was."), code="erased")
    with transaction.atomic():
        record(message.ticket, "action_asked", at=now, actor=actor, message=message.pk, action=action)
        audit(actor, f"message_{action}", message, ticket=message.ticket_id)
        enqueue("desk.tasks.send_action", message.pk, action, actor.pk)
    return message


def carry_out(message_id: int, action: str, actor_id: int, now: datetime) -> None:
    """Do it on the network; doing it twice is harmless."""
    message = Message.objects.select_related("inbox", "ticket").get(pk=message_id)
    actor = User.objects.filter(pk=actor_id).first()
    if message.ticket is None:
        return
    try:
        connect(message.inbox).act(Action(action), message.external_id)
    except (NetworkError, Unsealable) as problem:
        refusal = refusal_of(message.inbox, problem, now)
        _tell(message, "action_failed", actor, now, action=action, problem=kept(refusal))
        return
    with transaction.atomic():
        if action == Action.DELETE:
            take_away(message, now)
        else:
            Message.objects.filter(pk=message.pk).update(**_COLUMNS[Action(action)])
        _tell(message, "action_done", actor, now, action=action)


def _tell(message: Message, kind: str, actor: User | None, now: datetime, **data: object) -> None:
    if message.ticket is not None:
        record(message.ticket, kind, at=now, actor=actor, message=message.pk, **data)
        announce([(message.ticket, "change")])
