"""What goes along with a reply that is being written: attached, described, put in order, taken off, looked at."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.forms.form_channel import FILES, goes_by_form
from desk.actions.questions.questions import open_file
from desk.actions.replies.drafts import draft_of
from desk.common.errors import Invalid, Missing
from desk.common.media import Clean, Refused, cleaned
from desk.common.media.captions import NoCaptions
from desk.common.media.captions import read as read_captions
from desk.inboxes.gateway import MediaRule, UnknownNetwork, all_networks, capabilities_of
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.replies import files
from desk.replies.models import CannedResponse, Draft, Reply, ReplyAttachment
from desk.tickets.models import Ticket
from desk.tickets.queries import visible_tickets

LONGEST_ALT = 4_000  # characters; networks keep far less
MOST = 10  # of one draft; networks take far fewer
LARGEST = 25 * 1024 * 1024  # bytes of a file, on any network
_MB = 1024 * 1024


def attach(
    actor: User,
    ticket_id: int,
    *,
    content: bytes,
    name: str,
    alt_text: str = "",
    visibility: str = "public",
    seen_event_id: int | None = None,
    now: datetime | None = None,
) -> ReplyAttachment:
    """Put a file into one's draft on this ticket, which begins with it where there is none.

    The file is told by its bytes and kept without what says where it was made. Raises Invalid with what to do, where
    neither a public nor a private answer takes it; Missing.
    """
    require(actor, Permission.REPLY)
    ticket = _ticket(actor, ticket_id)
    clean = taken(content, rules_of(ticket))
    with transaction.atomic():
        draft = draft_of(actor, ticket.pk, visibility=visibility, seen_event_id=seen_event_id)
        most = min(max(rule.most for rule in rules_of(ticket)), MOST)
        if draft.attachments.count() >= most:
            raise refusal(_("At most %(count)d attachments go along here. Take one off first.") % {"count": most})
        return files.keep(draft, clean, name, described(alt_text), actor, now or timezone.now())


def attach_canned(
    actor: User, ticket_id: int, canned_id: int, *, visibility: str = "public", now: datetime | None = None
) -> list[ReplyAttachment]:
    """What goes along with a canned response, into one's draft: each file once. Raises Missing.

    Where the network takes no file the words go alone.
    """
    require(actor, Permission.REPLY)
    ticket = _ticket(actor, ticket_id)
    canned = CannedResponse.objects.filter(pk=canned_id).first()
    if canned is None:
        raise Missing(_("There is no such canned response."))
    if not _takes_files(ticket, visibility):
        return []
    with transaction.atomic():
        draft = draft_of(actor, ticket.pk, visibility=visibility, seen_event_id=None)
        return _copied_once(canned.attachments.all(), draft, actor, now)


def attach_answer_file(
    actor: User, ticket_id: int, file_id: int, *, visibility: str = "public", now: datetime | None = None
) -> list[ReplyAttachment]:
    """What a colleague handed in with an answer on this ticket, into one's draft: once. Raises Invalid, Missing.

    Where the network takes no file the words go alone.
    """
    require(actor, Permission.REPLY)
    ticket, row = _ticket(actor, ticket_id), open_file(actor, file_id)
    if row.entry.question.ticket_id != ticket.pk:
        raise Missing(_("This file is not here (any more)."))
    there = Draft.objects.filter(ticket=ticket, author=actor, attachments__digest=row.digest)
    if there.exists() or not _takes_files(ticket, visibility):
        return []
    with row.file.open("rb") as file:
        content = bytes(file.read())
    return [attach(actor, ticket.pk, content=content, name=row.name, visibility=visibility, now=now)]


def attach_again(actor: User, reply_id: int, *, now: datetime | None = None) -> list[ReplyAttachment]:
    """What was to go along with a reply, into one's draft once more: each file once. Raises Missing."""
    require(actor, Permission.REPLY)
    reply = Reply.objects.filter(pk=reply_id, ticket__in=visible_tickets(actor)).first()
    if reply is None:
        raise Missing(_("There is no such reply."))
    with transaction.atomic():
        draft = draft_of(actor, reply.ticket_id, visibility=reply.visibility, seen_event_id=None)
        return _copied_once(reply.attachments.all(), draft, actor, now)


def describe(actor: User, attachment_id: int, alt_text: str) -> ReplyAttachment:
    """What a screen reader says of a file of one's own draft. Raises Invalid, Missing."""
    require(actor, Permission.REPLY)
    words = described(alt_text)
    row = _own(actor, attachment_id)
    ReplyAttachment.objects.filter(pk=row.pk, draft=row.draft).update(alt_text=words)
    row.alt_text = words
    return row


def caption(actor: User, attachment_id: int, content: bytes, language: str = "") -> ReplyAttachment:
    """What is said in a film of one's own draft, for whoever can't hear it: SubRip or WebVTT; nothing takes it off.

    Raises Invalid, Missing.
    """
    require(actor, Permission.REPLY)
    row = _own(actor, attachment_id)
    if content and row.kind != "video":
        raise refusal(_("Only films have captions."))
    if content and language not in dict(settings.LANGUAGES):
        raise Invalid(_("Say in which language the captions are."), errors={"language": [_("Choose a language.")]})
    try:
        row.captions = read_captions(content).text if content else ""
    except NoCaptions as refused:
        raise refusal(str(refused)) from refused
    row.captions_language = language if row.captions else ""
    columns = {"captions": row.captions, "captions_language": row.captions_language}
    ReplyAttachment.objects.filter(pk=row.pk, draft=row.draft).update(**columns)
    return row


def put_in_order(actor: User, ticket_id: int, attachment_ids: Sequence[int]) -> list[ReplyAttachment]:
    """The files of one's own draft in this order; those that are not named come behind. Raises Missing."""
    require(actor, Permission.REPLY)
    with transaction.atomic():
        draft = Draft.objects.select_for_update().filter(ticket=ticket_id, author=actor).first()
        if draft is None:
            raise Missing(_("You have no draft on this ticket."))
        return files.put_in_order(draft.attachments.all(), attachment_ids)


def take_off(actor: User, attachment_id: int) -> None:
    """Delete a file of one's own draft. Raises Missing."""
    require(actor, Permission.REPLY)
    with transaction.atomic():
        files.remove(ReplyAttachment.objects.filter(pk=_own(actor, attachment_id).pk, draft__author=actor))


def open_attachment(actor: User, attachment_id: int) -> ReplyAttachment:
    """A file, for whoever may see it: that of a draft for its writer alone. Raises Missing."""
    require(actor, Permission.READ_TICKETS)
    seen = Q(draft__author=actor) | Q(reply__ticket__in=visible_tickets(actor)) | Q(canned_response__isnull=False)
    row = ReplyAttachment.objects.filter(seen, pk=attachment_id).first()
    if row is None or not row.file:
        raise Missing(_("This file is not here (any more)."))
    return row


def rules_of(ticket: Ticket) -> list[MediaRule]:
    """What a public and a private answer take along there; at least one that takes nothing."""
    try:
        can = capabilities_of(ticket.inbox)
    except UnknownNetwork:
        return [MediaRule(0, {})]
    rules = [can.public_media if can.reply_public else None, can.private_media if can.reply_private else None]
    if goes_by_form(ticket):
        rules[1] = FILES
    return [rule for rule in rules if rule is not None] or [MediaRule(0, {})]


def _takes_files(ticket: Ticket, visibility: str) -> bool:
    try:
        can = capabilities_of(ticket.inbox)
    except UnknownNetwork:
        return False
    if visibility == Reply.Visibility.PRIVATE and goes_by_form(ticket):
        return True
    return (can.public_media if visibility == Reply.Visibility.PUBLIC else can.private_media) is not None


def every_rule() -> list[MediaRule]:
    """What any network takes along: for what is written for all of them."""
    rules = (rule for one in all_networks() for rule in (one.capabilities.public_media, one.capabilities.private_media))
    return [rule for rule in rules if rule is not None]


def described(alt_text: str) -> str:
    """As it is kept. Raises Invalid where no network would."""
    words = " ".join(alt_text.replace("\x00", "").split())
    if len(words) > LONGEST_ALT:
        raise Invalid(
            _("This description is longer than any network keeps. Shorten it."), errors={"alt_text": [_("Too long.")]}
        )
    return words


def taken(content: bytes, rules: Sequence[MediaRule]) -> Clean:
    """The file as it may be kept, where one of these takes it. Raises Invalid."""
    most = min(LARGEST, max((limit for rule in rules for limit in rule.max_bytes.values()), default=0))
    if not most:
        raise refusal(_("Nothing can go along with an answer on this network."))
    if len(content) > most:
        raise refusal(_("This file is larger than %(limit)d MB. Make it smaller.") % {"limit": most // _MB})
    try:
        clean = cleaned(content)
    except Refused as refused:
        raise refusal(str(refused.reason)) from refused
    limits = [rule.max_bytes[clean.content_type] for rule in rules if clean.content_type in rule.max_bytes]
    if not limits:
        kinds = sorted({one.partition("/")[2].upper() for rule in rules for one in rule.max_bytes})
        raise refusal(
            _("This kind of file can't go along on this network. Use: %(kinds)s.") % {"kinds": ", ".join(kinds)}
        )
    if len(clean.content) > max(limits):
        raise refusal(_("This file is larger than %(limit)d MB. Make it smaller.") % {"limit": max(limits) // _MB})
    return clean


def _copied_once(
    rows: Iterable[ReplyAttachment], draft: Draft, actor: User, now: datetime | None
) -> list[ReplyAttachment]:
    there = set(draft.attachments.values_list("digest", flat=True))
    fresh = [one for one in rows if one.digest not in there][: MOST - len(there)]
    return files.copied(fresh, draft, actor, now or timezone.now())


def refusal(words: str) -> Invalid:
    return Invalid(words, code="attachment_refused", errors={"file": [words]})


def _own(actor: User, attachment_id: int) -> ReplyAttachment:
    row = ReplyAttachment.objects.filter(pk=attachment_id, draft__author=actor).first()
    if row is None:
        raise Missing(_("This attachment is not in your draft (any more)."))
    return row


def _ticket(actor: User, ticket_id: int) -> Ticket:
    ticket = visible_tickets(actor).select_related("inbox").filter(pk=ticket_id).first()
    if ticket is None:
        raise Missing(_("There is no ticket %(number)s.") % {"number": ticket_id})
    return ticket
