"""What somebody is writing, kept by the desk, and from where on it counts as begun."""

from django.utils import timezone
from django.utils.translation import gettext as _

from desk.common.errors import Invalid, Missing
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.replies.models import Draft, Reply
from desk.tickets.models import Ticket, TicketEvent

LONGEST = 20_000  # characters that anybody may submit; networks allow far less


def save(actor: User, ticket_id: int, *, text: str, visibility: str, seen_event_id: int | None = None) -> None:
    """Keep a text. What is begun counts as begun at `seen_event_id`, the newest timeline event on the writer's screen;
    without it, at the newest one that there is. One query for a draft that was begun before. Raises Invalid, Missing.
    """
    require(actor, Permission.WRITE_NOTES)
    if len(text) > LONGEST:
        raise Invalid(_("This text is longer than any network takes. Shorten it."))
    if visibility not in (*Reply.Visibility.values, "note"):
        raise Invalid(_("Choose public, private or note."))
    kept = {"text": text.replace("\x00", ""), "visibility": visibility, "updated_at": timezone.now()}
    if Draft.objects.filter(ticket=ticket_id, author=actor).update(**kept):
        return
    if not Ticket.objects.filter(pk=ticket_id).exists():
        raise Missing(_("There is no ticket %(number)s.") % {"number": ticket_id})
    begun = _newest(ticket_id) if seen_event_id is None else seen_event_id
    new = Draft(ticket_id=ticket_id, author=actor, seen_event_id=begun, **kept)
    Draft.objects.bulk_create(  # two keystrokes at once begin one draft
        [new], update_conflicts=True, unique_fields=["ticket", "author"], update_fields=list(kept)
    )


def discard(actor: User, ticket_id: int) -> None:
    """Throw one's own draft away."""
    require(actor, Permission.WRITE_NOTES)
    Draft.objects.filter(ticket=ticket_id, author=actor).delete()


def read_on(actor: User, ticket_id: int) -> None:
    """The writer has read everything up to now, so the draft counts as begun now."""
    require(actor, Permission.WRITE_NOTES)
    Draft.objects.filter(ticket=ticket_id, author=actor).update(seen_event_id=_newest(ticket_id))


def give_back(reply: Reply, *, because: str = "", by: User | None = None) -> None:
    """The words of a reply become its author's draft again, before whatever they began meanwhile.

    Runs in the transaction that takes the reply out of the outbox. `because`: why a colleague rejected them.
    """
    draft, created = Draft.objects.select_for_update().get_or_create(
        ticket_id=reply.ticket_id, author_id=reply.author_id, defaults={"seen_event_id": _newest(reply.ticket_id)}
    )
    begun = "" if created else draft.text.strip()
    draft.text = f"{reply.text}\n\n{begun}" if begun and begun != reply.text.strip() else reply.text
    draft.visibility = reply.visibility
    draft.returned_because, draft.returned_by = because, by
    draft.save()


def _newest(ticket_id: int) -> int:
    return TicketEvent.objects.filter(ticket=ticket_id).order_by("-id").values_list("pk", flat=True).first() or 0
