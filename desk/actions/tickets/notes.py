"""What colleagues say to each other on a ticket."""

import re
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.replies.drafts import noted
from desk.actions.tickets.announce import announce
from desk.actions.tickets.timeline import record
from desk.alerts.notices import Notice, notify
from desk.common.errors import Invalid, Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.tickets.models import Note, Ticket

LONGEST = 20_000  # characters
_MENTION = re.compile(r"(?<![\w@.])@([\w.+-]{1,150})")


def add_note(actor: User, ticket_id: int, text: str, *, now: datetime | None = None) -> Note:
    """Write a note. Colleagues named as @username are told."""
    require(actor, Permission.WRITE_NOTES)
    now = now or timezone.now()
    text = text.replace("\x00", "").strip()
    if not text or len(text) > LONGEST:
        raise Invalid(
            _("A note has 1 to 20,000 characters."), errors={"text": [_("A note has 1 to 20,000 characters.")]}
        )
    with transaction.atomic():
        ticket = Ticket.objects.filter(pk=ticket_id).first()
        if ticket is None:
            raise Missing(_("There is no ticket %(number)s.") % {"number": ticket_id})
        note = Note.objects.create(ticket=ticket, author=actor, text=text, created_at=now)
        mentioned = mentioned_in(text)
        note.mentioned.add(*mentioned)
        params = {"note": note.pk, "by": actor.pk, "by_name": actor.name}
        others = [person.pk for person in mentioned if person.pk != actor.pk]
        notify([Notice(person, "mentioned", ticket_id=ticket.pk, params=params) for person in others], now)
        noted(actor, ticket)
        record(ticket, "note", at=now, actor=actor, note=note.pk)
        audit(actor, "note", ticket, note=note.pk)
        announce([(ticket, "change")])
    return note


def mentioned_in(text: str) -> list[User]:
    """The colleagues whom a note names."""
    names = names_in(text)
    people = User.objects.filter(username__in=names, is_active=True) if names else ()
    return [person for person in people if person.may(Permission.READ_TICKETS)]


def names_in(text: str) -> set[str]:
    """What stands behind an @ in it; a full stop behind a name is punctuation."""
    return {name for found in _MENTION.findall(text) for name in (found, found.rstrip(".-"))}
