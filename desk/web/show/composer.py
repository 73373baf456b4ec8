"""The composer of a ticket: who may read it, what may be written, and why not where it may not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.customers.masking import Eyes
from desk.actions.forms import form_links
from desk.actions.inboxes.channels import Channel
from desk.actions.replies.reply_files import rules_of
from desk.actions.tickets import moving
from desk.people.models import User
from desk.people.permissions import Permission
from desk.replies.models import Draft, Reply, ReplyAttachment
from desk.rulebooks.active import last_seen
from desk.tickets.models import Message, Ticket, TicketEvent
from desk.web.show import text, times
from policies.check import Checked
from policies.facts import Visibility
from policies.findings import Finding, Fix, FixKind, Severity
from policies.reply_states import State

NOTE = "note"
LONGEST_QUOTE = 120  # characters
LONGEST_OFFER = 32  # characters of what a button would write
KEYS = 9  # Alt 1 to Alt 9

KINDS: Mapping[Severity, Promise] = {
    Severity.BLOCK: gettext_lazy("Blocks"),
    Severity.APPROVE: gettext_lazy("Approval"),
    Severity.WARN: gettext_lazy("Warns"),
}
_FIXES: Mapping[FixKind, Promise] = {
    FixKind.MOVE_TO_PRIVATE: gettext_lazy("Move to private"),
    FixKind.MASK: gettext_lazy("Mask it"),
    FixKind.SHORTEN: gettext_lazy("Cut it here"),
    FixKind.DELETE: gettext_lazy("Delete it"),
    FixKind.REPLACE: gettext_lazy("Use “%(text)s”"),
    FixKind.ADD: gettext_lazy("Add “%(text)s”"),
    FixKind.DESCRIBE: gettext_lazy("Describe it"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """One choice of the switch. `reader` says who reads it; `reason` why it is closed."""

    visibility: str
    label: str
    reader: str
    open: bool
    reason: str
    closes_at: datetime | None
    limit: int
    gate: str = ""  # what a crisis does to it
    media: bool = False  # whether files go along
    replaces: str = ""  # what would give way to it
    usual_until: datetime | None = (
        None  # then the network is told that a person writes; None where it makes no difference
    )
    by_a_person: bool = False  # it is told so now
    warning: str = ""  # behind which an answer stands there
    there: str = ""  # where a person answers on the network itself, what the desk may not answer


@dataclass(frozen=True, slots=True)
class Newer:
    """What happened since a reply was begun: how much, and what the customer said last."""

    count: int
    only_messages: bool
    name: str
    hour: str
    words: SafeString


def newer(events: Sequence[TicketEvent], last: Message | None, eyes: Eyes) -> Newer:
    """`last` is the customer's newest message, where there is one."""
    return Newer(
        len(events),
        all(event.kind == "message_received" for event in events),
        text.name(last.profile.name, last.profile.handle) if last and last.profile else "",
        times.hour(last.created_at) if last else "",
        text.line(Truncator(eyes.read(last.text)).chars(LONGEST_QUOTE))
        if last and last.deleted_at is None
        else SafeString(),
    )


@dataclass(frozen=True, slots=True)
class Form:
    """One that the customer can use, or the page behind it."""

    pk: int
    used: bool
    until: datetime
    by_mail: bool
    looked_at: datetime | None  # when they last looked at our answers


@dataclass(frozen=True, slots=True)
class Composer:
    writer: User
    ways: list[Way]
    chosen: str
    text: str
    seen: int  # the timeline as the writer has read it
    newer: Newer | None  # what happened since
    signature: str  # "^SV"
    language: str
    undecided: bool
    name: str
    returned_because: str  # why a colleague did not approve the draft
    returned_by: str
    attached: Sequence[ReplyAttachment]
    longest_alt: int  # characters; 0 where nobody keeps a description
    largest_captions: int  # bytes; 0 where nobody keeps captions of a film
    accepts: str  # content types that go along one way or another, by commas
    invitation: str  # words that ask the customer to write in private; empty where that makes no sense
    closing_note: str  # words that end in public what was answered in private; empty while there is nothing to end
    may_offer_form: bool  # the customer could go on by a form, without an account
    forms: Sequence[Form]  # that the customer can use now

    @property
    def way(self) -> Way | None:
        return next((way for way in self.ways if way.visibility == self.chosen), None)

    @property
    def closed(self) -> bool:
        way = self.way
        return way is not None and not way.open

    @property
    def other(self) -> Way | None:
        """Where one can write instead."""
        return next((way for way in self.ways if way.open and way.visibility != self.chosen), None)

    @property
    def mark(self) -> str:
        """Changes when the composer has to be drawn anew; otherwise what is being typed stays untouched."""
        ways = " ".join(
            f"{way.visibility}:{way.open}:{way.reason}:{way.gate}:{way.replaces}:{way.warning}" for way in self.ways
        )
        more = f"{bool(self.invitation)} {bool(self.closing_note)} {self.may_offer_form} {self.forms}"
        return f"{ways} {self.returned_because} {more}".strip()

    @property
    def may_reply(self) -> bool:
        return any(way.visibility != NOTE for way in self.ways)


def composer(
    ticket: Ticket,
    writer: User,
    channels: Sequence[Channel],
    draft: Draft | None,
    attached: Sequence[ReplyAttachment],
    replies: Sequence[Reply],
    seen: int,
    newer: Newer | None,
    gates: Mapping[str, str],
    now: datetime,
) -> Composer:
    """What this writer finds below this ticket. `gates`: by visibility what a crisis does to replies there."""
    name = text.name(ticket.profile.name, ticket.profile.handle, ticket.profile.external_id)
    ways = (
        [_way(channel, name, gates.get(channel.visibility, ""), Eyes(writer)) for channel in channels]
        if writer.may(Permission.REPLY)
        else []
    )
    if writer.may(Permission.WRITE_NOTES):
        ways.append(Way(NOTE, _("Note"), _("Only colleagues read this"), open=True, reason="", closes_at=None, limit=0))
    in_public = any(way.visibility == Visibility.PUBLIC and way.open for way in ways)
    return Composer(
        invitation=moving.invitation(ticket) if in_public else "",
        closing_note=moving.closing_note(ticket) if in_public else "",
        may_offer_form=in_public and not ticket.private and writer.may(Permission.REPLY),
        forms=_forms(ticket, now) if writer.may(Permission.REPLY) else (),
        writer=writer,
        ways=ways,
        chosen=_chosen(ticket, ways, draft),
        text=draft.text if draft else "",
        seen=seen,
        newer=newer,
        signature=mark_of(writer),
        language=ticket.language or ticket.inbox.language,
        undecided=any(reply.state == State.UNKNOWN for reply in replies),
        name=name,
        returned_because=draft.returned_because if draft else "",
        returned_by=draft.returned_by.name if draft and draft.returned_by else _("A colleague"),
        attached=attached,
        **media(ticket),
        accepts=",".join(sorted({one for rule in rules_of(ticket) for one in rule.max_bytes})),
    )


def _forms(ticket: Ticket, now: datetime) -> list[Form]:
    return [
        Form(link.pk, link.used_at is not None, link.expires_at, bool(link.email), link.looked_at)
        for link in form_links.forms_of(ticket, now)
    ]


def media(ticket: Ticket) -> dict[str, int]:
    """How long descriptions, and how large captions may be on this network, one way or another; 0: it keeps none."""
    rules = rules_of(ticket)
    return {
        "longest_alt": max(rule.longest_alt for rule in rules),
        "largest_captions": max(rule.captions for rule in rules),
    }


def mark_of(writer: User) -> str:
    """“^SV”, or nothing where no initials are set."""
    return last_seen().signature_of(writer)


def can_be_called_back(reply: Reply, now: datetime) -> bool:
    """Whether it has not left yet."""
    return reply.state == State.QUEUED and not reply.attempts and reply.next_attempt_at > now


def _way(channel: Channel, name: str, gate: str, eyes: Eyes) -> Way:
    private = channel.visibility == Visibility.PRIVATE
    return Way(
        channel.visibility,
        _("Private message") if private else _("Public reply"),
        _("Only %(name)s reads this; same clock") % {"name": name} if private else _("Everybody can read this"),
        channel.allowed,
        str(channel.reason),
        channel.closes_at,
        channel.length.limit,
        gate if channel.allowed else "",
        channel.media is not None,
        _replaces(channel),
        channel.usual_until if channel.usual_until is not None and channel.usual_until > timezone.now() else None,
        channel.usual_until is not None and channel.usual_until <= timezone.now(),
        warning=text.line(eyes.read(channel.warning)) if channel.allowed else "",
        there=_there(channel),
    )


def _there(channel: Channel) -> str:
    answers = channel.answers
    if channel.allowed or answers is None or answers.private or answers.reply_allowed or answers.deleted_at:
        return ""
    return answers.url if answers.url.startswith("https://") else ""


def _replaces(channel: Channel) -> str:
    if channel.replaces is None or not channel.allowed:
        return ""
    said_at = times.exact(channel.replaces.edited_at or channel.replaces.created_at, timezone.now())
    words = _("%(network)s shows one answer: this takes the place of yours of %(time)s.")
    return words % {"network": channel.label, "time": said_at}


def _chosen(ticket: Ticket, ways: Sequence[Way], draft: Draft | None) -> str:
    """The draft's own choice; else where the customer wrote last; else whatever there is."""
    offered = [way.visibility for way in ways]
    for wanted in (draft.visibility if draft else "", "private" if ticket.private else "public"):
        if wanted in offered:
            return wanted
    return offered[0] if offered else ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A fix as a button beside its finding."""

    fix: Fix
    words: str
    key: int  # of Alt and a digit; 0 where the digits are used up


@dataclass(frozen=True, slots=True)
class Said:
    """A finding as the composer shows it."""

    code: str
    severity: str
    kind: str
    message: str
    start: int
    end: int
    offers: list[Offer]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say, how long it is, and whether it may leave."""

    findings: list[Said]
    used: int  # without the signature
    signature: int
    limit: int
    share: int  # per cent of the limit, both
    signature_share: int
    too_long: bool
    blocking: int
    needs_approval: bool
    counter: str
    leaves_warning_out: bool = False  # that of what is answered: both together are too long


def verdict(
    checked: Checked, ways: Sequence[Channel], chosen: Channel, text_length: int, mark: str, *, needs_approval: bool
) -> Verdict:
    """For the foot of the composer. `text_length` is the length of the text alone, by the network's own count."""
    length = checked.length
    signature = max(length.used - text_length, 0)
    may_move = chosen.visibility == Visibility.PUBLIC and any(
        way.visibility == Visibility.PRIVATE and way.allowed for way in ways
    )
    shown = [finding for finding in checked.findings if finding.code != "text.empty"]
    if signature and mark:
        counter = _("%(used)d + %(signature)d for %(mark)s, of %(limit)d")
    else:
        counter = _("%(used)d of %(limit)d")
    return Verdict(
        findings=_said(shown, may_move=may_move),
        used=text_length,
        signature=signature,
        limit=length.limit,
        share=min(round(text_length / length.limit * 100), 100),
        signature_share=min(max(round(signature / length.limit * 100), 1 if signature else 0), 100),
        too_long=length.exceeded,
        blocking=sum(finding.severity is Severity.BLOCK for finding in shown),
        needs_approval=needs_approval,
        counter=counter % {"used": text_length, "signature": signature, "mark": mark, "limit": length.limit},
        leaves_warning_out=chosen.leaves_warning_out(length.used),
    )


def _said(findings: Sequence[Finding], *, may_move: bool) -> list[Said]:
    keys = iter(range(1, KEYS + 1))
    return [
        Said(
            finding.code,
            str(finding.severity),
            str(KINDS[finding.severity]),
            finding.message,
            finding.start,
            finding.end,
            [
                _offer(fix, next(keys, 0))
                for fix in finding.fixes
                if may_move or fix.kind is not FixKind.MOVE_TO_PRIVATE
            ],
        )
        for finding in findings
    ]


def _offer(fix: Fix, key: int) -> Offer:
    shown = Truncator(" ".join(fix.text.split())).chars(LONGEST_OFFER)
    return Offer(fix, str(_FIXES[fix.kind]) % {"text": shown}, key)
