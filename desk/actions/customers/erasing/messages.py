"""Messages without their words: who wrote when, and that it was answered, stays."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from desk.actions.customers.erasing import InFlight, quiet_audit
from desk.actions.customers.erasing.raws import empty
from desk.actions.customers.erasing.replies import erase_replies, with_words
from desk.actions.intake.ingest import take_inbox
from desk.actions.intake.reactions import forget
from desk.actions.replies.canned_learning import unlearn
from desk.actions.tickets.announce import announce
from desk.common.bulk import update_rows
from desk.inboxes.models import Inbox, RawItem
from desk.knowledge.models import Suggestion
from desk.privacy.digests import erased_id
from desk.replies import files
from desk.replies.models import Reply, ReplyAttachment
from desk.tickets.models import Attachment, Message, MessageVersion, Reaction, Ticket
from policies.reply_states import State

SHOWN = ("pk", "inbox_id", "ticket_id", "conversation_id", "raw_item_id", "external_id", "text")


def take(messages: Sequence[Message]) -> dict[int, Ticket]:
    """Keep ingest and colleagues away from these messages and their tickets until the transaction ends."""
    for inbox_id in sorted({message.inbox_id for message in messages}):
        take_inbox(inbox_id)
    ids = {message.ticket_id for message in messages if message.ticket_id}
    return {one.pk: one for one in Ticket.objects.filter(pk__any_of=ids).select_for_update().order_by("pk")}


def erase_messages(messages: Sequence[Message], now: datetime) -> Counter[str]:
    """Take out their words, versions, files and raw items, and the texts of our replies that hang on them.

    The caller has taken them (`take`). Raises InFlight.
    """
    ids = [message.pk for message in messages]
    replies = Reply.objects.filter(Q(message__any_of=ids) | Q(answers__any_of=ids))
    if replies.filter(state=State.SENDING).exists():
        raise InFlight
    unlearn(ids)
    Suggestion.objects.filter(ticket__in={one.ticket_id for one in messages if one.ticket_id}).delete()
    counts = Counter(messages=len(ids), files=_files(ids) + files.erase(_attached_to(replies)))
    counts["versions"] = MessageVersion.objects.filter(message__any_of=ids).delete()[0]
    counts["replies"] = erase_replies(list(with_words(replies).values_list("pk", flat=True)), now)
    counts["raw"] = empty({one.raw_item_id for one in messages if one.raw_item_id} | _waiting(messages), now)
    forget(Reaction.objects.filter(message__any_of=ids))
    _forget_ids(messages)
    Message.objects.filter(pk__any_of=ids).update(text="", url="", about=None, erased_at=now)
    quiet_audit("message", ids)
    _forget_previews({one.ticket_id for one in messages if one.ticket_id})
    return counts


def _attached_to(replies: "QuerySet[Reply]") -> "QuerySet[ReplyAttachment]":
    return ReplyAttachment.objects.filter(reply__in=list(replies.values_list("pk", flat=True)))


def _files(ids: Collection[int]) -> int:
    """First the files and then the rows that name them: a worker that is killed between leaves none behind."""
    rows = Attachment.objects.filter(message__any_of=ids)
    for attachment in rows.select_for_update():
        if attachment.file:
            attachment.file.delete(save=False)
    return rows.delete()[0]


def _waiting(messages: Sequence[Message]) -> set[int]:
    """Edits of these messages that nobody has looked at yet."""
    found: set[int] = set()
    by_inbox = defaultdict(list)
    for message in messages:
        by_inbox[message.inbox_id].append(message.external_id)
    for inbox_id, external_ids in by_inbox.items():
        waiting = RawItem.objects.filter(inbox=inbox_id, processed_at=None, item__external_id__in=external_ids)
        found.update(waiting.values_list("pk", flat=True))
    return found


def _forget_ids(messages: Sequence[Message]) -> None:
    """Digests stand in their place, also where an answer says what it answers."""
    networks = dict(Inbox.objects.filter(pk__in={one.inbox_id for one in messages}).values_list("pk", "network"))
    new = {one.external_id: erased_id(networks[one.inbox_id], one.external_id) for one in messages}
    below = Message.objects.filter(
        conversation__any_of={one.conversation_id for one in messages}, parent_id__in=list(new)
    )
    parents = [(pk, new[parent]) for pk, parent in below.values_list("pk", "parent_id")]
    update_rows(Message, ("id", "parent_id"), parents)
    update_rows(Message, ("id", "external_id"), [(one.pk, new[one.external_id]) for one in messages])


def _forget_previews(ticket_ids: set[int]) -> None:
    """Where the last word is gone, the list shows none."""
    last = Message.objects.filter(ticket=OuterRef("pk"), erased_at=None, created_at__gte=OuterRef("last_message_at"))
    tickets = Ticket.objects.filter(~Exists(last), pk__any_of=ticket_ids).exclude(preview="")
    tickets.update(preview="")
    announce((one, "change") for one in Ticket.objects.filter(pk__any_of=ticket_ids))
