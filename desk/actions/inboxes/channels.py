"""Where a ticket can be answered now, and why not elsewhere: what the composer offers and the send step trusts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from desk.actions.crises.crisis_levels import LevelsAt
from desk.actions.forms.form_channel import CLOSED, FILES, LABEL, LENGTH, closed, link_of
from desk.actions.replies import one_answer
from desk.actions.replies.own_links import own_links
from desk.actions.tickets.facts import complains, said_to_others
from desk.common.media.captions import words_of
from desk.forms.models import is_by_form
from desk.inboxes.gateway import (
    Capabilities,
    LengthRule,
    MediaRule,
    UnknownNetwork,
    capabilities_of,
    connector_of,
    network,
    warning_in,
)
from desk.people.models import User
from desk.replies.models import Reply, ReplyAttachment
from desk.rulebooks.active import InForce
from desk.tickets.models import Message, Ticket
from policies.check import Checked, check_reply
from policies.facts import Attachment as Enclosed
from policies.facts import ReplyFacts
from policies.facts import Visibility as Audience
from policies.length import measure
from policies.reply_states import State


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to answer. `reason` says why it is closed; `closes_at` is when the network's window ends."""

    visibility: str
    label: str
    allowed: bool
    reason: "str | Promise"
    closes_at: datetime | None
    length: LengthRule
    media: MediaRule | None  # what goes along
    answers: Message | None  # the message that would be answered
    usual_until: datetime | None = None  # from then on the network is told that a person writes, until `closes_at`
    warning: str = ""  # that of what is answered, behind which the answer stands too
    replaces: Message | None = None  # our answer that would give way, where the network shows one alone

    def leaves_warning_out(self, used: int) -> bool:
        """Whether an answer so long goes without it: the network counts both."""
        warned = measure(self.warning, replace(self.length, unit="graphemes"))
        return bool(warned.used) and used <= self.length.limit < used + warned.used


def channels(ticket: Ticket, now: datetime, *, messages: Sequence[Message] | None = None) -> list[Channel]:
    """Public and private, as far as the network knows them. `messages` is the whole thread, where it is at hand."""
    newest = _newest_messages(ticket) if messages is None else _newest_of(ticket, messages)
    try:
        capabilities = capabilities_of(ticket.inbox)
    except UnknownNetwork:  # its connector went with an upgrade: what came in can still be read
        return []
    offered = []
    if capabilities.reply_public and newest.get(False):
        offered.append(_public(ticket, capabilities, newest[False]))
    if is_by_form(newest.get(True)):
        offered.append(_by_form(newest[True], now))
    elif capabilities.reply_private:
        offered.append(_private(ticket, capabilities, newest, now, messages))
    if any(one.erased_at is not None for one in newest.values()):
        erased = _("What was written here has been erased, so there is nothing to answer.")
        offered = [_closed(channel, erased) if _is_erased(channel) else channel for channel in offered]
    if _undecided(ticket):
        closed = _("One reply may be out or not. Wait for the outcome before you write again.")
        offered = [_closed(channel, closed) for channel in offered]
    return offered


def channel(ticket: Ticket, visibility: str, now: datetime) -> Channel | None:
    """The one channel of that visibility; None where the network has none."""
    return next((one for one in channels(ticket, now) if one.visibility == visibility), None)


def facts_of(
    ticket: Ticket,
    author: User,
    text: str,
    chosen: Channel,
    now: datetime,
    say_in: str,
    under: InForce,
    attached: Sequence[ReplyAttachment] = (),
) -> ReplyFacts:
    """What the rules may know about this reply. `attached` goes along, in this order."""
    return ReplyFacts(
        text=text,
        now=now,
        length=chosen.length,
        network=ticket.inbox.network,
        visibility=Audience(chosen.visibility),
        signature=under.signature_of(author),
        team=ticket.team.name if ticket.team else "",
        brand=ticket.inbox.brand,
        rating=ticket.rating or 0,
        crisis_level=_crisis_level(ticket, now),
        roles=(author.role,),
        customer_language=ticket.language,
        say_in=say_in,
        reply_allowed=chosen.answers is None or chosen.answers.reply_allowed or chosen.answers.private,
        window_closes_at=chosen.closes_at,
        original_deleted=ticket.original_gone and chosen.visibility == Reply.Visibility.PUBLIC,
        free_mentions=(ticket.profile.handle,) if ticket.profile.handle else (),
        own=tuple(settings.OWN_DETAILS),
        own_links=own_links(),
        complaint=complains(ticket),
        customer_blocked=ticket.customer.blocked_at is not None,
        customer_erased=ticket.customer.erased_at is not None,
        recent=said_to_others(ticket, now),
        attachments=tuple(map(enclosed, attached)),
        media=chosen.media,
    )


def check_text(
    ticket: Ticket,
    author: User,
    text: str,
    chosen: Channel,
    now: datetime,
    say_in: str,
    under: InForce,
    attached: Sequence[ReplyAttachment] = (),
) -> Checked:
    """Run the rules of the rulebook that is in force over a reply to this ticket."""
    return check_reply(facts_of(ticket, author, text, chosen, now, say_in, under, attached), under.rulebook)


def enclosed(attachment: ReplyAttachment) -> Enclosed:
    """What the rules may know of it."""
    return Enclosed(
        attachment.kind,
        attachment.alt_text,
        attachment.content_type,
        attachment.size,
        words_of(attachment.captions),
        len(attachment.captions.encode()),
    )


def media_at(slug: str, visibility: str) -> MediaRule | None:
    """What an answer takes along on a network. Raises UnknownNetwork."""
    can = network(slug).capabilities
    return can.public_media if visibility == Reply.Visibility.PUBLIC else can.private_media


def beside_mention(length: LengthRule, handle: str) -> LengthRule:
    """What is left for our words where the network wants the customer's @handle in them; of it no server counts."""
    if not length.mention_counts or not handle:
        return length
    return replace(length, limit=length.limit - len(f"@{handle.partition('@')[0]} "))


def _crisis_level(ticket: Ticket, now: datetime) -> int:
    """Not asked of a ticket that came with the word that there is no crisis (`some_crisis`)."""
    return LevelsAt(now)([ticket]).get(ticket.pk, 0) if getattr(ticket, "some_crisis", True) else 0


def _newest_messages(ticket: Ticket) -> dict[bool, Message]:
    """The customer's newest message by privacy; one that is still there where possible."""
    rows = Message.objects.filter(ticket=ticket, outgoing=False).defer("search")
    newest: dict[bool, Message] = {}
    for message in rows.order_by("private", "-deleted_at", "-created_at").distinct("private"):
        newest[message.private] = message
    return newest


def _newest_of(ticket: Ticket, messages: Sequence[Message]) -> dict[bool, Message]:
    """The same out of a thread that has been loaded."""
    own = [message for message in messages if message.ticket_id == ticket.pk and not message.outgoing]
    own.sort(
        key=lambda message: (message.deleted_at is None, message.deleted_at or message.created_at, message.created_at)
    )
    return {message.private: message for message in own}


def _public(ticket: Ticket, can: Capabilities, answers: Message) -> Channel:
    speaks = connector_of(ticket.inbox)
    reason: str | Promise = ""
    if answers.deleted_at is not None:
        reason = _("The customer deleted this post, so it takes no public reply.")
    elif not answers.reply_allowed:
        reason = _("The network allows a reply only to people who mentioned us.")
    length, media = beside_mention(can.public_length, ticket.profile.handle), can.public_media
    replaces = one_answer.standing(ticket, answers) if can.one_answer else None
    return Channel(
        Reply.Visibility.PUBLIC,
        speaks.label,
        not reason,
        reason,
        None,
        length,
        media,
        answers,
        warning=_warning(ticket, answers),
        replaces=replaces,
    )


def _private(
    ticket: Ticket,
    capabilities: Capabilities,
    newest: dict[bool, Message],
    now: datetime,
    messages: Sequence[Message] | None,
) -> Channel:
    speaks = connector_of(ticket.inbox)
    received = newest.get(True)
    reason: str | Promise = ""
    closes_at = None
    if received is None and not capabilities.private_from_public:
        reason = _("On this network the customer has to write in private first.")
    hours = capabilities.private_extended_hours or capabilities.private_window_hours
    begun = received or newest.get(False)
    if hours and begun is not None:
        closes_at = begun.created_at + timedelta(hours=hours)
        if closes_at <= now:
            reason = _("The network's reply window has closed. It opens again when the customer writes.")
    if not reason and received is None and begun is not None and capabilities.private_once:
        reason = _used_up(ticket, begun, messages)
    usual = capabilities.private_window_hours if capabilities.private_extended_hours else None
    media = capabilities.private_media
    if media is not None and received is None and not media.first_too:
        media = None
    return Channel(
        Reply.Visibility.PRIVATE,
        speaks.label,
        not reason,
        reason,
        closes_at,
        beside_mention(capabilities.private_length, ticket.profile.handle),
        media,
        received or newest.get(False),
        received.created_at + timedelta(hours=usual) if received is not None and usual else None,
        _warning(ticket, begun),
    )


def _warning(ticket: Ticket, answers: Message | None) -> str:
    return warning_in(ticket.inbox, answers.text) if answers is not None and answers.deleted_at is None else ""


def _used_up(ticket: Ticket, answers: Message, messages: Sequence[Message] | None) -> str | Promise:
    """Why a public post takes no (further) private message; "" where it does."""
    if messages is None:
        sent = Message.objects.filter(ticket=ticket, outgoing=True, private=True, parent_id=answers.external_id)
        used = sent.exists()
    else:
        used = any(one.outgoing and one.private and one.parent_id == answers.external_id for one in messages)
    if not used:
        return ""
    return _("The network takes one private message to a public post, and it was sent. The customer has to answer it.")


def _by_form(received: Message, now: datetime) -> Channel:
    """To the page of whoever wrote by a form."""
    link = link_of(received)
    reason = closed(link, now) if link is not None else CLOSED
    return Channel(Reply.Visibility.PRIVATE, str(LABEL), not reason, reason, None, LENGTH, FILES, received)


def _is_erased(channel: Channel) -> bool:
    """Nobody knows any more which message on the network this would answer."""
    return channel.answers is not None and channel.answers.erased_at is not None


def _undecided(ticket: Ticket) -> bool:
    if not ticket.problem:
        return False
    return ticket.problem == State.UNKNOWN or Reply.objects.filter(ticket=ticket, state=State.UNKNOWN).exists()


def _closed(channel: Channel, reason: "str | Promise") -> Channel:
    return replace(channel, allowed=False, reason=channel.reason or reason)
