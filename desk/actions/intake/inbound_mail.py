"""Mail that answers something of the desk which is no case: whoever sent the first mail is told of the answer.

A module says which kind it takes, and gives out addresses that bring its number back:

    @takes("q")
    def answered(mail: InboundMail) -> bool: ...

    reply_to = reply_address("q", question.pk)  # support+q.17.x4…@example.org, "" where no mailbox takes such addresses

The seal has been looked at before anybody is called, so a number was given out by us. Who answers is another matter:
`sender` is what the mail claims, and `proven` says whether that was checked. What nobody takes goes into the queue like
any other mail, so that nothing is lost. What a machine wrote is set aside (`set_aside.py`) and told to nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.actions.intake.batch import Stored
from desk.inboxes.gateway import is_ours, key_of, sealed, tag_of, with_tag
from desk.inboxes.models import Inbox, RawItem

MAIL = "mail"  # the slug of its network
TAGGED = "tagged_addresses"  # in an inbox's limits: mail to name+anything@… arrives there too


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file of a mail. `url` is for `gateway.fetch_file`; the type is what the mail claims, and may be wrong."""

    url: str
    content_type: str
    name: str = ""
    decoration: bool = False  # the logo of a signature and the like


@dataclass(frozen=True, slots=True)
class InboundMail:
    """What a handler gets. It runs in a transaction of its own savepoint; what it raises is tried again later."""

    inbox: Inbox
    number: int  # that the address was given out for
    sender: str  # an address in small letters, as the mail claims
    sender_name: str
    proven: bool  # the server that checks senders says that it is really theirs
    subject: str
    text: str  # what the sender wrote now
    whole_text: str  # with what stood below it
    message_id: str  # without < and >, "" where the mail has none
    external_id: str  # of this very mail: the same however often it arrives
    written_at: datetime
    files: tuple[Enclosed, ...] = ()


Handler = Callable[[InboundMail], bool]
_HANDLERS: dict[str, Handler] = {}


def takes(kind: str) -> Callable[[Handler], Handler]:
    """Register a handler for tags of a kind (small letters, 8 at most, not “t”). It says whether it took the mail."""

    def register(handler: Handler) -> Handler:
        if _HANDLERS.setdefault(kind, handler) is not handler:
            raise ValueError(f"Mail of the kind “{kind}” is taken already.")
        return handler

    return register


def reply_address(kind: str, number: int) -> str:
    """An address by which an answer comes back to the handler of `kind`; "" where no mailbox takes such addresses."""
    rows = Inbox.objects.filter(network=MAIL, drill=False, state=Inbox.State.ACTIVE, **{f"limits__{TAGGED}": True})
    inbox = rows.order_by("pk").first()
    return with_tag(inbox.own_id, sealed(key_of(inbox), kind, str(number))) if inbox is not None else ""


def hand_on(inbox: Inbox, stored: Stored) -> bool:
    """Give a mail to whoever it answers, in the caller's savepoint. False: it goes into the queue."""
    tag = tag_of(stored.item.tag)
    handler = _HANDLERS.get(tag.kind) if tag is not None else None
    if tag is None or handler is None or not tag.name.isdigit() or not is_ours(key_of(inbox), tag):
        return False
    if not stored.item.addressed:  # a machine answered, or the mail came back: it is set aside
        return False
    return handler(_mail(inbox, stored, int(tag.name)))


def _mail(inbox: Inbox, stored: Stored, number: int) -> InboundMail:
    item, raw = stored.item, _raw(stored.raw_id)
    author = item.author
    return InboundMail(
        inbox=inbox,
        number=number,
        sender=author.handle if author else "",
        sender_name=author.name if author else "",
        proven=not item.doubt,
        subject=str(raw.get("subject") or ""),
        text=item.text,
        whole_text=str(raw.get("text") or ""),
        message_id=str(raw.get("message_id") or ""),
        external_id=item.external_id,
        written_at=item.created_at,
        files=tuple(Enclosed(one.url, one.content_type, one.name, one.decoration) for one in item.attachments),
    )


def _raw(raw_id: int) -> dict[str, Any]:
    found = RawItem.objects.filter(pk=raw_id).values_list("item__raw", flat=True).first()
    return found if isinstance(found, dict) else {}
