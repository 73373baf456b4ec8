"""A ticket as one row of the queue: two lines, and under them its clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from desk.actions.customers.masking import Eyes
from desk.people.models import User
from desk.tickets.models import OPEN_STATES, Priority, Ticket
from desk.web.show import clocks, numbers, stars, text, times
from desk.web.show.tiles import Tile, tile
from policies.reply_states import State as ReplyState
from policies.ticket_states import State

STATE_WORDS: Mapping[State, Promise] = {
    State.NEW: pgettext_lazy("ticket", "New"),
    State.OPEN: pgettext_lazy("ticket", "Open"),
    State.WAITING_FOR_CUSTOMER: gettext_lazy("Waits for customer"),
    State.WAITING_FOR_COLLEAGUE: gettext_lazy("Waits for colleague"),
    State.SNOOZED: gettext_lazy("Snoozed"),
    State.RESOLVED: gettext_lazy("Resolved"),
    State.SPAM: gettext_lazy("Spam"),
}
PROBLEMS: Mapping[str, Promise] = {
    ReplyState.UNKNOWN: gettext_lazy("Reply may not have arrived. Check before you send again."),
    ReplyState.FAILED: gettext_lazy("Reply was refused. Open it to see why, and what to do."),
    ReplyState.HELD: gettext_lazy("Reply is held. Open it to decide."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """What `desk.web.show.markup` writes."""

    id: str  # numbers are words here: a template would look up how to write each one
    address: str
    tile: Tile
    name: str
    reach: str
    verified: str  # the words, where the network says so
    badge: str  # a priority that is not normal
    badge_class: str
    tag: str
    drill: str  # the word, where it belongs to one
    clock: clocks.Face
    due_what: str  # which clock it is
    unread: str
    unread_words: str
    line: SafeString
    language: str
    meta: str
    assignee: str  # initials, "" where nobody has it
    assignee_name: str
    mine: bool
    problem: bool
    way: str  # "X, public", for who listens
    place: str  # by what lists are ordered: urgency, due and waiting since, both in milliseconds since 1970
    since: str  # since when somebody waits, milliseconds since 1970, where `meta` tells it


def rows(tickets: Iterable[Ticket], reader: User, now: datetime) -> list[Row]:
    """Rows as `reader` sees them. Tickets come with inbox, profile, assignee and tags loaded."""
    before, _zero, after = reverse("ticket", args=[0]).partition("0")
    eyes = Eyes(reader)
    return [_row(ticket, f"{before}{ticket.pk}{after}", reader, eyes, now) for ticket in tickets]


def _row(ticket: Ticket, address: str, reader: User, eyes: Eyes, now: datetime) -> Row:
    shown_name = text.name(ticket.profile.name, ticket.profile.handle, ticket.profile.external_id)
    channel = tile(ticket.inbox.network, private=ticket.private)
    clock = clocks.face(ticket, now)
    badge, badge_class = _badge(ticket.priority)
    problem = PROBLEMS.get(ticket.problem)
    line = text.line(str(problem)) if problem else _line(ticket, eyes)
    mine = ticket.assignee_id == reader.pk
    return Row(
        id=str(ticket.pk),
        address=address,
        tile=channel,
        name=shown_name,
        reach=numbers.reach(ticket.profile.followers),
        verified=_("Verified by the network") if ticket.profile.verified else "",
        badge=badge,
        badge_class=badge_class,
        tag="" if badge else _first(ticket),
        drill=_("Drill") if ticket.inbox.drill else "",
        clock=clock,
        due_what=clocks.short(ticket.due_metric),
        unread=str(ticket.unread or ""),
        unread_words=_unread(ticket.unread),
        line=line,
        language="" if problem else ticket.language,
        meta=_meta(ticket, now),
        assignee=ticket.assignee.initials if ticket.assignee else "",
        assignee_name=_holder(ticket, mine=mine),
        mine=mine,
        problem=bool(problem),
        way=way(channel),
        place=f"{ticket.urgency} {times.epoch(ticket.due_at)} {times.epoch(ticket.waits_from)}",
        since=str(times.epoch(ticket.waiting_since)) if _counts_up(ticket) and ticket.waiting_since else "",
    )


def _unread(count: int) -> str:
    return ngettext("%(count)d unread", "%(count)d unread", count) % {"count": count} if count else ""


def _line(ticket: Ticket, eyes: Eyes) -> SafeString:
    if not ticket.preview and ticket.original_gone:
        return text.line(_("Deleted by the customer"))
    preview = text.line(eyes.start(ticket.preview))
    if ticket.rating is not None:
        preview = format_html("{} {}", stars.drawn(ticket.rating), preview) if not ticket.preview_outgoing else preview
    return format_html("{} {}", _("We:"), preview) if ticket.preview_outgoing else preview


def _badge(priority: int) -> tuple[str, str]:
    match priority:
        case Priority.URGENT:
            return str(Priority.URGENT.label), "late"
        case Priority.HIGH:
            return str(Priority.HIGH.label), "warn"
        case Priority.LOW:
            return str(Priority.LOW.label), ""
    return "", ""


def _first(ticket: Ticket) -> str:
    tags: Sequence[str] = [tag.name for tag in ticket.tags.all()]
    return tags[0] if tags else ""


def _meta(ticket: Ticket, now: datetime) -> str:
    if ticket.swarming_since is not None and ticket.state not in (State.RESOLVED, State.SPAM):
        return _("swarm at work")
    match ticket.state:
        case State.WAITING_FOR_CUSTOMER:
            return _("waits for customer")
        case State.WAITING_FOR_COLLEAGUE:
            return _("waits for colleague")
        case State.SNOOZED if ticket.snoozed_until:
            return _("until %(time)s") % {"time": times.exact(ticket.snoozed_until, now)}
    if ticket.waiting_since:
        return times.length(now - ticket.waiting_since)
    return times.short_date(ticket.last_message_at, now)


def _counts_up(ticket: Ticket) -> bool:
    """Its line says how long somebody waits, and nothing else."""
    return ticket.state in OPEN_STATES and ticket.swarming_since is None


def _holder(ticket: Ticket, *, mine: bool) -> str:
    if ticket.assignee is None:
        return _("Nobody yet")
    return _("%(name)s, you") % {"name": ticket.assignee.name} if mine else ticket.assignee.name


def way(channel: Tile) -> str:
    """“X, private”."""
    words = _("%(network)s, private") if channel.private else _("%(network)s, public")
    return words % {"network": channel.label}
