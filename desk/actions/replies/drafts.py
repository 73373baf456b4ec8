"""What somebody is writing, kept by the desk, and from where on it counts as begun."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.common.errors import Conflict, Invalid, Missing
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.replies import files
from desk.replies.models import Draft, Reply, ReplyAttachment
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


def leave_empty(actor: User, ticket_id: int, *, visibility: str) -> None:
    """The words are gone: so is the draft, unless something is attached to it."""
    require(actor, Permission.WRITE_NOTES)
    own = Draft.objects.filter(ticket=ticket_id, author=actor)
    if not own.filter(attachments__isnull=False).exists():
        own.delete()
    elif visibility in (*Reply.Visibility.values, "note"):
        own.update(text="", visibility=visibility)


def discard(actor: User, ticket_id: int) -> None:
    """Throw one's own draft away, with what is attached to it."""
    require(actor, Permission.WRITE_NOTES)
    with transaction.atomic():
        drop(Draft.objects.filter(ticket=ticket_id, author=actor))


def noted(author: User, ticket: Ticket) -> None:
    """What was written is a note now. Files can't go along with one, so they wait for a reply."""
    own = Draft.objects.filter(ticket=ticket, author=author, visibility="note")
    own.filter(attachments__isnull=True).delete()
    own.update(text="", visibility=Reply.Visibility.PUBLIC)


def drop(drafts: "QuerySet[Draft]") -> None:
    """Delete drafts with their files. Runs in the caller's transaction."""
    files.remove(ReplyAttachment.objects.filter(draft__in=drafts))
    drafts.delete()


def draft_of(author: User, ticket_id: int, *, visibility: str, seen_event_id: int | None) -> Draft:
    """One's own draft, begun where there is none, and locked. Runs in the caller's transaction. Raises Invalid."""
    if visibility not in (*Reply.Visibility.values, "note"):
        raise Invalid(_("Choose public, private or note."))
    begun = _newest(ticket_id) if seen_event_id is None else seen_event_id
    Draft.objects.get_or_create(
        ticket_id=ticket_id, author=author, defaults={"visibility": visibility, "seen_event_id": begun}
    )
    return Draft.objects.select_for_update().get(ticket_id=ticket_id, author=author)


def read_on(actor: User, ticket_id: int) -> None:
    """The writer has read everything up to now, so the draft counts as begun now."""
    require(actor, Permission.WRITE_NOTES)
    Draft.objects.filter(ticket=ticket_id, author=actor).update(seen_event_id=_newest(ticket_id))


class Gone(Conflict):
    """A file that was to go along is not in the draft."""

    code = "attachment_gone"


def files_there(author: User, ticket_id: int, attachment_ids: Sequence[int]) -> list[ReplyAttachment]:
    """Those of these files that are in one's own draft, in this order."""
    if not attachment_ids:
        return []
    return _in_draft(ReplyAttachment.objects.all(), author, ticket_id, attachment_ids)


def files_to_send(author: User, ticket_id: int, attachment_ids: Sequence[int]) -> list[ReplyAttachment]:
    """These files of one's own draft, in this order and locked. Raises Gone where one is not there."""
    if not attachment_ids:
        return []
    locked = ReplyAttachment.objects.select_for_update(of=("self",))
    found = _in_draft(locked, author, ticket_id, attachment_ids)
    if len(found) < len(set(attachment_ids)):
        raise Gone(_("An attachment is not in your draft any more. Look at what goes along, then try again."))
    return found


def _in_draft(
    rows: "QuerySet[ReplyAttachment]", author: User, ticket_id: int, attachment_ids: Sequence[int]
) -> list[ReplyAttachment]:
    wanted = list(dict.fromkeys(attachment_ids))
    found = {row.pk: row for row in rows.filter(pk__in=wanted, draft__ticket=ticket_id, draft__author=author)}
    return [found[number] for number in wanted if number in found]


def give_back(reply: Reply, *, because: str = "", by: User | None = None) -> None:
    """The words of a reply become its author's draft again, before whatever they began meanwhile, and so its files.

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
    files.hand_over(reply.attachments.all(), draft, timezone.now())


def _newest(ticket_id: int) -> int:
    return TicketEvent.objects.filter(ticket=ticket_id).order_by("-id").values_list("pk", flat=True).first() or 0
